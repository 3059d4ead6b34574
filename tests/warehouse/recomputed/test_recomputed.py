"""The synthetic counties through the real pipeline against the second computation: equal to 1e-9, cell by cell."""

import csv
from collections.abc import Iterator
from math import isnan, nan
from pathlib import Path

import duckdb
import pytest

from dagster_project.demo.county import counties
from dagster_project.settings import ROOT
from tests.conftest import DEMO_YEARS, Site
from tests.warehouse.recomputed.assessments import PRESCHOOL, QUALITY, conditions, verdict
from tests.warehouse.recomputed.indicators import INDICATORS
from tests.warehouse.recomputed.reports import Reports, Year, ratio
from tests.warehouse.recomputed.resources import EIGHT, ENDING, SCALES, SEVEN, schools, spread

ORDINARY = "990105"
CODES = [county.code for county in counties(300)]
FIRST, LAST = DEMO_YEARS
CATALOGUE = ROOT.parent / "shared" / "indicators"
# At least so many of the catalogue's indicators are recomputed.
LEAST = 60
# Comparisons of two years across a known break of the series, which the warehouse gives no value for.
ACROSS_BREAKS = {("budget_share_rise", 2015), ("three_growths_one_rise", 2015), ("two_no_decrease", 2021)}


@pytest.fixture(scope="module")
def marts(demo_counties: Site) -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect(str(demo_counties.settings.served), read_only=True) as connection:
        yield connection


@pytest.fixture(scope="module")
def reports(demo_counties: Site) -> Reports:
    return Reports(demo_counties.raw)


@pytest.fixture(scope="module")
def years(reports: Reports) -> dict[tuple[str, int], Year]:
    return {(code, year): reports.year(code, year) for code in CODES for year in range(FIRST, LAST + 1)}


def test_the_ordinary_county_has_its_schools_and_years(reports: Reports) -> None:
    schools = {y: sum(row["parent_id"] is None for row in reports.rows[ORDINARY, y]) for y in range(FIRST, LAST + 1)}
    assert schools == dict.fromkeys(range(2013, 2025), 300)


def test_indicators_equal_the_second_computation(
    marts: duckdb.DuckDBPyConnection, years: dict[tuple[str, int], Year]
) -> None:
    found = {
        (code, stage, region, year): value
        for code, stage, region, year, value in marts.execute(
            """select indicator_code, stage, region_code, year, value from marts.fct_indicator
            where region_code like '9901%' and segment = 'all' and basis = 'computed' and base_indicator is null"""
        ).fetchall()
    }
    wrong, compared = [], set()
    for (code, stage), definition in INDICATORS.items():
        for region, year in years:
            told = found.get((code, stage, region, year))
            expected = nan if (code, year) in ACROSS_BREAKS else definition(years[region, year])
            if not _equal(told, expected):
                wrong.append((code, stage, region, year, told, expected))
            elif told is not None:
                compared.add(code)
    assert wrong == []
    # Each definition is held against values, not against their absence.
    assert compared == {code for code, _ in INDICATORS}
    assert len(compared) >= LEAST


def test_resources_and_their_spread_equal_the_second_computation(
    marts: duckdb.DuckDBPyConnection, years: dict[tuple[str, int], Year]
) -> None:
    found = {
        (region, year, code, formula): (mean, value)
        for region, year, code, formula, mean, value in marts.execute(
            """select region_code, year, indicator_code, formula, mean_value, value from marts.mart_equity
            where region_code like '9901%' and among = 'schools'"""
        ).fetchall()
    }
    formulas = {
        "cv_weighted": "cv", "cv_unweighted": "cv_plain", "gini": "gini", "theil": "theil", "theil_within": "within",
        "theil_between": "between", "max_min_ratio": "max_min",
    }  # fmt: skip
    wrong, compared = [], 0
    for (region, year), y in years.items():
        for stage, ending in ENDING.items():
            for name in SCALES:
                expected = spread(y, name, stage)
                for formula, attribute in formulas.items():
                    mean, value = found[region, year, f"eq_{name}_{ending}", formula]
                    if not _equal(value, getattr(expected, attribute)) or not _equal(mean, expected.mean):
                        wrong.append((region, year, stage, name, formula, mean, value, expected))
                    compared += 1
    assert wrong == []
    assert compared == len(years) * len(ENDING) * len(SCALES) * len(formulas)


