"""What `zhibiao map` proposes of headings it has not seen, and above all what it leaves to a person; and that its mapping
and the empty workbooks of `zhibiao template` can be loaded as they are.
"""

import re
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb
import openpyxl
import pytest
import yaml

from dagster_project import build_file
from dagster_project.ingest import template
from dagster_project.ingest.contract import load_contracts
from dagster_project.ingest.load import Outcome, load
from dagster_project.ingest.mapping_proposal import Proposal, propose
from dagster_project.settings import ROOT
from tests.conftest import Site

CONTRACTS = load_contracts()
SCHOOLS = CONTRACTS["schools"]


def proposed(folder: Path, *lines: str, name: str = "2024.csv") -> Proposal:
    (folder / name).write_text("\n".join(lines) + "\n", encoding="utf-8")
    return propose(folder / name, SCHOOLS)


def placed(proposal: Proposal) -> dict[str, Any]:
    return {line.heading: line.column for line in proposal.lines}


def recipe(proposal: Proposal, heading: str) -> Any:
    return next(line.recipe for line in proposal.lines if line.heading == heading)


@pytest.mark.parametrize(
    ("heading", "column"),
    [
        ("pupils", "pupils"),
        ("Pupils ", "pupils"),
        ("在校生数", "pupils"),
        ("在校学生数", "pupils"),
        ("enrolment", "pupils"),
        ("county_code", "region_code"),
        ("ft_teachers", "teachers_fulltime"),
        ("t_bachelor", "teachers_bachelor"),
        ("占地面积（平方米）", "land_area_sqm"),
        ("占地面积", "land_area_sqm"),
        ("land_area", "land_area_sqm"),
        ("学校(机构)标识码", "school_id"),
        ("classes_le25", "classes_le_25"),
        ("36-45人班数", "classes_36_45"),
        ("66人及以上班数", "classes_66_plus"),
        ("一年级学生数", "pupils_grade_1"),
        # What is only like a column, or means another thing.
        ("女生人数占比", None),
        ("男生数", None),
        ("ft_teachers_female", None),
        ("transfers_in", None),
        ("二十年级学生数", None),
        ("classes_26_35", None),
        ("46至55人班数", None),
        ("25人以下班数", None),
        ("占地面积(亩)地", None),
        ("图书册数(本)", None),
    ],
)
def test_a_heading_is_placed_by_meaning_or_not_at_all(tmp_path: Path, heading: str, column: str | None) -> None:
    assert placed(proposed(tmp_path, f"{heading},x", "1,2"))[heading.strip()] == column


def test_bands_that_are_coarser_than_ours_are_left_with_the_reason(tmp_path: Path) -> None:
    proposal = proposed(tmp_path, "classes_26_35,x", "1,2")
    (why,) = [line.why for line in proposal.unplaced if line.heading == "classes_26_35"]
    assert "classes_26_30" in why and "classes_31_35" in why and "cannot be divided" in why


@pytest.mark.parametrize(
    ("heading", "times"),
    [
        ("教学仪器设备值(万元)", 10000),
        ("教学仪器设备值（亿元）", 100000000),
        ("占地面积（亩）", 666.6667),
        ("图书册数（万册）", 10000),
    ],
)
def test_a_unit_is_converted(tmp_path: Path, heading: str, times: float) -> None:
    assert recipe(proposed(tmp_path, f"{heading},x", "1,2"), heading) == {"from": heading, "times": times}


def test_a_unit_of_another_kind_is_told(tmp_path: Path) -> None:
    (line,) = [line for line in proposed(tmp_path, "占地面积(万元),x", "1,2").unplaced if line.heading != "x"]
    assert "万元" in line.why and "land_area_sqm" in line.why


def test_values_are_renamed_and_those_not_known_are_told(tmp_path: Path) -> None:
    proposal = proposed(
        tmp_path,
        "办学类型,城乡类型,是否寄宿制,举办性质",
        "九年一贯制学校,乡村,是,public",
        "小学,rural,否,public",
        "少年宫,town,yes,public",
    )
    assert recipe(proposal, "办学类型")["values"] == {"九年一贯制学校": "nine_year", "小学": "primary"}
    assert recipe(proposal, "城乡类型")["values"] == {"乡村": "village", "rural": "village"}
    assert recipe(proposal, "是否寄宿制")["values"] == {"是": "yes", "否": "no"}
    assert recipe(proposal, "举办性质") == "举办性质"
    assert [line.heading for line in proposal.lines if "少年宫" in line.why] == ["办学类型"]


