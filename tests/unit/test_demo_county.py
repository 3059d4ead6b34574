"""`zhibiao demo-county`: what it writes, that a seed decides every byte, and that what belongs to others stays."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest
import yaml

from dagster_project.demo.county import counties
from dagster_project.demo.schools import records
from dagster_project.ingest import files
from tests.conftest import Site

ORDINARY = next(county for county in counties(60) if county.key == "ordinary")


def _write(site: Site, *arguments: str) -> str:
    result = site.run("demo-county", "--schools", "60", "--years", "2021-2024", *arguments)
    assert result.exit_code == 0, result.output
    return result.output


def _bytes(raw: Path) -> dict[str, bytes]:
    made = (path for folder in ("schools", "county_facts", "local") for path in (raw / folder).iterdir())
    return {str(path.relative_to(raw)): path.read_bytes() for path in made}


def _rows(path: Path) -> list[dict[str, Any]]:
    found = duckdb.sql(f"from '{path}'")
    return [dict(zip(found.columns, cells, strict=True)) for cells in found.fetchall()]


@pytest.fixture(scope="module")
def ordinary() -> Iterator[dict[int, dict[str, dict[str, Any]]]]:
    """Rows of the ordinary county by year and school."""
    yield {year: {row["school_id"]: row for row in rows} for year, rows in records(ORDINARY, 2013, 2024, seed=1)}


def test_a_seed_decides_every_byte(site: Site, tmp_path: Path) -> None:
    _write(site)
    again = Site(tmp_path / "again", site.home)
    _write(again)
    assert _bytes(site.raw) == _bytes(again.raw)
    _write(again, "--seed", "2")
    assert _bytes(site.raw)["schools/2021.parquet"] != _bytes(again.raw)["schools/2021.parquet"]


def test_files_say_what_they_are_and_are_vouched_for(site: Site) -> None:
    output = _write(site, "--counties", "both,small")
    assert "合成甲县" in output and "passes both assessments" in output and "refresh" in output
    made = sorted(name for name in _bytes(site.raw) if not name.endswith(files.SIDECAR))
    assert made == [
        "county_facts/2020.csv", "county_facts/2021.csv", "county_facts/2022.csv", "county_facts/2023.csv",
        "county_facts/2024.csv", "local/condition_judgements.csv", "local/regions.csv", "schools/2021.parquet",
        "schools/2022.parquet", "schools/2023.parquet", "schools/2024.parquet",
    ]  # fmt: skip
    for name in made:
        file = site.raw / name
        about = yaml.safe_load(file.with_name(file.name + files.SIDECAR).read_text(encoding="utf-8"))
        assert about["sha256"] == files.sha256(file)
        assert "合成" in about["note"] and "synthetic" in about["note"]
    rows = _rows(site.raw / "schools" / "2024.parquet")
    assert {row["region_code"] for row in rows} == {"990101", "990106"}
    assert all("合成" in row["note"] and "synthetic" in row["note"] for row in rows)
    facts = _rows(site.raw / "county_facts" / "2024.csv")
    assert all("synthetic" in row["note"] for row in facts)
    assert {row["origin"] for row in _rows(site.raw / "local" / "regions.csv")} == {"synthetic"}
    assert all("synthetic" in row["evidence"] for row in _rows(site.raw / "local" / "condition_judgements.csv"))


def test_a_file_of_others_stops_it_before_anything_is_written(site: Site) -> None:
    mine = site.table("schools/2022.parquet", ("year",), [{"year": 2022}])
    before = mine.read_bytes()
    result = site.run("demo-county", "--schools", "60", "--years", "2021-2024")
    assert result.exit_code == 1
    assert "2022.parquet" in result.output and "not overwritten" in result.output
    assert mine.read_bytes() == before
    assert sorted(path.name for path in site.raw.glob("*/*.parquet")) == ["2022.parquet"]
    assert not (site.raw / "county_facts").exists()


def test_regions_and_judgements_of_others_stay_and_a_second_run_replaces_its_own(site: Site) -> None:
    own = {"地区代码": "441899", "名称": "本地区", "级别": "county", "上级代码": "441800", "排序": "9"}
    site.table("local/regions.csv", list(own), [own])
    _write(site)
    _write(site, "--counties", "small")
    regions = _rows(site.raw / "local" / "regions.csv")
    assert [(row["region_code"], row["name_zh"], row["origin"]) for row in regions] == [
        (441899, "本地区", None), (990000, "合成省", "synthetic"), (990100, "合成市", "synthetic"), (990106, "合成己县", "synthetic"),
    ]  # fmt: skip
    # A shorter span leaves no year of the longer one behind.
    _write(site, "--years", "2023-2024")
    assert sorted(path.name for path in (site.raw / "schools").glob("*.parquet")) == ["2023.parquet", "2024.parquet"]


def test_a_list_that_nobody_vouches_for_is_not_touched(site: Site) -> None:
    file = site.raw / "local" / "regions.csv"
    file.parent.mkdir()
    file.write_text("region_code,name_zh\n", encoding="utf-8")
    result = site.run("demo-county", "--schools", "60", "--years", "2021-2024")
    assert result.exit_code == 1 and "zhibiao add" in result.output


@pytest.mark.parametrize(
    "arguments", [("--schools", "20"), ("--years", "2024-2013"), ("--years", "lately"), ("--counties", "nowhere")]
)
def test_what_cannot_be_made_is_said(site: Site, arguments: tuple[str, str]) -> None:
    result = site.run("demo-county", *arguments)
    assert result.exit_code == 2 and arguments[1] in result.output


def test_cohorts_move_up_and_are_conserved(ordinary: dict[int, dict[str, dict[str, Any]]]) -> None:
    """A grade is the grade below it a year ago, with who came and without who went."""
    compared = 0
    for year in range(2014, 2025):
        for school_id, now in ordinary[year].items():
            before = ordinary[year - 1].get(school_id, {})
            if now["kind"] not in ("primary", "teaching_point", "junior") or (
                "pupils_grade_1" not in before and "pupils_grade_7" not in before
            ):
                continue
            first, last = (7, 9) if now["kind"] == "junior" else (1, 6)
            grades = range(first, last + 1)
            there = sum(before[f"pupils_grade_{grade}"] for grade in grades)
            came = sum(now[f"transfers_in_grade_{grade}"] for grade in grades) + now["other_in"]
            went = sum(now[f"transfers_out_grade_{grade}"] + now[f"deaths_grade_{grade}"] for grade in grades)
            went += now["suspended"] + now["left_school"] + now["other_out"]
            assert now["pupils"] - now["entrants"] + now["graduates"] == there + came - went
            compared += 1
    assert compared > 300


def test_every_odd_case_is_there(ordinary: dict[int, dict[str, dict[str, Any]]]) -> None:
    last = ordinary[2024]
    kinds = Counter(row["kind"] for row in last.values())
    assert {"kindergarten", "primary", "teaching_point", "junior", "nine_year", "senior", "complete_secondary", "twelve_year", "vocational", "special"} == set(kinds)  # fmt: skip
    assert sum("parent_id" not in row or row["parent_id"] is None for row in last.values()) == 60
    changed = {(ordinary[2013][s]["kind"], row["kind"]) for s, row in last.items() if s in ordinary[2013] and ordinary[2013][s]["kind"] != row["kind"]}  # fmt: skip
    assert changed == {("primary", "teaching_point"), ("primary", "nine_year")}
    assert [row["kind"] for row in last.values() if row.get("pupils") == 0] == ["primary"]
    points = [row["pupils"] for row in last.values() if row["kind"] == "teaching_point"]
    assert min(points) < 50 <= max(points)
    assert any(row["pupils"] > row["places_usable"] for row in last.values() if "pupils" in row)
    assert any(row["pupils"] > 2000 for row in last.values() if row["kind"] == "primary")
    assert any(row["kind"] == "kindergarten" and row["parent_id"] for row in last.values())
    assert sum(row["kind"] == "junior" and row.get("is_boarding") == "yes" for row in last.values()) == 1
    # What sections share stands on the school, what they have of their own on them.
    nine_year = next(row for row in last.values() if row["kind"] == "nine_year")
    sections = [row for row in last.values() if row.get("parent_id") == nine_year["school_id"]]
    assert [row["kind"] for row in sections] == ["primary", "junior"]
    assert "pupils" not in nine_year and all("teaching_area_sqm" not in row for row in sections)