def test_the_mean_of_eight_equals_the_second_computation(
    marts: duckdb.DuckDBPyConnection, years: dict[tuple[str, int], Year]
) -> None:
    for stage, ending in ENDING.items():
        found = dict(
            marts.execute(
                "select year, value from marts.fct_indicator where indicator_code = ? and region_code = ? and basis = 'computed'",
                [f"eq_cv_composite_{ending}", ORDINARY],
            ).fetchall()
        )
        expected = {
            year: sum(spread(years[ORDINARY, year], name, stage).cv for name in EIGHT) / len(EIGHT)
            for year in range(FIRST, LAST + 1)
        }
        assert found == pytest.approx(expected, rel=1e-9)


def test_the_rule_of_schools_equals_the_second_computation(
    marts: duckdb.DuckDBPyConnection, years: dict[tuple[str, int], Year]
) -> None:
    found = {
        (region, year, school): (status, met, worst)
        for region, year, school, status, met, worst in marts.execute(
            """select region_code, year, school_id, status, indicators_met, worst_ratio_pct from marts.assessment_school
            where region_code like '9901%' and condition_no = '1.rule.c'"""
        ).fetchall()
    }
    expected = {
        (region, year, school.school_id): ("met" if school.passes else "not_met", school.met, school.worst_pct)
        for (region, year), y in years.items()
        for school in schools(y)
    }
    assert found.keys() == expected.keys()
    assert [key for key in expected if found[key][:2] != expected[key][:2]] == []
    assert [key for key in expected if not _equal(found[key][2], expected[key][2])] == []
    # Both ways of passing are there, and both of failing.
    assert {(status, met == len(SEVEN)) for status, met, _ in expected.values()} >= {
        ("met", True),
        ("met", False),
        ("not_met", False),
    }
    assert any(status == "not_met" and met == 6 for status, met, _ in expected.values())


@pytest.mark.parametrize("assessment", [PRESCHOOL, QUALITY])
def test_conditions_and_verdicts_equal_the_second_computation(
    marts: duckdb.DuckDBPyConnection, years: dict[tuple[str, int], Year], assessment: str
) -> None:
    found: dict[tuple[str, int], dict[tuple[str, str], tuple[str, float]]] = {}
    for region, year, number, code, status, value in marts.execute(
        """select region_code, year, condition_no, indicator_code, status, value from marts.mart_assessment_condition
        where region_code like '9901%' and assessment = ?""",
        [assessment],
    ).fetchall():
        found.setdefault((region, year), {})[number, code] = (status, value)
    verdicts = {
        (region, year): status
        for region, year, status in marts.execute(
            "select region_code, year, status from marts.mart_county_assessment where region_code like '9901%' and assessment = ?",
            [assessment],
        ).fetchall()
    }
    wrong = []
    for key, y in years.items():
        expected = conditions(y, assessment)
        assert found[key].keys() == expected.keys()
        for condition, (status, value) in expected.items():
            told = found[key][condition]
            if told[0] != status or (not isnan(value) and not _equal(told[1], value)):
                wrong.append((key, condition, told, (status, value)))
        if verdicts[key] != verdict(expected, assessment):
            wrong.append((key, "verdict", verdicts[key], verdict(expected, assessment)))
    assert wrong == []


def test_a_county_passes_each_assessment_one_misses_it_by_one_condition_and_one_is_undecided(
    marts: duckdb.DuckDBPyConnection,
) -> None:
    names = {county.code: county.key for county in counties(300)}
    found = {
        (names[region], assessment.split("_")[0]): (status, not_met, waiting)
        for region, assessment, status, not_met, waiting in marts.execute(
            """select region_code, assessment, status, not_met_conditions, needs_judgement_conditions
            from marts.mart_county_assessment where region_code like '9901%' and year = ?""",
            [LAST],
        ).fetchall()
    }
    passed = ("met", None, None)
    assert found["both", "preschool"] == found["both", "compulsory"] == passed
    assert (found["preschool-miss", "preschool"], found["preschool-miss", "compulsory"]) == (
        ("not_met", "1.3", None),
        passed,
    )
    assert (found["quality-miss", "preschool"], found["quality-miss", "compulsory"]) == (
        passed,
        ("not_met", "2.14", None),
    )
    assert found["undecided", "preschool"] == ("undecided", None, "2.1")
    assert found["undecided", "compulsory"] == ("undecided", None, "2.1")
    assert found["small", "preschool"] == found["small", "compulsory"] == passed
    for assessment in ("preschool", "compulsory"):
        status, not_met, waiting = found["ordinary", assessment]
        assert (status, waiting) == ("not_met", None) and len(not_met.split(", ")) > 5