def test_two_headings_of_one_meaning_are_not_both_taken(tmp_path: Path) -> None:
    proposal = proposed(tmp_path, "在校生数,enrolment", "1,2")
    assert placed(proposal) == {"在校生数": "pupils", "enrolment": None}
    assert "在校生数" in proposal.unplaced[0].why


def test_the_header_is_found_below_a_title_and_joined(tmp_path: Path) -> None:
    proposal = proposed(
        tmp_path,
        "某县2024年学校基本情况表,,,,",
        "基本情况,,在校生数,,专任教师",
        "学校名称,学校代码,合计,其中女,",
        "一小,44001,100,48,6",
    )
    assert (proposal.skip_rows, proposal.header_rows) == (1, 2)
    assert placed(proposal) == {
        "基本情况/学校名称": "name_zh",
        "基本情况/学校代码": "school_id",
        "在校生数/合计": "pupils",
        "在校生数/其中女": "pupils_female",
        "专任教师": "teachers_fulltime",
    }


def test_what_is_required_and_nowhere_is_told_and_the_year_is_taken_from_the_name(tmp_path: Path) -> None:
    proposal = proposed(tmp_path, "school_id,kind", "A1,primary")
    assert [column.name for column in proposal.missing] == ["region_code", "ownership", "area_type"]
    assert proposal.constants == {"year": "{year}"}
    unnamed = proposed(tmp_path, "school_id,kind", "A1,primary", name="schools.csv")
    assert "year" in [column.name for column in unnamed.missing]


def test_what_was_not_placed_stands_in_the_mapping_as_a_remark_and_is_not_ignored_unasked(tmp_path: Path) -> None:
    proposal = proposed(tmp_path, "enrolment,dorm_area", "1,2")
    text = proposal.yaml()
    assert "#   dorm_area: " in text and "ignore" not in yaml.safe_load(text)
    assert yaml.safe_load(proposal.yaml(ignore_rest=True))["ignore"] == ["dorm_area"]


# ---- what is written can be loaded


@pytest.fixture(scope="module")
def connection(tmp_path_factory: pytest.TempPathFactory) -> Any:
    path = tmp_path_factory.mktemp("build") / "build.duckdb"
    build_file.start(path)
    with build_file.writing(path) as opened:
        yield opened


def loaded(connection: duckdb.DuckDBPyConnection, site: Site, source: str) -> Outcome:
    contracts = {name: CONTRACTS[name] for name in ("regions", source)}
    report = load(connection, site.settings, datetime(2026, 1, 31), contracts=contracts)
    assert report.problems == []
    return report.sources[source].outcome


RECEIVED = """school_id,county_code,level,ownership,area_type,enrolment,enrolment_female,equipment_value(万元),dorm_area
1,441802,primary,public,rural,120,58,1.25,0
2,441802,kindergarten,private_inclusive,urban,90,44,,
"""


def test_a_proposed_mapping_loads_the_file_it_was_proposed_for(
    connection: duckdb.DuckDBPyConnection, site: Site
) -> None:
    file = site.raw / "schools" / "2024.csv"
    file.parent.mkdir()
    file.write_text(RECEIVED, encoding="utf-8")
    site.vouch(file)
    said = site.run("map", str(file), "--write", "--ignore-rest")
    assert said.exit_code == 0, said.output
    assert "dorm_area" in said.output and "2024.csv.mapping.yml" in said.output
    assert loaded(connection, site, "schools") is Outcome.ALL_VALID
    assert connection.execute(
        """select year, school_id, region_code, kind, area_type, pupils, pupils_female, equipment_value_yuan
        from raw.schools order by _row"""
    ).fetchall() == [
        ("2024", "1", "441802", "primary", "village", "120", "58", "12500"),
        ("2024", "2", "441802", "kindergarten", "urban", "90", "44", ""),
    ]
    again = site.run("map", str(file), "--write")
    assert again.exit_code == 2 and "2024.csv.mapping.yml" in again.output


