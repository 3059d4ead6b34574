"""The workbook, opened by another library than the one that writes it: formats, notes, links, nothing that is run."""

from datetime import date, datetime
from pathlib import Path

import duckdb
import openpyxl
import pandas as pd
import pytest
from openpyxl.workbook import Workbook

from dagster_project.export import about, tables, workbook
from dagster_project.publish import snapshot
from tests.conftest import Site
from tests.export.conftest import HOSTILE, YEAR

TABLES = (
    "mart_public_kindergarten_share,mart_pupil_teacher_ratio,mart_compulsory_retention,mart_equity,fct_indicator,"
    "fct_measure,dim_source,dim_indicator,verdict_rule,meta.dictionary"
)


@pytest.fixture(scope="module")
def book(small_site: Site, tmp_path_factory: pytest.TempPathFactory) -> Workbook:
    path = tmp_path_factory.mktemp("book") / "out.xlsx"
    result = small_site.run("export", str(path), "--tables", TABLES)
    assert result.exit_code == 0, result.output
    return openpyxl.load_workbook(path)


def column(book: Workbook, sheet: str, name: str) -> list[object]:
    """The cells of a column below both rows of headings."""
    (place,) = (cell.column for cell in book[sheet][2] if cell.value == name)
    return [row[place - 1] for row in book[sheet].iter_rows(min_row=3)]


def asked(site: Site, query: str) -> list[tuple[object, ...]]:
    with duckdb.connect(str(site.home / "current.duckdb"), read_only=True) as connection:
        return connection.execute(query).fetchall()


def test_the_front_says_which_snapshot_and_the_contents_lead_to_each_sheet(book: Workbook, small_site: Site) -> None:
    assert book.sheetnames[:2] == ["说明", "目录"]
    front = {row[0]: row[1] for row in book["说明"].iter_rows(values_only=True, max_col=2) if row[0]}
    assert front["快照 / snapshot"] == small_site.served()
    assert front["基准日期 / as of"] == "2026-01-31"
    assert small_site.served() in front["引用 / to cite"]
    links = [row[0] for row in book["目录"].iter_rows(min_row=2)]
    assert [cell.hyperlink.location for cell in links] == [f"'{name}'!A1" for name in book.sheetnames[2:]]
    assert [cell.value for cell in links] == book.sheetnames[2:]


def test_every_value_is_the_one_of_the_warehouse(book: Workbook, small_site: Site) -> None:
    expected = asked(
        small_site,
        """select region_code, year, value, numerator from marts.mart_public_kindergarten_share
        order by indicator_code, region_code, year, stage, segment""",
    )
    cells = zip(
        *(column(book, "公办园占比", name) for name in ("region_code", "year", "value", "numerator")),
        strict=True,
    )
    shown = [(code.value, year.value, value.value * 100, above.value) for code, year, value, above in cells]
    assert shown == [(code, year, pytest.approx(value), above) for code, year, value, above in expected] != []


def test_per_cent_is_per_cent_only_where_the_unit_is(book: Workbook, small_site: Site) -> None:
    assert {cell.number_format for cell in column(book, "公办园占比", "value")} == {"0.00%"}
    assert {cell.number_format for cell in column(book, "生师比", "value")} == {"#,##0.00"}
    units = dict(asked(small_site, "select indicator_code, unit from marts.dim_indicator"))
    cells = list(
        zip(*(column(book, "指标值", name) for name in ("indicator_code", "base_indicator", "value")), strict=True)
    )
    assert len({units[code.value] for code, _, _ in cells}) > 2
    for code, base, value in (one for one in cells if one[2].value is not None):
        unit = units[base.value] if units[code.value] == "base" else units[code.value]
        assert value.number_format.endswith("%") == (unit == "%")
    # Points are no per cent.
    changes = [cell for cell in column(book, "义务教育巩固率", "change") if cell.value is not None]
    assert all(not cell.number_format.endswith("%") for cell in changes)


def test_decimals_are_those_of_the_indicator(book: Workbook, small_site: Site) -> None:
    decimals = dict(asked(small_site, "select indicator_code, decimals from marts.dim_indicator"))
    for code, value in zip(column(book, "指标值", "indicator_code"), column(book, "指标值", "value"), strict=True):
        if value.value is not None:
            shown = value.number_format.removesuffix("%").partition(".")[2]
            assert len(shown) == decimals[code.value]


def test_pandas_reads_a_sheet_below_its_labels(small_site: Site, tmp_path: Path) -> None:
    path = tmp_path / "out.xlsx"
    assert small_site.run("export", str(path), "--tables", "mart_public_kindergarten_share").exit_code == 0
    frame = pd.read_excel(path, sheet_name="公办园占比", header=1, dtype={"region_code": str})
    county = frame[(frame["region_code"] == "441802") & (frame["year"] == YEAR)]
    assert list(county["value"]) == [pytest.approx(0.97)]


