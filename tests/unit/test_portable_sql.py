"""The portable-SQL lint: what each rule finds and lets pass, and the silent error it prevents.

DuckDB and SQLite stand in for "two engines" where they disagree. Where only Spark, PostgreSQL or ClickHouse
goes wrong, the test says which, and shows the consequence from what that engine is known to return.
"""

import hashlib
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest

from dagster_project.quality import portable_sql
from dagster_project.quality.portable_sql import Finding, lint

D = "cast({} as {{{{ dbl() }}}})".format
A, B = D("a"), D("b")
Rows = list[tuple[Any, ...]]


def duck(sql: str, *before: str) -> Rows:
    with duckdb.connect() as connection:
        for statement in before:
            connection.execute(statement)
        return connection.execute(sql).fetchall()


def lite(sql: str, *before: str) -> Rows:
    connection = sqlite3.connect(":memory:")
    try:
        for statement in before:
            connection.execute(statement)
        return connection.execute(sql).fetchall()
    finally:
        connection.close()


def rules(sql: str) -> list[tuple[int, str]]:
    return [(finding.line, finding.rule) for finding in lint(sql, "m.sql")]


SCHOOLS = (
    "create table schools (code varchar, pupils integer)",
    "insert into schools values ('1101', 1), ('1102', 2), ('1201', 30)",
)

# Each breaks one rule, in its second line.
BROKEN = [
    ("division", "a / b as r"),
    ("division", f"{A} / {B} as r"),
    ("division", "a / nullif(b, 0) as r"),
    ("division", f"{A} / nullif({B}, 1) as r"),
    ("division", f"{A} / 9.0 as r"),
    ("division", f"{A} / {D('0')} as r"),
    ("division", f"cast(a as decimal(18, 2)) / nullif({B}, 0) as r"),
    ("lead-lag", "lead(a) over (order by b) as r"),
    ("lead-lag", "lag(a, 1) over (order by b) as r"),
    ("sum-type", "sum(a) as r"),
    ("sum-type", "cast(coalesce(sum(a), 0) as bigint) as r"),
    ("sum-type", "cast(sum(a) as integer) as r"),
    ("sum-type", "sum(a) over (partition by b) as r"),
    ("float-type", "cast(a as float) as r"),
    ("float-type", "cast(a as real) as r"),
    ("float-type", "cast(a as {{ type_float() }}) as r"),
    ("float-type", "cast(a as {{ dbt.type_float() }}) as r"),
    ("float-type", "cast(a as double) as r"),
    ("column-alias", "t.a"),
    ("column-alias", "a + b"),
    ("alias-shadow", "cast(sum(a) as bigint) as a, max(case when a > 1 then 1 end) as r"),
    ("dialect", "a // b as r"),
    ("dialect", "a::integer as r"),
    ("dialect", "* exclude (a)"),
    ("dialect", "* replace (1 as a)"),
    ("dialect", "columns('a.*') as r"),
    ("dialect", "max(a) filter (where b > 0) as r"),
    ("dialect", "count_if(a > 0) as r"),
    ("dialect", "[a, b] as r"),
    ("dialect", "{'a': a} as r"),
    ("dialect", "list(a) as r"),
    ("dialect", "cast(a as integer[]) as r"),
    ("volatile", "random() as r"),
    ("volatile", "hash(a) as r"),
    ("volatile", "uuid() as r"),
    ("volatile", "current_date as r"),
    ("volatile", "now() as r"),
    ("volatile", "current_timestamp as r"),
    ("volatile", "today() as r"),
    ("average", "avg(a) as r"),
    ("average", "mean(a) as r"),
]

# Each breaks one rule, in the line given.
BROKEN_SELECTS = [
    ("alias-shadow", 3, "select b, cast(sum(a) as bigint) as a\nfrom t group by b\nhaving a > 2"),
    ("dialect", 2, "select a as a from t\ngroup by all"),
    ("dialect", 2, "select a from t\ngroup by 1"),
    ("dialect", 2, "select a from t\norder by 1"),
    ("dialect", 2, "select a from t\nqualify row_number() over (order by a) = 1"),
    ("dialect", 1, "select distinct on (a) b\nfrom t"),
    ("dialect", 2, "select t.a as a from t\nasof join u on t.a >= u.a"),
    ("dialect", 1, "pivot t\non a using max(b)"),
    ("dialect", 1, "unpivot t\non a, b into name measure value amount"),
    ("dialect", 1, "from t\nselect a"),
    ("dialect", 1, "from t"),
    ("dialect", 2, "select a from t union all by name\nselect b from u"),
    ("select-star", 2, "select\n  t.* from t join u on t.a = u.a"),
    ("select-star", 2, "select a, b from t union all\nselect * from u"),
    ("volatile", 3, "select a\nfrom t\nwhere b < current_date"),
    ("group-by", 2, "select left(code, 2) as code, count(*) as n from t\ngroup by code"),
    ("unreadable", 2, "select a\nfrom from where"),
    ("unreadable", 2, "select a\nfrom {{ ref('t' }}"),
    ("unreadable", 1, "select {{ no_such_macro() }} as a"),
    ("unreadable", 1, "-- no statement"),
]