@pytest.mark.parametrize("source", ["schools", "county_facts", "condition_judgements"])
def test_an_empty_workbook_has_the_columns_of_its_contract_and_explains_them(tmp_path: Path, source: str) -> None:
    contract = CONTRACTS[source]
    template.write(contract, tmp_path / "t.xlsx")
    book = openpyxl.load_workbook(tmp_path / "t.xlsx")
    data, notes = book["数据"], book["说明"]
    assert [cell.value for cell in data[1]] == [column.zh for column in contract.columns]
    assert data.freeze_panes == "A2" and all(cell.font.bold for cell in data[1])
    lists = {str(offered.sqref).split(":")[0]: offered.formula1 for offered in data.data_validations.dataValidation}
    for number, column in enumerate(contract.columns, start=1):
        if column.allowed:
            assert lists[data.cell(2, number).coordinate] == f'"{",".join(column.allowed)}"'
    assert all(len(formula) <= 257 for formula in lists.values())  # what a spreadsheet can hold, quotes aside
    assert [row[0].value for row in notes.iter_rows(min_row=2)] == [column.name for column in contract.columns]
    required = [row[0].value for row in notes.iter_rows(min_row=2) if row[4].value]
    assert required == [column.name for column in contract.columns if column.required]


def test_a_filled_workbook_is_loaded_from_its_data_sheet_only(
    connection: duckdb.DuckDBPyConnection, site: Site
) -> None:
    (site.raw / "schools").mkdir()
    file = site.raw / "schools" / "2024.xlsx"
    assert site.run("template", "schools", str(file)).exit_code == 0
    book = openpyxl.load_workbook(file)
    row = {"年份": "2024", "地区代码": "441802", "学校标识码": "0007", "办学类型": "primary", "举办性质": "public",
           "城乡类型": "town", "在校生数": 60, "占地面积(平方米)": 812.5}  # fmt: skip
    headings = [cell.value for cell in book["数据"][1]]
    for heading, value in row.items():
        book["数据"].cell(2, headings.index(heading) + 1).value = value  # type: ignore[assignment]
    book.save(file)
    site.vouch(file)
    assert loaded(connection, site, "schools") is Outcome.ALL_VALID
    assert connection.execute("select school_id, pupils, land_area_sqm, books, _row from raw.schools").fetchall() == [
        ("0007", "60", "812.5", "", 2)
    ]


def test_a_workbook_is_never_written_over_another(site: Site) -> None:
    file = site.raw / "facts.xlsx"
    file.write_bytes(b"mine")
    said = site.run("template", "county_facts", str(file))
    assert said.exit_code == 2 and file.read_bytes() == b"mine"


@pytest.mark.parametrize(
    "command", [["template", "school"], ["map", "none.csv"], ["map", "x.csv", "--source", "school"]]
)
def test_a_name_that_is_none_is_told(site: Site, command: list[str]) -> None:
    said = site.run(*command)
    assert said.exit_code == 2 and ("school" in said.output or "none.csv" in said.output)


def test_the_example_of_the_readme_is_what_is_proposed_and_is_loaded(
    connection: duckdb.DuckDBPyConnection, site: Site
) -> None:
    received, mapping = (
        re.search(rf"```{kind}\n({start}.*?)```", (ROOT / "README.md").read_text(encoding="utf-8"), re.DOTALL)
        for kind, start in (("text", "school_code"), ("yaml", "columns:"))
    )
    assert received and mapping
    file = site.raw / "schools" / "2024.csv"
    file.parent.mkdir()
    file.write_text(received[1], encoding="utf-8")
    site.vouch(file)
    proposal = propose(file, SCHOOLS)
    assert [line.heading for line in proposal.unplaced] == ["序号"]
    assert yaml.safe_load(proposal.yaml(ignore_rest=True)) == yaml.safe_load(mapping[1])
    file.with_name("2024.csv.mapping.yml").write_text(mapping[1], encoding="utf-8")
    assert loaded(connection, site, "schools") is Outcome.ALL_VALID
    assert connection.execute("select year, kind, equipment_value_yuan from raw.schools").fetchall() == [
        ("2024", "primary", "416000")
    ]
