"""Reading one file: the same table from every encoding and type, cells as printed, row numbers as a spreadsheet counts.

What a source makes of the table (names of columns, rules of rows) is tested in tests/assets/.
"""

import io
import re
import zipfile
from collections.abc import Callable, Sequence
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

import duckdb
import openpyxl
import pandas as pd
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from openpyxl.worksheet.worksheet import Worksheet

from dagster_project.ingest import readers
from dagster_project.ingest.problem import Problem, ShapeError


def read_bytes(folder: Path, data: bytes, name: str = "表.csv", **header: Any) -> pd.DataFrame:
    """The file's table as one frame: columns are the headings, the index is the row number."""
    file = folder / name
    file.write_bytes(data)
    with duckdb.connect() as connection:
        table = readers.read(connection, file, "statistics", f"raw/{name}", **header)
        pieces = [piece.df().set_index("_row") for piece in table.pieces]
    return pd.concat(pieces).set_axis(list(table.headings), axis=1)


def rows(table: pd.DataFrame) -> dict[object, list[str]]:
    """Row number -> cells."""
    return {number: list(cells) for number, cells in zip(table.index, table.to_numpy(), strict=True)}


def problems(folder: Path, data: bytes, name: str = "表.csv") -> list[Problem]:
    with pytest.raises(ShapeError) as refused:
        read_bytes(folder, data, name)
    return refused.value.problems


def only(found: list[Problem]) -> Problem:
    (problem,) = found
    return problem


def workbook(*lines: Sequence[object], change: Callable[[Worksheet], object] = lambda sheet: None) -> bytes:
    """An XLSX of one sheet with these rows, changed by `change`."""
    book = openpyxl.Workbook()
    sheet = book.active
    assert isinstance(sheet, Worksheet)
    for line in lines:
        sheet.append(list(line))
    change(sheet)
    return saved(book)


def saved(book: openpyxl.Workbook) -> bytes:
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def with_member(data: bytes, member: str, change: Callable[[str], str]) -> bytes:
    """The same XLSX with one XML file inside it changed."""
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(target, "w") as new:
        assert member in old.namelist()
        for item in old.infolist():
            content = old.read(item)
            new.writestr(item, change(content.decode()) if item.filename == member else content)
    return target.getvalue()


def printed(tmp_path: Path, value: object, form: str = "General") -> str:
    """What a cell with this value and number format is read as."""

    def style(sheet: Worksheet) -> None:
        sheet["A2"].number_format = form

    table = read_bytes(tmp_path, workbook(["value"], [value], change=style), "表.xlsx")
    return str(table.iloc[0, 0])


# ---- CSV


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "gbk"])
def test_every_encoding_gives_the_same_table(tmp_path: Path, encoding: str) -> None:
    data = "region_code,地区\n441800,清远市\n450100,南宁市\n".encode(encoding)
    table = read_bytes(tmp_path, data)
    assert list(table.columns) == ["region_code", "地区"]
    assert rows(table) == {2: ["441800", "清远市"], 3: ["450100", "南宁市"]}


def test_a_character_that_only_gb18030_has_is_read(tmp_path: Path) -> None:
    assert rows(read_bytes(tmp_path, "地区\n㮾梨街道\n".encode("gb18030"))) == {2: ["㮾梨街道"]}


@pytest.mark.parametrize(
    ("data", "where"),
    [
        ("地区\n全国\n".encode("utf-16"), "NUL, byte 7"),
        ("地区\n全国\n".encode("utf-16-be"), "NUL, byte 4"),
        ("地区,值\n全国".encode() + b"\xff,1\n", "utf-8: line 2, byte 17"),
    ],
)
def test_another_encoding_is_refused_with_its_place(tmp_path: Path, data: bytes, where: str) -> None:
    problem = only(problems(tmp_path, data))
    assert problem.rule == "bad_encoding"
    assert where in problem.reason_zh


def test_utf8_with_a_broken_byte_is_refused_and_not_read_as_other_characters(tmp_path: Path) -> None:
    broken = "地区,出处\n全国,测试公报\n".encode().replace("公".encode(), b"\xe5A\xac")
    assert "测试" not in broken.decode("gb18030")  # it would be read, as nonsense
    assert only(problems(tmp_path, broken)).rule == "bad_encoding"


