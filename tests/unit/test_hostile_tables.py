"""Tables that mean harm: each is refused by a rule, within memory and time that the operating system holds."""

import os
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import pytest

from dagster_project.ingest import limits, readers
from dagster_project.ingest.problem import Problem
from tests import hostile
from tests.bounded import read_table, within

FILLED = hostile.sheet(hostile.cells("a", "b", row=1) + hostile.cells(1, 2, row=2))


def refusal(path: Path, **bounds: Any) -> Problem:
    """The first problem of a file that is read in a process of its own."""
    problem = within(read_table, path, **bounds)[0]
    assert isinstance(problem, Problem), problem
    return problem


def written(path: Path, content: str | bytes) -> Path:
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


# ---- CSV


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (",".join(f"c{number}" for number in range(1_000_000)), "bytes and more in a line"),
        ("," * 999_000 + "\n1\n", "999,001 列 / columns"),
        ("," * 2_000, "2,001 列 / columns"),
        ("a,b\n1," + "x" * 32_768, "32,768 字 / characters in a cell"),
        ('a,b\n"' + "x\n" * 600_000, "characters and more in a row"),  # the quote is never closed
        ('a,b\n1,"' + "x" * 900_000 + '"\n', "900,000 字 / characters in a cell"),
        ("a,b\r" + "x" * 5_000_000, "bytes and more in a line"),
    ],
    ids=["million columns", "million commas", "one too many", "cell", "quote", "quoted cell", "line"],
)
def test_a_csv_without_end_in_any_direction_is_refused(tmp_path: Path, content: str, told: str) -> None:
    problem = refusal(written(tmp_path / "2024.csv", content), megabytes=256)
    assert problem.rule == "over_limit" and told in problem.text()


def test_a_line_of_a_gigabyte_is_not_read_to_its_end(tmp_path: Path) -> None:
    file = hostile.sparse(tmp_path / "2024.csv", 1 << 30, b"a,b\n1," + b"x" * (8 << 20))
    problem = refusal(file, megabytes=128, seconds=5)
    assert (problem.rule, problem.row) == ("over_limit", 2)


def test_two_gigabytes_of_nothing_are_refused_at_the_first_zero(tmp_path: Path) -> None:
    file = hostile.sparse(tmp_path / "2024.csv", limits.TABLE_BYTES, b"a,b\n")
    assert refusal(file, megabytes=128, seconds=5).rule == "bad_encoding"


def test_rows_without_end_are_counted_and_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "ROWS", 1000)
    for content in ("\n" * 1001, "a,b\n" + "1,2\n" * 1000):
        (problem,) = read_table(written(tmp_path / "2024.csv", content))
        assert isinstance(problem, Problem) and problem.rule == "over_limit"
    assert read_table(written(tmp_path / "2024.csv", "a,b\n" + "1,2\n" * 999)) == [999]
    # A large plain file is DuckDB's to read, and counted all the same.
    monkeypatch.setattr(readers, "_BIG", 1)
    (problem,) = read_table(written(tmp_path / "2024.csv", "a,b\n" + "1,2\n" * 1000))
    assert isinstance(problem, Problem) and problem.rule == "over_limit"


# ---- XLSX


def book(path: Path, content: bytes) -> Path:
    return written(path / "2024.xlsx", content)


def test_the_workbook_without_a_bomb_is_read(tmp_path: Path) -> None:
    assert within(read_table, book(tmp_path, hostile.workbook(FILLED))) == [1]


@pytest.mark.parametrize(
    ("bomb", "rule"),
    [
        (lambda: hostile.with_bomb(hostile.workbook(FILLED), "xl/media/a.bin", 2000), "over_limit"),
        (
            lambda: hostile.with_bomb(hostile.workbook(FILLED), "xl/sharedStrings.xml", 2000, declared=1000),
            "unreadable",
        ),
        (lambda: hostile.workbook(FILLED, **{f"p{number}": b"" for number in range(10_001)}), "over_limit"),
        (lambda: hostile.workbook(hostile.sheet("<c/>" * 21_000_000)), "over_limit"),
        (lambda: hostile.workbook(FILLED, xl__styles_dot_xml="<x>" * 1_000_001), "over_limit"),
    ],
    ids=["unpacks to gigabytes", "says it is small", "parts", "tags", "styles"],
)
def test_a_bomb_in_a_workbook_is_refused_before_it_goes_off(
    tmp_path: Path, bomb: Callable[[], bytes], rule: str
) -> None:
    file = book(tmp_path, bomb())
    assert file.stat().st_size < 3_000_000
    assert refusal(file, megabytes=128, seconds=10).rule == rule


