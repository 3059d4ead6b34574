"""How the miniature province comes out of the real models: what stands, what is kept beside it, what has no row."""

from collections.abc import Iterator

import duckdb
import pytest

from tests.conftest import Site

# What was printed, as it stands: indicator, region, year, stage, value. Computed values stand in `answers.csv`.
PUBLISHED = [
    ("kg_inclusive_coverage", "100000", 2022, "preschool", 89.55),
    ("pri_pupils_per_teacher", "100000", 2018, "primary", 16.97),
    ("nine_year_retention", "100000", 2019, "compulsory", 94.8),
]


@pytest.fixture(scope="module")
def marts(province: Site) -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect(str(province.settings.served), read_only=True) as connection:
        yield connection


@pytest.mark.parametrize(("indicator", "region", "year", "stage", "value"), PUBLISHED)
def test_a_published_value_stands_as_it_was_printed(
    marts: duckdb.DuckDBPyConnection, indicator: str, region: str, year: int, stage: str, value: float
) -> None:
    found = marts.execute(
        """select value from marts.fct_indicator where indicator_code = ? and region_code = ? and year = ?
        and stage = ? and segment = 'all' and basis = 'published'""",
        [indicator, region, year, stage],
    ).fetchall()
    assert found == [(value,)]


def test_a_cell_without_all_terms_has_no_row(marts: duckdb.DuckDBPyConnection) -> None:
    # 蒸湘区 has pupils and no figure of teachers: no row, not a zero.
    assert _ratio(marts, "430408") == []


def test_a_zero_denominator_is_said_and_not_divided_by(marts: duckdb.DuckDBPyConnection) -> None:
    assert _ratio(marts, "430407") == [(None, "zero_denominator", 1200, 0)]


def test_the_yearly_rate_of_one_province_never_carries_the_code_of_the_nine_year_rate(
    marts: duckdb.DuckDBPyConnection,
) -> None:
    found = marts.execute("select indicator_code from marts.fct_indicator where region_code = '330000'").fetchall()
    assert found == [("comp_retention_yearly",)]


def test_of_two_publications_the_one_with_more_digits_stands_and_the_other_is_kept(
    marts: duckdb.DuckDBPyConnection,
) -> None:
    (chosen,) = marts.execute(
        """select value, chosen_by from marts.fct_measure
        where measure_code = 'enrolment' and stage = 'primary' and region_code = '100000' and year = 2019"""
    ).fetchall()
    assert chosen == (105612400, "precision")
    (other,) = marts.execute(
        """select other_value, difference, agrees_within_rounding, other_source_row from marts.measure_conflict
        where measure_code = 'enrolment' and region_code = '100000' and year = 2019"""
    ).fetchall()
    assert other == (106000000, 387600, True, 5)


def test_printed_digits_leave_an_interval_and_whole_counts_do_not(marts: duckdb.DuckDBPyConnection) -> None:
    found = marts.execute(
        """select region_code, value_low, value_high from marts.fct_measure
        where measure_code = 'enrolment' and stage = 'primary' and year = 2018 and region_code not like '37%' order by 1"""
    ).fetchall()
    assert found == [
        ("100000", 103392450, 103392550),  # 10339.25万 was printed to the hundred
        ("430000", 5200000, 5200000),
        ("440000", 9800000, 9800000),
    ]


def test_changes_and_ranks_compare_one_basis_only(marts: duckdb.DuckDBPyConnection) -> None:
    found = marts.execute(
        """select region_code, basis, change, rank_no, rank_of, parent_basis, parent_value
        from marts.mart_pupil_teacher_ratio
        where year = 2019 and region_level in ('nation', 'province') order by region_sort_no"""
    ).fetchall()
    nation, hunan, guangdong = found
    assert nation[:4] == ("100000", "published", pytest.approx(16.85 - 16.97), None)
    # Fewer pupils a teacher is better: 5.3M/280k = 18.93 before 10M/500k = 20.
    assert hunan == ("430000", "computed", pytest.approx(5300 / 280 - 5200 / 270), 1, 2, "published", 16.85)
    assert guangdong == ("440000", "computed", pytest.approx(20 - 9800 / 530), 2, 2, "published", 16.85)


def test_a_merged_region_keeps_its_series_and_the_merger_is_no_change(marts: duckdb.DuckDBPyConnection) -> None:
    # 莱芜 went up in 济南 in 2019: 16 pupils a teacher before, 500/31 after, of two different territories.
    found = marts.execute(
        """select region_code, year, series_code, value, change, break_year, break_reason_zh
        from marts.mart_pupil_teacher_ratio where series_code = '370100' order by year, region_code"""
    ).fetchall()
    assert found == [
        ("370100", 2018, "370100", 16, None, None, None),
        ("371200", 2018, "370100", 16, None, None, None),
        ("370100", 2019, "370100", pytest.approx(500 / 31), None, 2019, "行政区划变更：并入或沿用 莱芜市（371200）"),
    ]


def test_the_standing_value_is_the_published_one_with_the_computed_beside_it(marts: duckdb.DuckDBPyConnection) -> None:
    (found,) = marts.execute(
        """select value, basis, other_value, other_basis, numerator, denominator, meets_standard
        from marts.mart_inclusive_kindergarten_coverage where region_code = '100000'"""
    ).fetchall()
    assert found == (
        89.55, "published", pytest.approx(89.55171095), "computed", 41440500, 46275500, True,
    )  # fmt: skip


def test_reconciliation_says_whether_the_counts_give_the_published_rate(marts: duckdb.DuckDBPyConnection) -> None:
    found = marts.execute(
        "select indicator_code, year, within_rounding, reason_code from marts.reconciliation order by 1, 2"
    ).fetchall()
    assert found == [
        ("kg_inclusive_coverage", 2022, True, None),
        ("pri_pupils_per_teacher", 2018, True, None),
        ("pri_pupils_per_teacher", 2019, True, None),
    ]


def test_a_rate_above_105_is_worth_a_warning_and_is_published(published: Site) -> None:
    # What 银川市 printed for 2025: children who move in lift a rate above 100.
    city = {"region_code": "640100", "region_zh": "银川市", "unit": "%"}
    published.statistics(
        2025,
        {**city, "level": "preschool", "measure": "gross_enrolment_rate", "value": "109.2"},
        {**city, "level": "junior", "measure": "stage_retention_rate", "value": "100.9"},
    )
    result = published.run("refresh")
    assert result.exit_code == 0, result.output
    with duckdb.connect(str(published.settings.served), read_only=True) as connection:
        rates = connection.execute(
            "select indicator_code, value from marts.fct_indicator where region_code = '640100' order by 1"
        ).fetchall()
        told = connection.execute(
            "select severity, outcome, failing_count from quality.check_result"
            " where table_name = 'marts.fct_indicator' and outcome <> 'passed'"
        ).fetchall()
    assert rates == [("jun_retention_raw", 100.9), ("kg_gross_enrol_rate", 109.2)]
    assert told == [("warning", "failed", 1)]


def _ratio(marts: duckdb.DuckDBPyConnection, region: str) -> list[tuple[object, ...]]:
    return marts.execute(
        """select value, status, numerator, denominator from marts.fct_indicator
        where indicator_code = 'pri_pupils_per_teacher' and region_code = ?""",
        [region],
    ).fetchall()