def test_utf8_with_a_mark_is_never_read_as_gb18030(tmp_path: Path) -> None:
    broken = b"\xef\xbb\xbf" + b"a,b\n1,\xb2\xe2\n"
    assert "utf-8: line 2, byte 9" in only(problems(tmp_path, broken)).reason_en


def test_quoted_commas_quotes_and_newlines_stay_in_their_cell(tmp_path: Path) -> None:
    table = read_bytes(tmp_path, 'a,b\n"一,二","说 ""好"""\n"上\n下",x\ny,z\n'.encode())
    assert rows(table) == {2: ["一,二", '说 "好"'], 3: ["上\n下", "x"], 4: ["y", "z"]}


@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
def test_every_line_ending_is_read(tmp_path: Path, ending: str) -> None:
    assert rows(read_bytes(tmp_path, ending.join(["a,b", "1,2", "3,4"]).encode())) == {2: ["1", "2"], 3: ["3", "4"]}


def test_cells_and_headings_are_trimmed_also_of_wide_spaces(tmp_path: Path) -> None:
    table = read_bytes(tmp_path, " a ,\u3000b\n  1 2 ,\u00a0全国\u3000\n".encode())
    assert list(table.columns) == ["a", "b"]
    assert rows(table) == {2: ["1 2", "全国"]}


def test_blank_rows_are_skipped_and_counted(tmp_path: Path) -> None:
    table = read_bytes(tmp_path, b"\n  \na,b\n,\n1,2\n\n   \n,,\n3,4\n")
    assert list(table.columns) == ["a", "b"]
    assert rows(table) == {5: ["1", "2"], 9: ["3", "4"]}


def test_a_ragged_row_is_told_with_its_number_and_both_counts(tmp_path: Path) -> None:
    found = problems(tmp_path, b"a,b\n1,2\n\n3\n4,5,6\n")
    assert [(p.rule, p.row) for p in found] == [("ragged_row", 4), ("ragged_row", 5)]
    assert found[1].reason_en == "this row has 3 fields, the header has 2"


def test_a_header_that_lost_a_column_is_not_told_a_hundred_thousand_times(tmp_path: Path) -> None:
    assert len(problems(tmp_path, b"a\n" + b"1,2\n" * 1000)) == 100


def test_text_after_a_closing_quote_is_told_with_its_row(tmp_path: Path) -> None:
    problem = only(problems(tmp_path, b'a,b\n1,2\n"3"x,4\n'))
    assert (problem.rule, problem.row) == ("unreadable", 3)


@pytest.mark.parametrize("data", [b"", b"\n\n", b"a,b\n", b"a,b\n,\n", b"\xef\xbb\xbf"])
def test_a_file_without_rows_says_so(tmp_path: Path, data: bytes) -> None:
    assert only(problems(tmp_path, data)).rule == "no_rows"


def test_empty_columns_are_dropped_and_a_column_without_a_name_is_told(tmp_path: Path) -> None:
    table = read_bytes(tmp_path, b"a,,b,,\n1,,2,,\n")
    assert (list(table.columns), rows(table)) == (["a", "b"], {2: ["1", "2"]})
    problem = only(problems(tmp_path, b"a,,b\n1,x,2\n"))
    assert (problem.rule, problem.reason_en) == (
        "unnamed_column",
        "has cells in column number 2, which has no name",
    )


def test_a_repeated_column_is_told_by_name(tmp_path: Path) -> None:
    problem = only(problems(tmp_path, b"a,b,a\n1,2,3\n"))
    assert (problem.rule, problem.column) == ("repeated_column", "a")


# ---- XLSX


