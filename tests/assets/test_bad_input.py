"""Bad files dropped into the raw folder of a published province, one refusal a test, through `zhibiao refresh`.

Every refusal is told with file, row, column, value and what to do, in both languages; its rows stand in
quality.quarantine; and the served snapshot stays. What one reader or rule does in detail is tested in tests/unit/.
"""

import re
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pytest
from click.testing import Result

from dagster_project.ingest import sidecar
from tests.conftest import COLUMNS, Site

FILE = "raw/statistics/2021.csv"


@dataclass(frozen=True)
class Told:
    """One problem as quality.quarantine holds it, and words its message must contain besides."""

    rule: str
    words: tuple[str, ...]
    row: int | None = None
    column: str | None = None
    value: str | None = None
    file: str = FILE


def refused(site: Site, *expected: Told) -> Result:
    """Refresh, and find the run refused for exactly these reasons, the served snapshot untouched."""
    before = site.served()
    result = site.run("refresh")
    assert (result.exit_code, type(result.exception)) == (1, SystemExit), result.output
    assert (site.served(), before is None) == (before, False)
    assert (
        "已拒绝，未发布；此前提供的不变 / refused, nothing published; what was served before still is" in result.output
    )
    assert quarantine(site.settings.build) == sorted(
        [(told.file, told.row, told.column, told.rule, told.value) for told in expected], key=str
    )
    for told in expected:
        place = told.file + (f" 第 {told.row} 行 (row {told.row})" if told.row else "")
        pieces = [place, told.column or "", *told.words] + ([f"「{told.value}」"] if told.value is not None else [])
        assert any(all(piece in line for piece in pieces) for line in result.output.splitlines()), result.output
    return result


def quarantine(database: Path) -> list[tuple[object, ...]]:
    with duckdb.connect(str(database), read_only=True) as connection:
        rows = connection.execute(
            "select file, row_no, column_name, rule, value, consequence from quality.quarantine"
        ).fetchall()
    assert {consequence for *_, consequence in rows} <= {"refused"}
    return sorted((row[:-1] for row in rows), key=str)


def rows_of(result: Result, source: str) -> tuple[int, int]:
    """Files and rows that the closing table shows for a source."""
    (line,) = [line for line in result.output.splitlines() if re.search(rf"│ \S+ {source} ", line)]
    files, rows = [cell.strip() for cell in line.split("│")][2:4]
    return int(files), int(rows.replace(",", ""))


def written(site: Site, data: bytes, name: str = "2021.csv") -> Path:
    """A vouched-for statistics file of these bytes."""
    file = site.raw / "statistics" / name
    file.write_bytes(data)
    return site.vouch(file)


# ---- rows


@pytest.mark.parametrize(
    ("row", "told"),
    [
        ({"value": "约100"}, Told("not_a_number", ("不是数字", "只写半角数字", "plain digits"), 2, "value", "约100")),
        (
            {"region_code": "999999"},
            Told("unknown_region", ("核对代码", "raw/local/regions.csv", "check the code"), 2, "region_code", "999999"),
        ),
        (
            {"measure": "enrollment"},
            Told("unknown_measure", ("crosswalk.csv", "中选用", "use a pair of level"), 2, "measure", "enrollment"),
        ),
        (
            {"unit": "万元"},
            Told("unknown_unit", ("该指标不能用这个单位", "units.csv", "use a unit of"), 2, "unit", "万元"),
        ),
        ({"value": "-5"}, Told("negative_value", ("数值为负", "核对原文", "check it against"), 2, "value", "-5")),
        (
            {"value": "10.5"},
            Told("fractional_count", ("不可能有小数", "核对数值与单位", "check value"), 2, "value", "10.5"),
        ),
        (
            {"year": 2020},
            Told("year_not_of_file", ("（2021）", "移到对应年份的文件", "move the row"), 2, "year", "2020"),
        ),
    ],
    ids=lambda part: part.rule if isinstance(part, Told) else "",
)
def test_a_bad_cell_refuses_the_refresh(published: Site, row: dict[str, object], told: Told) -> None:
    published.statistics(2021, row, {"level": "junior"})
    refused(published, told)


