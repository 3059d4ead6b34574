"""The data dictionary: descriptions in two halves, rows from dbt's manifest, and the pages' words for formulas and gaps."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest

from dagster_project import build_file
from dagster_project.report import dictionary, words
from tests.conftest import says_both


@pytest.mark.parametrize(
    "text",
    [
        "指标代码",
        "indicator code",
        "indicator code / 指标代码",
        "指标代码 / ",
        " / code",
        "指标 / 代码",
        "值 / value / rate",
        "值/value",
    ],
)
def test_a_description_that_is_not_in_two_halves_is_seen(text: str) -> None:
    assert not says_both(text)


@pytest.mark.parametrize("table", build_file.TABLES)
def test_tables_of_the_build_say_what_they_and_their_columns_are_in_both_languages(table: str) -> None:
    declared = build_file.TABLES[table]
    texts = [declared.description, *(meaning for _, meaning in declared.columns.values())]
    assert [text for text in texts if not says_both(text)] == []
    assert declared.grain and set(declared.grain) <= set(declared.columns)


MANIFEST: dict[str, Any] = {
    "nodes": {
        "model.a": {
            "resource_type": "model", "schema": "marts", "name": "fct_a", "description": "甲 / a's",
            "config": {"meta": {"grain": ["year", "kind"]}},
            "columns": {
                "year": {"data_type": "integer", "description": "年份 / year"},
                "kind": {"data_type": "varchar", "description": "类型 / kind"},
                "gap_high": {"data_type": "double", "description": "上限 / upper end"},
            },
        },
        "model.b": {"resource_type": "model", "schema": "staging", "name": "stg_b"},
        "test.c": {"resource_type": "test", "schema": "marts", "name": "c"},
    }
}  # fmt: skip


def test_a_mart_has_a_row_for_each_column_and_numbers_have_a_unit() -> None:
    found = [row for row in dictionary.entries(MANIFEST) if row.schema_name == "marts"]
    table = ("marts", "fct_a", "甲", "a's", "year, kind")
    assert found == [
        (*table, 1, "year", "年份", "", "INTEGER", "年 / year", "年份", "year"),
        (*table, 2, "kind", "类型", "", "VARCHAR", "", "类型", "kind"),
        (
            *table,
            3,
            "gap_high",
            "",
            "",
            "DOUBLE",
            "指标或数据项的单位 / unit of the indicator or measure",
            "上限",
            "upper end",
        ),
    ]


def test_writing_twice_leaves_the_rows_once_and_the_same_words_as_comments(tmp_path: Path) -> None:
    build_file.start(tmp_path / "build.duckdb")
    with build_file.writing(tmp_path / "build.duckdb") as connection:
        connection.execute(
            "create schema marts; create table marts.fct_a (year integer, kind varchar, gap_high double)"
        )
        for _ in range(2):
            dictionary.write(connection, MANIFEST)
        rows = [dictionary.Entry(*row) for row in connection.execute("from meta.dictionary").fetchall()]
        assert rows == dictionary.entries(MANIFEST)
        told = connection.execute(
            "select comment from duckdb_tables() where table_name = 'fct_a' union all "
            "select comment from duckdb_columns() where table_name = 'fct_a' and column_name = 'kind'"
        ).fetchall()
    assert told == [("甲 / a's",), ("类型 / kind",)]


@pytest.fixture
def catalogue() -> Iterator[duckdb.DuckDBPyConnection]:
    """A catalogue of a few indicators; pupils and teachers have figures in primary schools, graduates nowhere."""
    connection = duckdb.connect()
    connection.execute("""
        create schema marts; create schema meta;
        create table meta.dictionary (a text);
        create table meta.metric (schema_name text, table_name text, metric_name text);
        create table marts.dim_indicator (indicator_code text, name_zh text, name_en text, level text, unit text,
            direction text, definition_zh text, definition_en text, formula_zh text, standard_low double,
            standard_high double, standard_comparator text, confidence text, no_source_reason text);
        create table marts.dim_measure (measure_code text, name_zh text, name_en text, base_unit text, kind text,
            definition_zh text);
        insert into marts.dim_measure values ('pupils', '学生数', 'Pupils', '人', 'count', '在册学生。'),
            ('teachers', '教师数', 'Teachers', '人', 'count', '专任。'), ('graduates', '毕业生数', 'Graduates', '人', 'count', '当年。');
        create table marts.indicator_formula (indicator_code text, stage text, variant text, priority integer, kind text,
            scale double, valid_from integer, valid_to integer, note_zh text);
        create table marts.indicator_term (indicator_code text, stage text, variant text, side text, term_no integer,
            measure_code text, measure_stage text, measure_segment text, coefficient double, year_from integer,
            year_to integer);
        create table marts.fct_measure (measure_code text, stage text, segment text);
        insert into marts.fct_measure values ('pupils', 'primary', 'all'), ('teachers', 'primary', 'all');
        create table marts.fct_indicator (indicator_code text, basis text, region_code text, year integer);
    """)
    with connection:
        yield connection


def enter(
    connection: duckdb.DuckDBPyConnection, code: str, kind: str, *terms: str, reason: str | None = None, note: str = ""
) -> None:
    """An indicator of primary schools; a term is "side measure stage segment coefficient from to"."""
    about = (code, f"{code}指标", f"Indicator {code}", "primary", "%", "higher", "定义。", "Definition.", "公式")
    connection.execute(
        "insert into marts.dim_indicator values (?, ?, ?, ?, ?, ?, ?, ?, ?, 80, null, '>=', 'A', ?)", [*about, reason]
    )
    connection.execute(
        "insert into marts.indicator_formula values (?, 'primary', 'default', 1, ?, 100, null, null, ?)",
        [code, kind, note],
    )
    for number, term in enumerate(terms, 1):
        side, measure, stage, segment, coefficient, first, last = term.split()
        connection.execute(
            "insert into marts.indicator_term values (?, 'primary', 'default', ?, ?, ?, ?, ?, ?, ?, ?)",
            [code, side, number, measure, stage.strip("-"), segment.strip("-"), coefficient, first, last],
        )


UP, DOWN = "numerator", "denominator"


@pytest.mark.parametrize(
    ("kind", "terms", "formula"),
    [
        ("ratio", (f"{UP} pupils primary - 1 0 0", f"{DOWN} teachers primary private 1 -1 -1"),
         "Pupils (primary) ÷ Teachers (primary, private) [year −1] × 100"),
        ("ratio", (f"{UP} pupils all all 1 0 0", f"{UP} graduates - - -0.5 -2 0", f"{DOWN} teachers - - 1 0 0"),
         "(Pupils − 0.5 × Graduates [years −2 to 0]) ÷ Teachers × 100"),
        ("sum", (f"{UP} pupils - - 1 0 0",), "Pupils × 100"),
        ("growth", (f"{UP} pupils - - 1 0 0", f"{DOWN} pupils - - 1 -1 -1"), "(Pupils ÷ Pupils [year −1] − 1) × 100"),
        ("difference", (f"{UP} pupils - - 1 0 0", f"{UP} pupils - - -1 -1 -1"), "(Pupils − Pupils [year −1]) × 100"),
        ("rule", (f"{UP} pupils - - 1 0 0", f"{DOWN} teachers - - 1 0 0"), "by rule: Pupils; Teachers"),
        ("published_only", (), "published only"),
    ],
)  # fmt: skip
def test_formulas_are_told_in_english_words(
    catalogue: duckdb.DuckDBPyConnection, kind: str, terms: tuple[str, ...], formula: str
) -> None:
    enter(catalogue, "x", kind, *terms)
    assert f"| Definition. | {formula} | % | higher | >= 80 | A |" in dictionary.pages(catalogue)["dictionary.md"]


@pytest.mark.parametrize(
    ("kind", "terms", "missing"),
    [
        ("ratio", (f"{UP} graduates primary - 1 0 0", f"{DOWN} pupils primary - 1 0 0"), "毕业生数（小学） `graduates`"),
        # There are pupils, but neither private ones nor any of junior schools.
        ("ratio", (f"{UP} pupils - private 1 0 0", f"{DOWN} pupils junior - 1 0 0"),
         "学生数（民办） `pupils`；学生数（初中） `pupils`"),
        ("ratio", (f"{UP} pupils - - 1 0 0", f"{DOWN} teachers - - 1 0 0"), "every term has figures, no region has all of them"),
        ("growth", (f"{UP} pupils - - 1 0 0", f"{DOWN} pupils - - 1 -1 -1"), "growth；尚不计算 / not computed yet：说明"),
        ("row_aggregate", (), "aggregated over the values of units；尚不计算 / not computed yet：说明"),
        ("published_only", (), "只取公布值 / published only；没有收到公布值 / none received"),
    ],
)  # fmt: skip
def test_an_indicator_without_cells_says_what_it_lacks(
    catalogue: duckdb.DuckDBPyConnection, kind: str, terms: tuple[str, ...], missing: str
) -> None:
    # One ratio is computed, so the kind as such is.
    enter(catalogue, "computed", "ratio", f"{UP} pupils - - 1 0 0", f"{DOWN} teachers - - 1 0 0")
    catalogue.execute("""insert into marts.fct_indicator values ('computed', 'computed', '430000', 2019),
        ('computed', 'computed', '430000', 2021), ('computed', 'published', '440000', 2020)""")
    enter(catalogue, "x", kind, *terms, note="说明")
    enter(catalogue, "never", kind, *terms, reason="没有统计来源")
    having, lacking = dictionary.pages(catalogue)["cells.md"].split("## 没有单元的指标")
    assert "`computed` | 2 | 1 | 2019—2021 | 1 | 1 | 2020 |" in having and "`x`" not in having
    (line,) = [line for line in lacking.splitlines() if "`x`" in line]
    assert missing in line
    assert "`never` | 无数据来源 / no source：没有统计来源 |" in lacking


def test_the_terms_of_a_difference_have_each_a_divisor_of_their_own(catalogue: duckdb.DuckDBPyConnection) -> None:
    enter(catalogue, "x", "difference", f"{UP} pupils - - 1 0 0", f"{UP} pupils - - -1 -1 -1")
    catalogue.execute(
        "insert into marts.indicator_term select * replace ('denominator' as side, 'teachers' as measure_code, 1 as coefficient) from marts.indicator_term"
    )
    page = dictionary.pages(catalogue)["dictionary.md"]
    assert "(Pupils ÷ Teachers − Pupils [year −1] ÷ Teachers [year −1]) × 100" in page


def test_an_indicator_nobody_gave_a_formula_says_so(catalogue: duckdb.DuckDBPyConnection) -> None:
    enter(catalogue, "x", "sum")
    catalogue.execute("delete from marts.indicator_formula")
    assert "`x` | 没有公式 / no formula |" in dictionary.pages(catalogue)["cells.md"]


def test_codes_without_words_stand_for_themselves() -> None:
    assert words.of(words.STAGES, "evening_school") == ("evening_school", "evening_school")
