"""Everything Dagster is told, compared with the committed `definitions.txt`, and what each asset must say of itself.

After a wanted change: `.venv/bin/python -m tests.assets.test_definitions` writes the file anew; read its diff.
"""

import difflib
import os
import re
from functools import cache
from pathlib import Path

import dagster as dg
import pytest

from dagster_project.definitions import defs
from dagster_project.settings import ROOT

DRAWN = Path(__file__).with_name("definitions.txt")
# Two languages, Chinese first.
BOTH_LANGUAGES = re.compile(r"[\u4e00-\u9fff].* / .*[A-Za-z]")


@cache
def loaded() -> dg.Definitions:
    definitions = defs()
    assert isinstance(definitions, dg.Definitions)
    return definitions


def draw() -> str:
    """The definitions as lines: what a reviewer sees change when an asset, check, job, schedule or sensor does."""
    definitions = loaded()
    repository = definitions.get_repository_def()
    graph = definitions.resolve_asset_graph()
    lines = ["# Written by python -m tests.assets.test_definitions: what Dagster is told, for review.", "", "assets:"]
    for key in sorted(graph.get_all_asset_keys()):
        asset = graph.get(key)
        lines.append(
            f"  {key.to_user_string()}: group {asset.group_name}, owners {', '.join(asset.owners)}, "
            f"deps {len(asset.parent_keys)}"
        )
        for check in sorted(graph.asset_check_keys, key=lambda check: check.name):
            if check.asset_key == key:
                lines.append(f"    check {check.name}{', blocking' if graph.get(check).blocking else ''}")
    lines += ["", "jobs:"]
    lines += [
        f"  {job.name}: executor {job.executor_def.name}, hooks {', '.join(sorted(h.name for h in job.hook_defs))}"
        for job in repository.get_all_jobs()
        if not job.name.startswith("__")
    ]
    lines += ["", "schedules:"]
    lines += [
        f"  {s.name}: {s.cron_schedule} {s.execution_timezone}, {s.default_status.value}, job {s.job_name}"
        for s in repository.schedule_defs
    ]
    lines += ["", "sensors:"]
    lines += [
        f"  {s.name}: every {s.minimum_interval_seconds} s, {s.default_status.value}, job {s.job_name}"
        for s in repository.sensor_defs
    ]
    return "\n".join(lines) + "\n"


def test_the_definitions_are_those_last_reviewed() -> None:
    diff = difflib.unified_diff(
        DRAWN.read_text(encoding="utf-8").splitlines(), draw().splitlines(), "definitions.txt", "as defined now", n=1
    )
    changed = "\n".join(diff)
    assert not changed, (
        f"{changed}\n\nIf this is wanted: .venv/bin/python -m tests.assets.test_definitions, then commit definitions.txt"
    )


@pytest.mark.parametrize("what", ["a description in both languages", "a group", "an owner", "columns"])
def test_every_asset_has(what: str) -> None:
    graph = loaded().resolve_asset_graph()
    lacking = []
    for key in graph.get_all_asset_keys():
        asset = graph.get(key)
        schema = asset.metadata.get("dagster/column_schema")
        has = {
            "a description in both languages": bool(BOTH_LANGUAGES.search(asset.description or "")),
            "a group": asset.group_name not in (None, "default"),
            "an owner": bool(asset.owners),
            # What is published is a folder of tables, each with columns of its own; layers between are not contracts.
            "columns": asset.group_name in ("published", "staging", "intermediate") or bool(schema and schema.columns),
        }
        if not has[what]:
            lacking.append(key.to_user_string())
    assert lacking == []


def test_every_column_of_raw_tables_and_marts_says_what_it_is() -> None:
    graph = loaded().resolve_asset_graph()
    silent = [
        f"{key.to_user_string()}.{column.name}"
        for key in graph.get_all_asset_keys()
        if key.path[0] in ("raw", "marts")
        for column in graph.get(key).metadata["dagster/column_schema"].columns
        if not (column.type and column.description)
    ]
    assert silent == []


def test_nothing_is_published_before_every_mart() -> None:
    graph = loaded().resolve_asset_graph()
    marts = {key for key in graph.get_all_asset_keys() if key.path[0] == "marts"}
    assert marts and marts <= graph.get(dg.AssetKey(["published", "snapshot"])).parent_keys


def test_what_refuses_blocks() -> None:
    # dbt's own tests do not block one by one: the step they belong to fails with them.
    graph = loaded().resolve_asset_graph()
    gates = [check for check in graph.asset_check_keys if check.name in ("contract", "expectations")]
    assert {check.asset_key.path[0] for check in gates} == {"raw", "marts"}
    assert [check for check in gates if not graph.get(check).blocking] == []


def test_a_run_is_one_process_and_one_runs_at_a_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert loaded().resolve_job_def("refresh").executor_def.name == "in_process"
    # The instance as it is started: one process writes the build file, so runs wait for each other.
    (tmp_path / "dagster.yaml").write_bytes((ROOT / "dagster_project" / "dagster.yaml").read_bytes())
    monkeypatch.setenv("DAGSTER_HOME", os.fspath(tmp_path))
    with dg.DagsterInstance.get() as instance:
        queue = instance.get_concurrency_config().run_queue_config
        assert queue is not None and queue.max_concurrent_runs == 1
        assert not instance.telemetry_enabled


if __name__ == "__main__":
    DRAWN.write_text(draw(), encoding="utf-8")
