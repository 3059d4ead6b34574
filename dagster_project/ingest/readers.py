"""A file to a table of text: CSV through the standard library, XLSX through openpyxl, Parquet and big plain CSV through DuckDB.

Cells are trimmed and otherwise as printed: the same table gives the same text, whatever kind of file holds it.
"""

import codecs
import csv
import re
import warnings
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal, localcontext
from itertools import islice, pairwise
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd

from dagster_project.ingest import limits, office
from dagster_project.ingest.problem import Problem, ShapeError
from dagster_project.sql import literal

_BOM = b"\xef\xbb\xbf"
_DATA_SHEETS = {"data", "数据"}
# A header that lost a column makes every row ragged: a few of them say so.
_TOLD_RAGGED = 100
csv.field_size_limit(limits.ROW_LENGTH)  # a longer cell is told by its own words
# Rows that are held as Python objects at a time.
_PIECE = 20_000
# Bytes of a CSV from which it pays to let DuckDB read it.
_BIG = 4_000_000
# Bytes that are looked at together.
_CHUNK = 1 << 20
_PADDED = re.compile(r"\s(?:(?<=,\s)|(?=,)|$)")
# What str.strip takes away, for DuckDB's trim; the long list is slow there.
_SPACE = "".join(character for character in map(chr, range(0x3001)) if character.isspace())
_ASCII_SPACE = "".join(filter(str.isascii, _SPACE))
# What DuckDB raises at a file that is damaged, also while a piece is read: errors of every class, and of none.
UNREADABLE = duckdb.Error

# A row and its number as a spreadsheet counts; a quoted line break does not count.
_Row = tuple[int, list[str]]


@dataclass(frozen=True)
class Table:
    """A file's table: its headings, and its rows in pieces that are read as they are asked for.

    A piece has `_row` (the row's number as a spreadsheet counts, the header is 1) and text columns `c0`, `c1`, … in
    the order of the headings; an empty cell is empty text. Fully empty rows are left out; the others keep their numbers.
    """

    headings: tuple[str, ...]
    pieces: Iterator[duckdb.DuckDBPyRelation]


def read(
    connection: duckdb.DuckDBPyConnection,
    path: Path,
    source: str,
    name: str,
    skip_rows: int = 0,
    header_rows: int = 1,
    separator: str = "/",
) -> Table:
    """The file's table. Of its rows with a cell the first `skip_rows` are left out, the next are the header (see `joined`).

    A Parquet file has a header of its own: its first row of data is row 2. Raises ShapeError, also while pieces are read.
    """
    kind = path.suffix.lower()
    if kind == ".parquet":
        return _read_parquet(connection, path, source, name)
    rows = _rows(path, source, name, skip_rows)
    header = [cells for _, cells in islice(rows, skip_rows, skip_rows + header_rows)]
    headings = joined(header, separator)
    if problem := _too_wide(len(headings), source, name):
        raise ShapeError([problem])
    is_plain = kind == ".csv" and path.stat().st_size >= _BIG and all(headings) and _is_plain(path)
    first = list(islice(rows, 1 if is_plain else _PIECE))
    if not first:
        raise ShapeError([Problem.of("no_rows", source, name)])
    frame, problems = _framed(headings, first, source, name)
    if problems := problems + _repeated(headings, source, name):
        raise ShapeError(problems)

    def pieces() -> Iterator[duckdb.DuckDBPyRelation]:
        if is_plain:
            yield _plain_csv(connection, path, len(headings), first[0][0] - 1)
            return
        yield connection.from_df(frame)
        while lines := list(islice(rows, _PIECE)):
            piece, problems = _framed(headings, lines, source, name)
            if problems:
                raise ShapeError(problems)
            yield connection.from_df(piece)

    return Table(tuple(filter(None, headings)), pieces())


def first_rows(path: Path, source: str, name: str, count: int) -> list[list[str]]:
    """The first rows with a cell of a CSV or XLSX, before anything is made of them. Raises ShapeError."""
    return [cells for _, cells in islice(_rows(path, source, name, count), count)]


