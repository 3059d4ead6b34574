"""What a failing gate stops: everything after it, and the publish. Both ways of running a refresh stop alike."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import duckdb
import pytest
import yaml

from dagster_project import build_file
from dagster_project.refresh import record as records
from dagster_project.refresh import steps
from tests.assets.conftest import InDagster
from tests.conftest import AS_OF, Site

MEANING = {"meaning_zh": "甲", "meaning_en": "a", "consequence_zh": "乙", "consequence_en": "b"}


@pytest.fixture
def expectations(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of suites of its own, empty, in place of the shipped one."""
    folder = tmp_path / "expectations"
    folder.mkdir()
    monkeypatch.setattr(steps, "EXPECTATIONS", folder)
    return folder


def suite(folder: Path, table: str, key: Sequence[str], *queries: tuple[str, str]) -> None:
    """A suite of (severity, query for the rows that break it)."""
    content = {
        "table": table,
        "meaning_zh": "测试",
        "meaning_en": "test",
        "key": list(key),
        "expectations": [
            {"type": "unexpected_rows_expectation", "kwargs": {"unexpected_rows_query": query},
             "severity": severity, **MEANING}
            for severity, query in queries
        ],
    }  # fmt: skip
    (folder / f"{table}.yml").write_text(yaml.safe_dump(content, allow_unicode=True), encoding="utf-8")


def in_build(site: Site, query: str) -> list[tuple[Any, ...]]:
    with build_file.reading(site.settings.build) as connection:
        return connection.execute(query).fetchall()


def schemas(site: Site) -> set[str]:
    return {schema for (schema,) in in_build(site, "select distinct schema_name from duckdb_tables()")}


FAILING_RAW = ("raw.statistics", ["_file", "_row"], ("error", "select * from {batch} where value = '10301'"))


def test_a_failing_raw_suite_stops_everything_after_it(published: Site, expectations: Path) -> None:
    before = published.served()
    suite(expectations, *FAILING_RAW)
    result = published.run("refresh", "--full")
    assert result.exit_code == 1
    assert "此前提供的不变" in result.output and "raw.statistics" in result.output
    assert published.served() == before
    assert schemas(published) == {"raw", "quality", "meta"}
    assert in_build(published, "select distinct gate from quality.check_result order by 1") == [
        ("expectations",),
        ("rows",),
    ]
    ((keys,),) = in_build(published, "select failing_keys from quality.check_result where outcome = 'failed'")
    assert json.loads(keys) == [{"_file": "raw/statistics/2020.csv", "_row": 3}]


def test_in_dagster_too(published: Site, expectations: Path, in_dagster: InDagster) -> None:
    before = published.served()
    suite(expectations, *FAILING_RAW)
    suite(expectations, "marts.fct_measure", ["region_code"], ("error", "select * from {batch} where false"))
    result = in_dagster(published)
    assert not result.success
    started = {event.step_key for event in result.all_events if event.event_type_value == "STEP_START"}
    assert started == {"load", "check_raw"}
    assert published.served() == before
    assert schemas(published) == {"raw", "quality", "meta"}
    # What refused is told as a failed check of the table, not only as a failed step.
    failed = [check for check in result.get_asset_check_evaluations() if not check.passed]
    assert [(check.asset_key.to_user_string(), check.check_name) for check in failed] == [
        ("raw/statistics", "expectations")
    ]


def test_a_failing_mart_suite_stops_the_publish(published: Site, expectations: Path) -> None:
    before = published.served()
    suite(
        expectations,
        "marts.dim_region",
        ["region_code", "valid_from"],
        ("error", "select * from {batch} where sort_no > 0"),
        ("error", "select * from {batch} where nonsense > 1"),
        ("error", "select * from {batch} where sort_no is null"),
    )
    result = published.run("refresh", "--full")
    assert result.exit_code == 1
    assert published.served() == before
    told = in_build(
        published,
        """select outcome, failing_count, coalesce(len(cast(failing_keys as json[])), 0), coalesce(message, '')
        from quality.check_result where table_name = 'marts.dim_region' order by check_name""",
    )
    ((regions,),) = in_build(published, "select count(*) from marts.dim_region")
    # All are counted, the first thousand named.
    assert regions > 1000 and told[0][:3] == ("failed", regions, 1000)
    # What raises says nothing of the data: it is an error of the check, in its own words.
    assert told[1][:3] == ("error", None, 0) and "nonsense" in told[1][3]
    assert told[2] == ("passed", 0, 0, "")
    assert "nonsense" in result.output


