"""What the checks are worth: a damaged file is caught by the check that is named for it, an undamaged one by none."""

from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from dagster_project.settings import ROOT
from tests.conftest import Site
from tests.warehouse.mutations import DOCUMENT, SEED, Mutation, Warehouse, document, mutations

LISTED = mutations()


@pytest.fixture(scope="module")
def warehouse(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Warehouse]:
    yield Warehouse(tmp_path_factory.mktemp("mutations"))


def test_a_file_that_nobody_damaged_passes_every_check(warehouse: Warehouse) -> None:
    assert warehouse.undamaged() == set()


@pytest.mark.parametrize("mutation", LISTED, ids=lambda mutation: mutation.name)
def test_a_damage_is_caught_by_the_checks_named_for_it(warehouse: Warehouse, mutation: Mutation) -> None:
    damaged, found = warehouse.caught(mutation, SEED)
    assert set(mutation.caught_by) <= found, damaged


def test_another_seed_damages_other_rows_and_the_same_one_the_same(warehouse: Warehouse) -> None:
    mutation = next(m for m in LISTED if m.name == "figure_tenfold")
    damaged = [warehouse.caught(mutation, seed)[0] for seed in (SEED, SEED, SEED + 1)]
    assert damaged[0] == damaged[1] != damaged[2]


def test_every_mart_is_damaged_and_every_dbt_test_catches_something() -> None:
    marts = {f"marts.{path.stem}" for path in (ROOT / "dbt" / "models" / "marts").rglob("*.sql")}
    # The indicator marts are chosen among by the seed.
    damaged = {m.table for m in LISTED} | {
        f"marts.{path.stem}" for path in (ROOT / "dbt" / "models" / "marts" / "indicators").glob("*.sql")
    }
    assert marts - damaged == set()
    tests = {path.stem for path in (ROOT / "dbt" / "tests").rglob("*.sql")}
    assert tests - {check.partition(":")[0] for m in LISTED for check in m.caught_by} == set()
    assert len({m.name for m in LISTED}) == len(LISTED)


def test_the_committed_table_is_that_of_the_list() -> None:
    assert DOCUMENT.read_text(encoding="utf-8") == document(LISTED), "python -m tests.warehouse.mutations --write"


def test_a_numerator_one_percent_off_turns_its_reconciliation_red_and_nothing_is_published(published: Site) -> None:
    # 2018 the nation printed 103,392,500 pupils, 6,091,900 teachers and 16.97 pupils a teacher; 1 % more make 17.14.
    before = published.served()
    source = published.raw / "statistics" / "2018.csv"
    _replace(source, "primary,enrolment,enrolment,10339.25,", "primary,enrolment,enrolment,10442.6425,")
    published.vouch(source)
    result = published.run("refresh")
    assert result.exit_code == 1
    assert "差异都有解释" in result.output and published.served() == before
    with duckdb.connect(str(published.settings.build), read_only=True) as connection:
        red = connection.execute(
            """select indicator_code, year, round(computed_value, 2), published_value, reason_code
            from marts.reconciliation where not within_rounding"""
        ).fetchall()
        refusing = connection.execute(
            """select table_name, column_name, severity, failing_count from quality.check_result
            where outcome <> 'passed'"""
        ).fetchall()
    assert red == [("pri_pupils_per_teacher", 2018, 17.14, 16.97, "unexplained")]
    assert refusing == [("marts.reconciliation", "reason_code", "error", 1)]

    # Said for this one cell, the difference stands beside both values; the same indicator is still held elsewhere.
    columns = ("indicator_code", "region_code", "year", "reason_code", "reason_zh", "reason_en")
    said = dict(
        zip(columns, ("pri_pupils_per_teacher", "100000", "2018", "other_count", "另一口径", "another"), strict=True)
    )
    published.table("local/basis_differences.csv", columns, [said])
    assert published.run("refresh").exit_code == 0
    with duckdb.connect(str(published.settings.served), read_only=True) as connection:
        told = connection.execute(
            "select year, reason_code from marts.reconciliation where not within_rounding"
        ).fetchall()
    assert told == [(2018, "other_count")]
    _replace(published.raw / "local" / "basis_differences.csv", ",2018,", ",2019,")
    published.vouch(published.raw / "local" / "basis_differences.csv")
    assert published.run("refresh").exit_code == 1


def _replace(file: Path, old: str, new: str) -> None:
    text = file.read_text(encoding="utf-8")
    assert text.count(old) == 1
    file.write_text(text.replace(old, new), encoding="utf-8")
