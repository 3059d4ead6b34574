"""`zhibiao extract`: a table, CSV, JSON or a page; a broken file stops nothing and is told by the exit code."""

import csv
import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from dagster_project.cli import cli
from dagster_project.extraction.candidate import COLUMNS

TEXT = "嘉兴市教育局2024年工作要点\n一、任务\n新建小学3所,确保巩固率达到98%以上。\n"


@pytest.fixture
def plan(tmp_path: Path) -> Path:
    file = tmp_path / "plan.txt"
    file.write_text(TEXT, encoding="utf-8")
    return file


def run(*arguments: str | Path) -> tuple[int, str, str]:
    result = CliRunner().invoke(cli, ["extract", *map(str, arguments)])
    return result.exit_code, result.stdout, result.stderr


def test_the_csv_has_the_columns_of_the_interface(plan: Path) -> None:
    code, out, _ = run("--format", "csv", plan)
    rows = list(csv.DictReader(out.splitlines()))
    assert code == 0 and list(rows[0]) == list(COLUMNS)
    assert [(r["doc"], r["indicator_zh"], r["value"], r["period"]) for r in rows] == [
        ("plan", "新建小学数", "3", "2024"), ("plan", "巩固率", "98", "2024"),
    ]  # fmt: skip


def test_the_evidence_is_where_it_says(plan: Path) -> None:
    found = json.loads(run("--format", "json", plan)[1])
    for one in found:
        assert TEXT[one["source_start"] : one["source_end"]] == one["evidence"]


def test_the_table_shows_the_targets_and_their_doubts(plan: Path) -> None:
    code, out, _ = run(plan)
    assert code == 0 and "新建小学数" in out and ">= 98" in out


def test_the_page_marks_each_clause_and_obeys_nothing_of_the_text(tmp_path: Path) -> None:
    file = tmp_path / "a&b.txt"
    file.write_text(TEXT + "<script>alert(1)</script>新建中学\u202e5所。\n", encoding="utf-8")
    code, out, _ = run("--format", "html", file)
    assert code == 0 and out.count("<mark") == 3 and "<script" not in out and "&lt;script&gt;" in out
    assert "a&amp;b" in out and "\u202e" not in out


def test_a_broken_file_is_told_and_the_rest_goes_on(plan: Path, tmp_path: Path) -> None:
    broken = tmp_path / "broken.pdf"
    broken.write_bytes(b"%PDF-1.4 nothing")
    code, out, err = run("--format", "csv", broken, tmp_path / "absent.txt", plan)
    assert code == 1 and "新建小学数" in out
    assert "broken.pdf" in err and "absent.txt" in err


def test_the_same_file_gives_the_same_bytes(plan: Path) -> None:
    for form in ("table", "csv", "json", "html"):
        assert run("--format", form, plan) == run("--format", form, plan)