def test_codes_are_text_and_years_numbers(book: Workbook) -> None:
    assert {type(cell.value) for cell in column(book, "数据项值", "region_code")} == {str}
    assert {(type(cell.value), cell.number_format) for cell in column(book, "数据项值", "year")} == {(int, "0")}


def test_headings_are_chinese_with_a_note_and_stay_in_sight(book: Workbook) -> None:
    for name in book.sheetnames[2:]:
        sheet = book[name]
        assert sheet.freeze_panes == "A3" and sheet.auto_filter.ref.startswith("A2:")
        assert len(name) <= 31
        for label, below in zip(sheet[1], sheet[2], strict=True):
            assert any("一" <= letter <= "鿿" for letter in label.value) and below.value.isascii()
            assert label.comment.text


def test_nothing_in_it_is_a_formula(book: Workbook) -> None:
    kinds = {cell.data_type for sheet in book.worksheets for row in sheet.iter_rows() for cell in row}
    assert {"n"} < kinds and "f" not in kinds
    shown = {cell.value for cell in column(book, "出版物目录", "source_zh")}
    assert {label.strip() for label in HOSTILE} <= shown


def test_all_tables_are_sheets_of_one_workbook(small_site: Site, tmp_path: Path) -> None:
    path = tmp_path / "out.xlsx"
    result = small_site.run("export", str(path))
    assert result.exit_code == 0, result.output
    whole = openpyxl.load_workbook(path, read_only=True)
    contents = list(whole["目录"].iter_rows(min_row=2, max_col=3, values_only=True))
    assert [name for name, _, _ in contents] == whole.sheetnames[2:]
    marts = asked(small_site, "select 'marts.' || table_name from duckdb_tables() where schema_name = 'marts'")
    assert {table for _, table, _ in contents} >= {name for (name,) in marts}
    for name, table, rows in contents:
        assert asked(small_site, f"select count(*) from {table}") == [(rows,)], name
        assert sum(1 for _ in whole[name].iter_rows(min_row=3, max_col=1) if _) == rows, name


@pytest.fixture
def made(small_site: Site, tmp_path: Path) -> Workbook:
    """Five rows that no received file has: a control character, and a text longer than Excel holds."""
    served = snapshot.current(small_site.settings)
    assert served is not None
    kinds = (
        ("no", "integer", "序号"), ("day", "date", "日期"), ("moment", "date", "时刻"), ("said", "text", "文字"),
        ("long", "text", "长文"),
    )  # fmt: skip
    columns = tuple(tables.Column(name, kind, "", zh, name) for name, kind, zh in kinds)
    table = tables.Table("marts", "made", "造的表：测试", "made up", ("no",), columns, "made")
    path = tmp_path / "out.xlsx"
    with duckdb.connect(str(served.database), read_only=True) as connection:
        connection.execute(
            """create temp table made as select n as no, date '2026-01-31' as day,
            timestamp '2026-01-31 08:30:15' as moment, 'a' || chr(0) || 'b' as said,
            repeat('长', case when n = 0 then 40000 else 1 end) as long from range(5) as t(n)"""
        )
        workbook.write(connection, [table], about.read(connection, served, None), path, tmp_path, rows_a_sheet=2)
    return openpyxl.load_workbook(path)


def test_a_text_that_excel_cannot_hold_is_cut_and_the_front_says_how_many(made: Workbook) -> None:
    longest = column(made, "造的表", "long")[0].value
    assert len(longest) <= 32_767 and longest.endswith("（过长，已截断 / cut）")
    (said,) = (row[1] for row in made["说明"].iter_rows(values_only=True, max_col=2) if row[0] == "截断 / cut")
    assert said.startswith("1 处")


def test_dates_are_dates_control_characters_visible_and_a_long_table_goes_on_in_a_second_sheet(made: Workbook) -> None:
    assert made.sheetnames[2:] == ["造的表", "造的表 (2)", "造的表 (3)"]
    assert [cell.value for name in made.sheetnames[2:] for cell in column(made, name, "no")] == [0, 1, 2, 3, 4]
    (*_, last) = made["造的表 (3)"].iter_rows(values_only=True)
    moment = datetime(2026, 1, 31, 8, 30, 15)
    assert last == (4, datetime.combine(date(2026, 1, 31), datetime.min.time()), moment, "a␀b", "长")
    formats = {name: {cell.number_format for cell in column(made, "造的表", name)} for name in ("day", "moment")}
    assert formats == {"day": {"yyyy-mm-dd"}, "moment": {"yyyy-mm-dd hh:mm:ss"}}
    assert [row[2] for row in made["目录"].iter_rows(min_row=2, values_only=True)] == [2, 2, 1]
