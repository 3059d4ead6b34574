"""What becomes of school records that are out of the ordinary: each case with its stated outcome, through the real models.

All cases stand in one site: county A has most of them, B leaves out a year and stands beside other sources, C has a
single school, D nothing of a kind; an invented county stands in a real city. Of what is refused there is one end-to-end
check here; the rules themselves are tested where they are.
"""

from collections.abc import Iterator
from typing import Any

import duckdb
import pytest

from tests.conftest import Site, copied, new_site
from tests.warehouse.records import Row, put_facts, put_schools

# A and B are all of one prefecture, C and D of another.
A, B, C, D = "990101", "990102", "990201", "990202"
CITY, IN_THE_CITY = "441900", "441999"
YEAR = 2024


def _school(code: str, name: str, kind: str, pupils: int | None, year: int = YEAR, **columns: Any) -> Row:
    return {"year": year, "region_code": code, "school_id": f"{code}-{name}", "kind": kind, "pupils": pupils, **columns}


def _records() -> list[Row]:
    rows = [
        # 1 was a teaching point: too small to be assessed at first, and a school of its own kind in each year.
        _school(A, "1", "teaching_point", 30, 2022),
        _school(A, "1", "teaching_point", 60, 2023, teachers_backbone=1),
        _school(A, "1", "primary", 80, terminals=8, books=1000, teachers_fulltime=6, classes=6),
        _school(A, "2", "primary", 0, terminals=5, books=500, teachers_fulltime=1, classes=0, teachers_backbone=0),
        _school(A, "3", "primary", 500, terminals=50, books=9000, teachers_fulltime=30, classes=12, places_usable=450, teachers_backbone=4),
        _school(A, "4", "nine_year", None, books=23226),
        _school(A, "4P", "primary", 166, parent_id=f"{A}-4", terminals=16, teachers_fulltime=10, classes=6, teachers_backbone=2),
        _school(A, "4J", "junior", 210, parent_id=f"{A}-4", terminals=30, teachers_fulltime=18, classes=6, teachers_backbone=3),
        _school(A, "5", "primary", 100, terminals=10, books=1500, teachers_fulltime=8, classes=6, teachers_backbone=1),
        _school(A, "5K", "kindergarten", 25, parent_id=f"{A}-5", teachers_fulltime=2, classes=1),
        _school(A, "6", "kindergarten", 90, teachers_fulltime=10, classes=3),
        # B: two years with the one between them missing.
        _school(B, "1", "primary", 100, 2022, teachers_fulltime=8, suspended=0, left_school=0, transfers_not_arrived=0),
        _school(B, "1", "primary", 120, teachers_fulltime=9, classes=6, terminals=12, suspended=1, left_school=1, transfers_not_arrived=0),
        _school(C, "1", "primary", 300, equipment_value_yuan=450_000, networked_classrooms=6),
        _school(D, "1", "primary", 300, equipment_value_yuan=0, networked_classrooms=0),
        _school(D, "2", "primary", 200, equipment_value_yuan=0, networked_classrooms=0),
        _school(IN_THE_CITY, "1", "primary", 400, teachers_fulltime=20),
    ]  # fmt: skip
    # In A the year before is there, so its rate of dropping out has a base.
    for row in rows:
        if row["region_code"] == A and row["year"] == YEAR and row["kind"] == "primary":
            row |= {"suspended": 1, "left_school": 0, "transfers_not_arrived": 0}
    return rows


