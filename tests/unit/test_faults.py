"""The table of faults: every test it names exists, and both languages name the same ones in the same order."""

import re
from pathlib import Path

import pytest

from dagster_project.settings import ROOT

PAGES = [ROOT / "docs" / "faults.md", ROOT / "docs" / "faults.zh-CN.md"]
_TEST = re.compile(r"\| `(tests/\S+\.py)::(test_\w+)` \|$", re.MULTILINE)


def named(page: Path) -> list[tuple[str, str]]:
    return _TEST.findall(page.read_text(encoding="utf-8"))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_fault_names_a_test_that_exists(page: Path) -> None:
    tables = re.findall(
        r"^\| (?:fault|故障) \|.*\n\| --- .*\n((?:\| .*\n)+)", page.read_text(encoding="utf-8"), re.MULTILINE
    )
    rows = [row for table in tables for row in table.splitlines()]
    assert [row for row in rows if not _TEST.search(row)] == []
    assert len(named(page)) == len(rows) >= 25
    for file, test in named(page):
        assert re.search(rf"^def {test}\(", (ROOT / file).read_text(encoding="utf-8"), re.MULTILINE), (file, test)


def test_both_languages_name_the_same_faults_and_each_once() -> None:
    english, chinese = map(named, PAGES)
    assert english == chinese and len(set(english)) == len(english)
