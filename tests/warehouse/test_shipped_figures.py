"""The shipped inputs through the whole refresh: how many cells stand on which basis, and whether counts give the
published rates.
"""

import csv
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from dagster_project.report.explain import NotUnderstoodError
from dagster_project.settings import ROOT
from tests.conftest import Site

ORACLE = ROOT.parent / "shared" / "statistics" / "published_rates.csv"

# The oracle's own measure names of a rate -> the indicator whose cell it is.
RATES = {
    ("preschool", "enrolment_public_share"): "kg_public_share_children",
    ("preschool", "enrolment_inclusive_share"): "kg_inclusive_coverage",
    ("preschool", "enrolment_private_share"): "kg_private_share_children",
    ("preschool", "schools_inclusive_share"): "kg_inclusive_share_kg",
    ("preschool", "schools_private_share"): "kg_private_share_kg",
    ("preschool", "student_teacher_ratio"): "kg_children_per_teacher",
    ("primary", "student_teacher_ratio"): "pri_pupils_per_teacher",
    ("junior", "student_teacher_ratio"): "jun_pupils_per_teacher",
    ("senior", "student_teacher_ratio"): "sen_pupils_per_teacher",
    ("primary", "classes_56_65_share"): "pri_classes_56_65_share",
    ("junior", "classes_56_65_share"): "jun_classes_56_65_share",
    ("senior", "classes_56_65_share"): "sen_classes_56_65_share",
    ("compulsory", "classes_56_65_share"): "comp_classes_56_65_share",
    ("primary", "super_large_class_share"): "pri_super_large_class_share",
    ("junior", "super_large_class_share"): "jun_super_large_class_share",
    ("senior", "super_large_class_share"): "sen_super_large_class_share",
    ("compulsory", "super_large_class_share"): "super_large_class_share",
    ("compulsory", "large_class_share"): "large_class_share",
    ("compulsory", "migrant_children_share"): "migrant_children_share",
    ("finance", "budget_education_share"): "edu_budget_share",
    ("finance", "fiscal_share_of_gdp"): "edu_fiscal_gdp_share",
    ("finance", "fiscal_preschool_share"): "fiscal_preschool_share",
}

# indicator -> computed and published cells, counted by hand from the files: distinct (region, year) of segment all.
CELLS = {
    "kg_public_share_children": (2, 6),
    "kg_inclusive_coverage": (11, 24),
    "nine_year_retention": (0, 26),
    "pri_pupils_per_teacher": (329, 322),
    "jun_pupils_per_teacher": (294, 320),
    "sen_pupils_per_teacher": (326, 321),
    "kg_gross_enrol_rate": (0, 44),
    "sen_gross_enrol_rate": (0, 29),
    "edu_fiscal_gdp_share": (5, 13),
}


@pytest.fixture(scope="module")
def marts(shipped: Site) -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect(str(shipped.settings.served), read_only=True) as connection:
        yield connection


@pytest.mark.parametrize(("indicator", "cells"), CELLS.items())
def test_cells_by_basis(marts: duckdb.DuckDBPyConnection, indicator: str, cells: tuple[int, int]) -> None:
    found = marts.execute(
        """select count(*) filter (basis = 'computed'), count(*) filter (basis = 'published')
        from marts.fct_indicator where indicator_code = ? and segment = 'all'""",
        [indicator],
    ).fetchone()
    assert found == cells


def test_every_cell_with_both_bases_agrees_or_says_why(marts: duckdb.DuckDBPyConnection) -> None:
    found = marts.execute(
        "select coalesce(reason_code, 'point'), count(*) from marts.reconciliation group by all order by 2 desc"
    ).fetchall()
    assert found == [("point", 989), ("input_rounding", 24), ("different_definition", 4)]


def test_all_published_rates_that_can_be_recomputed_are_reproduced(marts: duckdb.DuckDBPyConnection) -> None:
    if not ORACLE.exists():
        pytest.skip("the recomputable published rates are not beside this checkout (../shared)")
    cells = {
        (region, str(year), indicator): reason
        for region, year, indicator, reason in marts.execute(
            "select region_code, year, indicator_code, reason_code from marts.reconciliation where segment = 'all'"
        ).fetchall()
    }
    rows = [row for row in _rows(ORACLE) if "B" not in _confidences(row)]
    verdicts = Counter(
        cells.get((row["region_code"], row["year"], RATES[row["level"], row["rate_measure"]]), "missing")
        for row in rows
    )
    assert len(rows) == 1017
    assert set(verdicts) == {None, "input_rounding"}
    assert verdicts[None] >= 992 and verdicts["input_rounding"] <= 25


def test_contradictions_and_second_publications_are_kept(marts: duckdb.DuckDBPyConnection) -> None:
    found = marts.execute(
        """select year, chosen_value, other_value, agrees_within_rounding from marts.measure_conflict
        where kind = 'contradiction' and measure_code = 'staff' and region_code = '100000' order by year"""
    ).fetchall()
    assert [(year, teachers > staff, agrees) for year, staff, teachers, agrees in found] == [
        (2016, True, False),
        (2019, True, False),
    ]
    (publications,) = marts.execute("select count(*) from marts.measure_conflict where kind = 'publication'").fetchall()
    assert publications == (134,)


def test_no_change_is_computed_across_a_break(marts: duckdb.DuckDBPyConnection) -> None:
    # From 2012 on the education surcharge is in, so 2012 has no change; 2013 is compared with 2012 again.
    found = marts.execute(
        """select year, previous_value, change, break_year from marts.mart_education_expenditure
        where indicator_code = 'edu_budget_share' and region_code = '100000' and year in (2012, 2013) order by year"""
    ).fetchall()
    assert found == [(2012, None, None, 2012), (2013, 16.13, pytest.approx(15.27 - 16.13), None)]


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _confidences(row: dict[str, str]) -> str:
    return row["rate_confidence"] + row["numerator_confidence"] + row["denominator_confidence"]


def test_a_value_of_several_stages_is_explained_for_the_stage_that_is_named(shipped: Site) -> None:
    # In 2022 the bulletin prints qualified teachers of kindergartens, primary and junior schools.
    unclear = shipped.run("explain", "专任教师学历合格率", "全国", "2022")
    assert isinstance(unclear.exception, NotUnderstoodError)
    assert "junior, preschool, primary" in str(unclear.exception)
    told = shipped.run("explain", "专任教师学历合格率", "全国", "2022", "--stage", "primary").output
    assert "· 2022 · primary" in told and "99.99 %" in told
    unknown = shipped.run("explain", "专任教师学历合格率", "全国", "2022", "--stage", "primay")
    assert isinstance(unknown.exception, NotUnderstoodError) and "preschool" in str(unknown.exception)
