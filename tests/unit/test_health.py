"""What `zhibiao status` finds: each finding by itself, on a small hand-made snapshot. A full disk stands in tests/faults/."""

import json
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from dagster_project.publish import snapshot
from dagster_project.publish.snapshot import Snapshot
from dagster_project.refresh import health, steps
from dagster_project.refresh import record as records
from dagster_project.settings import ROOT, Settings
from tests.conftest import AS_OF, another_writer
from tests.unit.test_snapshot import build


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(raw=tmp_path / "raw", home=tmp_path / "home", as_of=AS_OF)


def published(settings: Settings, hours_ago: float = 0) -> Snapshot:
    build(settings, "全国")
    then = datetime.now(UTC) - timedelta(hours=hours_ago)
    return snapshot.publish(settings, {"as_of": "2026-01-31", "published_at": then.isoformat(), "schema_version": 3})


def ended(settings: Settings, outcome: str, **fields: Any) -> records.Record:
    record = records.begin(settings)
    for name, value in fields.items():
        setattr(record, name, value)
    return records.finish(settings, record, outcome)


def codes(settings: Settings, max_age_hours: float = 36) -> list[str]:
    return [finding.code for finding in health.look(settings, max_age_hours).findings]


def test_a_whole_snapshot_and_a_refresh_that_ended_well_are_well(settings: Settings) -> None:
    published(settings)
    ended(settings, "published")
    found = health.look(settings, 36)
    assert (found.state, found.findings) == ("ok", [])


def test_monitoring_is_told_under_these_names(settings: Settings) -> None:
    served = published(settings, hours_ago=2)
    ended(settings, "refused", step="load", problems=[{"text": "raw/statistics/2020.csv: …"}],
          sources=[{"held_back": 3, "rows": 7}])  # fmt: skip
    told = json.loads(json.dumps(health.look(settings, 36).as_json(), ensure_ascii=False))
    assert set(told) == {
        "version", "state", "findings", "served", "published_at", "as_of", "age_hours", "confirmed_at",
        "confirmed_hours", "schema_version", "product_version", "damaged", "running", "last_refresh", "overdue", "disk",
    }  # fmt: skip
    assert (told["version"], told["state"], told["served"], told["schema_version"]) == (1, "critical", served.id, 3)
    assert (told["age_hours"], told["confirmed_hours"], told["damaged"], told["overdue"]) == (2.0, 2.0, [], None)
    assert [(finding["code"], finding["level"]) for finding in told["findings"]] == [("refresh_refused", "critical")]
    last = told["last_refresh"]
    assert (last["outcome"], last["step"], last["problems"], last["held_back"]) == ("refused", "load", 1, 3)
    assert last["first_problems"] == ["raw/statistics/2020.csv: …"] and last["id"]
    assert told["disk"]["needed_bytes"] == 2 * sum(file["bytes"] for file in served.manifest["files"].values())
    assert told["disk"]["free_bytes"] > 0


@pytest.mark.parametrize("page", ["operations.md", "operations.zh-CN.md"])
def test_the_page_for_operators_says_what_each_key_and_each_finding_means(settings: Settings, page: str) -> None:
    text = (ROOT / "docs" / page).read_text(encoding="utf-8")
    ended(settings, "refused", sources=[{"held_back": 3, "rows": 7}])
    told = health.look(settings, 36).as_json()
    keys = [*told, *told["last_refresh"], *told["disk"], *told["findings"][0]]
    code = Path(health.__file__).read_text(encoding="utf-8")
    found = ["refresh_refused", "refresh_failed", *re.findall(r'Finding\(\s*"(\w+)"', code)]
    assert len(found) == 9 and [name for name in [*keys, *found] if f"`{name}`" not in text] == []


def test_before_the_first_refresh_there_is_no_snapshot(settings: Settings) -> None:
    assert codes(settings) == ["no_snapshot"] and health.look(settings, 36).state == "critical"


def test_a_pointer_that_leads_nowhere_and_damage_are_critical(settings: Settings) -> None:
    served = published(settings)
    served.database.chmod(0o644)
    served.database.write_bytes(b"x")
    assert codes(settings) == ["damaged"] and health.look(settings, 36).state == "critical"
    served.folder.rename(settings.home / "lost")
    assert codes(settings) == ["pointer_lost"]


