"""The shipped inputs: that they load without a refusal, and that the figures are those of the collection they were
taken from, where that lies beside the checkout.
"""

import csv
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

import duckdb
import pytest

from dagster_project import build_file
from dagster_project.ingest.load import LoadReport, Outcome, load
from dagster_project.settings import ROOT, Settings

COLLECTED = ROOT.parent / "shared" / "statistics" / "observations.csv"
COLUMNS = ("region_code", "year", "level", "measure", "value", "unit", "source_zh", "publisher_zh", "confidence")
KEY = ("region_code", "year", "level", "measure", "source_zh")


@dataclass(frozen=True)
class Loaded:
    report: LoadReport
    connection: duckdb.DuckDBPyConnection


@pytest.fixture(scope="module")
def shipped(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Loaded]:
    build = tmp_path_factory.mktemp("shipped") / "build.duckdb"
    build_file.start(build)
    with build_file.writing(build) as connection:
        # The shipped figures end with 2025: their as-of date must not depend on the day of the test.
        settings = Settings(ROOT / "raw", build.parent, date(2026, 1, 31))
        yield Loaded(load(connection, settings, datetime(2026, 1, 31)), connection)


@pytest.fixture(scope="module")
def collected() -> list[dict[str, str]]:
    """What was read in a source (A) or follows from it by one step (D); what is from memory (B) is not shipped."""
    if not COLLECTED.exists():
        pytest.skip(f"{COLLECTED} is not on this machine")
    with COLLECTED.open(encoding="utf-8", newline="") as file:
        return [row for row in csv.DictReader(file) if row["confidence"] in ("A", "D")]


def test_every_shipped_file_is_read_and_every_row_is_valid(shipped: Loaded) -> None:
    assert {source: report.outcome for source, report in shipped.report.sources.items()} == dict.fromkeys(
        shipped.report.sources, Outcome.ALL_VALID
    )
    assert shipped.report.unread == []


def test_every_figure_that_was_collected_is_shipped_as_it_was_printed(
    shipped: Loaded, collected: list[dict[str, str]]
) -> None:
    found = Counter(shipped.connection.execute(f"select {', '.join(COLUMNS)} from raw.statistics").fetchall())
    expected = Counter(tuple(row[column] for column in COLUMNS) for row in collected)
    assert (found - expected, expected - found) == (Counter(), Counter())
    assert found.total() == 11241


def test_a_printed_value_times_the_factor_of_its_unit_is_the_collected_value_in_base_units(
    shipped: Loaded, collected: list[dict[str, str]]
) -> None:
    found = {
        tuple(key): (base_unit, Decimal(value) * Decimal(factor))
        for *key, value, factor, base_unit in shipped.connection.execute(
            f"select {', '.join(f's.{column}' for column in KEY)}, s.value, u.factor, u.base_unit"
            " from raw.statistics as s join raw.units as u on u.unit = s.unit"
        ).fetchall()
    }
    expected = {
        tuple(row[column] for column in KEY): (row["base_unit"], Decimal(row["value_base"])) for row in collected
    }
    assert {key: (found.get(key), value) for key, value in expected.items() if found.get(key) != value} == {}