def test_every_bad_row_and_every_rule_it_breaks_is_told(published: Site) -> None:
    bad: list[dict[str, object]] = [
        {"value": "[/red]1"},  # what looks like markup is shown, not obeyed
        {"value": ""},
        {"value": "9" * 30},
        {"value": "0.00005", "unit": "万人"},
        {"value": "x", "region_code": "43", "confidence": "B"},
    ]
    published.statistics(2021, {}, *({**row, "source_zh": f"公报{number}"} for number, row in enumerate(bad)))
    refused(
        published,
        Told("not_a_number", ("不是数字",), 3, "value", "[/red]1"),
        Told("required", ("不得为空", "填写该单元格", "must not be empty", "fill the cell"), 4, "value", ""),
        Told("out_of_range", ("超出范围", "is out of range", "check value and unit"), 5, "value", "9" * 30),
        Told("fractional_count", ("换算后不是整数", "after conversion"), 6, "value", "0.00005"),
        Told("not_a_number", ("不是数字",), 7, "value", "x"),
        Told("bad_form", (r"格式应为 \d{6}", r"the form is \d{6}"), 7, "region_code", "43"),
        Told("unknown_region", ("核对代码",), 7, "region_code", "43"),
        Told("not_in_list", ("改为其中之一：A, D", "use one of: A, D"), 7, "confidence", "B"),
    )


def test_a_share_above_100_is_refused_where_a_gross_rate_above_100_is_not(published: Site) -> None:
    share = {"level": "preschool", "measure": "enrolment_inclusive_share", "unit": "%"}
    published.statistics(
        2021,
        {**share, "measure": "gross_enrolment_rate", "value": "109.2"},
        {**share, "value": "101"},
        {**share, "value": "100", "source_zh": "另一公报"},
        {**share, "value": "1010", "unit": "‰", "source_zh": "第三公报"},
    )
    words = ("超过该占比指标的上限 100", "核对数值与单位", "exceeds 100", "check value and unit")
    refused(
        published, Told("above_bound", words, 3, "value", "101"), Told("above_bound", words, 5, "value", "1010")
    )  # fmt: skip


def test_a_year_after_the_as_of_date_is_refused(published: Site) -> None:
    published.statistics(2027, {})
    words = ("年份晚于基准日期所在年（2026）", "核对年份", "check the year")
    refused(published, Told("future_year", words, 2, "year", "2027", "raw/statistics/2027.csv"))


def test_a_repeated_key_is_told_for_each_row_in_whichever_file_it_stands(published: Site) -> None:
    published.statistics(2021, {"level": "junior"}, {"value": "100"})
    published.statistics(2021, {"value": "101"}, name="2021-补充")
    words = ("键：region_code, year, level, measure, source_zh", "只保留一行", "keep one of them")
    refused(
        published,
        Told("duplicate_key", words, 3, "source_zh", "测试公报"),
        Told("duplicate_key", words, 2, "source_zh", "测试公报", "raw/statistics/2021-补充.csv"),
    )


def test_the_row_is_the_one_a_spreadsheet_shows(published: Site) -> None:
    good = '100000,全国,2021,{},enrolment,"在校\n生数",{},人,公报,机构,A,\n'
    lines = [",".join(COLUMNS), "\n\n", good.format("primary", "1"), ",,,,,,,,,,,\n", good.format("junior", "多")]
    written(published, "".join(lines).encode())
    refused(published, Told("not_a_number", ("不是数字",), 5, "value", "多"))


# ---- files


_GOOD = f"{','.join(COLUMNS)}\n100000,全国,2021,primary,enrolment,在校生数,1,人,公报,机构,A,\n"