@pytest.mark.parametrize(("outcome", "code"), [("refused", "refresh_refused"), ("failed", "refresh_failed")])
def test_a_refresh_that_did_not_end_well_is_critical(settings: Settings, outcome: str, code: str) -> None:
    published(settings)
    ended(settings, outcome)
    assert codes(settings) == [code]


def test_an_old_snapshot_is_stale_unless_a_refresh_found_it_unchanged(settings: Settings) -> None:
    served = published(settings, hours_ago=40)
    assert codes(settings) == ["stale"] and health.look(settings, 36).state == "warning"
    assert codes(settings, max_age_hours=41) == [] == codes(settings, max_age_hours=0)
    ended(settings, "unchanged", snapshot={"id": "000009-20260101T000000Z"})
    assert codes(settings) == ["stale"]
    ended(settings, "unchanged", snapshot={"id": served.id})
    assert codes(settings) == []
    found = health.look(settings, 36)
    assert (found.as_json()["age_hours"], found.as_json()["confirmed_hours"]) == (40.0, 0.0)


def test_refreshes_that_run_and_publish_nothing_do_not_hide_that_it_is_stale(settings: Settings) -> None:
    published(settings, hours_ago=40)
    ended(settings, "refused")
    assert codes(settings) == ["refresh_refused", "stale"]


@pytest.mark.parametrize("outcome", ["published", "unchanged"])
def test_refreshes_that_find_nothing_to_do_confirm_each_time_and_what_fails_after_them_takes_nothing_away(
    settings: Settings, outcome: str
) -> None:
    served = published(settings, hours_ago=40)
    record = ended(settings, outcome, sources=[{"held_back": 3, "rows": 7}], snapshot={"id": served.id})
    record.confirmed["at"] = served.manifest["published_at"]
    records.save(settings, record)
    assert codes(settings) == ["stale"]
    steps.settle(settings)
    assert codes(settings) == []
    # What the refresh said of the inputs stays.
    last = records.last(settings)
    assert last is not None and (last.outcome, last.id, last.counts["held_back"]) == (outcome, record.id, 3)
    ended(settings, "loaded")
    assert codes(settings) == []
    ended(settings, "refused")
    assert codes(settings) == ["refresh_refused"]
    steps.settle(settings)
    assert codes(settings) == []


def test_a_home_without_a_record_is_confirmed_by_the_first_refresh_that_finds_nothing_to_do(settings: Settings) -> None:
    steps.settle(settings)
    assert records.last(settings) is None
    published(settings, hours_ago=40)
    steps.settle(settings)
    assert codes(settings) == []


def test_a_clock_that_was_ahead_is_told_and_stale_sees_again_once_a_refresh_confirms(settings: Settings) -> None:
    served = published(settings, hours_ago=-1000)
    found = health.look(settings, 36)
    assert (found.state, found.age_hours, found.confirmed_hours) == ("warning", 0.0, 0.0)
    assert [finding.code for finding in found.findings] == ["clock"] and "1,000 hours" in found.findings[0].en
    record = ended(settings, "published", snapshot={"id": served.id})
    record.confirmed["at"] = (datetime.now(UTC) - timedelta(hours=40)).isoformat()
    records.save(settings, record)
    assert codes(settings) == ["stale", "clock"]


def test_minutes_between_clocks_are_no_finding(settings: Settings) -> None:
    published(settings, hours_ago=-0.9)
    assert codes(settings) == []


def test_a_refresh_that_runs_is_named_with_its_process_and_since_when(settings: Settings) -> None:
    published(settings)
    assert health.look(settings, 36).running is None
    records.begin(settings)
    with another_writer(settings) as writer:
        found = health.look(settings, 36)
        assert found.running is not None and found.running["pid"] == writer.pid and found.state == "ok"
        assert datetime.fromisoformat(found.running["since"]).tzinfo is not None
        writer.kill()
        writer.wait()
    assert codes(settings) == ["refresh_failed"]
