"""The views of `bi`: every mart row for row, Chinese names that stand without quotes, levels apart, codes in words."""

import re
from collections.abc import Iterator

import duckdb
import pytest

from dagster_project import build_file
from dagster_project.report import bi, dictionary, words
from dagster_project.report.dictionary import Entry
from tests.conftest import Site, says_both


@pytest.fixture(scope="module")
def served(demo_counties: Site) -> Iterator[duckdb.DuckDBPyConnection]:
    with build_file.reading(demo_counties.settings.served) as connection:
        yield connection


@pytest.fixture(scope="module")
def entries(served: duckdb.DuckDBPyConnection) -> list[Entry]:
    return [Entry(*row) for row in served.execute("from meta.dictionary where schema_name = 'marts'").fetchall()]


def test_every_mart_has_a_view_with_a_row_for_each_of_its_own(
    served: duckdb.DuckDBPyConnection, entries: list[Entry]
) -> None:
    marts = [
        name
        for (name,) in served.execute("select table_name from duckdb_tables() where schema_name = 'marts'").fetchall()
    ]
    views = {row.table_name: row.bi_view for row in entries}
    assert sorted(views) == sorted(marts) and len(set(views.values())) == len(marts)
    for mart, view in views.items():
        assert served.execute(f"select (select count(*) from marts.{mart}) = (select count(*) from bi.{view})").fetchone() == (
            True,
        ), mart  # fmt: skip


def test_the_views_of_the_levels_are_the_plain_one_parted(served: duckdb.DuckDBPyConnection) -> None:
    labels = dictionary.labels()
    for mart in labels.levels:
        view = labels.views[mart]
        parts = " union all ".join(f"select * from bi.{view}_{zh}" for zh, _ in words.LEVELS.values())
        assert served.execute(f"select count(*) from (from bi.{view} except all ({parts}))").fetchone() == (0,), mart
        assert served.execute(f"select count(*) from ({parts})").fetchone() == served.execute(f"select count(*) from bi.{view}").fetchone()  # fmt: skip
        levels = served.execute(f"select distinct 级别 from bi.{view}_区县").fetchall()
        assert levels in ([("区县",)], []), mart


def test_labels_are_short_chinese_words_that_stand_without_quotes(entries: list[Entry]) -> None:
    labels = dictionary.labels()
    short = [*labels.views.values(), *labels.columns.values(), *(zh for zh, _ in words.LEVELS.values())]
    assert [label for label in short if not re.fullmatch(r"[一-鿿]{1,8}", label)] == []
    assert [row.column_name for row in entries if not row.label_zh] == []
    # What is in the list and no mart has would be taken for a column.
    known = {row.column_name for row in entries} | {f"{row.table_name}.{row.column_name}" for row in entries}
    assert set(labels.columns) - known == {"stat_date"}
    assert set(labels.views) == {row.table_name for row in entries} >= set(labels.levels)


def test_the_dictionary_joins_to_the_views_and_the_catalogue_says_how_to_show_a_value(
    served: duckdb.DuckDBPyConnection,
) -> None:
    lost = served.execute(
        """select d.table_name, d.column_name from meta.dictionary as d
        left join duckdb_columns() as c on c.schema_name = 'bi' and c.table_name = d.bi_view and c.column_name = d.label_zh
        where d.schema_name = 'marts' and c.column_name is null"""
    ).fetchall()
    assert lost == []
    silent = served.execute(
        """select indicator_code from marts.dim_indicator
        where coalesce(formula_zh, '') = '' or coalesce(unit, '') = '' or coalesce(direction, '') = '' or decimals is null"""
    ).fetchall()
    assert silent == []


def test_a_county_is_shown_with_its_region_level_date_and_words(served: duckdb.DuckDBPyConnection) -> None:
    row = served.execute(
        """select 地区, 级别, 上级代码 is not null, 年份, 日期, 学段, 分组, 单位, 依据 from bi.指标值_区县
        where 指标 = '小学生师比' and 年份 = 2020 and 分组 = '全体' order by 地区代码 limit 1"""
    ).fetchone()
    assert row is not None
    name, *rest = row
    assert name and [str(value) for value in rest] == [
        "区县", "True", "2020", "2020-01-01", "小学", "全体", "比值", "计算值",
    ]  # fmt: skip


def test_every_code_that_a_view_shows_in_words_has_some(served: duckdb.DuckDBPyConnection) -> None:
    wordless = [
        (view, column, value)
        for view, column in (
            ("指标值", "状态"), ("指标值", "依据"), ("指标值", "输入依据"), ("指标值", "学段"), ("指标值", "分组"),
            ("指标值", "单位"), ("数据项值", "依据"), ("均衡程度", "状态"), ("均衡程度", "数值依据"),
            ("县级评估", "状态"), ("县级评估", "评估"), ("县级评估条件", "状态"), ("指标目录", "方向"),
            ("地区目录", "级别"),
        )
        for (value,) in served.execute(f"select distinct {column} from bi.{view} where {column} is not null").fetchall()
        if value and not re.search(r"[一-鿿%—]", value)
    ]  # fmt: skip
    assert wordless == []


def test_views_and_columns_say_in_both_languages_what_they_are(served: duckdb.DuckDBPyConnection) -> None:
    views = served.execute("select view_name, comment from duckdb_views() where schema_name = 'bi'").fetchall()
    columns = served.execute(
        "select table_name || '.' || column_name, comment from duckdb_columns() where schema_name = 'bi'"
    ).fetchall()
    assert views and [name for name, comment in [*views, *columns] if not says_both(comment)] == []
    told = dict(columns)
    assert "公式：公办园在园幼儿占比 = " in told["公办园占比_省.数值"]
    assert told["公办园占比.年份"].endswith("; unit: year; column year") and "；单位：年" in told["公办园占比.年份"]
    levels = {name: comment for name, comment in views if name.startswith("公办园占比")}
    assert "不可跨级相加" in levels["公办园占比"] and "不可跨级相加" not in levels["公办园占比_省"]
    assert "只含省" in levels["公办园占比_省"]


@pytest.mark.parametrize(
    ("label_of_second", "told"), [("年份", "年份"), ("", "")], ids=["the same label twice", "no label"]
)
def test_a_view_whose_columns_would_have_one_name_is_refused(label_of_second: str, told: str) -> None:
    about = ("marts", "fct_a", "甲", "a", "year")
    rows = [
        Entry(*about, 1, "first_year", "年份", "甲表", "INTEGER", "", "起", "first"),
        Entry(*about, 2, "last_year", label_of_second, "甲表", "INTEGER", "", "止", "last"),
    ]
    with pytest.raises(ValueError, match=f"fct_a.*{told}"):
        bi.views(rows, {})