@pytest.mark.parametrize(
    ("value", "form", "shown"),
    [
        (2976.7, "General", "2976.7"),
        (2976, "General", "2976"),
        (1e-7, "General", "0.0000001"),
        (12345678901234, "General", "12345678901234"),
        (97.5, "0.00", "97.50"),
        (2.675, "0.00", "2.68"),  # half up, as a spreadsheet rounds
        (-2.5, "0", "-3"),
        (29767000, "#,##0", "29767000"),
        (1234.5, "#,##0.00", "1234.50"),
        (0.8955, "0.0%", "89.6%"),
        (1.092, "0%", "109%"),
        (12.5, "0.00_ ", "12.50"),
        (12.5, "0.00_);[Red]\\(0.00\\)", "12.50"),
        (12.5, '_ * #,##0.00_ ;_ * \\-#,##0.00_ ;_ * "-"??_ ;_ @_ ', "12.50"),  # the comma button
        (12.5, '[Red]0.00"万人"', "12.50"),
        (12.5, "0.0#", "12.5"),
        (12.5, "@", "12.5"),
        (1e30, "0.00", "1000000000000000000000000000000.00"),
        ("097.50", "General", "097.50"),
        (" 全国 ", "General", "全国"),
        (True, "General", "yes"),
        (date(2025, 9, 1), "yyyy-mm-dd", "2025-09-01"),
        (datetime(2025, 9, 1, 8, 30), "yyyy-mm-dd hh:mm", "2025-09-01 08:30:00"),
        (time(8, 30), "hh:mm", "08:30:00"),
    ],
)
def test_a_cell_is_read_as_the_workbook_prints_it(tmp_path: Path, value: object, form: str, shown: str) -> None:
    assert printed(tmp_path, value, form) == shown


def with_formula(formula: str, cell: str) -> bytes:
    """A workbook whose cell B2 is this formula, kept as this XML."""
    data = workbook(["a", "b"], [1, "=A2+1"])
    old = re.compile('<c r="B2"[^>]*><f>A2[+]1</f><v( ?/|></v)></c>')
    changed = with_member(data, "xl/worksheets/sheet1.xml", lambda xml: old.sub(cell.format(formula), xml))
    assert changed != data
    return changed


@pytest.mark.parametrize(("value", "shown"), [("<v>2</v>", "2"), ("<v>0</v>", "0")])
def test_a_formula_is_read_by_the_value_that_was_shown_when_it_was_saved(
    tmp_path: Path, value: str, shown: str
) -> None:
    data = with_formula("SUM(Table1[a])+Sheet2!A1", f'<c r="B2"><f>{{}}</f>{value}</c>')
    assert rows(read_bytes(tmp_path, data, "表.xlsx")) == {2: ["1", shown]}


def test_a_formula_that_shows_nothing_is_an_empty_cell(tmp_path: Path) -> None:
    data = with_formula("IF(A2=1,&quot;&quot;,A2)", '<c r="B2" t="str"><f>{}</f><v></v></c>')
    assert rows(read_bytes(tmp_path, data, "表.xlsx")) == {2: ["1", ""]}


def test_a_formula_whose_value_nobody_has_seen_is_refused_by_its_cell(tmp_path: Path) -> None:
    problem = only(problems(tmp_path, workbook(["a", "b"], [1, "=A2+1"]), "表.xlsx"))
    assert (problem.rule, problem.row, problem.column, problem.value) == ("formula_without_value", 2, "B2", "=A2+1")


@pytest.mark.parametrize(
    "formula", ["[1]Sheet1!A1", "A2+'[other.xlsx]Sheet 1'!A1", "[1]!name", 'WEBSERVICE("http://127.0.0.1/")',
                'CUBEVALUE("x","y")', 'STOCKHISTORY("x",1)']
)  # fmt: skip
def test_a_number_taken_from_another_file_is_refused(tmp_path: Path, formula: str) -> None:
    cell = '<c r="B2"><f>{}</f><v>2</v></c>'
    problem = only(problems(tmp_path, with_formula(formula.replace('"', "&quot;"), cell), "表.xlsx"))
    assert (problem.rule, problem.column) == ("formula_of_another_file", "B2")


NAMES = (
    '<definedName name="PUPILS">[1]Sheet1!$A$1</definedName><definedName name="学生数" localSheetId="0">pupils*2</definedName>'
    '<definedName name="here">Sheet!$A$2</definedName>'
)


