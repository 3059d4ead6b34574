"""The last word before publishing: which recorded results refuse a build. No build is made here, only its results."""

from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from dagster_project import build_file
from dagster_project.publish.gates import refusals

REPORTED = [
    ("rows", "raw.statistics", "contract", "error", "passed"),
    ("rows", "raw.regions", "contract", "error", "passed"),
    ("relations", "dbt build", "models", "error", "passed"),
    ("relations", "fct_measure", "unique_grain", "error", "passed"),
    ("expectations", "marts.fct_measure", "1. expect_x", "error", "passed"),
    ("drift", "marts.fct_measure", "no_change_without_a_cause", "error", "passed"),
]
SOURCES = ["statistics", "regions"]
SUITES = ["marts.fct_measure"]
COMPARED = ["marts.fct_measure"]


@pytest.fixture
def connection(tmp_path: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    build_file.start(tmp_path / "build.duckdb")
    with build_file.writing(tmp_path / "build.duckdb") as opened:
        yield opened


def report(connection: duckdb.DuckDBPyConnection, *results: tuple[str, str, str, str, str]) -> list[tuple[str, str]]:
    connection.executemany(
        """insert into quality.check_result (gate, table_name, check_name, severity, outcome, failing_count)
        values (?, ?, ?, ?, ?, 3)""",
        [list(result) for result in results],
    )
    return [
        (r.gate, f"{r.check} {r.why}") for r in refusals(connection, sources=SOURCES, suites=SUITES, compared=COMPARED)
    ]


def test_a_build_in_which_every_gate_passed_may_be_published(connection: duckdb.DuckDBPyConnection) -> None:
    assert report(connection, *REPORTED) == []


def test_a_build_that_nothing_checked_is_refused_by_every_gate(connection: duckdb.DuckDBPyConnection) -> None:
    told = [(r.gate, r.check) for r in refusals(connection, sources=SOURCES, suites=SUITES, compared=COMPARED)]
    assert told == [
        ("rows", "raw.statistics"),
        ("rows", "raw.regions"),
        ("relations", "dbt build"),
        ("expectations", "marts.fct_measure"),
        ("drift", "marts.fct_measure"),
    ]


@pytest.mark.parametrize(
    "silent",
    [("rows", "raw.statistics"), ("rows", "raw.regions"), ("relations", "dbt build"),
     ("expectations", "marts.fct_measure"), ("drift", "marts.fct_measure")],
)  # fmt: skip
def test_a_gate_that_did_not_report_is_a_refusal(
    connection: duckdb.DuckDBPyConnection, silent: tuple[str, str]
) -> None:
    told = report(connection, *(result for result in REPORTED if result[:2] != silent))
    assert told == [(silent[0], f"{silent[1]} did not report / 未运行")]


@pytest.mark.parametrize("gate", ["rows", "relations", "expectations", "drift"])
def test_a_failure_of_severity_error_refuses_and_says_how_many_rows(
    connection: duckdb.DuckDBPyConnection, gate: str
) -> None:
    told = report(connection, *REPORTED, (gate, "some.table", "check", "error", "failed"))
    assert told == [(gate, "some.table: check 3 rows")]


@pytest.mark.parametrize("severity", ["error", "warning"])
def test_a_check_that_broke_refuses_whatever_its_severity(connection: duckdb.DuckDBPyConnection, severity: str) -> None:
    told = report(connection, *REPORTED, ("expectations", "marts.fct_measure", "2. expect_y", severity, "error"))
    assert told == [("expectations", "marts.fct_measure: 2. expect_y 3 rows")]


def test_warnings_do_not_refuse(connection: duckdb.DuckDBPyConnection) -> None:
    warning = ("expectations", "marts.fct_measure", "2. expect_y", "warning", "failed")
    assert report(connection, *REPORTED, warning) == []
