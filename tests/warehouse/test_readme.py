"""What README and docs print of the shipped data is what they give: queries, counts, the working of a value or verdict."""

import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import duckdb
import pytest

from dagster_project.refresh import record as records
from dagster_project.report import verdicts
from dagster_project.settings import ROOT
from tests.conftest import Site

READMES = [ROOT / "README.md", ROOT / "README.zh-CN.md"]
QUERYING = [*READMES, ROOT / "docs" / "connecting.md", ROOT / "docs" / "connecting.zh-CN.md"]
# A query and the table that follows it.
_QUERY = re.compile(r"^```sql\n(.*?)^```\n\n((?:\|[^\n]*\n)+)", re.MULTILINE | re.DOTALL)


class Query(NamedTuple):
    sql: str
    header: list[str]
    rows: list[list[str]]


def queries(readme: Path) -> list[Query]:
    text = readme.read_text(encoding="utf-8")
    found = []
    for sql, table in _QUERY.findall(text):
        header, _, *rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in table.splitlines()]
        found.append(Query(sql, header, rows))
    assert len(found) == text.count("```sql"), "a query without its answer"
    return found


def printed(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    return f"{value:.10g}" if isinstance(value, int | float) else str(value)


@pytest.fixture(scope="module")
def served(shipped: Site) -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect(str(shipped.settings.served), read_only=True) as connection:
        yield connection


@pytest.mark.parametrize(
    "query",
    [
        pytest.param(query, id=f"{readme.name} {number}")
        for readme in QUERYING
        for number, query in enumerate(queries(readme), 1)
    ],
)
def test_a_query_answers_what_is_printed_below_it(served: duckdb.DuckDBPyConnection, query: Query) -> None:
    result = served.execute(query.sql)
    assert [column[0] for column in result.description or []] == query.header
    answer = [[printed(value) for value in row] for row in result.fetchall()]
    assert answer == query.rows != []


@pytest.mark.parametrize("readme", READMES, ids=lambda readme: readme.name)
def test_the_closing_table_shows_the_counts_of_the_shipped_data(shipped: Site, readme: Path) -> None:
    record = records.last(shipped.settings)
    assert record is not None
    sources = {source["source"]: (source["files"], source["rows"], source["held_back"]) for source in record.sources}
    cells = {
        cell["code"]: (
            cell["computed"],
            cell["published"],
            cell["regions"],
            f"{cell['first_year']}—{cell['last_year']}",
        )
        for cell in record.cells
    }
    text = readme.read_text(encoding="utf-8").replace(",", "")
    shown_sources = re.findall(r"^\S+ (\w+) +(\d+) +(\d+) +(\d+)  全部合格", text, re.MULTILINE)
    shown_cells = re.findall(r"^\S+ (\w+) +(\d+) +(\d+) +(\d+) +(\d{4}—\d{4})$", text, re.MULTILINE)
    assert shown_sources and shown_cells
    assert [(int(files), int(rows), int(held)) for _, files, rows, held in shown_sources] == [
        sources[name] for name, *_ in shown_sources
    ]
    assert [(int(c), int(p), int(r), years) for _, c, p, r, years in shown_cells] == [
        cells[name] for name, *_ in shown_cells
    ]


@pytest.mark.parametrize("readme", READMES, ids=lambda readme: readme.name)
def test_the_working_of_a_value_is_what_explain_prints(shipped: Site, readme: Path) -> None:
    text = readme.read_text(encoding="utf-8")
    (block,) = re.findall(r"```text\n(公办园在园幼儿占比 ·.*?)```", text, re.DOTALL)
    output = shipped.run("explain", "公办园占比", "全国", "2018").output
    # An ellipsis stands for words that are left out.
    for line in block.splitlines():
        for piece in line.split("…"):
            assert piece.strip() in output, line


@pytest.mark.parametrize("page", [ROOT / "docs" / "ladder.md", ROOT / "docs" / "ladder.zh-CN.md"], ids=lambda p: p.name)
def test_the_examples_of_the_ladder_are_what_explain_prints(shipped: Site, page: Path) -> None:
    examples = re.findall(
        r"^```bash\n\.venv/bin/zhibiao explain (\S+)\n```\n\n```text\n(.*?)^```",
        page.read_text(encoding="utf-8"),
        re.M | re.S,
    )
    assert len(examples) == 5
    for target, block in examples:
        output = "".join(shipped.run("explain", *shlex.split(target)).output.split())
        for line in block.splitlines():
            for piece in line.split("…"):
                assert "".join(piece.split()) in output, line


def test_the_page_of_verdicts_is_made_from_the_shipped_data(served: duckdb.DuckDBPyConnection) -> None:
    assert (ROOT / "docs" / "verdicts.md").read_text(encoding="utf-8") == verdicts.page(served), "run: make docs"