def test_a_failing_warning_is_recorded_and_published_with(published: Site, expectations: Path) -> None:
    before = published.served()
    suite(
        expectations, "marts.fct_measure", ["region_code", "year"], ("warning", "select * from {batch} where year = 2022")
    )  # fmt: skip
    result = published.run("refresh", "--full")
    assert result.exit_code == 0, result.output
    assert published.served() != before
    with build_file.reading(published.settings.served) as connection:
        rows = connection.execute(
            """select severity, outcome, failing_count from quality.check_result
            where gate = 'expectations' and table_name = 'marts.fct_measure'"""
        ).fetchall()
    assert rows == [("warning", "failed", 4)]
    assert published.run("status").exit_code == 0


CONTRADICTION = {
    # 湖南省 a second time, in force in the same years: every figure of it would stand twice.
    "region_code": "430000", "name_zh": "湖南", "level": "province", "parent_code": "100000", "valid_from": "2000",
    "valid_to": "", "successor_code": "", "sort_no": "9999",
}  # fmt: skip


@pytest.mark.parametrize("way", ["command", "dagster"])
def test_a_failing_dbt_test_stops_the_checks_on_marts_and_the_publish(
    published: Site, in_dagster: InDagster, way: str
) -> None:
    before = published.served()
    published.table("local/regions.csv", list(CONTRADICTION), [CONTRADICTION])
    if way == "command":
        assert published.run("refresh").exit_code == 1
    else:
        result = in_dagster(published)
        started = {event.step_key for event in result.all_events if event.event_type_value == "STEP_START"}
        assert started == {"load", "check_raw", "dbt_build"}
    assert published.served() == before
    record = records.last(published.settings)
    assert record is not None and (record.outcome, record.step) == ("refused", "transform")
    failed = in_build(
        published, "select failing_keys from quality.check_result where gate = 'relations' and outcome = 'failed'"
    )
    # Which test sees it first is dbt's affair; it names the region.
    assert any('"430000"' in (keys or "") for (keys,) in failed), failed
    assert in_build(
        published,
        "select * from quality.check_result where gate = 'expectations' and starts_with(table_name, 'marts.')",
    ) == []  # fmt: skip


def test_publishing_refuses_by_itself_what_no_gate_has_seen(published: Site) -> None:
    before = published.served()
    settings = published.settings
    build_file.start(settings.build)
    with build_file.writing(settings.build) as connection:
        connection.execute("create schema marts; create table marts.fct_measure as select 1 as value")
        connection.execute("insert into meta.build select ?, now(), 'inputs', 'code', 'version', 1", [AS_OF])
    assert steps.publish(settings) is None
    assert published.served() == before
    record = records.last(settings)
    assert record is not None and record.outcome == "refused"
    assert "raw.statistics: did not report" in record.error and "dbt build: did not report" in record.error


def test_publishing_refuses_a_build_that_was_only_loaded(published: Site) -> None:
    before = published.served()
    assert published.run("load").exit_code == 0
    assert steps.publish(published.settings, even_unchanged=True) is None
    assert published.served() == before


def test_publishing_refuses_by_itself_a_build_with_one_failure_among_its_results(published: Site) -> None:
    # As if a run had gone on after a refusal: the results decide, not whoever calls.
    settings = published.settings
    settings.build.parent.mkdir(exist_ok=True)
    settings.build.write_bytes(settings.served.read_bytes())
    with build_file.writing(settings.build) as connection:
        connection.execute(
            "update quality.check_result set outcome = 'failed' where table_name = 'marts.reconciliation'"
        )
    before = published.served()
    assert steps.publish(settings, even_unchanged=True) is None
    assert published.served() == before


def test_the_results_of_all_gates_are_served_with_the_data(province: Site) -> None:
    with duckdb.connect(str(province.settings.served), read_only=True) as connection:
        gates = connection.execute(
            "select gate, count(*) > 0, count(*) filter (outcome <> 'passed') from quality.check_result group by 1 order by 1"
        ).fetchall()
    assert gates == [("drift", True, 0), ("expectations", True, 0), ("relations", True, 0), ("rows", True, 0)]
