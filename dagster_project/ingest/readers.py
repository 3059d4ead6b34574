"""A file to a table of text: CSV through the standard library, XLSX through openpyxl. Cells are trimmed and otherwise as printed."""

import csv
import io
import warnings
import zipfile
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path

import pandas as pd

from dagster_project.ingest.problem import Problem, ShapeError

_ENCODINGS = ("utf-8-sig", "gb18030")
_DATA_SHEETS = {"data", "数据"}


def read(path: Path, source: str, name: str) -> pd.DataFrame:
    """The file's table: every column text (empty cell: empty text), index = row number as a spreadsheet counts.

    Fully empty rows are skipped but keep their numbers. Raises ShapeError.
    """
    if path.suffix.lower() == ".csv":
        cells = _read_csv(path, source, name)
    elif path.suffix.lower() == ".xlsx":
        cells = _read_xlsx(path, source, name)
    else:
        raise ShapeError([Problem.of("unsupported_file", source, name, found=path.suffix or path.name)])
    cells = cells.map(str.strip)
    cells = cells[(cells != "").any(axis=1)]
    if len(cells) == 0:
        raise ShapeError([Problem.of("no_rows", source, name)])
    header = list(cells.iloc[0])
    while header and header[-1] == "" and not (cells.iloc[:, len(header) - 1] != "").any():
        header.pop()  # a workbook's formatted but empty columns
    if repeated := sorted({column for column in header if header.count(column) > 1}):
        raise ShapeError([Problem.of("repeated_column", source, name, column=column) for column in repeated])
    table = cells.iloc[1:, : len(header)].set_axis(header, axis=1)
    if len(table) == 0:
        raise ShapeError([Problem.of("no_rows", source, name)])
    return table


def _decode(data: bytes, source: str, name: str) -> str:
    errors = []
    for encoding in _ENCODINGS:
        try:
            return data.decode(encoding)
        except UnicodeDecodeError as error:
            errors.append(f"{encoding}: byte {error.start}")
    raise ShapeError([Problem.of("bad_encoding", source, name, found=", ".join(errors))])


def _read_csv(path: Path, source: str, name: str) -> pd.DataFrame:
    data = path.read_bytes()
    if b"\0" in data:
        # UTF-16 lands here too: half of its bytes are zero.
        raise ShapeError([Problem.of("bad_encoding", source, name, found=f"NUL, byte {data.index(0)}")])
    text = _decode(data, source, name)
    if not text.strip():
        raise ShapeError([Problem.of("no_rows", source, name)])
    try:
        rows = list(csv.reader(io.StringIO(text), strict=True))
    except csv.Error as error:
        raise ShapeError([Problem.of("unreadable", source, name, found=error)]) from error
    width = len(rows[0])
    ragged = [
        Problem.of("ragged_row", source, name, row=number, found=len(row), expected=width)
        for number, row in enumerate(rows, start=1)
        if row and len(row) != width
    ]
    if ragged:
        raise ShapeError(ragged)
    return _numbered(rows, width)


def _read_xlsx(path: Path, source: str, name: str) -> pd.DataFrame:
    import openpyxl
    from openpyxl.utils.exceptions import InvalidFileException

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # openpyxl warns of styles and extensions, which are of no interest
            book = openpyxl.load_workbook(path, data_only=True, read_only=True, keep_links=False)
    except (InvalidFileException, zipfile.BadZipFile, KeyError, ValueError, OSError) as error:
        raise ShapeError([Problem.of("unreadable", source, name, found=error)]) from error
    try:
        sheets = {
            sheet.title: rows
            for sheet in book.worksheets
            if sheet.sheet_state == "visible"
            and (rows := [[_printed(cell) for cell in row] for row in sheet.iter_rows()])
        }
    finally:
        book.close()
    filled = {title: rows for title, rows in sheets.items() if any(any(row) for row in rows)}
    if len(filled) > 1:
        filled = {title: rows for title, rows in filled.items() if title.lower() in _DATA_SHEETS} or filled
    if not filled:
        raise ShapeError([Problem.of("no_rows", source, name)])
    if len(filled) > 1:
        found = f"工作表 / sheets {', '.join(filled)}：只留一张，或命名为 数据"
        raise ShapeError([Problem.of("unreadable", source, name, found=found)])
    rows = next(iter(filled.values()))
    return _numbered(rows, max(len(row) for row in rows))


def _numbered(rows: list[list[str]], width: int) -> pd.DataFrame:
    padded = [row + [""] * (width - len(row)) for row in rows]
    return pd.DataFrame(padded, dtype=str, index=range(1, len(rows) + 1))


def _printed(cell: object) -> str:
    """A cell as the workbook shows it: its digits are the precision the publisher printed."""
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
    return str(value)


def _printed_number(value: int | float, form: str) -> str:
    """A number under a format such as `0.00`, `#,##0.0` or `0.0%`; any other format prints the shortest exact form."""
    form = form.split(";")[0].strip()
    plain = form.rstrip("%").replace("#,##", "").replace("_ ", "").replace("_)", "").strip()
    exact = Decimal(repr(value))
    sign = "%" if form.endswith("%") else ""
    if sign:
        exact *= 100
    if plain == "0" or (plain.startswith("0.") and set(plain[2:]) == {"0"}):
        return f"{exact.quantize(Decimal(plain), ROUND_HALF_UP):f}{sign}"
    return f"{exact.normalize():f}{sign}"