SOUND = [
    f"{A} / nullif({B}, 0) as r",
    f"({A} - {B}) * 100 / nullif({D('sum(b)')}, 0) as r",
    f"{A} / {D('9')} as r",
    f"sqrt(greatest({A} / nullif({B}, 0), 0)) / nullif({A} / nullif({B}, 0), 0) as r",
    "lead(a, 1, 9999) over (order by b) as r",
    "cast(sum(a) as bigint) as r, cast(sum(a) over (partition by b) as bigint) as q, count(*) as n",
    "cast(sum(a) as decimal(18, 2)) as r",
    "a, t.b as b, a + b as r",
    "cast(sum(a) as bigint) as a",
    "cast(sum(case when b > 0 then a end) as bigint) as r, median(a) as m",
    "md5(a) as r, extract(year from b) as y",
    "*",
    "b, (select max(u.a) from u) as r",
]

SOUND_SELECTS = [
    "with u as (select * from {{ source('raw', 't') }}) select * from u",
    "with u as (select * from t) select a from u union all select b from v",
    "select a from t where exists (select 1 from u where u.a is distinct from t.a)",
    "select a from t where b in (select u.b from u)",
    "select t.code as code, cast(sum(t.n) as bigint) as n from t group by t.code order by n",
    "select left(code, 2) as province, count(*) as n from t group by left(code, 2)",
]


@pytest.mark.parametrize(("rule", "column"), BROKEN)
def test_a_column_that_breaks_a_rule_is_found_in_its_line(rule: str, column: str) -> None:
    assert rules(f"select\n  {column}\nfrom t") == [(2, rule)]


@pytest.mark.parametrize(("rule", "line", "sql"), BROKEN_SELECTS)
def test_a_select_that_breaks_a_rule_is_found_in_its_line(rule: str, line: int, sql: str) -> None:
    assert rules(sql) == [(line, rule)]


@pytest.mark.parametrize("sql", [f"select {column} from t" for column in SOUND] + SOUND_SELECTS)
def test_sound_sql_passes(sql: str) -> None:
    assert lint(sql, "m.sql") == []


# ---- the silent errors


def test_division_differs_by_engine_without_a_cast_and_by_zero() -> None:
    """Spark also cuts `x / 9.0`, a decimal division, to six digits; it is not here."""
    bare, zero = "select 7 / 2", "select 1 / 0"
    assert (duck(bare), lite(bare)) == ([(3.5,)], [(3,)])
    # inf meets every target that is a floor: unknown becomes "met".
    assert duck(f"select x >= 0.95 from ({zero} as x)") == [(True,)]
    assert lite(zero) == [(None,)]
    written = "select cast(7 as double) / nullif(cast({} as double), 0)"
    for engine in (duck, lite):
        assert engine(written.format(2)) == [(3.5,)]
        assert engine(written.format(0)) == [(None,)]


def test_lead_without_a_default_loses_the_last_year_where_it_gives_zero() -> None:
    """ClickHouse gives 0 after the last row of a column that is not nullable; its answer is written out."""
    last = "select y from (select y, {} as next_y from (select 2023 as y union select 2024)) as t where {}"
    bare = "lead(y) over (order by y)"
    clickhouse = "lead(y, 1, 0) over (order by y)"
    portable = "lead(y, 1, 9999) over (order by y)"
    for engine in (duck, lite):
        assert engine(last.format(bare, "next_y is null")) == [(2024,)]
        assert engine(last.format(clickhouse, "next_y is null")) == []
        assert engine(last.format(portable, "next_y = 9999")) == [(2024,)]


def test_a_sum_of_integers_is_no_longer_exact_in_parquet(tmp_path: Path) -> None:
    file, odd = tmp_path / "sum.parquet", 2**53 + 1
    for column, kind, kept in (("sum(x)", "DOUBLE", odd - 1), ("cast(sum(x) as bigint)", "BIGINT", odd)):
        source = f"select {column} as s from (values ({odd}::bigint)) as t(x)"
        rows = duck(f"select typeof(s), s from '{file}'", f"copy ({source}) to '{file}'")
        assert rows == [(kind, kept)]
    assert duck("select typeof(sum(x)) from (values (1)) as t(x)") == [("HUGEINT",)]


