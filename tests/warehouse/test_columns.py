"""The column contract: what saved charts and queries rely on is written down in columns.txt, and a change is announced."""

import difflib
import re
import subprocess
from pathlib import Path

import duckdb
import pytest

from dagster_project import build_file
from dagster_project.report import words
from dagster_project.settings import ROOT, Settings
from tests.conftest import Site

DRAWN = Path(__file__).with_name("columns.txt")
WANTED = """
A saved chart or query breaks where a column goes, is renamed, or has another type or place. If this is wanted:
1. .venv/bin/zhibiao refresh && .venv/bin/python -m tests.warehouse.test_columns, then commit columns.txt
2. name every table and column that changed under [Unreleased] in CHANGELOG.md"""
_LEVELS = tuple(f"_{zh}" for zh, _ in words.LEVELS.values())


def draw(connection: duckdb.DuckDBPyConnection) -> str:
    """Every column of what readers see, in its order, with its type; a view of one level stands behind its plain one."""
    lines = ["# Written by python -m tests.warehouse.test_columns: the columns that readers rely on."]
    tables: dict[str, list[str]] = {}
    for schema, table, column, data_type in connection.execute(
        """select schema_name, table_name, column_name, data_type from duckdb_columns()
        where schema_name in ('marts', 'bi', 'quality', 'meta') order by schema_name, table_name, column_index"""
    ).fetchall():
        tables.setdefault(f"{schema}.{table}", []).append(f"  {column} {data_type}")
    for name, columns in tables.items():
        if name.endswith(_LEVELS) and columns == tables.get(name.rpartition("_")[0]):
            continue
        levels = [level for level in _LEVELS if tables.get(name + level) == columns]
        lines += ["", " ".join([name, *levels]), *columns]
    return "\n".join(lines) + "\n"


def unannounced(released: str, now: str, changelog: str) -> list[str]:
    """What a release had and the contract has no longer, as far as the section [Unreleased] does not name it."""
    section = changelog.partition("## [Unreleased]")[2].partition("\n## [")[0]
    gone = sorted(set(_lines(released)) - set(_lines(now)))
    return [
        f"{table} {column}"
        for table, column, _, _ in gone
        if not all(re.search(rf"`[^`]*{re.escape(name)}\b[^`]*`", section) for name in (table.split(".")[1], column))
    ]


def _lines(text: str) -> list[tuple[str, str, str, str]]:
    """Table, column, type, and the column before it in the table, so that a new last column changes none of the rest."""
    found, table, before = [], "", ""
    for line in text.splitlines():
        if line.startswith("  "):
            column, data_type = line.strip().split(" ", 1)
            found.append((table, column, data_type, before))
            before = column
        elif line and not line.startswith("#"):
            table, before = line.split(" ")[0], ""
    return found


def test_the_columns_are_those_last_announced(province: Site) -> None:
    with build_file.reading(province.settings.served) as connection:
        now = draw(connection)
    changed = "\n".join(
        difflib.unified_diff(
            DRAWN.read_text(encoding="utf-8").splitlines(), now.splitlines(), "columns.txt", "as built", n=1
        )
    )
    assert not changed, changed + WANTED


BEFORE = "marts.fct_a\n  year INTEGER\n  value DOUBLE\n"


@pytest.mark.parametrize(
    ("now", "changelog", "told"),
    [
        (BEFORE, "", []),
        (BEFORE + "  note VARCHAR\n", "", []),
        ("marts.fct_a\n  year INTEGER\n", "", ["marts.fct_a value"]),
        ("marts.fct_a\n  year INTEGER\n", "- `fct_a` has no column `value` any more.", []),
        ("marts.fct_a\n  year INTEGER\n", "- `fct_a` is new.", ["marts.fct_a value"]),
        ("marts.fct_a\n  year BIGINT\n  value DOUBLE\n", "", ["marts.fct_a year"]),
        ("marts.fct_a\n  value DOUBLE\n  year INTEGER\n", "", ["marts.fct_a value", "marts.fct_a year"]),
        ("marts.fct_b\n  year INTEGER\n  value DOUBLE\n", "", ["marts.fct_a value", "marts.fct_a year"]),
        ("marts.fct_a\n  year INTEGER\n", "\n## [0.1.0]\n- `fct_a.value` is gone.", ["marts.fct_a value"]),
    ],
)
def test_what_changes_a_column_is_told_unless_the_changelog_names_it(now: str, changelog: str, told: list[str]) -> None:
    assert unannounced(BEFORE, now, f"# Changelog\n\n## [Unreleased]\n\n{changelog}\n") == told


def test_every_change_since_the_last_release_is_in_the_changelog() -> None:
    def git(*arguments: str) -> str | None:
        ran = subprocess.run(["git", "-C", str(ROOT), *arguments], capture_output=True, text=True)
        return ran.stdout if ran.returncode == 0 else None

    tag = git("describe", "--tags", "--abbrev=0", "--match", "v*")
    released = git("show", f"{tag.strip()}:{DRAWN.relative_to(ROOT)}") if tag else None
    if released is None:
        pytest.skip("no release has a column contract yet")
    told = unannounced(released, DRAWN.read_text(encoding="utf-8"), (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"))
    assert told == [], WANTED


if __name__ == "__main__":
    with build_file.reading(Settings.from_environment().served) as built:
        DRAWN.write_text(draw(built), encoding="utf-8")