@pytest.mark.parametrize(
    ("data", "name", "told"),
    [
        (
            _GOOD.encode("utf-16"),
            "2021.csv",
            Told("bad_encoding", ("NUL, byte", "用 UTF-8 编码另存", "save it as UTF-8")),
        ),
        (
            _GOOD.encode().replace("公报".encode(), b"\xff\xfe"),
            "2021.csv",
            Told("bad_encoding", ("既不是 UTF-8 也不是 GB18030", "line 2", "用 UTF-8 编码另存", "save it as UTF-8")),
        ),
        (
            _GOOD.replace(",A,\n", ",A\n").encode(),
            "2021.csv",
            Told("ragged_row", ("本行有 11 个字段，表头有 12 个", "逗号与引号", "commas and quotes"), 2),
        ),
        (
            _GOOD.replace("measure_zh", "measure").encode(),
            "2021.csv",
            Told("repeated_column", ("不止一次", "只保留一列", "keep one"), None, "measure"),
        ),
        (
            _GOOD.replace("note", "remarks").encode(),
            "2021.csv",
            Told("unknown_column", ("多出列 remarks", "删除该列", "remove it", "note"), None, "remarks"),
        ),
        (
            _GOOD.replace("note", "").replace("unit,", "").replace("人,", "").replace("A,\n", "A,\n").encode(),
            "2021.csv",
            Told("missing_column", ("缺少列 unit（单位）", "补上该列", "add it", "region_zh, year"), None, "unit"),
        ),
        (b"", "2021.csv", Told("no_rows", ("没有数据行", "填入数据或移走", "fill it or take it away"))),
        (_GOOD.splitlines()[0].encode(), "2021.csv", Told("no_rows", ("没有数据行", "填入数据或移走", "fill it"))),
        (
            b"no zip",
            "2021.xlsx",
            Told("unreadable", ("BadZipFile", "重新导出", "export the file"), file="raw/statistics/2021.xlsx"),
        ),
        (
            b"%PDF-1.7",
            "2021.pdf",
            Told("unsupported_file", ("文件类型 .pdf", "另存为", "save it as"), file="raw/statistics/2021.pdf"),
        ),
        (
            _GOOD.encode(),
            "全国2021.csv",
            Told("bad_file_name", ("四位年份开头", "改名", "rename"), file="raw/statistics/全国2021.csv"),
        ),
    ],
    ids=lambda part: part.rule if isinstance(part, Told) else "",
)
def test_a_file_of_bad_shape_refuses_the_refresh(published: Site, data: bytes, name: str, told: Told) -> None:
    written(published, data, name)
    refused(published, told)


def test_a_file_nobody_vouches_for_is_refused(published: Site) -> None:
    sidecar.path_of(published.statistics(2021, {})).unlink()
    words = ("缺少来源说明 2021.csv.source.yml", f"运行 zhibiao add {FILE}", f"run: zhibiao add {FILE}")
    refused(published, Told("no_sidecar", words))


def test_bytes_changed_after_they_were_vouched_for_are_refused(published: Site) -> None:
    file = published.statistics(2021, {"value": "100"})
    file.write_bytes(file.read_bytes().replace(b",100,", b",900,"))
    words = ("与来源说明中的 sha256 不符", f"zhibiao add {FILE}", "no longer match", "check where the file came from")
    refused(published, Told("hash_mismatch", words))


@pytest.mark.parametrize(
    ("content", "found"),
    [
        (b"title: [", "expected"),
        (b"\xff", "utf-8"),
        (b"title: x\n", "confidence, issuer, read_from, retrieved, sha256"),
    ],
)
def test_a_sidecar_that_cannot_be_used_is_refused(published: Site, content: bytes, found: str) -> None:
    sidecar.path_of(published.statistics(2021, {})).write_bytes(content)
    words = (found, "修正 2021.csv.source.yml", "mend 2021.csv.source.yml", f"zhibiao add {FILE}")
    refused(published, Told("bad_sidecar", words))


def test_reference_data_that_is_gone_is_missed(published: Site) -> None:
    (published.raw / "reference" / "units.csv").unlink()
    words = ("缺少文件", "恢复该文件", "restore it")
    refused(published, Told("missing_file", words, file="raw/reference/units.csv"))


def test_a_unit_that_the_models_cannot_convert_exactly_is_refused(published: Site) -> None:
    units = [{"unit": "‱", "base_unit": "%", "factor": "0.01"}, {"unit": "千人", "base_unit": "人", "factor": "1000"}]
    published.table("local/units.csv", ("unit", "base_unit", "factor"), units)
    words = ("最多一位小数", "换用另一个基本单位", "at most one decimal", "choose another base unit")
    refused(published, Told("factor_not_usable", words, 2, "factor", "0.01", "raw/local/units.csv"))


