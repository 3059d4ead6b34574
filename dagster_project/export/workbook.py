"""One workbook for people: a sheet a table with Chinese headings, notes and formats; 说明 and 目录 in front."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any

import duckdb
import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from dagster_project.export import text
from dagster_project.export.about import About
from dagster_project.export.tables import Column, Table

_ABOUT, _CONTENTS = "说明", "目录"
# Excel's own limits: rows of a sheet, letters of a cell and of a sheet's name.
_ROWS = 1_048_576
_LETTERS = 32_767
_NAME_LETTERS = 31
_HEADER_ROWS = 2
_CUT = "…（过长，已截断 / cut）"
_FETCHED = 5_000
_WIDTHS = (8, 50)
# Whether a column is in the unit of its row, as meta.dictionary words it.
_UNIT_OF_ROW = "指标或数据项的单位"
_PER_CENT = "百分比 / per cent"
# The spread itself has no unit; what it is of does, without the dictionary saying so.
_NO_UNIT = {("mart_equity", "value")}
_ALSO_OF_ROW = {("mart_equity", "largest"), ("mart_equity", "smallest"), ("fct_target", "baseline")}


@dataclass
class _Written:
    """A sheet that is done: its name, the table and how many rows of it."""

    sheet: str
    table: Table
    rows: int


@dataclass
class _Book:
    """The workbook being written, with its formats by number format, and how many texts had to be cut."""

    file: xlsxwriter.Workbook
    formats: dict[str, Format] = field(default_factory=dict)
    cut: int = 0

    def number(self, code: str) -> Format:
        if code not in self.formats:
            self.formats[code] = self.file.add_format({"num_format": code})
        return self.formats[code]


def write(
    connection: duckdb.DuckDBPyConnection,
    tables: Sequence[Table],
    about: About,
    path: Path,
    spill: Path,
    rows_a_sheet: int = _ROWS - _HEADER_ROWS,
) -> None:
    """Write the workbook; row by row, so that memory does not grow with the tables. A table of more rows goes on."""
    book = _Book(xlsxwriter.Workbook(str(path), {"constant_memory": True, "tmpdir": str(spill)}))
    book.file.set_properties(
        {"title": "教育指标仓库", "comments": about.snapshot_id, "created": datetime.fromisoformat(about.published_at)}
    )
    front, contents = book.file.add_worksheet(_ABOUT), book.file.add_worksheet(_CONTENTS)
    written: list[_Written] = []
    for table in tables:
        written += _sheets(book, connection, table, rows_a_sheet, {_ABOUT, _CONTENTS, *(one.sheet for one in written)})
    _contents(book, contents, written)
    _front(book, front, about)
    book.file.close()


def _sheets(
    book: _Book, connection: duckdb.DuckDBPyConnection, table: Table, rows_a_sheet: int, taken: set[str]
) -> Iterator[_Written]:
    rows = _rows(connection, table)
    number, following = 0, next(rows, None)
    while following is not None or number == 0:
        number += 1
        name = _name(table.label, number, taken)
        sheet = book.file.add_worksheet(name)
        widths = [_width(column.label) for column in table.columns]
        _head(book, sheet, table)
        count = 0
        while following is not None and count < rows_a_sheet:
            *values, unit, decimals = following
            for place, (column, value) in enumerate(zip(table.columns, values, strict=True)):
                if value is not None:
                    shown = _cell(book, sheet, (_HEADER_ROWS + count, place), table, column, value, unit, decimals)
                    widths[place] = max(widths[place], shown)
            count, following = count + 1, next(rows, None)
        last = (_HEADER_ROWS + max(count, 1) - 1, len(table.columns) - 1)
        sheet.autofilter(_HEADER_ROWS - 1, 0, *last)
        sheet.freeze_panes(_HEADER_ROWS, 0)
        # Codes are text, and look like numbers.
        sheet.ignore_errors({"number_stored_as_text": f"A1:XFD{_ROWS}"})
        for place, width in enumerate(widths):
            sheet.set_column(place, place, min(max(width + 2, _WIDTHS[0]), _WIDTHS[1]))
        taken.add(name)
        yield _Written(name, table, count)


def _rows(connection: duckdb.DuckDBPyConnection, table: Table) -> Iterator[tuple[Any, ...]]:
    """The rows with two values more: the unit that its figures are in, and decimals to show; both may be missing."""
    names = {column.name for column in table.columns}
    shown = ", ".join(
        f"{text.visible(f't.{c.name}') if c.kind == 'text' else f't.{c.name}'} as {c.name}" for c in table.columns
    )
    own = next((f"t.{name}" for name in ("unit", "base_unit") if name in names), "null")
    # An indicator that compares others has their unit.
    base = "t.base_indicator" if "base_indicator" in names else "null"
    code = "t.indicator_code" if "indicator_code" in names else "null"
    result = connection.execute(
        f"""select {shown}, coalesce({own}, case when i.unit = 'base' then b.unit else i.unit end), i.decimals
        from {table.relation} as t
        left join marts.dim_indicator as i on i.indicator_code = {code}
        left join marts.dim_indicator as b on b.indicator_code = {base}
        order by {", ".join(f"t.{name}" for name in table.grain)}"""
    )
    while fetched := result.fetchmany(_FETCHED):
        yield from fetched


def _cell(
    book: _Book,
    sheet: Worksheet,
    at: tuple[int, int],
    table: Table,
    column: Column,
    value: Any,
    unit: str,
    decimals: int,
) -> int:
    """Write one value as what it is, never as a formula; gives the width it takes."""
    match value:
        case bool():
            sheet.write_boolean(*at, value)
            return 5
        case str():
            return _text(book, sheet, at, value)
        case datetime():  # before date, which a datetime is too
            sheet.write_datetime(*at, value, book.number("yyyy-mm-dd hh:mm:ss"))
            return 19
        case date():
            sheet.write_datetime(*at, value, book.number("yyyy-mm-dd"))
            return 10
        case int():
            sheet.write_number(*at, value, book.number("0"))
            return len(str(value))
    of_row = column.unit.startswith(_UNIT_OF_ROW) and (table.name, column.name) not in _NO_UNIT
    in_units = of_row or (table.name, column.name) in _ALSO_OF_ROW
    if column.unit == _PER_CENT or (in_units and unit == "%"):
        code = f"{_decimals(2 if decimals is None else decimals)}%"
        sheet.write_number(*at, value / 100, book.number(code))
    else:
        whole = value == int(value)
        code = f"#,##{_decimals(decimals)}" if in_units and decimals is not None else "#,##0" if whole else "#,##0.00##"
        sheet.write_number(*at, value, book.number(code))
    return len(f"{value:,.2f}")


def _decimals(count: int) -> str:
    return "0" + "." * bool(count) + "0" * count


def _text(book: _Book, sheet: Worksheet, at: tuple[int, int], value: str) -> int:
    value = value.replace("\r\n", "\n").replace("\r", "\n")
    # Excel counts what UTF-16 counts.
    encoded = value.encode("utf-16-le")
    if len(encoded) > 2 * _LETTERS:
        value = encoded[: 2 * (_LETTERS - len(_CUT))].decode("utf-16-le", errors="ignore") + _CUT
        book.cut += 1
    sheet.write_string(*at, value)
    return _width(value)


def _width(value: str) -> int:
    """Columns that a text takes, Chinese counted twice; no longer than a column gets anyway."""
    return sum(1 if letter < "\u2e80" else 2 for letter in value[: _WIDTHS[1]])


def _name(label: str, number: int, taken: set[str]) -> str:
    """A name that Excel takes and no other sheet has; the second sheet of a table is `<name> (2)`."""
    plain = "".join(letter for letter in label if letter not in "[]:*?/\\'")
    sheet = f" ({number})" if number > 1 else ""
    ends = [sheet, *(f" {n}{sheet}" for n in range(2, 100))]
    return next(name for end in ends if (name := plain[: _NAME_LETTERS - len(end)] + end) not in taken)


def _head(book: _Book, sheet: Worksheet, table: Table) -> None:
    """Labels with a note that explains them, and below the names that stand in the warehouse."""
    label = book.file.add_format({"bold": True, "text_wrap": True, "valign": "top", "bg_color": "#DDEBF7", "border": 1})
    name = book.file.add_format({"font_color": "#7F7F7F", "font_size": 9, "bg_color": "#F2F2F2", "border": 1})
    for place, column in enumerate(table.columns):
        sheet.write_string(0, place, column.label, label)
        note = [column.meaning_zh, column.meaning_en, *([f"单位 / unit: {column.unit}"] if column.unit else [])]
        sheet.write_comment(0, place, "\n".join(note), {"x_scale": 2.5, "y_scale": 1.5})
    for place, column in enumerate(table.columns):
        sheet.write_string(1, place, column.name, name)


def _contents(book: _Book, sheet: Worksheet, written: Sequence[_Written]) -> None:
    bold, link = book.file.add_format({"bold": True}), book.file.get_default_url_format()
    for place, heading in enumerate(
        ("工作表 / sheet", "表 / table", "行数 / rows", "粒度 / a row for each", "含义", "meaning")
    ):
        sheet.write_string(0, place, heading, bold)
    for row, one in enumerate(written, 1):
        sheet.write_url(row, 0, f"internal:'{one.sheet}'!A1", link, one.sheet)
        sheet.write_string(row, 1, f"{one.table.schema}.{one.table.name}")
        sheet.write_number(row, 2, one.rows, book.number("#,##0"))
        for place, said in enumerate((", ".join(one.table.grain), one.table.title_zh, one.table.title_en), 3):
            sheet.write_string(row, place, said)
    for place, width in enumerate((34, 40, 12, 50, 50, 50)):
        sheet.set_column(place, place, width)
    sheet.freeze_panes(1, 0)


def _front(book: _Book, sheet: Worksheet, about: About) -> None:
    title = book.file.add_format({"bold": True, "font_size": 16})
    heading, wrapped = (
        book.file.add_format({"bold": bold, "text_wrap": True, "valign": "top"}) for bold in (True, False)
    )
    sheet.set_column(0, 0, 26)
    sheet.set_column(1, 1, 110)
    sheet.write_string(0, 0, "教育指标仓库 / Education indicator warehouse", title)
    row = 1
    for row, (head, line) in enumerate((*about.lines(), *_how_to_read(book)), 2):
        sheet.write_string(row, 0, head, heading)
        sheet.write_string(row, 1, line, wrapped)
    sheet.write_url(
        row + 2, 0, f"internal:'{_CONTENTS}'!A1", book.file.get_default_url_format(), f"{_CONTENTS} / contents"
    )


def _how_to_read(book: _Book) -> Iterator[tuple[str, str]]:
    yield (
        "表头 / headings",
        "第 1 行为中文名（批注为含义与单位），第 2 行为列名，第 3 行起为数据 / row 1 has labels with notes, row 2 the "
        "names of columns, data begin in row 3",
    )
    yield (
        "百分比 / per cent",
        "单位为 % 的数值按 Excel 百分比存放：43.30% 即 0.433；百分点之差、进度等仍为数字。仓库与 CSV 中为 43.3 / "
        "values in % are stored as Excel's per cent, 43.30% being 0.433; differences in points stay numbers. In the "
        "warehouse and in CSV they are 43.3",
    )
    if book.cut:
        yield (
            "截断 / cut",
            f"{book.cut} 处文字超过 Excel 的 32,767 字，已截断；全文见 CSV 或 Parquet / {book.cut} texts are longer than "
            "Excel's 32,767 characters and were cut; the whole stands in CSV and Parquet",
        )
