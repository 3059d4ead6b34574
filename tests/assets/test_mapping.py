"""Mapping files: other headings and values in the contract's words, what is told of one that cannot be used, and that
a load says which one it used.
"""

from pathlib import Path
from typing import Any

import openpyxl
import pytest

from dagster_project import fingerprint, sensors
from dagster_project.ingest import files
from dagster_project.ingest.load import Outcome
from tests.assets.conftest import Bench
from tests.conftest import Site

COLUMNS: list[dict[str, Any]] = [
    {"name": "year", "zh": "年份", "en": "year", "type": "year", "required": True},
    {"name": "code", "zh": "学校代码", "en": "code", "required": True},
    {"name": "kind", "zh": "类型", "en": "kind", "allowed": ["primary", "nine_year"]},
    {"name": "pupils", "zh": "学生数", "en": "pupils", "type": "integer"},
    {"name": "equipment_yuan", "zh": "设备值", "en": "equipment", "type": "number"},
    {"name": "boarding", "zh": "寄宿", "en": "boarding", "allowed": ["yes", "no"]},
]
SCHOOLS: dict[str, Any] = {
    "source": "schools", "title_zh": "学校", "title_en": "Schools", "group": "schools", "files": ["schools/*"],
    "key": ["year", "code"], "by_year": True, "partial": "refuse", "columns": COLUMNS,
}  # fmt: skip
RECEIVED = (
    "编码,类别,男生,女生,设备值(万元),寄宿制,序号\nA1,九年一贯制学校,30,25,1.5,是,1\nA2,primary,,20,0.00005,否,2\n"
)
MAPPING = """
columns:
  year: {value: '{year}'}
  code: 编码
  kind: {from: 类别, values: {九年一贯制学校: nine_year}}
  pupils: {sum: [男生, 女生]}
  equipment_yuan: {from: 设备值(万元), times: 10000}
  boarding: {from: 寄宿制, values: {是: yes, 否: no}}
ignore: [序号]
"""


@pytest.fixture
def mapped(bench: Bench) -> Bench:
    """A bench with the received file of 2024."""
    bench.contracts = [SCHOOLS]
    bench.put("schools/2024.csv", RECEIVED)
    return bench


def write(bench: Bench, content: str, name: str = "2024.csv.mapping.yml") -> Path:
    file = bench.folder / "raw" / "schools" / name
    file.write_text(content, encoding="utf-8")
    return file


LOADED = [("2024", "A1", "nine_year", "55", "15000", "yes", 2), ("2024", "A2", "primary", "", "0.5", "no", 3)]
SCHOOL_ROWS = "select year, code, kind, pupils, equipment_yuan, boarding, _row from raw.schools order by _row"


@pytest.mark.parametrize("name", ["2024.csv.mapping.yml", "mapping.yml"])
def test_a_mapping_puts_a_received_file_into_the_words_of_the_contract(mapped: Bench, name: str) -> None:
    write(mapped, MAPPING, name)
    before = (mapped.folder / "raw/schools/2024.csv").read_bytes()
    assert mapped.outcome() is Outcome.ALL_VALID
    assert mapped.rows(SCHOOL_ROWS) == LOADED
    assert mapped.rows("select file, mapping from meta.input_file") == [("raw/schools/2024.csv", f"raw/schools/{name}")]
    assert (mapped.folder / "raw/schools/2024.csv").read_bytes() == before


def test_a_mapping_of_the_file_goes_before_that_of_the_folder(mapped: Bench) -> None:
    write(mapped, "columns: {code: 序号}", "mapping.yml")
    write(mapped, MAPPING)
    mapped.load()
    assert mapped.rows(SCHOOL_ROWS) == LOADED


def test_without_a_mapping_a_file_says_so(mapped: Bench) -> None:
    mapped.contracts = [SCHOOLS]
    assert {problem.rule for problem in mapped.load().problems} == {"missing_column", "unknown_column"}
    assert mapped.rows("select * from raw.schools") == mapped.rows("select * from meta.input_file") == []


def test_the_same_mapping_serves_a_workbook_with_a_merged_header(bench: Bench) -> None:
    bench.contracts = [SCHOOLS]
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    for line in (["2024年报表"], ["编码", "学生", None, "类别"], [None, "男", "女", None], ["A1", 30, 25, "primary"]):
        sheet.append(line)
    sheet.merge_cells("B2:C2")
    sheet.merge_cells("A2:A3")
    (bench.folder / "raw/schools").mkdir()
    book.save(bench.folder / "raw/schools/2024.xlsx")
    bench.vouch(bench.folder / "raw/schools/2024.xlsx")
    write(
        bench,
        "skip_rows: 1\nheader_rows: 2\nseparator: ·\ncolumns:\n  year: {value: '{year}'}\n  code: 编码\n"
        "  kind: 类别\n  pupils: {sum: [学生·男, 学生·女]}\n",
        "2024.xlsx.mapping.yml",
    )
    assert bench.outcome() is Outcome.ALL_VALID
    assert bench.rows(SCHOOL_ROWS) == [("2024", "A1", "primary", "55", "", "", 4)]


