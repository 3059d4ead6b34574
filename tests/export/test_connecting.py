"""The recipes of docs/connecting.md, run as they stand there: each answers what is printed below it, and nobody writes or
reads anything else through one of them.
"""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import duckdb_cli
import pytest

from dagster_project.settings import ROOT
from tests.conftest import Site

PAGE = ROOT / "docs" / "connecting.md"
# What every recipe with SQL in it asks.
QUESTION = "select 年份, 数值 from bi.普惠园覆盖率_全国 where 分组 = '全体' and 年份 >= 2023 order by 年份"
PYARROW = ROOT / ".clients" / "parquet"
PROGRAMS = Path(sys.prefix) / "bin"
_BLOCK = re.compile(r"^```(\w+)\n(.*?)^```\n(?:\n```text\n(.*?)^```\n)?", re.MULTILINE | re.DOTALL)


class Block(NamedTuple):
    language: str
    code: str
    answer: str


def blocks(text: str) -> list[Block]:
    return [Block(*found) for found in _BLOCK.findall(text)]


SECTIONS = {
    title: blocks(text)
    for title, text in re.findall(r"^## ([^\n]+)\n(.*?)(?=^## |\Z)", PAGE.read_text(encoding="utf-8"), re.M | re.S)
}
RECIPES = [title for title, found in SECTIONS.items() if {"python", "bash"} & {block.language for block in found}]
ASKING = [
    pytest.param(title, block, id=f"{title}, {block.language} {number}")
    for title in RECIPES
    for number, block in enumerate(SECTIONS[title])
    if QUESTION in block.code
]


class Desk:
    """A folder that looks like a checkout with the shipped data published, and blocks typed in it."""

    def __init__(self, folder: Path, site: Site) -> None:
        self.folder = folder
        (folder / ".venv").symlink_to(sys.prefix)
        (folder / "warehouse").symlink_to(site.home)
        self.environment = {
            **os.environ,
            "PATH": f"{PROGRAMS}{os.pathsep}{os.environ['PATH']}",
            "PYTHONPATH": f"{ROOT}{os.pathsep}{PYARROW}",
            "ZHIBIAO_HOME": str(site.home),
            "LC_ALL": "C.UTF-8",
        }

    def type(self, block: Block) -> subprocess.CompletedProcess[str]:
        if block.language == "r" and shutil.which("Rscript") is None:
            pytest.skip("no R on this machine: apt install r-base-core r-cran-rpostgresql")
        if "pyarrow" in block.code and not (PYARROW / ".made").exists():
            pytest.skip("no pyarrow in .clients/: make test-clients")
        command = {
            "python": [sys.executable, "-c", block.code],
            "bash": ["bash", "-e", "-c", block.code],
            "r": ["Rscript", "-e", block.code],
        }[block.language]
        return subprocess.run(command, cwd=self.folder, env=self.environment, capture_output=True, text=True)


@pytest.fixture
def desk(tmp_path: Path, shipped: Site) -> Desk:
    return Desk(tmp_path, shipped)


@pytest.fixture(scope="module")
def analyst(tmp_path_factory: pytest.TempPathFactory, shipped: Site, server: str) -> Iterator[Desk]:
    """The same where PostgreSQL has been set up as the page says, on a server of the test's own."""
    desk = Desk(tmp_path_factory.mktemp("analyst"), shipped)
    services, setup = SECTIONS["PostgreSQL"][:2]
    file = desk.folder / "services"
    file.write_text(services.code.replace("db.example", server), encoding="utf-8")
    desk.environment |= {"PGSERVICEFILE": str(file), "PGHOST": server, "PGUSER": "owner"}
    made = desk.type(setup)
    try:
        assert made.returncode == 0, made.stderr
        yield desk
    finally:
        desk.type(Block("bash", "dropdb --if-exists zhibiao; dropuser --if-exists analyst", ""))


def at(title: str, request: pytest.FixtureRequest) -> Desk:
    """Where the recipes of a section are typed."""
    desk: Desk = request.getfixturevalue("analyst" if title == "PostgreSQL" else "desk")
    return desk


def lines(text: str) -> list[str]:
    return [line.rstrip() for line in text.strip("\n").splitlines()]


@pytest.mark.parametrize("title", [title for title in RECIPES if title != "PostgreSQL"])
def test_a_recipe_answers_what_is_printed_below_it(title: str, desk: Desk) -> None:
    for block in SECTIONS[title]:
        if block.language == "sql":  # with a table below it, which tests/warehouse/test_readme.py compares
            continue
        ran = desk.type(block)
        assert ran.returncode == 0, ran.stderr
        assert block.answer or "export" in block.code, "a recipe without its answer"
        if block.answer:
            assert lines(ran.stdout) == lines(block.answer)


@pytest.mark.parametrize("block", SECTIONS["PostgreSQL"][2:], ids=lambda block: block.language)
def test_a_recipe_for_postgresql_answers_what_is_printed_below_it(block: Block, analyst: Desk) -> None:
    ran = analyst.type(block)
    assert ran.returncode == 0, ran.stderr
    assert lines(ran.stdout) == lines(block.answer) != []


def test_the_other_program_of_the_command_line_answers_the_same(desk: Desk) -> None:
    """DuckDB's own, which the one of the Python package starts."""
    (block,) = SECTIONS["DuckDB's command line"]
    desk.environment["PATH"] = f"{Path(duckdb_cli.__file__).parent}{os.pathsep}{desk.environment['PATH']}"
    ran = desk.type(block)
    assert (ran.returncode, lines(ran.stdout)) == (0, lines(block.answer)), ran.stderr


@pytest.mark.parametrize(("title", "block"), ASKING)
def test_through_no_recipe_a_query_writes_or_reads_a_file(
    title: str, block: Block, request: pytest.FixtureRequest
) -> None:
    desk = at(title, request)
    reading = "pg_read_file('/etc/hostname')" if title == "PostgreSQL" else "content from read_text('/etc/hostname')"
    for query, refusal in (
        ("create table marts.mine as select 1 as a", "read-only"),
        (f"select {reading}", "permission denied|disabled by configuration"),
    ):
        ran = desk.type(block._replace(code=block.code.replace(QUESTION, query)))
        assert ran.returncode != 0, query
        assert re.search(refusal, ran.stderr), ran.stderr


def test_both_languages_have_the_same_recipes_and_answers() -> None:
    chinese = (ROOT / "docs" / "connecting.zh-CN.md").read_text(encoding="utf-8")
    english = PAGE.read_text(encoding="utf-8")
    assert blocks(chinese) == blocks(english) != []


@pytest.mark.parametrize("readme", ["README.md", "README.zh-CN.md"])
def test_what_a_readme_shows_is_a_recipe_of_the_page(readme: str) -> None:
    text = (ROOT / readme).read_text(encoding="utf-8")
    shown = [block for block in blocks(text) if block.language == "python"]
    assert shown and [block for block in shown if block not in SECTIONS["Python"]] == []