def with_names(formula: str) -> bytes:
    data = with_formula(formula.replace('"', "&quot;"), '<c r="B2"><f>{}</f><v>42</v></c>')
    names = f"<definedNames>{NAMES}</definedNames>"
    changed = with_member(
        data, "xl/workbook.xml", lambda xml: re.sub("<definedNames ?/>|(?=<calcPr)", names, xml, count=1)
    )
    assert changed != data
    return changed


@pytest.mark.parametrize("formula", ["PUPILS", "A2+SUM(pupils,1)", "Sheet!PUPILS", "学生数/2"])
def test_a_number_taken_from_another_file_by_a_name_is_refused(tmp_path: Path, formula: str) -> None:
    problem = only(problems(tmp_path, with_names(formula), "表.xlsx"))
    assert (problem.rule, problem.column) == ("formula_of_another_file", "B2")


@pytest.mark.parametrize(
    "formula", ["here", "PUPILS!A2", "'PUPILS'!A2", "Table1[PUPILS]", 'IF(A2=1,"PUPILS",0)', "PUPILS2"]
)
def test_a_formula_that_calls_no_such_name_is_read(tmp_path: Path, formula: str) -> None:
    assert rows(read_bytes(tmp_path, with_names(formula), "表.xlsx")) == {2: ["1", "42"]}


def test_a_computed_number_is_read_to_the_15_digits_a_spreadsheet_has(tmp_path: Path) -> None:
    data = workbook(["value"], [0.3])
    summed = with_member(data, "xl/worksheets/sheet1.xml", lambda xml: xml.replace("<v>0.3<", f"<v>{0.1 + 0.2!r}<"))
    assert summed != data
    assert rows(read_bytes(tmp_path, summed, "表.xlsx")) == {2: ["0.3"]}


def test_an_error_of_a_formula_is_read_as_text_so_that_the_rules_refuse_it(tmp_path: Path) -> None:
    assert printed(tmp_path, "#DIV/0!") == "#DIV/0!"


def test_rows_of_a_workbook_keep_their_numbers(tmp_path: Path) -> None:
    data = workbook([], ["a", "b"], [None, " "], [1, 2], [], [3])
    assert rows(read_bytes(tmp_path, data, "表.XLSX")) == {4: ["1", "2"], 6: ["3", ""]}


def test_formatted_but_empty_columns_and_rows_are_dropped(tmp_path: Path) -> None:
    def style(sheet: Worksheet) -> None:
        for cell in ("C1", "D2", "A9000"):
            sheet[cell].number_format = "0.00"

    table = read_bytes(tmp_path, workbook(["a", "b"], [1, 2], change=style), "表.xlsx")
    assert (list(table.columns), rows(table)) == (["a", "b"], {2: ["1", "2"]})


def test_a_size_that_the_exporter_wrote_too_small_loses_no_cell(tmp_path: Path) -> None:
    data = workbook(["a", "b"], [1, 2], [3, 4])
    wrong = with_member(data, "xl/worksheets/sheet1.xml", lambda xml: xml.replace('ref="A1:B3"', 'ref="A1"'))
    assert wrong != data
    assert rows(read_bytes(tmp_path, wrong, "表.xlsx")) == {2: ["1", "2"], 3: ["3", "4"]}


def _sheets(**states: str) -> bytes:
    """A workbook with a filled sheet a name, whose first cell below the header is the name."""
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    for title, state in states.items():
        sheet = book.create_sheet(title)
        sheet.append(["a"])
        sheet.append([title])
        sheet.sheet_state = state
    return saved(book)


@pytest.mark.parametrize("state", ["hidden", "veryHidden"])
def test_hidden_sheets_are_not_read(tmp_path: Path, state: str) -> None:
    assert rows(read_bytes(tmp_path, _sheets(旧=state, 新="visible"), "表.xlsx")) == {2: ["新"]}


@pytest.mark.parametrize("title", ["数据", "data", "Data"])
def test_of_several_filled_sheets_the_one_called_data_is_read(tmp_path: Path, title: str) -> None:
    data = _sheets(**{"说明": "visible", title: "visible"})
    assert rows(read_bytes(tmp_path, data, "表.xlsx")) == {2: [title]}