def _site(site: Site) -> Site:
    regions = [
        ("990000", "province", "100000"), ("990100", "prefecture", "990000"), ("990200", "prefecture", "990000"),
        *((code, "county", f"{code[:4]}00") for code in (A, B, C, D)), (IN_THE_CITY, "county", CITY),
    ]  # fmt: skip
    columns = ("region_code", "name_zh", "level", "parent_code", "sort_no", "origin")
    site.table(
        "local/regions.csv",
        columns,
        [
            dict(zip(columns, (code, f"合成{code}", level, above, code, "synthetic"), strict=True))
            for code, level, above in regions
        ],
    )
    put_schools(site, _records())
    put_facts(
        site,
        [
            (B, YEAR, "primary", "all", "enrolment", 125),
            (B, YEAR, "primary", "all", "teachers_fulltime", 9),
            (B, YEAR, "primary", "all", "computers", 15),
        ],
    )
    site.statistics(
        YEAR,
        {"region_code": B, "region_zh": f"合成{B}", "value": "130"},
        {"region_code": A, "region_zh": f"合成{A}", "value": "0.08", "unit": "万人"},
        # A warehouse without any retention rate is refused.
        {"level": "compulsory", "measure": "consolidation_rate", "value": "95.9", "unit": "%"},
    )
    return site


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Site:
    built = _site(new_site(tmp_path_factory.mktemp("records")))
    result = built.run("refresh")
    assert result.exit_code == 0, result.output
    return built


@pytest.fixture(scope="module")
def marts(site: Site) -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect(str(site.settings.served), read_only=True) as connection:
        yield connection


def _measure(
    marts: duckdb.DuckDBPyConnection, region: str, stage: str, measure: str, year: int = YEAR, segment: str = "all"
) -> list[tuple[str, float]]:
    """Basis and value: one pair, or none where there is no figure."""
    return marts.execute(
        """select basis, value from marts.fct_measure
        where region_code = ? and stage = ? and measure_code = ? and year = ? and segment = ?""",
        [region, stage, measure, year, segment],
    ).fetchall()


def _spread(marts: duckdb.DuckDBPyConnection, region: str, indicator: str) -> list[tuple[object, ...]]:
    return marts.execute(
        """select formula, value, status, unit_count from marts.mart_equity
        where region_code = ? and indicator_code = ? and year = ? and among = 'schools' order by formula""",
        [region, indicator, YEAR],
    ).fetchall()


def _remarks(marts: duckdb.DuckDBPyConnection, name: str) -> list[tuple[object, ...]]:
    return marts.execute(
        "select year, remark, detail from marts.school_remark where school_id = ? order by all", [name]
    ).fetchall()


def _beside(marts: duckdb.DuckDBPyConnection, region: str, measure: str) -> list[tuple[object, ...]]:
    """What stands in measure_conflict: kind, the figure that stands, the other one, whether they agree."""
    return marts.execute(
        """select kind, chosen_value, other_value, agrees_within_rounding from marts.measure_conflict
        where region_code = ? and measure_code = ? and year = ? and stage = 'primary' and segment = 'all' order by kind""",
        [region, measure, YEAR],
    ).fetchall()


def test_a_missing_year_has_no_value_nor_has_a_rate_that_looks_back_at_it(marts: duckdb.DuckDBPyConnection) -> None:
    assert [_measure(marts, B, "primary", "enrolment", year) for year in (2022, 2023)] == [[("summed", 100)], []]
    rates = marts.execute(
        "select region_code, year, value from marts.fct_indicator where indicator_code = 'pri_dropout_rate' and region_code in (?, ?)",
        [A, B],
    ).fetchall()
    # In A five of the 60 of the year before; B has its 2 dropouts and nothing to hold them against.
    assert rates == [(A, YEAR, pytest.approx(100 * 5 / 60))]
    assert _measure(marts, B, "primary", "dropouts") == [("summed", 2)]


def test_a_school_that_changes_kind_is_of_each_years_own_kind(marts: duckdb.DuckDBPyConnection) -> None:
    assert [_measure(marts, A, "primary", "teaching_points", year) for year in (2022, 2023, YEAR)] == [
        [("summed", 1)],
        [("summed", 1)],
        [("summed", 0)],
    ]
    assert [_measure(marts, A, "primary", "schools", year) for year in (2022, 2023, YEAR)] == [
        [("summed", 0)],
        [("summed", 0)],
        [("summed", 4)],
    ]
    assert _remarks(marts, f"{A}-1") == [
        (2022, "point_not_assessed", "30 < 50"),
        (2023, "single_unit", "primary"),
        (YEAR, "changed_kind", "teaching_point → primary"),
    ]
    # A point is assessed from 50 pupils on.
    assert [_measure(marts, A, "primary", "assessed_pupils", year) for year in (2022, 2023)] == [[], [("summed", 60)]]