def joined(header: Sequence[Sequence[str]], separator: str) -> list[str]:
    """The headings of a header of one or more rows: the cells of a column from above, joined by `separator`.

    Only the first column of a merged cell holds it, so in every row but the last an empty cell is taken to continue
    the cell on its left, as far as the heading above the two is one.
    """
    width = max(map(len, header), default=0)
    above = [""] * width
    for number, cells in enumerate(header, start=1):
        row = [*cells, *[""] * (width - len(cells))]
        if number < len(header):
            for place in range(1, width):
                if not row[place] and above[place] == above[place - 1]:
                    row[place] = row[place - 1]
        above = [separator.join(filter(None, pair)) for pair in zip(above, row, strict=True)]
    return above


def _rows(path: Path, source: str, name: str, free: int) -> Iterator[_Row]:
    """The rows with a cell; the first `free` of them may be of any width, the others are as wide as the next."""
    kind = path.suffix.lower()
    if kind == ".csv":
        return _read_csv(path, _encoding(path, source, name), source, name, free)
    if kind == ".xlsx":
        return iter(_read_xlsx(path, source, name))
    raise ShapeError([Problem.of("unsupported_file", source, name, found=path.suffix or path.name)])


def _framed(
    headings: Sequence[str], rows: Sequence[_Row], source: str, name: str
) -> tuple[pd.DataFrame, list[Problem]]:
    """Rows as a piece, and what is wrong with them: cells in a column that has no heading."""
    width = max(len(headings), *(len(cells) for _, cells in rows))
    columns = zip(*(cells + [""] * (width - len(cells)) for _, cells in rows), strict=True)
    held: dict[str, Any] = {"_row": [number for number, _ in rows]}
    problems = []
    for place, column in enumerate(columns):
        if place < len(headings) and headings[place]:
            held[f"c{len(held) - 1}"] = pd.Series(column, dtype=object)
        elif any(column):
            problems.append(Problem.of("unnamed_column", source, name, found=place + 1))
    return pd.DataFrame(held), problems


def over_limit(source: str, name: str, found: str, limit: int, row: int | None = None) -> Problem:
    return Problem.of("over_limit", source, name, row=row, found=found, expected=f"{limit:,}")


def _too_wide(width: int, source: str, name: str, row: int | None = None) -> Problem | None:
    wide = width > limits.COLUMNS
    return over_limit(source, name, f"{width:,} 列 / columns", limits.COLUMNS, row) if wide else None


def _repeated(headings: Iterable[str], source: str, name: str) -> list[Problem]:
    counts = Counter(heading for heading in headings if heading)
    twice = sorted(heading for heading, count in counts.items() if count > 1)
    return [Problem.of("repeated_column", source, name, column=heading) for heading in twice]


def _scanned(path: Path) -> str:
    """A path as DuckDB's readers take it, in SQL: they would find other files by `*`, `?` and `[`."""
    return literal("".join(f"[{character}]" if character in "*?[" else character for character in str(path)))


def _trimmed(column: str) -> str:
    return (
        f"coalesce(case when strlen({column}) = length({column}) then trim({column}, '{_ASCII_SPACE}') "
        f"else trim({column}, '{_SPACE}') end, '')"
    )


def _not_empty(width: int) -> str:
    return " or ".join(f"c{place} <> ''" for place in range(width))


# ---- CSV


def _encoding(path: Path, source: str, name: str) -> str:
    """How the bytes are to be read."""
    with path.open("rb") as file:
        encodings = ("utf-8",) if _is_damaged_utf8(file.read(_CHUNK)) else ("utf-8", "gb18030")
    errors = []
    for encoding in encodings:
        error = _misread(path, encoding, source, name)
        if error is None:
            return encoding
        errors.append(f"{encoding}: {error}")
    raise ShapeError([Problem.of("bad_encoding", source, name, found=", ".join(errors))])