def test_two_filled_sheets_without_such_a_name_are_refused_by_name(tmp_path: Path) -> None:
    problem = only(problems(tmp_path, _sheets(城区="visible", 乡村="visible"), "表.xlsx"))
    assert problem.rule == "unreadable"
    assert "城区, 乡村" in problem.reason_zh


def test_a_merged_header_is_refused_by_the_column_it_leaves_without_a_name(tmp_path: Path) -> None:
    def merge(sheet: Worksheet) -> None:
        sheet.merge_cells("B1:C1")

    data = workbook(["地区", "在校生数", None], [None, "小学", "初中"], ["全国", 1, 2], change=merge)
    problem = only(problems(tmp_path, data, "表.xlsx"))
    assert (problem.rule, problem.reason_zh) == ("unnamed_column", "第 3 列有内容而没有列名")
    assert "合并单元格" in problem.action_zh


def test_an_empty_workbook_says_that_it_has_no_rows(tmp_path: Path) -> None:
    assert only(problems(tmp_path, workbook(), "表.xlsx")).rule == "no_rows"


_BOOK = workbook(["region_code", "value"], ["100000", 97.5], ["430000", 89])


@pytest.mark.parametrize(
    "data",
    [
        b"PK\x03\x04 no zip after all",
        _BOOK[: len(_BOOK) // 2],
        with_member(_BOOK, "xl/worksheets/sheet1.xml", lambda xml: xml[:200]),
        with_member(_BOOK, "xl/worksheets/sheet1.xml", lambda xml: xml.replace("<v>97.5</v>", "<v>x</v>")),
        with_member(_BOOK, "xl/workbook.xml", lambda xml: xml.replace("rId1", "rId9")),
        with_member(_BOOK, "[Content_Types].xml", lambda xml: ""),
    ],
)
def test_a_damaged_workbook_is_refused_and_not_crashed_on(tmp_path: Path, data: bytes) -> None:
    assert only(problems(tmp_path, data, "表.xlsx")).rule == "unreadable"


# ---- headers of several rows


def test_a_merged_header_is_joined_from_above(tmp_path: Path) -> None:
    data = workbook(
        ["2024年学校情况"],
        ["学校名称", "在校生数", None, "教师", None, None],
        [None, "合计", "女", "合计", "学历", None],
        [None, None, None, None, "本科", "专科"],
        ["一小", 100, 48, 6, 4, 2],
    )
    table = read_bytes(tmp_path, data, "表.xlsx", skip_rows=1, header_rows=3)
    assert list(table.columns) == [
        "学校名称", "在校生数/合计", "在校生数/女", "教师/合计", "教师/学历/本科", "教师/学历/专科",
    ]  # fmt: skip
    assert rows(table) == {5: ["一小", "100", "48", "6", "4", "2"]}


def test_a_title_above_a_csv_may_be_of_another_width(tmp_path: Path) -> None:
    table = read_bytes(tmp_path, b"report of 2024\n\na,b\n1,2\n", skip_rows=1, header_rows=1, separator="/")
    assert (list(table.columns), rows(table)) == (["a", "b"], {4: ["1", "2"]})


# ---- Parquet


def parquet(folder: Path, query: str, name: str = "表.parquet", **header: Any) -> pd.DataFrame:
    """The table of a Parquet file that holds what a query gives."""
    with duckdb.connect() as connection:
        connection.execute(f"copy ({query}) to '{folder / 'made.parquet'}' (format parquet)")
    return read_bytes(folder, (folder / "made.parquet").read_bytes(), name, **header)


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("7::tinyint", "7"),
        ("9007199254740993::bigint", "9007199254740993"),
        ("18446744073709551615::ubigint", "18446744073709551615"),
        ("12.0::double", "12"),  # a count with gaps is often kept so
        ("-0.0::double", "0"),
        ("97.5::double", "97.5"),
        ("0.1::double + 0.2::double", "0.3"),
        ("1e-7::double", "0.0000001"),
        ("1e16::double", "10000000000000000"),
        ("0.1::float", "0.1"),
        ("12.50::decimal(10, 2)", "12.5"),
        ("1200::decimal(10, 0)", "1200"),
        ("1200.00::decimal(10, 2)", "1200"),
        ("'nan'::double", "nan"),
        ("'inf'::double", "inf"),
        ("true", "yes"),
        ("false", "no"),
        ("'\u3000 第一小学\u00a0'", "第一小学"),
        ("' 007 '", "007"),
        ("'true'", "true"),
        ("'b'::enum('a', 'b')", "b"),
        ("date '2025-09-01'", "2025-09-01"),
        ("timestamp '2025-09-01 00:00:00'", "2025-09-01"),
        ("timestamp '2025-09-01 08:30:00'", "2025-09-01 08:30:00"),
        ("null::integer", ""),
        ("null::double", ""),
        ("null::boolean", ""),
        ("null::varchar", ""),
        ("null::decimal(10, 2)", ""),
    ],
)
def test_a_parquet_value_is_the_text_that_a_cell_would_print(tmp_path: Path, value: str, shown: str) -> None:
    assert rows(parquet(tmp_path, f"select {value} as a, 'x' as b")) == {2: [shown, "x"]}