def test_float_loses_one_pupil_in_seventeen_million() -> None:
    """32 bits on DuckDB and Spark; 64 on SQLite and PostgreSQL, so the loss shows on some engines only."""
    cast = "select cast(16777217 as {})"
    assert duck(cast.format("float")) == [(16777216.0,)]
    assert lite(cast.format("float")) == [(16777217.0,)]
    assert duck(cast.format("double")) == lite(cast.format("double")) == [(16777217.0,)]


def test_a_column_without_an_alias_is_named_by_the_engine() -> None:
    """ClickHouse also names `g.year` with its table after a join; it is not here."""
    sql = "select SUM( 1 ), 2 as two"
    with duckdb.connect() as one:
        named = [column[0] for column in one.execute(sql).description or ()]
    other = sqlite3.connect(":memory:")
    assert [column[0] for column in other.execute(sql).description] == ["SUM( 1 )", "two"]
    assert named == ["sum(1)", "two"]
    other.close()


def test_an_aggregate_under_its_columns_name_is_read_two_ways() -> None:
    """The alias on DuckDB, the column on SQLite, without an error on either; ClickHouse reads the alias."""
    province = "select substr(code, 1, 2) as p, sum(pupils) as {} from schools group by substr(code, 1, 2) "
    shadowed = province.format("pupils") + "having pupils > 2 order by p"
    assert duck(shadowed, *SCHOOLS) == [("11", 3), ("12", 30)]
    assert lite(shadowed, *SCHOOLS) == [("12", 30)]
    apart = province.format("total") + "having sum(pupils) > 2 order by p"
    assert duck(apart, *SCHOOLS) == lite(apart, *SCHOOLS) == [("11", 3), ("12", 30)]


def test_a_position_means_another_column_once_one_is_put_before_it() -> None:
    """The rest of `dialect` fails loudly elsewhere, as `::` and `//` do on SQLite."""
    largest = "select {} from schools order by {} desc limit 1"
    for engine in (duck, lite):
        assert engine(largest.format("pupils, code", "1"), *SCHOOLS) == [(30, "1201")]
        assert engine(largest.format("-pupils as rank, pupils, code", "1"), *SCHOOLS) == [(-1, 1, "1101")]
        assert engine(largest.format("-pupils as rank, pupils, code", "pupils"), *SCHOOLS) == [(-30, 30, "1201")]
    for operator in ("select 7::integer", "select 7 // 2"):
        with pytest.raises(sqlite3.OperationalError):
            lite(operator)


def test_a_union_of_stars_mixes_columns() -> None:
    """The order changes by hand or, on Spark, by itself: the partition column moves last."""
    tables = (
        "create table a as select 2023 as year, 500 as pupils",
        "create table b as select 480 as pupils, 2024 as year",
    )
    for engine in (duck, lite):
        assert engine("select * from a union all select * from b", *tables) == [(2023, 500), (480, 2024)]
        written = "select year, pupils from a union all select year, pupils from b"
        assert engine(written, *tables) == [(2023, 500), (2024, 480)]


def test_the_same_query_gives_other_rows_the_next_time() -> None:
    """hash() may change with DuckDB's version; there is one here, so md5 is shown, which holds outside it."""
    assert duck("select random()") != duck("select random()")
    assert duck("select uuid()") != duck("select uuid()")
    assert duck("select now()") != duck("select now()")
    assert duck("select md5('1101')") == [(hashlib.md5(b"1101").hexdigest(),)]


def test_an_average_of_rates_is_not_the_rate() -> None:
    """One of ten and 900 of 1000: 901 of 1010 is 89 %, the mean of 10 % and 90 % is 50 %."""
    data = "(select 1 as met, 10 as n union all select 900, 1000) as t"
    for engine in (duck, lite):
        assert engine(f"select avg(met * 1.0 / n) from {data}")[0][0] == pytest.approx(0.5)
        rate = f"select cast(sum(met) as double) / nullif(cast(sum(n) as double), 0) from {data}"
        assert engine(rate)[0][0] == pytest.approx(901 / 1010)