def _misread(path: Path, encoding: str, source: str, name: str) -> str | None:
    """Where an encoding does not explain the bytes, or None. Refused at once, piece by piece: what is no text in any
    encoding, and lines longer than a row may be.
    """
    decoder = codecs.getincrementaldecoder(encoding)()
    place, line, length = 0, 1, 0
    with path.open("rb") as file:
        while True:
            chunk = file.read(_CHUNK)
            if b"\0" in chunk:
                # UTF-16 lands here too: half of its bytes are zero.
                found = f"NUL, byte {place + chunk.index(0)}"
                raise ShapeError([Problem.of("bad_encoding", source, name, found=found)])
            pending = len(decoder.getstate()[0])
            try:
                decoder.decode(chunk, not chunk)
            except UnicodeDecodeError as error:
                at = error.start - pending
                above = chunk.count(b"\n", 0, max(at, 0))
                return f"line {line + above}, byte {place + at}"
            if not chunk:
                return None
            # A lone return ends a line too.
            end = max(chunk.rfind(b"\n"), chunk.rfind(b"\r"))
            length = len(chunk) - end - 1 if end >= 0 else length + len(chunk)
            place, line = place + len(chunk), line + chunk.count(b"\n")
            if length > 4 * limits.ROW_LENGTH:  # no character has more bytes
                what = f"一行 {length:,} 字节以上 / bytes and more in a line"
                raise ShapeError([over_limit(source, name, what, 4 * limits.ROW_LENGTH, line)])


def _is_damaged_utf8(data: bytes) -> bool:
    """Whether bytes that may have errors look like UTF-8: GB18030 would read many of those, as other characters."""
    if data.startswith(_BOM):
        return True
    text = data[:1_000_000].decode("utf-8", "replace")
    return len(re.findall("[\u3000-\u9fff]", text)) > text.count("\ufffd")


def _read_csv(path: Path, encoding: str, source: str, name: str, free: int) -> Iterator[_Row]:
    ragged: list[Problem] = []
    width = number = taken = 0
    with path.open(encoding=encoding, newline="") as file:
        if file.read(1) != "\ufeff":
            file.seek(0)

        def lines() -> Iterator[str]:
            nonlocal taken
            for line in file:
                taken += len(line)
                # A quote that is never closed makes a row of all that follows.
                if taken > limits.ROW_LENGTH:
                    what = f"一行 {taken:,} 字以上 / characters and more in a row"
                    raise ShapeError([over_limit(source, name, what, limits.ROW_LENGTH, number + 1)])
                yield line

        try:
            for number, row in enumerate(csv.reader(lines(), strict=True), start=1):
                taken = 0
                if number > limits.ROWS:
                    raise ShapeError([over_limit(source, name, f"{number:,} 行以上 / rows and more", limits.ROWS)])
                if problem := _too_wide(len(row), source, name, number):
                    raise ShapeError([problem])
                cells = [cell.strip() for cell in row]
                if not any(cells):
                    continue
                if max(map(len, cells)) > limits.CELL_LENGTH:
                    what = f"一格 {max(map(len, cells)):,} 字 / characters in a cell"
                    raise ShapeError([over_limit(source, name, what, limits.CELL_LENGTH, number)])
                if free:
                    free -= 1
                    yield number, cells
                    continue
                width = width or len(cells)
                if len(cells) == width:
                    yield number, cells
                    continue
                ragged.append(Problem.of("ragged_row", source, name, row=number, found=len(cells), expected=width))
                if len(ragged) == _TOLD_RAGGED:
                    break
        except (csv.Error, UnicodeDecodeError) as error:
            raise ShapeError([Problem.of("unreadable", source, name, row=number + 1, found=error)]) from error
    if ragged:
        raise ShapeError(ragged)


def _is_plain(path: Path) -> bool:
    """Whether a CSV is UTF-8 and each of its lines a row of equally many bare cells, so that there is one way to read it:
    no quotes, and no space around a cell.
    """
    try:
        with path.open(encoding="utf-8", newline="\n") as file:
            header = next(file, "").removesuffix("\n").removesuffix("\r")
            commas = header.count(",")
            # A carriage return alone ends a line for one reader and not for the other.
            return (
                commas > 0
                and "\r" not in header
                and all(
                    line.count(",") == commas
                    and '"' not in line
                    and "\r" not in line.removesuffix("\n").removesuffix("\r")
                    and len(line) <= limits.CELL_LENGTH
                    and not line[0].isspace()
                    and not _PADDED.search(line.removesuffix("\n").removesuffix("\r"))
                    and number < limits.ROWS
                    for number, line in enumerate(file, start=2)
                )
            )
    except UnicodeDecodeError:
        return False


