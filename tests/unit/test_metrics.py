"""Metrics over a few rows whose rates are worked out by hand: what may be put together, and what gives nothing."""

import duckdb
import pytest

from dagster_project.report import metrics

COLUMNS = "indicator_code, region_code, region_level, year, stage, segment, value, numerator, denominator, scale"
# A: 30 of 50 are 60 %, B: 10 of 200 are 5 %; together 40 of 250, that is 16 %, where the mean of the rates is 32.5 %.
A = "('share', 'A', 'county', 2020, 'preschool', 'all', 60.0, 30.0, 50.0, 100.0)"
B = "('share', 'B', 'county', 2020, 'preschool', 'all', 5.0, 10.0, 200.0, 100.0)"


def figure(name: str, *rows: str) -> float | None:
    """What a metric gives for rows of an indicator mart."""
    (metric,) = (m for m in metrics.of("mart_any", COLUMNS.split(", ")) if m.name == name)
    query = f"select {metric.expression()} from (values {', '.join(rows)}) as t({COLUMNS})"
    ((found,),) = duckdb.sql(query).fetchall()
    return found  # type: ignore[no-any-return]


def other(**changes: str) -> str:
    """Row B with other values, by column."""
    values = dict(zip(COLUMNS.split(", "), B.strip("()").split(", "), strict=True)) | changes
    return f"({', '.join(values.values())})"


def test_several_rows_have_the_ratio_of_their_sums_and_never_the_mean_of_their_rates() -> None:
    assert figure("rate", A, B) == 16.0 != (60.0 + 5.0) / 2
    assert figure("region_count", A, B) == 2


def test_one_row_shows_its_own_value_with_or_without_counts() -> None:
    published = other(value="5.1")
    assert figure("rate", published) == 5.1
    assert figure("rate", other(value="5.1", numerator="null", denominator="null", scale="null")) == 5.1


@pytest.mark.parametrize(
    "row",
    [
        other(indicator_code="'another'"),
        other(year="2021"),
        other(stage="'primary'"),
        other(segment="'rural'"),
        other(region_level="'province'"),
        other(numerator="null"),
        other(denominator="null"),
        other(scale="null"),
        other(scale="1.0"),
        other(numerator="-30.0", denominator="-50.0"),
    ],
)
def test_rows_that_may_not_be_put_together_have_no_rate(row: str) -> None:
    # The last: what sums to no denominator at all is no rate either.
    assert figure("rate", A, row) is None


def test_the_scale_is_that_of_the_formula() -> None:
    per_teacher = [row.replace(", 100.0)", ", 1.0)") for row in (A, B)]
    assert figure("rate", *per_teacher) == pytest.approx(40 / 250, rel=1e-15)


@pytest.mark.parametrize(
    ("bases", "told"), [((None, None), 2), (("x", "x"), 2), (("x", "y"), None), ((None, "x"), None)]
)
def test_where_an_indicator_compares_others_their_rows_are_not_put_together(
    bases: tuple[str | None, str | None], told: int | None
) -> None:
    """Most rows of such a table compare nothing: the column is empty, and that is one base too."""
    of_any = metrics.of("fct_any", [*COLUMNS.split(", "), "base_indicator"])
    rate, regions = of_any
    rows = ", ".join(
        row.removesuffix(")") + (f", '{base}')" if base else ", null)") for row, base in zip((A, B), bases, strict=True)
    )
    query = f"select {rate.expression()}, {regions.expression()} from (values {rows}) as t({COLUMNS}, base_indicator)"
    assert duckdb.sql(query).fetchall() == [(16.0 if told else None, told)]


def test_no_rows_have_no_figure() -> None:
    (metric,) = (m for m in metrics.of("mart_any", COLUMNS.split(", ")) if m.name == "rate")
    query = f"select {metric.expression()} from (values {A}) as t({COLUMNS}) where year = 1900"
    assert duckdb.sql(query).fetchall() == [(None,)]


@pytest.mark.parametrize("missing", ["numerator", "denominator", "scale", "region_level", "segment"])
def test_a_table_that_lacks_what_a_rate_needs_has_none(missing: str) -> None:
    assert metrics.of("mart_any", [name for name in COLUMNS.split(", ") if name != missing]) == ()


@pytest.mark.parametrize("name", ["spread", "mean_value"])
def test_a_spread_is_shown_alone_and_never_put_together(name: str) -> None:
    (metric,) = (m for m in metrics.of("mart_equity", []) if m.name == name)
    (column,) = metric.columns
    one, two = (
        f"select {metric.expression()} from (values {rows}) as t({column})" for rows in ("(0.5)", "(0.5), (0.7)")
    )
    assert duckdb.sql(one).fetchall() == [(0.5,)] and duckdb.sql(two).fetchall() == [(None,)]


@pytest.mark.parametrize(
    ("rows", "told"),
    [
        ("('met', 'a', 2020), ('not_met', 'a', 2020), ('undecided', 'a', 2020), ('met', 'a', 2020)", 50.0),
        ("('达到', 'a', 2020), ('未达到', 'a', 2020)", 50.0),
        ("('met', 'a', 2020), ('met', 'a', 2021)", None),
        ("('met', 'a', 2020), ('met', 'b', 2020)", None),
    ],
)
def test_counties_that_meet_an_assessment_are_a_share_of_all_within_one_year_and_one_assessment(
    rows: str, told: float | None
) -> None:
    (metric,) = metrics.of("mart_county_assessment", [])
    query = f"select {metric.expression()} from (values {rows}) as t(status, assessment, year)"
    assert duckdb.sql(query).fetchall() == [(told,)]


def test_targets_are_added_within_one_method_and_one_group() -> None:
    (metric,) = metrics.of("mart_target_summary", [])
    rows = ["('ladder', 'region', '1', 3)", "('ladder', 'region', '1', 4)"]
    for more, told in (((), 7), (("('un_2023', 'region', '1', 7)",), None), (("('ladder', 'region', '2', 5)",), None)):
        query = f"""select {metric.expression()}
            from (values {", ".join([*rows, *more])}) as t(method, view_by, group_code, target_count)"""
        assert duckdb.sql(query).fetchall() == [(told,)]


def test_columns_may_be_called_something_else() -> None:
    (metric, _) = metrics.of("mart_any", COLUMNS.split(", "))
    named = metric.expression(lambda column: f'"{column.upper()}"')
    assert 'sum("NUMERATOR")' in named and "numerator" not in named
    assert {*metric.columns} == {*COLUMNS.split(", ")} - {"region_code"}