def test_group_by_takes_the_column_and_not_the_alias() -> None:
    """One province comes out twice. PostgreSQL does the same; ClickHouse may take the alias."""
    grouped = "select substr(code, 1, 2) as code, count(*) as n from schools group by {} order by 1, 2"
    for engine in (duck, lite):
        assert engine(grouped.format("code"), *SCHOOLS) == [("11", 1), ("11", 1), ("12", 1)]
        assert engine(grouped.format("substr(code, 1, 2)"), *SCHOOLS) == [("11", 2), ("12", 1)]


# ---- exceptions, Jinja, files


def test_an_exception_holds_for_its_rule_and_line_only() -> None:
    allow = "-- portable: allow average because the page shows it as such"
    assert rules(f"select avg(a) as a, {allow}\navg(b) as b from t") == [(2, "average")]
    assert rules(f"select\n{allow}\navg(a) as a, now() as n from t") == [(3, "volatile")]


@pytest.mark.parametrize("comment", ["-- portable: allow average", "-- portable: allow average because "])
def test_an_exception_without_a_reason_is_a_finding(comment: str) -> None:
    assert rules(f"select avg(a) as a {comment}\nfrom t") == [(1, "average"), (1, "exception")]


def test_lines_are_the_models_through_loops_macros_and_branches() -> None:
    sql = """{{ config(materialized='incremental') }}
{%- set measures = ['a', 'b'] %}
{% macro total(x) %}

  sum({{ x }})
{% endmacro %}
-- 中文
{% for measure in measures -%}
  select {{ measure }} / 2 as x from {{ ref('t') }}
  {% if not loop.last %} union all {% endif %}
{%- endfor %}
union all
select {{ total('a') }} as x from {{ source('raw', 't') }}
{% if is_incremental() %}
where year > 9.0 / {{ var('years', 3) }}
{% endif %}
"""
    # A macro's own text counts as where it was written; a loop's line comes once for each turn that differs.
    assert rules(sql) == [(5, "sum-type"), (9, "division"), (9, "division"), (15, "division")]


@pytest.fixture
def macros(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """An empty macros folder in the place of the project's."""
    (tmp_path / "macros").mkdir()
    monkeypatch.setattr(portable_sql, "DBT", tmp_path)
    monkeypatch.chdir(tmp_path)
    portable_sql.jinja.cache_clear()
    yield tmp_path / "macros"
    portable_sql.jinja.cache_clear()


def test_macros_are_read_where_they_stand_and_may_call_each_other(macros: Path) -> None:
    (macros / "a.sql").write_text("{% macro total(x) %}{{ adapter.dispatch('sum', 'p')(x) }}{% endmacro %}")
    (macros / "b.sql").write_text(
        "{% macro duckdb__sum(x) %}sum({{ x }}){% endmacro %}\n"
        "{% macro mean(x) %}\n  avg({{ x }}){% endmacro %}\n"
        "{% macro allowed(x) %}\n  avg({{ x }}) -- portable: allow average because shown\n{% endmacro %}"
    )
    (macros / "c.sql").write_text("{% test positive(model) %}select 1{% endtest %}")
    calls = "select\n {{ total('a') }} as x, {{ mean('a') }} as y,\n {{ allowed('a') }} as z from t"
    found = lint(calls, "m.sql")
    places = [(finding.path, finding.line, finding.rule) for finding in found]
    # Of one line: where it is called. Of several: where it stands.
    assert places == [("m.sql", 2, "sum-type"), ("macros/b.sql", 3, "average")]


def test_a_macro_that_does_not_read_is_named(macros: Path) -> None:
    (macros / "a.sql").write_text("{% macro a() %}\n{{ }}{% endmacro %}")
    assert [(f.path, f.line, f.rule) for f in lint("select 1 as a", "m.sql")] == [("macros/a.sql", 2, "unreadable")]


def test_the_command_names_file_line_rule_and_what_to_write(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    bad, good = tmp_path / "bad.sql", tmp_path / "good.sql"
    bad.write_text("select\n  avg(a) as a\nfrom t")
    good.write_text("select a from t")
    assert portable_sql.main([str(good)]) == 0
    assert portable_sql.main([str(good), str(bad)]) == 1
    assert capsys.readouterr().out == f"{bad}:2: average: AVG(a); sum the counts and divide\n"
    assert lint(bad.read_text(), "b.sql") == [Finding("b.sql", 2, "average", "AVG(a)", "sum the counts and divide")]


def test_the_projects_models_and_tests_are_portable(capsys: pytest.CaptureFixture[str]) -> None:
    assert portable_sql.project_files() or not (portable_sql.DBT / "models").exists()
    portable_sql.main([])
    assert capsys.readouterr().out == ""
