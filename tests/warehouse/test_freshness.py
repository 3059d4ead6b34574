"""The publication calendar: what has arrived, what is overdue and since when, worked out by hand on the province."""

import csv
import re
from datetime import date
from typing import Any

import pytest

from dagster_project import build_file
from dagster_project.refresh import health
from dagster_project.report import freshness
from dagster_project.settings import ROOT
from tests.conftest import AS_OF, Site, copied

COLUMNS = ("publication", "publisher_zh", "first_year", "last_year", "due", "grace_days", "note_zh")
# 2018, 2019, 2020 and 2022 of 测试公报 are there. On the as-of date, 2026-01-31:
CALENDAR: list[dict[str, Any]] = [
    {"publication": "测试公报", "publisher_zh": "测试教育厅", "first_year": 2019, "last_year": 2021, "due": "year+1-06-30"},
    {"publication": "测试公报", "publisher_zh": "另一机构", "first_year": 2020, "last_year": 2020, "due": "year+1-06-30"},
    # Due 2025-12-31 with 31 days of grace: its last day is the as-of date.
    {"publication": "{year}年测试年鉴", "first_year": 2024, "last_year": 2024, "due": "year+1-12-31", "grace_days": 31},
    {"publication": "raw/statistics/{year}-count*.csv", "first_year": 2021, "due": "year+0-12-31", "last_year": 2022},
    {"publication": "测*", "first_year": 2026, "due": "year+1-06-30"},
]  # fmt: skip


@pytest.fixture(scope="module")
def expecting(province: Site, tmp_path_factory: pytest.TempPathFactory) -> Site:
    site = copied(province, tmp_path_factory.mktemp("freshness"))
    site.table("local/calendar.csv", COLUMNS, CALENDAR)
    result = site.run("refresh")
    assert result.exit_code == 0, result.output
    assert "overdue" in result.output and "1,676" in result.output
    return site


def test_each_publication_and_year_has_a_row_that_says_whether_it_arrived_and_with_which_file(expecting: Site) -> None:
    with build_file.reading(expecting.settings.served) as connection:
        rows = connection.execute(
            """select publication, expected_publisher_zh, year, freshness, cast(due_date as varchar),
                cast(overdue_from as varchar), source_file, cast(retrieved_on as varchar), newest_year
            from marts.mart_freshness order by all"""
        ).fetchall()
        (figures,) = connection.execute(
            "select figure_count from marts.mart_freshness where year = 2020 and freshness = 'arrived'"
        ).fetchall()
    received = "2026-01-01"
    assert rows == [
        ("2024年测试年鉴", None, 2024, "expected", "2025-12-31", "2026-02-01", None, None, None),
        ("raw/statistics/2021-count*.csv", None, 2021, "arrived", "2021-12-31", "2022-01-01",
         "raw/statistics/2021-counties.csv", received, 2021),
        ("raw/statistics/2022-count*.csv", None, 2022, "overdue", "2022-12-31", "2023-01-01", None, None, 2021),
        ("测*", None, 2026, "expected", "2027-06-30", "2027-07-01", None, None, 2022),
        ("测试公报", "另一机构", 2020, "overdue", "2021-06-30", "2021-07-01", None, None, None),
        ("测试公报", "测试教育厅", 2019, "arrived", "2020-06-30", "2020-07-01", "raw/statistics/2019.csv", received, 2022),
        ("测试公报", "测试教育厅", 2020, "arrived", "2021-06-30", "2021-07-01", "raw/statistics/2020.csv", received, 2022),
        ("测试公报", "测试教育厅", 2021, "overdue", "2022-06-30", "2022-07-01", None, None, 2022),
    ]  # fmt: skip
    assert figures == (7,)