def _plain_csv(connection: duckdb.DuckDBPyConnection, path: Path, width: int, above: int) -> duckdb.DuckDBPyRelation:
    """The rows of a plain CSV below its first `above` lines, without making an object of each of its cells."""
    columns = ", ".join(f"'c{place}': 'varchar'" for place in range(width))
    cells = ", ".join(f"coalesce(c{place}, '') as c{place}" for place in range(width))
    return connection.sql(
        f"""select * from (
            select row_number() over () + {above} as _row, {cells}
            from read_csv({_scanned(path)}, auto_detect = false, header = false, skip = {above}, delim = ',',
                quote = '', escape = '', columns = {{{columns}}}, hive_partitioning = false))
        where {_not_empty(width)}"""
    )


# ---- Parquet


def _read_parquet(connection: duckdb.DuckDBPyConnection, path: Path, source: str, name: str) -> Table:
    file = _scanned(path)
    try:
        ((width, unpacked),) = connection.execute(
            f"""select (select count(*) from parquet_schema({file})) - 1, (select sum(total_uncompressed_size::hugeint)
            from parquet_metadata({file}))"""
        ).fetchall()
        ((count,),) = connection.execute(f"select num_rows from parquet_file_metadata({file})").fetchall()
        if over := [
            over_limit(source, name, f"{found:,} {what}", limit)
            for what, found, limit in (
                ("列 / columns", width, limits.COLUMNS),
                ("行 / rows", count, limits.ROWS),
                ("字节 / bytes unpacked", unpacked or 0, limits.TABLE_BYTES),
            )
            if found > limit
        ]:
            raise ShapeError(over)
        schema = connection.execute(f"select name, num_children from parquet_schema({file})").fetchall()
        content = connection.sql(f"select * from read_parquet({file}, hive_partitioning = false)")
        types = [str(type_) for type_ in content.types]
        texts_of = [f"strlen(p{place})" for place, type_ in enumerate(types) if type_ == "VARCHAR"]
        if texts_of and count:
            names = ", ".join(f"p{place}" for place in range(len(types)))
            longest = ", ".join(f"coalesce(max({text}), 0)" for text in texts_of)
            ((length,),) = connection.execute(
                f"select greatest({longest}) from read_parquet({file}, hive_partitioning = false) as t({names})"
            ).fetchall()
            if length > 4 * limits.CELL_LENGTH:  # in bytes
                what = f"一格 {length:,} 字节 / bytes in a cell"
                raise ShapeError([over_limit(source, name, what, 4 * limits.CELL_LENGTH)])
    except UNREADABLE as error:
        raise ShapeError([Problem.of("unreadable", source, name, found=_first_line(error))]) from error
    # The root comes first; a column within a column makes its parent one that is not read.
    headings = [heading.strip() for heading, children in schema[1:] if not children]
    texts = [_text_of(f"p{place}", type_) for place, type_ in enumerate(types)]
    problems = [
        Problem.of("unreadable", source, name, column=content.columns[place], found=f"{types[place]} 类型的列 / column")
        for place, text in enumerate(texts)
        if text is None
    ]
    if not problems:
        problems = [
            Problem.of("unnamed_column", source, name, found=place)
            for place, heading in enumerate(headings, start=1)
            if not heading
        ] + _repeated(headings, source, name)
    if problems:
        raise ShapeError(problems)
    if not count:
        raise ShapeError([Problem.of("no_rows", source, name)])
    names = ", ".join(f"p{place}" for place in range(len(texts)))
    cells = ", ".join(f"{text} as c{place}" for place, text in enumerate(texts))
    piece = connection.sql(
        f"""select * from (
            select number + 2 as _row, {cells}
            from read_parquet({file}, hive_partitioning = false, file_row_number = true) as t({names}, number))
        where {_not_empty(len(texts))}"""
    )
    return Table(tuple(headings), iter([piece]))