def test_parities_and_gaps_equal_the_second_computation(
    marts: duckdb.DuckDBPyConnection, years: dict[tuple[str, int], Year]
) -> None:
    """Girls against boys in gross enrolment, town and village together against the city in pupils a teacher."""
    found = {
        (code, year): value
        for code, year, value in marts.execute(
            """select indicator_code, year, value from marts.fct_indicator where region_code = ? and stage = 'primary'
            and base_indicator = case when starts_with(indicator_code, 'gender') then 'pri_gross_enrol_rate' else 'pri_pupils_per_teacher' end
            and indicator_code in
                ('gender_parity_index', 'gender_parity_index_adj', 'location_parity_index_adj', 'urban_rural_gap_ratio', 'urban_rural_gap_abs')""",
            [ORDINARY],
        ).fetchall()
    }
    expected = {}
    for year in range(FIRST, LAST + 1):
        y = years[ORDINARY, year]
        girls, all_pupils = y.total("pupils_female", "primary"), y.total("pupils", "primary")
        female = ratio(girls, y.fact("population_primary_official", segment="female"), 100)
        male = ratio(all_pupils - girls, y.fact("population_primary_official", segment="male"), 100)
        urban, rural = (
            ratio(y.total("pupils", "primary", where=where), y.total("teachers_fulltime", "primary", where=where))
            for where in (lambda u: u["area_type"] == "urban", lambda u: u["area_type"] != "urban")
        )
        expected |= {
            ("gender_parity_index", year): female / male,
            ("gender_parity_index_adj", year): female / male if female <= male else 2 - male / female,
            ("location_parity_index_adj", year): rural / urban if rural <= urban else 2 - urban / rural,
            ("urban_rural_gap_ratio", year): urban / rural,
            ("urban_rural_gap_abs", year): urban - rural,
        }
    assert found == pytest.approx(expected, rel=1e-9)


def test_the_catalogue_is_computed_but_for_a_named_rest(marts: duckdb.DuckDBPyConnection) -> None:
    if not CATALOGUE.exists():
        pytest.skip("needs ../shared with the catalogue of indicators")
    catalogue, standards = ({row[column] for row in _csv(CATALOGUE / name)} for name, column in (("catalog.csv", "code"), ("standards.csv", "indicator_code")))  # fmt: skip
    computed = {
        region: {code for (code,) in marts.execute(
            "select distinct indicator_code from marts.fct_indicator where region_code = ? and basis = 'computed' and value is not null", [region]
        ).fetchall()}
        for region in (ORDINARY, "990100")
    }  # fmt: skip
    rest = catalogue - computed[ORDINARY]
    assert len(catalogue - rest) >= 132 and len(rest) <= 30
    # What is defined for a prefecture is computed there; the rest says why it has no source.
    reasons = dict(marts.execute("select indicator_code, no_source_reason from marts.dim_indicator").fetchall())
    assert [code for code in sorted(rest - computed["990100"]) if not reasons[code]] == []
    assert standards & rest == set()
    assert [code for code in standards if reasons[code]] == []


def _csv(file: Path) -> list[dict[str, str]]:
    with file.open(encoding="utf-8", newline="") as source:
        return list(csv.DictReader(source))


def _equal(told: float | None, expected: float) -> bool:
    """Equal to 1e-9, absolute below one; no value on either side counts as equal."""
    told = nan if told is None else told
    if isnan(told) or isnan(expected):
        return isnan(told) and isnan(expected)
    return abs(told - expected) <= 1e-9 * max(1.0, abs(expected))