@pytest.mark.parametrize("head", [hostile.LAUGHS, hostile.STEALS, "<!-- -->" * 200_000 + hostile.LAUGHS])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_entities_in_a_workbook_are_refused(tmp_path: Path, head: str, encoding: str) -> None:
    xml = f'<?xml version="1.0" encoding="{encoding}"?>' + hostile.sheet(hostile.cells("&a;", "b", row=1), head)
    problem = refusal(book(tmp_path, hostile.workbook(xml.encode(encoding))))
    assert problem.rule == "xml_entities" and "xl/worksheets/sheet1.xml" in problem.text()


def test_a_workbook_with_macros_under_another_name_is_refused(tmp_path: Path) -> None:
    problem = refusal(book(tmp_path, hostile.workbook(FILLED, xl__vbaProject_dot_bin=b"x")))
    assert problem.rule == "macros" and "xl/vbaProject.bin" in problem.text()


@pytest.mark.parametrize("part", ["xl/macrosheets/sheet1.xml", "XL/MacroSheets/intl.bin", "xl/dialogsheets/sheet1.xml"])
def test_macros_of_the_old_kind_are_refused(tmp_path: Path, part: str) -> None:
    problem = refusal(book(tmp_path, hostile.workbook(FILLED, **{part.replace(".", "_dot_"): b"<x/>"})))
    assert problem.rule == "macros" and part in problem.text()