@pytest.mark.parametrize(
    ("row", "column", "value"),
    [
        ("A1,primary,30,约25,1,是,1", "pupils", "30 + 约25"),
        ("A1,primary,30,25,1.5万,是,1", "equipment_yuan", "1.5万"),
        ("A1,primary,30,25,nan,是,1", "equipment_yuan", "nan"),
        (f"A1,primary,30,25,{'9' * 19},是,1", "equipment_yuan", f"{'9' * 19} × 10000"),
        ("A1,小学,30,25,1,是,1", "kind", "小学"),
        ("A1,primary,0.5,0,1,是,1", "pupils", "0.5"),
        ("A1,primary,30,25,1,yes',1", "boarding", "yes'"),
    ],
)
def test_a_hostile_cell_stays_what_it_is_and_is_refused(bench: Bench, row: str, column: str, value: str) -> None:
    bench.contracts = [SCHOOLS]
    bench.put("schools/2024.csv", RECEIVED.splitlines()[0] + f"\n{row}\nA2,primary,1,1,1,是,2\n")
    write(bench, MAPPING)
    assert bench.outcome() is Outcome.SOME_INVALID_REFUSED
    assert [(found[1], found[3]) for found in bench.quarantine] == [(column, value)]


def test_numbers_are_multiplied_and_added_without_loss(bench: Bench) -> None:
    bench.contracts = [SCHOOLS]
    cells = [
        ("0.1", "1000"),
        ("12", "120000"),
        ("-0.07", "-700"),
        ("1234567890.12345678", "12345678901234.5678"),
        ("", ""),
    ]
    lines = "".join(f"A{number},{cell}\n" for number, (cell, _) in enumerate(cells))
    bench.put("schools/2024.csv", f"code,万元\n{lines}")
    write(bench, "columns: {year: {value: '2024'}, equipment_yuan: {from: 万元, times: 10000}}")
    bench.load()
    assert bench.rows("select equipment_yuan from raw.schools order by _row") == [(shown,) for _, shown in cells]


@pytest.mark.parametrize(
    ("changed", "rule", "column", "told"),
    [
        (
            ("男生, 女生", "男生, 女生, 女"),
            "mapping_without_heading",
            "pupils",
            ["「女」", "编码, 类别, 男生", "2024.csv.mapping.yml"],
        ),
        (("ignore: [序号]", ""), "unmapped_column", "序号", ["ignore", "zhibiao map raw/schools/2024.csv"]),
        (("code: 编码", "coed: 编码"), "bad_mapping", "coed", ["2024.csv.mapping.yml", "no such column"]),
        (("code: 编码", "code: {form: 编码}"), "bad_mapping", "code", ["form", "from, sum, times"]),
        (("code: 编码", "code: []"), "bad_mapping", "code", ["from, sum"]),
        (("code: 编码", "code: {from: 编码, value: A}"), "bad_mapping", "code", ["exactly one"]),
        (("times: 10000", "times: 万"), "bad_mapping", "equipment_yuan", ["a positive number"]),
        (("times: 10000", "times: 0"), "bad_mapping", "equipment_yuan", ["a positive number"]),
        (("times: 10000", "times: -1"), "bad_mapping", "equipment_yuan", ["a positive number"]),
        (("{sum: [男生, 女生]}", "{sum: 男生}"), "bad_mapping", "pupils", ["a list of headings"]),
        (("{九年一贯制学校: nine_year}", "[九年一贯制学校]"), "bad_mapping", "kind", ["a mapping of values"]),
        (("columns:", "header_rows: two\ncolumns:"), "bad_mapping", "header_rows", ["a whole number from 1"]),
        (("columns:", "header_rows: 0\ncolumns:"), "bad_mapping", "header_rows", ["a whole number from 1"]),
        (("columns:", "colums: {}\ncolumns:"), "bad_mapping", "colums", ["no such entry"]),
        (("ignore: [序号]", "ignore: 序号"), "bad_mapping", "ignore", ["a list of headings"]),
        (("ignore: [序号]", "ignore: [序号"), "bad_mapping", None, ["line"]),
    ],
)
def test_a_mapping_that_cannot_be_used_is_told_by_file_and_entry(
    mapped: Bench, changed: tuple[str, str], rule: str, column: str | None, told: list[str]
) -> None:
    assert changed[0] in MAPPING
    write(mapped, MAPPING.replace(*changed))
    report = mapped.load()
    (problem,) = [problem for problem in report.problems if problem.rule != "missing_column"]
    assert (problem.rule, problem.column, problem.file) == (rule, column, "raw/schools/2024.csv")
    assert [words for words in told if words not in problem.text()] == []
    assert report.refused


def test_a_column_that_is_there_is_not_made_a_second_time(bench: Bench) -> None:
    bench.contracts = [SCHOOLS]
    bench.put("schools/2024.csv", "year,code,学生数,在校\n2024,A1,10,11\n")
    write(bench, "columns: {pupils: 在校}")
    (problem,) = bench.load().problems
    assert (problem.rule, problem.column) == ("column_made_twice", "学生数")


@pytest.mark.parametrize("name", ["2024.csv.mapping.yml", "mapping.yml"])
def test_a_mapping_is_no_input_of_its_own_but_changes_what_is_made_of_one(site: Site, name: str) -> None:
    site.table("schools/2024.csv", ["a"], [{"a": 1}])
    inputs, state = fingerprint.of_inputs(site.raw), sensors.state(site.settings)
    found = files.inputs(site.raw)
    file = site.raw / "schools" / name
    seen = set()
    for content in ("columns: {}", "columns: {code: a}"):
        file.write_text(content)
        assert files.inputs(site.raw) == found
        seen |= {fingerprint.of_inputs(site.raw), sensors.state(site.settings)}
    assert len(seen | {inputs, state}) == 6