def test_rows_of_a_parquet_file_count_from_the_header_and_empty_ones_are_skipped(tmp_path: Path) -> None:
    table = parquet(tmp_path, "select * from (values (1, 'x'), (null, null), (null, ' '), (4, null)) as t(a, \"备注\")")
    assert (list(table.columns), rows(table)) == (["a", "备注"], {2: ["1", "x"], 5: ["4", ""]})


def test_a_parquet_column_that_is_no_cell_is_told_by_name_and_type(tmp_path: Path) -> None:
    with pytest.raises(ShapeError) as refused:
        parquet(tmp_path, "select 1 as a, [1, 2] as grades, {'x': 1} as school")
    assert [(p.rule, p.column) for p in refused.value.problems] == [("unreadable", "grades"), ("unreadable", "school")]
    assert "INTEGER[]" in refused.value.problems[0].reason_zh


def test_a_parquet_file_without_rows_says_so(tmp_path: Path) -> None:
    with pytest.raises(ShapeError) as refused:
        parquet(tmp_path, "select 1 as a where false")
    assert only(refused.value.problems).rule == "no_rows"


def test_headings_of_a_parquet_file_that_are_one_after_trimming_are_repeated(tmp_path: Path) -> None:
    with pytest.raises(ShapeError) as refused:
        parquet(tmp_path, 'select 1 as "a", 2 as "a "')
    assert only(refused.value.problems).rule == "repeated_column"


def test_a_name_that_looks_like_a_pattern_is_one_file(tmp_path: Path) -> None:
    parquet(tmp_path, "select 2 as a", "20241.parquet")
    assert rows(parquet(tmp_path, "select 1 as a", "2024[1].parquet")) == {2: ["1"]}
    assert rows(parquet(tmp_path, "select 3 as a", "2024*.parquet")) == {2: ["3"]}


def test_every_kind_of_file_gives_the_same_rows(tmp_path: Path) -> None:
    lines = [["code", "pupils", "area", "boarding"], ["0012", 7, 12.5, True], ["0013", None, 3.0, False]]
    text = "\n".join(",".join(line) for line in (lines[0], ["0012", "7", "12.5", "yes"], ["0013", "", "3", "no"]))
    query = "select * from (values ('0012', 7, 12.5::double, true), ('0013', null, 3, false)) as t(code, pupils, area, boarding)"
    from_csv = read_bytes(tmp_path, text.encode())
    assert from_csv.equals(read_bytes(tmp_path, workbook(*lines), "表.xlsx"))
    assert from_csv.equals(parquet(tmp_path, query))


# ---- a big CSV, which DuckDB reads where it cannot be read in two ways