def test_a_school_without_pupils_is_counted_and_not_assessed(marts: duckdb.DuckDBPyConnection) -> None:
    assert _remarks(marts, f"{A}-2") == [(YEAR, "no_pupils", "primary")]
    assert _measure(marts, A, "primary", "computers") == [("summed", 8 + 5 + 50 + 16 + 10)]
    assert _measure(marts, A, "primary", "assessed_computers") == [("summed", 8 + 50 + 16 + 10)]
    (spread, *_) = _spread(marts, A, "eq_computers_pri")
    assert spread[2:] == ("ok", 4)


def test_more_pupils_than_places_are_loaded_and_remarked(marts: duckdb.DuckDBPyConnection) -> None:
    assert _remarks(marts, f"{A}-3") == [(YEAR, "above_capacity", "500 > 450")]


def test_a_county_with_one_school_spreads_by_nothing_and_is_marked(marts: duckdb.DuckDBPyConnection) -> None:
    assert _spread(marts, C, "eq_equipment_value_pri") == [
        (formula, value, "single_unit", 1)
        for formula, value in (
            ("cv_unweighted", 0), ("cv_weighted", 0), ("gini", pytest.approx(0, abs=1e-12)), ("max_min_ratio", 1),
            ("theil", pytest.approx(0, abs=1e-12)), ("theil_between", pytest.approx(0, abs=1e-12)),
            ("theil_within", pytest.approx(0, abs=1e-12)),
        )
    ]  # fmt: skip
    assert _remarks(marts, f"{C}-1") == [(YEAR, "single_unit", "primary")]


def test_where_nobody_has_any_a_spread_has_no_value_and_says_why(marts: duckdb.DuckDBPyConnection) -> None:
    assert _spread(marts, D, "eq_equipment_value_pri") == [("cv_weighted", None, "zero_total", 2)]
    assert _measure(marts, D, "primary", "assessed_equipment_value") == [("summed", 0)]
    found = marts.execute(
        """select value, status from marts.fct_indicator
        where region_code = ? and indicator_code = 'eq_cv_pri' and base_indicator = 'eq_equipment_value_pri'""",
        [D],
    ).fetchall()
    assert found == [(None, "zero_denominator")]


def test_what_one_school_did_not_report_is_no_sum_and_the_gap_says_so(marts: duckdb.DuckDBPyConnection) -> None:
    assert _measure(marts, A, "primary", "teachers_backbone") == []
    gaps = marts.execute(
        """select measure_code, unit_count, missing_count from marts.school_gap
        where region_code = ? and year = ? and stage = 'primary' and measure_code like '%backbone' order by 1""",
        [A, YEAR],
    ).fetchall()
    assert gaps == [("assessed_teachers_backbone", 4, 1), ("teachers_backbone", 5, 1)]
    assert _spread(marts, A, "eq_backbone_teachers_pri") == [("cv_weighted", None, "missing_values", 4)]
    # Where all units of a stage reported, there is a sum.
    assert _measure(marts, A, "junior", "teachers_backbone") == [("summed", 3)]


def test_sections_share_by_weighted_pupils_and_what_they_share_is_whole_again(marts: duckdb.DuckDBPyConnection) -> None:
    # W3: 166 primary pupils and 210 junior ones, which count 1.1 each.
    ((_, junior),) = _measure(marts, A, "junior", "assessed_books")
    assert junior == pytest.approx(23226 * 231 / (166 + 231))
    assert junior == pytest.approx(13514.37, abs=0.005)
    ((_, primary),) = _measure(marts, A, "primary", "assessed_books")
    assert primary - (1000 + 9000 + 1500) == pytest.approx(9711.63, abs=0.005)
    assert primary + junior == pytest.approx(1000 + 9000 + 1500 + 23226)
    # It is one school, counted where the statistics count it; its teachers stand where they teach.
    assert _measure(marts, A, "junior", "schools") == [("summed", 1)]
    assert _measure(marts, A, "junior", "teachers_fulltime") == [("summed", 18)]


