"""When the job runs by itself: the hour, the day it is as of, and when it stays away."""

import json
from datetime import UTC, date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import dagster as dg
import pytest

from dagster_project.refresh import record as records
from dagster_project.refresh import steps
from dagster_project.schedules import nightly
from dagster_project.settings import Settings
from tests.conftest import another_writer
from tests.unit.test_snapshot import publish

SHANGHAI = datetime(2026, 2, 1, 2, 0, tzinfo=ZoneInfo("Asia/Shanghai"))


@pytest.fixture(autouse=True)
def _empty_site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ZHIBIAO_RAW", str(tmp_path / "raw"))
    monkeypatch.setenv("ZHIBIAO_HOME", str(tmp_path / "home"))


def test_it_runs_at_two_in_the_morning_in_shanghai_without_being_switched_on() -> None:
    assert (nightly.cron_schedule, nightly.execution_timezone) == ("0 2 * * *", "Asia/Shanghai")
    assert nightly.default_status is dg.DefaultScheduleStatus.RUNNING


# The same instant, as different schedulers tell it: in UTC it is still the day before.
@pytest.mark.parametrize("tick", [SHANGHAI, SHANGHAI.astimezone(UTC)])
def test_the_run_is_as_of_the_day_it_starts_in_shanghai(tick: datetime) -> None:
    result = nightly.evaluate_tick(dg.build_schedule_context(scheduled_execution_time=tick))
    assert result.run_requests is not None
    (request,) = result.run_requests
    assert request.run_config == {"resources": {"warehouse": {"config": {"as_of": "2026-02-01"}}}}
    json.dumps(request.run_config)


def test_it_stays_away_when_nothing_changed_since_the_served_snapshot(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[date] = []

    def needed(settings: Settings) -> None:
        asked.append(settings.as_of)

    monkeypatch.setattr(steps, "needed", needed)
    result = nightly.evaluate_tick(dg.build_schedule_context(scheduled_execution_time=SHANGHAI))
    assert not result.run_requests
    assert "nothing changed" in (result.skip_message or "")
    assert asked == [date(2026, 2, 1)]


def test_staying_away_confirms_the_served_snapshot_unless_another_holds_the_warehouse(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(steps, "needed", lambda settings: None)
    settings = Settings.from_environment()
    served = publish(settings, "a")
    with another_writer(settings):
        nightly.evaluate_tick(dg.build_schedule_context(scheduled_execution_time=SHANGHAI))
        assert records.last(settings) is None
    nightly.evaluate_tick(dg.build_schedule_context(scheduled_execution_time=SHANGHAI))
    last = records.last(settings)
    assert last is not None and last.confirmed["snapshot"] == served.id
