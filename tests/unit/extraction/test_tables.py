"""Targets in tables: years and units from the heads, stages from group rows, tasks by region."""

from pathlib import Path

from dagster_project.extraction import document
from dagster_project.extraction.candidate import Candidate
from dagster_project.extraction.extract import extract

HEAD = "# 嘉兴市“十四五”教育发展规划\n\n## 一、主要目标\n\n"


def of(tmp_path: Path, table: str) -> list[Candidate]:
    file = tmp_path / "plan.md"
    file.write_text(HEAD + table, encoding="utf-8")
    return extract(document.read(file))


def test_each_target_year_is_a_target_and_the_first_year_its_baseline(tmp_path: Path) -> None:
    found = of(
        tmp_path,
        "| 指标 | 单位 | 2020年 | 2023年 | 2025年 | 属性 |\n|---|---|---|---|---|---|\n"
        "| **义务教育** | | | | | |\n"
        "| 大班额比例 | % | 3.2 | 2以内 | ≤1 | 预期性 |\n"
        "| 在校研究生 | 万人 | 2.6 | — | 4 | 预期性 |\n",
    )
    assert [(c.indicator_zh, c.comparator, c.value, c.unit, c.baseline, c.period) for c in found] == [
        ("义务教育大班额比例", "<=", "2", "%", "3.2", "2023"),
        ("义务教育大班额比例", "<=", "1", "%", "3.2", "2025"),
        ("在校研究生", "=", "4", "万人", "2.6", "2025"),
    ]


def test_tasks_of_regions_with_their_total(tmp_path: Path) -> None:
    found = of(
        tmp_path,
        "| 县（市、区） | 新建公办幼儿园（所） | 新增学位（个） |\n|---|---|---|\n"
        "| 南湖区 | 6 | 3150 |\n| 秀洲区 | — | 900 |\n| 合计 | 6 | 4050 |\n",
    )
    assert [(c.indicator_zh, c.region_zh, c.value, c.comparator) for c in found] == [
        ("新建公办幼儿园数", "南湖区", "6", "add"), ("新增学位数", "南湖区", "3150", "add"),
        ("新增学位数", "秀洲区", "900", "add"),
        ("新建公办幼儿园数", "嘉兴市", "6", "add"), ("新增学位数", "嘉兴市", "4050", "add"),
    ]  # fmt: skip


def test_projects_with_their_sums(tmp_path: Path) -> None:
    found = of(
        tmp_path,
        "| 工程 | 内容 | 投资（亿元） |\n|---|---|---|\n"
        "| 普通高中建设工程 | 新建普通高中6所、实训楼2栋 | 9.5 |\n| 合计 | | 9.5 |\n",
    )
    assert [(c.indicator_zh, c.value, c.unit) for c in found if "总" not in c.indicator_zh] == [
        ("新建普通高中数", "6", "所"), ("新建实训楼数", "2", "栋"), ("普通高中建设工程投资", "9.5", "亿元"),
    ]  # fmt: skip


def test_a_row_may_print_its_deadline(tmp_path: Path) -> None:
    table = (
        "| 序号 | 目标任务 | 牵头单位 | 完成时限 |\n|---|---|---|---|\n| 1 | 新建幼儿园12所 | 基建科 | 2023年11月 |\n"
    )
    assert [(c.value, c.deadline) for c in of(tmp_path, table)] == [("12", "2023-11")]


def test_rows_of_years(tmp_path: Path) -> None:
    table = "| 年份 | 毛入园率（%） |\n|---|---|\n| 2020年 | 97 |\n| 2023年 | 98 |\n| 2025年 | 99 |\n"
    assert [(c.period, c.value) for c in of(tmp_path, table)] == [("2023", "98"), ("2025", "99")]


def test_a_table_of_telephone_numbers_holds_no_target(tmp_path: Path) -> None:
    table = "| 单位 | 电话 | 传真 |\n|---|---|---|\n| 南湖区教育局 | 82812345 | 82812346 |\n| 秀洲区教育局 | 82722222 | 82722223 |\n"
    assert of(tmp_path, table) == []