@pytest.mark.parametrize(
    "text",
    [
        "a,b\n1,x\n2,\n",
        "\ufeffa,b\r\n1,第一 小学\r\n,y",
        "a,b\n1,x\n,\n2,y\n",  # an empty row
        ",\na,b\n1,x\n",  # one above the header
        "a,b\n1,x\n\n2,y\n",  # a blank line
        'a,b\n"1,5","x\ny"\n2,y\n',
        "a,b\n 1 ,\u3000x\u00a0\n",
        "a,b\n1,NULL\nnan,\\N\n",
        "a,b\r1,x\r2,y\r",
        "a,b\n1,x\n2\n",
        "a,b\n1,x\n2,y,z\n",
        "a,\n1,\n2,x\n",
        "a\n1\n2\n",
        "a,b\n1,'x\n2,y'\n",
        "a,b\n#1,x\n",
        "a,b\n",
    ],
)
def test_a_big_csv_gives_what_a_small_one_gives(tmp_path: Path, text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def outcome() -> object:
        try:
            table = read_bytes(tmp_path, text.encode())
        except ShapeError as error:
            return error.problems
        return list(table.columns), rows(table)

    small = outcome()
    monkeypatch.setattr(readers, "_BIG", 0)
    assert outcome() == small


def test_rows_are_read_in_pieces_and_the_pieces_are_one_table(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(readers, "_PIECE", 2)
    table = read_bytes(tmp_path, b"a,b\n" + b"".join(b"%d,x\n" % number for number in range(5)))
    assert rows(table) == {number + 2: [str(number), "x"] for number in range(5)}
    late = b"a,\n1,\n2,\n3,\n4,x\n"
    assert only(problems(tmp_path, late)).rule == "unnamed_column"


# ---- anything at all

_ANYTHING = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def _reads_or_refuses(folder: Path, data: bytes, name: str) -> None:
    try:
        table = read_bytes(folder, data, name)
    except ShapeError as error:
        assert error.problems
    except readers.UNREADABLE:
        pass  # what only a reading of the whole file shows, the loader words
    else:
        assert len(table) > 0
        assert all(isinstance(cell, str) for cell in table.to_numpy().ravel())


@_ANYTHING
@given(st.one_of(st.binary(max_size=200), st.text('a,"\n\r\t 全\ufeff\x00', max_size=60).map(str.encode)))
@example(b'"')
def test_any_bytes_named_csv_are_read_or_refused(tmp_path: Path, data: bytes) -> None:
    _reads_or_refuses(tmp_path, data, "x.csv")


@_ANYTHING
@given(st.binary(max_size=200), st.integers(0, len(_BOOK)), st.integers(0, 200))
def test_any_bytes_inside_a_workbook_are_read_or_refused(tmp_path: Path, data: bytes, start: int, lost: int) -> None:
    _reads_or_refuses(tmp_path, _BOOK[:start] + data + _BOOK[start + lost :], "x.xlsx")


@_ANYTHING
@given(st.data())
def test_any_text_inside_a_sheet_is_read_or_refused(tmp_path: Path, data: st.DataObject) -> None:
    def change(xml: str) -> str:
        start = data.draw(st.integers(0, len(xml)))
        lost = data.draw(st.integers(0, 20))
        return xml[:start] + data.draw(st.text('<>/"= 019.eE-v_xD', max_size=10)) + xml[start + lost :]

    _reads_or_refuses(tmp_path, with_member(_BOOK, "xl/worksheets/sheet1.xml", change), "x.xlsx")


@_ANYTHING
@given(st.binary(max_size=60), st.integers(0, 700), st.integers(0, 60))
def test_any_bytes_inside_a_parquet_file_are_read_or_refused(
    tmp_path: Path, data: bytes, start: int, lost: int
) -> None:
    whole = tmp_path / "whole.parquet"
    if not whole.exists():
        with duckdb.connect() as connection:
            query = "select range as a, 'x' || range as b, range / 2 as c from range(20)"
            connection.execute(f"copy ({query}) to '{whole}' (format parquet)")
    content = whole.read_bytes()
    _reads_or_refuses(tmp_path, content[:start] + data + content[start + lost :], "x.parquet")


@_ANYTHING
@given(st.text("01,x \n\r\u3000", max_size=40))
def test_any_plain_text_is_read_alike_by_both_readers_of_csv(tmp_path: Path, text: str) -> None:
    def outcome(big: int) -> object:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(readers, "_BIG", big)
            try:
                table = read_bytes(tmp_path, text.encode())
            except ShapeError as error:
                return error.problems
            return list(table.columns), rows(table)

    assert outcome(0) == outcome(1_000_000)