# ---- many files


def test_all_bad_files_are_told_in_one_run_and_good_ones_with_their_rows(published: Site) -> None:
    published.statistics(2014, {}, {"level": "junior"})
    published.statistics(2015, {}, {"level": "junior", "value": "x"})
    written(published, b"", "2016.csv")
    written(published, b"no zip", "2017.xlsx")
    sidecar.path_of(published.statistics(2021, {})).unlink()
    regions = published.raw / "reference" / "regions.csv"
    regions.write_bytes(regions.read_bytes() + b"\n")
    result = refused(
        published,
        Told("not_a_number", (), 3, "value", "x", "raw/statistics/2015.csv"),
        Told("no_rows", (), file="raw/statistics/2016.csv"),
        Told("unreadable", (), file="raw/statistics/2017.xlsx"),
        Told("no_sidecar", ()),
        Told("hash_mismatch", (), file="raw/reference/regions.csv"),
    )
    # 2014 and 2015 could be read; no row is called an unknown region because the table of regions could not.
    with duckdb.connect(str(published.settings.served), read_only=True) as connection:
        ((files, rows),) = connection.execute(
            "select count(*), sum(row_count) from meta.input_file where source = 'statistics'"
        ).fetchall()
    assert rows_of(result, "statistics") == (files + 2, rows + 4)
    units = (published.raw / "reference" / "units.csv").read_text(encoding="utf-8").splitlines()
    assert rows_of(result, "units") == (1, len(units) - 1)


def test_what_other_programs_leave_behind_is_neither_read_nor_refused(published: Site) -> None:
    names = ["~$2021.xlsx", "2021.csv.tmp", "2021.csv.part", "2021.csv.crdownload", "Thumbs.db", ".DS_Store"]
    for name in [*names, ".old/2021.csv"]:
        file = published.raw / "statistics" / name
        file.parent.mkdir(exist_ok=True)
        file.write_bytes(b"half a fi")
    result = published.run("refresh")
    assert result.exit_code == 0, result.output
    # Either nothing changed, or something else did.
    assert "输入有变化 / inputs changed" not in result.output
    assert "没有来源读取此文件" not in result.output


def test_a_file_that_no_source_reads_is_named_and_refuses_nothing(published: Site) -> None:
    for name in ("notes.txt", "old/statistics/2018.csv"):
        file = published.raw / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes((published.raw / "statistics" / "2018.csv").read_bytes())
    result = published.run("refresh")
    assert result.exit_code == 0, result.output
    for name in ("raw/notes.txt", "raw/old/statistics/2018.csv"):
        assert f"{name}: 没有来源读取此文件 / no source reads this file" in result.output


def test_a_mended_file_is_published_by_the_next_refresh(published: Site) -> None:
    before = published.served()
    published.statistics(2021, {"value": "一百"})
    refused(published, Told("not_a_number", (), 2, "value", "一百"))
    published.statistics(2021, {"value": "100"})
    result = published.run("refresh")
    assert result.exit_code == 0, result.output
    assert published.served() not in (before, None)
    assert quarantine(published.settings.served) == []


def test_a_figure_file_that_is_gone_while_its_sidecar_stands_is_missed(published: Site) -> None:
    (published.raw / "statistics" / "2018.csv").unlink()
    refused(published, Told("missing_file", ("连同来源说明", "its sidecar"), file="raw/statistics/2018.csv"))


def test_a_code_is_refused_for_a_year_in_which_it_was_not_in_force(published: Site) -> None:
    # 莱芜市 ended with 2018.
    published.statistics(2021, {"region_code": "371200", "region_zh": "莱芜市"})
    refused(
        published,
        Told(
            "region_not_in_force", ("当年有效的代码", "the code in force"), row=2, column="region_code", value="371200"
        ),
    )


def test_a_linked_folder_is_named_and_not_followed(published: Site, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "2021.csv").write_text("nonsense", encoding="utf-8")
    (published.raw / "statistics" / "more").symlink_to(elsewhere)
    result = published.run("refresh", "--full")
    assert result.exit_code == 0, result.output
    assert "raw/statistics/more: 没有来源读取此文件" in result.output