def _text_of(column: str, type_: str) -> str | None:
    """A Parquet column as a cell prints it, in SQL, or None where it has no such form.

    Whole numbers have no point, whatever their type: a count with gaps is often kept as a float. Numbers have the 15
    digits of a spreadsheet; one that is no number (nan, inf) stays text, which the rules refuse.
    """
    if type_ == "VARCHAR" or type_.startswith("ENUM"):
        return _trimmed(column if type_ == "VARCHAR" else f"{column}::varchar")
    if type_ == "BOOLEAN":
        return f"case when {column} then 'yes' when not {column} then 'no' else '' end"
    if re.fullmatch("U?(TINY|SMALL|BIG|HUGE)?INT(EGER)?|DATE|TIME|UUID", type_):
        return f"coalesce({column}::varchar, '')"
    if type_.startswith("TIMESTAMP") and "ZONE" not in type_:
        return f"coalesce(replace({column}::timestamp::varchar, ' 00:00:00', ''), '')"
    number = f"({column}::varchar::double)" if type_ == "FLOAT" else column
    if type_.startswith("DECIMAL"):
        text = f"{column}::varchar"
        return f"coalesce(case when contains({text}, '.') then rtrim(rtrim({text}, '0'), '.') else {text} end, '')"
    if type_ in ("FLOAT", "DOUBLE"):
        return f"""case when {number} is null then '' when not isfinite({number}) then {number}::varchar
            when {number} = trunc({number}) and abs({number}) < 1e20 then {number}::hugeint::varchar
            when abs({number}) < 1e-4 then rtrim({number}::decimal(38, 20)::varchar, '0')
            else format('{{:.15g}}', {number}) end"""
    return None


def _first_line(error: Exception) -> str:
    return str(error).splitlines()[0] if str(error) else type(error).__name__


# ---- XLSX


def _read_xlsx(path: Path, source: str, name: str) -> list[_Row]:
    import openpyxl

    problems: dict[str, list[Problem]] = {}
    sheets: dict[str, list[_Row]] = {}
    try:
        office.look_through(path)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # openpyxl warns of styles and extensions, which are of no interest
            book = openpyxl.load_workbook(path, data_only=True, read_only=True, keep_links=False)
            try:
                foreign = _foreign_names(book)
                for sheet in book.worksheets:
                    if sheet.sheet_state == "visible":
                        sheets[sheet.title], problems[sheet.title] = _sheet_rows(sheet, foreign, source, name)
            finally:
                book.close()
    except office.OfficeError as refused:
        found, expected = refused.found, refused.expected
        raise ShapeError([Problem.of(refused.rule, source, name, found=found, expected=expected)]) from refused
    except ShapeError:
        raise
    except Exception as error:  # a broken workbook fails anywhere in the zip, the XML or openpyxl, with errors of each
        found = f"{type(error).__name__}: {error}"
        raise ShapeError([Problem.of("unreadable", source, name, found=found)]) from error
    filled = {title: rows for title, rows in sheets.items() if rows or problems[title]}
    if len(filled) > 1:
        filled = {title: rows for title, rows in filled.items() if title.strip().lower() in _DATA_SHEETS} or filled
    if len(filled) > 1:
        found = f"工作表 / sheets {', '.join(filled)}：只留一张，或命名为 数据"
        raise ShapeError([Problem.of("unreadable", source, name, found=found)])
    for title, rows in filled.items():
        if problems[title]:
            raise ShapeError(problems[title])
        return rows
    return []


def _foreign_names(book: Any) -> set[str]:
    """The defined names, folded, that stand for something of another file, also by way of other names."""
    texts: dict[str, str] = {}
    for names in (book.defined_names, *(sheet.defined_names for sheet in book.worksheets)):
        for name, defined in names.items():
            texts[name.casefold()] = f"{texts.get(name.casefold(), '')} {defined.attr_text or ''}"
    foreign: set[str] = set()
    while more := {name for name, text in texts.items() if name not in foreign and _elsewhere(text, foreign)}:
        foreign |= more
    return foreign


def _elsewhere(formula: str, foreign: set[str]) -> str | None:
    """What a formula takes from another file, or None."""
    if found := _ELSEWHERE.search(formula):
        return found[0]
    return next((name for name in _NAME.findall(formula) if name.casefold() in foreign), None) if foreign else None


