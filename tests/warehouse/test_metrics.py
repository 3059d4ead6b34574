"""meta.metric on whole snapshots: each metric gives the mart's own values, and sums of counties those of the level above."""

import re
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from dagster_project import build_file
from dagster_project.settings import ROOT
from tests.conftest import Site

_GRAIN = "indicator_code, year, stage, segment"
_AVERAGE = re.compile(r"\b(avg|mean|median)\s*\(", re.IGNORECASE)


@pytest.fixture(scope="module")
def counties(demo_counties: Site) -> Iterator[duckdb.DuckDBPyConnection]:
    with build_file.reading(demo_counties.settings.served) as connection:
        yield connection


@pytest.fixture(scope="module")
def nation(shipped: Site) -> Iterator[duckdb.DuckDBPyConnection]:
    with build_file.reading(shipped.settings.served) as connection:
        yield connection


def rates(connection: duckdb.DuckDBPyConnection, schema: str = "marts") -> dict[str, str]:
    """The expression of each table's rate."""
    return dict(
        connection.execute(
            "select table_name, expression from meta.metric where schema_name = ? and metric_name = 'rate'", [schema]
        ).fetchall()
    )


def test_every_mart_of_rates_has_its_counts_and_a_rate(nation: duckdb.DuckDBPyConnection) -> None:
    marts = {
        name
        for (name,) in nation.execute(
            "select table_name from meta.dictionary where schema_name = 'marts' and column_name = 'meets_standard'"
        ).fetchall()
    }
    assert len(marts) == 10 and set(rates(nation)) == marts


@pytest.mark.parametrize("source", ["counties", "nation"])
def test_a_row_alone_has_the_value_of_the_mart_at_every_level(source: str, request: pytest.FixtureRequest) -> None:
    connection = request.getfixturevalue(source)
    levels = set()
    for table, expression in rates(connection).items():
        rows = connection.execute(
            f"select region_level, value, {expression} from marts.{table} group by region_code, region_level, value, {_GRAIN}"
        ).fetchall()
        assert [row for row in rows if row[1] != row[2]] == [], table
        levels |= {level for level, _, _ in rows}
    assert levels >= {"nation": {"province", "nation"}, "counties": {"county", "prefecture", "province"}}[source]


# The values below have 16 digits: what is divided once and what is added up first may differ in the last.
_BELOW = """
    with below as (
        select parent_code, region_level, {grain}, {rate} as rate, avg(value) as mean_of_rates, count(*) as n,
            sum(numerator) as numerator, sum(denominator) as denominator
        from marts.{table} group by parent_code, region_level, {grain}
    )
    select p.region_level, b.region_level, b.rate, case p.basis when 'computed' then p.value else p.other_value end,
        b.mean_of_rates, b.n
    from marts.{table} as p join below as b
        on p.region_code = b.parent_code and p.indicator_code = b.indicator_code and p.year = b.year
        and p.stage = b.stage and p.segment = b.segment
    -- The regions below are all there: their counts are those of the region above.
    where p.numerator = b.numerator and p.denominator = b.denominator and b.n > 1
"""


def test_counties_put_together_give_the_value_computed_for_the_level_above_and_their_mean_does_not(
    counties: duckdb.DuckDBPyConnection,
) -> None:
    compared = differing = 0
    for table, rate in rates(counties).items():
        for above, below, together, computed, mean, _ in counties.execute(
            _BELOW.format(table=table, rate=rate, grain=_GRAIN)
        ).fetchall():
            assert (above, below) == ("prefecture", "county")
            assert together == pytest.approx(computed, rel=1e-12), table
            compared += 1
            differing += abs(mean - computed) > 0.01
    # Five and six counties of different sizes, in a dozen years.
    assert compared > 500 and differing > compared / 2


def test_provinces_put_together_give_the_value_computed_for_the_nation(nation: duckdb.DuckDBPyConnection) -> None:
    rate = rates(nation)["mart_pupil_teacher_ratio"]
    rows = nation.execute(_BELOW.format(table="mart_pupil_teacher_ratio", rate=rate, grain=_GRAIN)).fetchall()
    assert rows
    for above, below, together, computed, mean, n in rows:
        assert (above, below, n) == ("nation", "province", 31)
        assert together == pytest.approx(computed, rel=1e-12)
        assert abs(mean - computed) > 0.01


def test_levels_indicators_and_years_together_have_no_rate(counties: duckdb.DuckDBPyConnection) -> None:
    for table, rate in rates(counties).items():
        rows = counties.execute(f"select count(*), {rate} from marts.{table}").fetchall()
        assert [figure for n, figure in rows if n > 1 and figure is not None] == [], table


def test_counties_that_meet_a_condition_are_counted_once_each(counties: duckdb.DuckDBPyConnection) -> None:
    """Some conditions are judged on two indicators: on both together there is no figure, on each that of the counties."""
    told = dict(
        counties.execute(
            "select metric_name, expression from meta.metric where schema_name = 'marts' and table_name = 'mart_assessment_condition'"
        ).fetchall()
    )
    together = counties.execute(
        f"""select count(distinct indicator_code), {told["met_county_pct"]}, {told["failing_school_pct"]}
        from marts.mart_assessment_condition group by assessment, condition_no, year"""
    ).fetchall()
    assert {n for n, *_ in together} >= {1, 2}
    assert [row for row in together if row[0] > 1 and row[1:] != (None, None)] == []
    alone = counties.execute(
        f"""select {told["met_county_pct"]},
            100.0 * count(distinct case when status = 'met' then region_code end) / count(distinct region_code)
        from marts.mart_assessment_condition group by assessment, condition_no, indicator_code, year"""
    ).fetchall()
    assert all(figure == pytest.approx(share) for figure, share in alone)
    assert len({figure for figure, _ in alone}) > 2


def test_a_view_gives_what_its_mart_gives(counties: duckdb.DuckDBPyConnection) -> None:
    views = rates(counties, "bi")
    expression = rates(counties)["mart_large_class_share"]
    mart = counties.execute(
        f"select parent_code, {_GRAIN.replace('stage, ', '').replace('segment', '')} {expression} from marts.mart_large_class_share"
        " where region_level = 'county' and segment = 'all' group by parent_code, indicator_code, year order by all"
    ).fetchall()
    view = counties.execute(
        f"select 上级代码, 指标代码, 年份, {views['大班额占比']} from bi.大班额占比_区县"
        " where 分组 = '全体' group by 上级代码, 指标代码, 年份 order by all"
    ).fetchall()
    assert view == mart != []
    # The facts have no level, so that only their views have a rate.
    assert "指标值" in views and "fct_indicator" not in rates(counties)


def test_nothing_that_readers_are_given_averages(counties: duckdb.DuckDBPyConnection) -> None:
    assert _AVERAGE.search("select 地区, AVG (数值) from bi.公办园占比")
    given = [sql for (sql,) in counties.execute("select expression from meta.metric").fetchall()]
    given += [sql for (sql,) in counties.execute("select sql from duckdb_views() where schema_name = 'bi'").fetchall()]
    assert [sql for sql in given if _AVERAGE.search(sql)] == []
    # Code that writes datasets and queries for other tools.
    written = [*(ROOT / "dagster_project" / "export").rglob("*.*"), Path(ROOT / "dagster_project/report/metrics.py")]
    texts = {
        path.name: path.read_text(encoding="utf-8") for path in written if path.suffix in (".py", ".yml", ".sql", ".js")
    }
    assert texts and [name for name, text in texts.items() if _AVERAGE.search(text)] == []