@pytest.mark.parametrize(
    "kind",
    ["application/vnd.ms-office.vbaProject", "application/vnd.ms-excel.sheet.macroEnabled.main+xml",
     "application/vnd.ms-excel.intlmacrosheet+xml", "application/VND.MS-EXCEL.SHEET.MACROENABLED.MAIN+XML"],
)  # fmt: skip
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_macros_under_any_name_of_their_part_are_refused_by_their_kind(
    tmp_path: Path, kind: str, encoding: str
) -> None:
    file = book(tmp_path, hostile.workbook(FILLED))
    with zipfile.ZipFile(file) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    kinds = parts["[Content_Types].xml"].decode()
    override = f'<Override PartName="/xl/a.bin" ContentType="{kind}"/></Types>'
    parts["[Content_Types].xml"] = kinds.replace("</Types>", override).encode(encoding)
    with zipfile.ZipFile(file, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    problem = refusal(file)
    assert problem.rule == "macros" and "[Content_Types].xml" in problem.text()


@pytest.mark.parametrize(
    ("rows", "rule"),
    [
        (hostile.cells("a", row=1) + hostile.cells(1, row=99_999_999_999), "over_limit"),
        ('<row r="1"><c r="XFD1" t="inlineStr"><is><t>a</t></is></c></row>', "over_limit"),
        ('<row r="1">' + "<c/>" * 100_000 + "</row>", "over_limit"),
        (hostile.cells("x" * 32_768, row=1), "over_limit"),
        (hostile.cells("a", row=1) + hostile.cells(1, row=3) + hostile.cells(2, row=2), "cells_out_of_order"),
        (hostile.cells("a", row=1) + hostile.cells(1, row=1), "cells_out_of_order"),
        ('<row r="1"><c r="B1"><v>1</v></c><c r="A1"><v>2</v></c></row>', "cells_out_of_order"),
    ],
    ids=["row number", "last column", "cells of a row", "cell", "rows back", "row twice", "cells back"],
)
def test_a_sheet_without_end_or_order_is_refused(tmp_path: Path, rows: str, rule: str) -> None:
    assert refusal(book(tmp_path, hostile.workbook(hostile.sheet(rows))), megabytes=256).rule == rule


def test_a_declared_size_of_a_whole_sheet_costs_nothing(tmp_path: Path) -> None:
    data = FILLED.replace("<sheetData>", '<dimension ref="A1:XFD1048576"/><sheetData>')
    assert within(read_table, book(tmp_path, hostile.workbook(data)), megabytes=128, seconds=5) == [1]


def test_a_row_that_was_coloured_to_its_end_is_no_wide_row(tmp_path: Path) -> None:
    coloured = '<row r="1"><c r="A1" t="inlineStr"><is><t>a</t></is></c><c r="XFD1" s="0"/></row>'
    data = hostile.workbook(hostile.sheet(coloured + hostile.cells(1, row=2)))
    assert read_table(book(tmp_path, data)) == [1]


def test_links_to_other_workbooks_are_not_followed(tmp_path: Path) -> None:
    link = f'<externalLink xmlns="{hostile._MAIN}"><externalBook xmlns:r="{hostile._RELATIONS}" r:id="rId1"/></externalLink>'
    data = hostile.workbook(FILLED, xl__externalLinks__externalLink1_dot_xml=link)
    assert read_table(book(tmp_path, data)) == [1]


# ---- Parquet


def parquet(path: Path, query: str) -> Path:
    duckdb.execute(f"copy ({query}) to '{path}' (format parquet, compression zstd)")
    return path


@pytest.mark.parametrize(
    ("query", "told"),
    [
        ("select 1 as a from range(5000001)", "5,000,001 行 / rows"),
        (f"select {', '.join(f'1 as c{number}' for number in range(2001))}", "2,001 列 / columns"),
        ("select repeat('x', 131073) as a from range(50)", "131,073 字节 / bytes in a cell"),
    ],
    ids=["rows", "columns", "cell"],
)
def test_a_parquet_file_that_unpacks_to_masses_is_refused(tmp_path: Path, query: str, told: str) -> None:
    file = parquet(tmp_path / "2024.parquet", query)
    assert file.stat().st_size < 400_000
    problem = refusal(file, megabytes=512)
    assert problem.rule == "over_limit" and told in problem.text()


@pytest.mark.parametrize("heading", ["'; drop table t; --", '"', "a\nb", "[red]", "_row", "c0", "<script>", "{file}"])
def test_a_heading_is_never_code(tmp_path: Path, heading: str) -> None:
    quoted = heading.replace('"', '""')
    file = parquet(tmp_path / "2024.parquet", f"select 'x' as \"{quoted}\", 2 as b")
    with duckdb.connect() as connection:
        table = readers.read(connection, file, "statistics", "raw/2024.parquet")
        assert table.headings == (heading, "b")
        assert [piece.fetchall() for piece in table.pieces] == [[(2, "x", "2")]]


def test_a_cut_or_flipped_parquet_file_is_refused_or_read_and_nothing_else(tmp_path: Path) -> None:
    whole = parquet(tmp_path / "a.parquet", "select i as a, 'x' || i as b from range(500) as t(i)").read_bytes()
    step = len(whole) // 25
    for place in range(0, len(whole), step):
        (problem,) = read_table(written(tmp_path / "2024.parquet", whole[:place]))
        assert isinstance(problem, Problem) and problem.rule == "unreadable"
        flipped = whole[:place] + bytes([whole[place] ^ 0xFF]) + whole[place + 1 :]
        assert len(read_table(written(tmp_path / "2024.parquet", flipped))) == 1


# ---- names of files


@pytest.mark.parametrize(
    "name", ["20*4.csv", "202[45].csv", "202?.csv", "2024'; drop table t; --.csv", "-2024.csv", "2024 a=b.csv"]
)
def test_a_name_is_a_name_and_no_pattern(tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(readers, "_BIG", 1)  # DuckDB is to read it
    written(tmp_path / "2024.csv", "a,b\nother,2\n" * 2)
    with duckdb.connect() as connection:
        file = written(tmp_path / name, "a,b\nmine,2\n")
        pieces = list(readers.read(connection, file, "statistics", name).pieces)
        assert [piece.fetchall() for piece in pieces] == [[(2, "mine", "2")]]
    assert os.listdir(tmp_path)
