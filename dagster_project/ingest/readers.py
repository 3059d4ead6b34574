"""A file to a table of text: CSV through the standard library, XLSX through openpyxl. Cells are trimmed and otherwise as printed."""

import csv
import io
import re
import warnings
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal, localcontext
from itertools import islice
from pathlib import Path
from typing import Any

import pandas as pd

from dagster_project.ingest.problem import Problem, ShapeError

_BOM = b"\xef\xbb\xbf"
_DATA_SHEETS = {"data", "数据"}
# A header that lost a column makes every row ragged: a few of them say so.
_TOLD_RAGGED = 100

# A row and its number as a spreadsheet counts; a quoted line break does not count.
_Row = tuple[int, list[str]]


def read(path: Path, source: str, name: str) -> pd.DataFrame:
    """The file's table: every column text (empty cell: empty text), index = row number as a spreadsheet counts.

    The first row with a cell is the header. Fully empty rows and columns are skipped; rows keep their numbers.
    Raises ShapeError.
    """
    if path.suffix.lower() == ".csv":
        rows = _read_csv(path, source, name)
    elif path.suffix.lower() == ".xlsx":
        rows = _read_xlsx(path, source, name)
    else:
        raise ShapeError([Problem.of("unsupported_file", source, name, found=path.suffix or path.name)])
    if len(rows) < 2:
        raise ShapeError([Problem.of("no_rows", source, name)])
    width = max(len(cells) for _, cells in rows)
    cells = pd.DataFrame(
        [cells + [""] * (width - len(cells)) for _, cells in rows], dtype=str, index=[number for number, _ in rows]
    )
    filled = list((cells != "").any())
    problems = [
        Problem.of("unnamed_column", source, name, found=number)
        for number, (heading, used) in enumerate(zip(cells.iloc[0], filled, strict=True), start=1)
        if used and heading == ""
    ]
    cells = cells.loc[:, filled]  # a workbook's formatted but empty columns
    header = list(cells.iloc[0])
    repeated = sorted({heading for heading in header if heading and header.count(heading) > 1})
    problems += [Problem.of("repeated_column", source, name, column=heading) for heading in repeated]
    if problems:
        raise ShapeError(problems)
    return cells.iloc[1:].set_axis(header, axis=1)


def _decode(data: bytes, source: str, name: str) -> str:
    if b"\0" in data:
        # UTF-16 lands here too: half of its bytes are zero.
        raise ShapeError([Problem.of("bad_encoding", source, name, found=f"NUL, byte {data.index(0)}")])
    errors = []
    for encoding in ("utf-8",) if _is_damaged_utf8(data) else ("utf-8", "gb18030"):
        try:
            return data.decode(encoding).removeprefix("\ufeff")
        except UnicodeDecodeError as error:
            line = data.count(b"\n", 0, error.start) + 1
            errors.append(f"{encoding}: line {line}, byte {error.start}")
    raise ShapeError([Problem.of("bad_encoding", source, name, found=", ".join(errors))])


def _is_damaged_utf8(data: bytes) -> bool:
    """Whether bytes that may have errors look like UTF-8: GB18030 would read many of those, as other characters."""
    if data.startswith(_BOM):
        return True
    text = data[:1_000_000].decode("utf-8", "replace")
    return len(re.findall("[\u3000-\u9fff]", text)) > text.count("\ufffd")


def _read_csv(path: Path, source: str, name: str) -> list[_Row]:
    reader = csv.reader(io.StringIO(_decode(path.read_bytes(), source, name), newline=""), strict=True)
    rows: list[_Row] = []
    number = 0
    try:
        for number, row in enumerate(reader, start=1):
            cells = [cell.strip() for cell in row]
            if any(cells):
                rows.append((number, cells))
    except csv.Error as error:
        raise ShapeError([Problem.of("unreadable", source, name, row=number + 1, found=error)]) from error
    width = len(rows[0][1]) if rows else 0
    ragged = (
        Problem.of("ragged_row", source, name, row=number, found=len(cells), expected=width)
        for number, cells in rows
        if len(cells) != width
    )
    if problems := list(islice(ragged, _TOLD_RAGGED)):
        raise ShapeError(problems)
    return rows


def _read_xlsx(path: Path, source: str, name: str) -> list[_Row]:
    import openpyxl

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # openpyxl warns of styles and extensions, which are of no interest
            book = openpyxl.load_workbook(path, data_only=True, read_only=True, keep_links=False)
            sheets = {sheet.title: _rows(sheet) for sheet in book.worksheets if sheet.sheet_state == "visible"}
            book.close()
    except Exception as error:  # a broken workbook fails anywhere in the zip, the XML or openpyxl, with errors of each
        found = f"{type(error).__name__}: {error}"
        raise ShapeError([Problem.of("unreadable", source, name, found=found)]) from error
    filled = {title: rows for title, rows in sheets.items() if rows}
    if len(filled) > 1:
        filled = {title: rows for title, rows in filled.items() if title.strip().lower() in _DATA_SHEETS} or filled
    if len(filled) > 1:
        found = f"工作表 / sheets {', '.join(filled)}：只留一张，或命名为 数据"
        raise ShapeError([Problem.of("unreadable", source, name, found=found)])
    return next(iter(filled.values()), [])


def _rows(sheet: Any) -> list[_Row]:
    sheet.reset_dimensions()  # some exporters write a size that is too small, and openpyxl would stop there
    printed = ((number, [_printed(cell) for cell in row]) for number, row in enumerate(sheet.iter_rows(), start=1))
    return [(number, cells) for number, cells in printed if any(cells)]


def _printed(cell: object) -> str:
    """A cell as the workbook shows it, trimmed: its digits are the precision the publisher printed."""
    value = getattr(cell, "value", None)
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return _printed_number(value, str(getattr(cell, "number_format", "") or "General"))
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == datetime.min.time() else value.isoformat(" ")
    if isinstance(value, date):
        return value.isoformat()
    return str(value).strip()


# What a number format prints around the digits: colours and locales, quoted and escaped text, spaces, filling.
_AROUND = re.compile(r'\[[^\]]*\]|"[^"]*"|\\.|_.?|\*.|\s')


def _printed_number(value: int | float, form: str) -> str:
    """A number under a format such as `0.00`, `#,##0.0`, `0.0%` or the accounting formats.

    Any other format prints the shortest form that is exact to the 15 digits a spreadsheet has.
    """
    with localcontext(prec=400):  # more than any float has digits: nothing is rounded but where it is meant to be
        exact = Decimal(value) if isinstance(value, int) else Decimal(f"{value:.15g}")
        if not exact.is_finite():
            return str(value)
        plain = _AROUND.sub("", form.split(";")[0]).replace("#,##", "")
        sign = "%" if plain.endswith("%") else ""
        plain = plain.removesuffix("%")
        if sign:
            exact *= 100
        if re.fullmatch(r"0(\.0+)?", plain):
            return f"{exact.quantize(Decimal(plain), ROUND_HALF_UP):f}{sign}"
        return f"{exact.normalize():f}{sign}"