def test_an_attached_kindergarten_class_has_children_and_is_no_kindergarten(marts: duckdb.DuckDBPyConnection) -> None:
    assert _measure(marts, A, "preschool", "enrolment") == [("summed", 90 + 25)]
    assert _measure(marts, A, "preschool", "schools") == [("summed", 1)]
    assert _measure(marts, A, "preschool", "teachers_fulltime") == [("summed", 10)]
    assert _measure(marts, A, "preschool", "teachers_fulltime_incl_attached") == [("summed", 12)]
    assert _measure(marts, A, "primary", "schools") == [("summed", 4)]


def test_what_is_printed_goes_before_a_county_fact_and_both_before_a_sum(marts: duckdb.DuckDBPyConnection) -> None:
    assert _measure(marts, B, "primary", "enrolment") == [("reported", 130)]
    assert _beside(marts, B, "enrolment") == [("county_fact", 130, 125, False), ("school_sum", 130, 120, False)]
    assert _measure(marts, B, "primary", "computers") == [("fact", 15)]
    assert _beside(marts, B, "computers") == [("school_sum", 15, 12, False)]
    assert _beside(marts, B, "teachers_fulltime") == [("school_sum", 9, 9, True)]
    # 800 printed in ten thousands is anything from 750 to 850.
    assert _measure(marts, A, "primary", "enrolment") == [("reported", 800)]
    assert _beside(marts, A, "enrolment") == [("school_sum", 800, 80 + 500 + 166 + 100, True)]


def test_a_region_above_has_a_sum_only_where_every_county_has_one(marts: duckdb.DuckDBPyConnection) -> None:
    assert _measure(marts, "990100", "primary", "enrolment") == [("summed", 846 + 120)]
    assert _measure(marts, "990100", "primary", "enrolment", 2022) == [("summed", 30 + 100)]
    # B has no year 2023, and no junior school at all.
    assert _measure(marts, "990100", "primary", "enrolment", 2023) == []
    assert _measure(marts, "990100", "junior", "enrolment") == []
    # Not every prefecture of the province has computers reported.
    assert _measure(marts, "990100", "primary", "computers") == [("summed", 89 + 12)]
    assert _measure(marts, "990000", "primary", "computers") == []
    assert _measure(marts, "990000", "primary", "enrolment") == [("summed", 846 + 120 + 300 + 500)]


def test_an_invented_county_is_no_part_of_a_real_region(marts: duckdb.DuckDBPyConnection) -> None:
    assert _measure(marts, IN_THE_CITY, "primary", "enrolment") == [("summed", 400)]
    above = marts.execute(
        "select distinct region_code from marts.fct_measure where basis = 'summed' and region_code not like '99%'"
    ).fetchall()
    assert above == [(IN_THE_CITY,)]


@pytest.mark.parametrize(
    ("wrong", "named"),
    [
        pytest.param(_school(A, "3", "primary", 500), f"{A}-3", id="an identifier twice in a year"),
        pytest.param(_school(A, "9P", "primary", 40, parent_id=f"{A}-9"), f"{A}-9", id="a section without its school"),
    ],
)
def test_a_wrong_school_refuses_the_refresh_and_what_was_served_stays(
    site: Site, tmp_path_factory: pytest.TempPathFactory, wrong: Row, named: str
) -> None:
    again = copied(site, tmp_path_factory.mktemp("refused"))
    before = again.served()
    put_schools(again, [*_records(), wrong])
    result = again.run("refresh")
    assert result.exit_code == 1
    assert f"raw/schools/{YEAR}.csv" in result.output and named in result.output
    assert again.served() == before