def test_days_are_counted_to_the_day_of_asking_not_to_that_of_the_build(expecting: Site) -> None:
    with build_file.reading(expecting.settings.served) as connection:
        then = freshness.overdue(connection, AS_OF)
        later = freshness.overdue(connection, date(2026, 2, 2))
    assert then is not None and later is not None
    # From 2021-07-01, 2022-07-01 and 2023-01-01 on, the first day counted.
    assert [row["days"] for row in then] == [1676, 1311, 1127]
    assert [(row["publication"], row["days"]) for row in later] == [
        ("测试公报", 1678), ("测试公报", 1313), ("raw/statistics/2022-count*.csv", 1129), ("2024年测试年鉴", 2),
    ]  # fmt: skip
    assert then[0] == {
        "publication": "测试公报", "publisher_zh": "另一机构", "year": 2020, "due": "2021-06-30", "days": 1676,
        "newest_year": None,
    }  # fmt: skip


def test_status_warns_of_what_is_overdue(expecting: Site) -> None:
    found = health.look(expecting.settings, 0)
    assert found.state == "warning" and [finding.code for finding in found.findings] == ["overdue"]
    said = expecting.run("status")
    assert said.exit_code == 3 and "3 publications are overdue, the longest by 1676 days" in said.output


def test_without_a_calendar_nothing_is_expected_and_nothing_amiss(province: Site) -> None:
    assert health.look(province.settings, 0).overdue is None
    said = province.run("status")
    assert said.exit_code == 0 and "no calendar" in said.output


def blocks(kind: str) -> list[str]:
    """What the page for operators shows to write or to ask."""
    page = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
    return re.findall(rf"^```{kind}\n(.*?)^```$", page, re.MULTILINE | re.DOTALL)


def test_the_example_of_the_page_for_operators_can_be_used_as_it_stands(published: Site) -> None:
    (calendar,) = (block for block in blocks("text") if block.startswith("publication,"))
    file = published.raw / "local" / "calendar.csv"
    file.write_text(calendar, encoding="utf-8")
    published.vouch(file)
    result = published.run("load")
    assert result.exit_code == 0, result.output
    # What it says of the shipped figures: two presentations in March, of 2022 and 2023.
    told = {
        (row["year"], row["source_zh"])
        for shipped in ("2022.csv", "2023.csv")
        for row in csv.DictReader((ROOT / "raw" / "statistics" / shipped).open(encoding="utf-8"))
        if row["source_zh"].startswith(f"{row['year']}年全国教育事业发展基本情况")
    }
    assert told == {
        ("2022", "2022年全国教育事业发展基本情况（2023年3月23日新闻发布会）"),
        ("2023", "2023年全国教育事业发展基本情况（2024年3月1日新闻发布会）"),
    }


def test_the_query_of_the_page_for_operators_counts_days(expecting: Site) -> None:
    (query,) = blocks("sql")
    with build_file.reading(expecting.settings.served) as connection:
        rows = connection.execute(query).fetchall()
    assert [row[:2] for row in rows[:3]] == [
        ("测试公报", 2020),
        ("测试公报", 2021),
        ("raw/statistics/2022-count*.csv", 2022),
    ]
    assert rows[0][2] - rows[1][2] == 365 and rows[2][2] > 0


@pytest.mark.parametrize(
    ("row", "rule", "told"),
    [
        ({"due": "year+1-02-29"}, "due_on_no_day", "02-28"),
        ({"due": "2026-06-30"}, "bad_form", "year"),
        ({"last_year": 2018}, "calendar_reversed", "check both years"),
        ({"last_year": 2020}, "calendar_overlaps", "give the earlier line a last year"),
        ({"publication": "测试%"}, "bad_form", "raw/local/calendar.csv"),
    ],
)
def test_a_line_that_cannot_be_meant_is_refused(published: Site, row: dict[str, Any], rule: str, told: str) -> None:
    plain = {"publication": "测试公报", "first_year": 2019, "last_year": 2019, "due": "year+1-06-30"}
    other = {**plain, "first_year": 2020, "last_year": ""}
    published.table("local/calendar.csv", COLUMNS, [{**plain, **row}, other])
    result = published.run("load")
    assert result.exit_code == 1 and "raw/local/calendar.csv 第 2 行" in result.output and told in result.output
    with build_file.reading(published.settings.build) as connection:
        rules = connection.execute("select distinct rule from quality.quarantine where row_no = 2").fetchall()
    assert rules == [(rule,)]