def _sheet_rows(sheet: Any, foreign: set[str], source: str, name: str) -> tuple[list[_Row], list[Problem]]:
    """The rows of a sheet with a cell, and its formulas that cannot be taken.

    openpyxl's own parser, without what openpyxl puts around it: there cells out of order are lost, and rows that a file
    leaves out are made, however many. A size that an exporter wrote is not asked either.
    """
    from openpyxl.cell.read_only import ReadOnlyCell
    from openpyxl.worksheet._reader import WorkSheetParser

    problems: list[Problem] = []

    class Parser(WorkSheetParser):
        def parse_cell(self, element: Any) -> dict[str, Any]:
            cell: dict[str, Any] = super().parse_cell(element)
            if cell["column"] > _WIDEST:
                found = f"{cell['column']:,} 列 / columns"
                raise ShapeError([over_limit(source, name, found, _WIDEST, cell["row"])])
            formula = element.find(_FORMULA)
            if formula is not None and len(problems) < _TOLD_RAGGED:
                place = {"row": cell["row"], "column": str(element.get("r") or "")}
                kept = cell["value"] not in (None, "") or element.get("t") == "str"
                if elsewhere := _elsewhere(formula.text or "", foreign):
                    problems.append(Problem.of("formula_of_another_file", source, name, **place, found=elsewhere))
                elif not kept:
                    value = f"={formula.text or ''}"
                    problems.append(Problem.of("formula_without_value", source, name, **place, value=value))
            return cell

    rows: list[_Row] = []
    above = count = 0
    book = sheet.parent
    with sheet._get_source() as content:
        parser = Parser(content, sheet._shared_strings, True, book.epoch, book._date_formats, book._timedelta_formats)
        for number, row in parser.parse():
            # A whole row that was only coloured has 16,384 cells and no value.
            filled = [cell for cell in row if cell["value"] is not None]
            width = max((cell["column"] for cell in filled), default=0)
            count += max(width, len(row))
            over = [
                (f"第 {number:,} 行 / row", number, limits.ROWS),
                (f"{width:,} 列 / columns", width, limits.COLUMNS),
                (f"{count:,} 格 / cells", count, limits.WORKBOOK_CELLS),
            ]
            for what, found, limit in over:
                if found > limit:
                    raise ShapeError([over_limit(source, name, what, limit, number)])
            places = [cell["column"] for cell in row]
            if number <= above or any(b <= a for a, b in pairwise(places)):
                raise ShapeError([Problem.of("cells_out_of_order", source, name, row=number, found=sheet.title)])
            above = number
            cells = [""] * width
            for cell in filled:
                cells[cell["column"] - 1] = _printed(ReadOnlyCell(sheet, **cell))
            if any(cells):
                if max(map(len, cells)) > limits.CELL_LENGTH:
                    what = f"一格 {max(map(len, cells)):,} 字 / characters in a cell"
                    raise ShapeError([over_limit(source, name, what, limits.CELL_LENGTH, number)])
                rows.append((number, cells))
    return rows, problems


def _printed(cell: object) -> str:
    """A cell as the workbook shows it, trimmed: its digits are the precision the publisher printed."""
    value = getattr(cell, "value", None)
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int | float):
        return _printed_number(value, str(getattr(cell, "number_format", "") or "General"))
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == datetime.min.time() else value.isoformat(" ")
    if isinstance(value, date):
        return value.isoformat()
    return str(value).strip()


# Columns that a sheet can have at all.
_WIDEST = 16_384
_FORMULA = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}f"
# [1]Sheet!A1, [book.xlsx]Sheet!A1, '\\\\server\\[book.xlsx]Sheet'!A1; a column of a table, as Table1[pupils], is none.
_ELSEWHERE = re.compile(
    r"(?<![\w\]])\[[^\[\]]+\][^\[\]!,()]*!|\b(?:WEBSERVICE|RTD|CUBEVALUE|STOCKHISTORY)\s*\(|\bDDE\b[^!]*!",
    re.IGNORECASE,
)
# A name that a formula may call; not text, sheets or columns of a table.
_NAME = re.compile(r"""\"[^"]*\"|'[^']*'|\[[^\[\]]*\]|[^\W\d][\w.\\?]*!?""")
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
