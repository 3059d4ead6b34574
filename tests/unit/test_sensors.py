"""When changed files start a run: only at rest, only once, and never for what programs leave behind."""

import os
from pathlib import Path

import dagster as dg
import pytest

from dagster_project.sensors import decide, raw_files, state
from dagster_project.settings import Settings
from tests.conftest import AS_OF


def follow(*states: str) -> list[bool]:
    """Whether each look at these states, one after the other, starts a run."""
    cursor: str | None = None
    ran = []
    for now in states:
        cursor, run = decide(cursor, now)
        ran.append(run)
    return ran


def test_the_first_look_only_learns_what_is_there() -> None:
    assert follow("a", "a", "a") == [False, False, False]


def test_a_new_state_must_be_seen_twice() -> None:
    assert follow("a", "b", "b", "b") == [False, False, True, False]


def test_a_file_that_still_grows_starts_nothing_until_it_rests() -> None:
    assert follow("a", "b", "c", "d", "d") == [False, False, False, False, True]


def test_a_change_that_is_taken_back_before_it_rests_starts_nothing() -> None:
    assert follow("a", "b", "a", "a") == [False, False, False, False]


def test_a_file_taken_away_and_brought_back_runs_each_time() -> None:
    assert follow("a", "b", "b", "a", "a", "b", "b") == [False, False, True, False, True, False, True]


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    (tmp_path / "raw" / "statistics").mkdir(parents=True)
    (tmp_path / "raw" / "statistics" / "2024.csv").write_text("a")
    return Settings(raw=tmp_path / "raw", home=tmp_path / "home", as_of=AS_OF)


@pytest.mark.parametrize("name", ["~$2024.xlsx", "2025.csv.tmp", "2025.csv.part", "Thumbs.db", ".2025.csv.swp"])
def test_temporary_files_do_not_count(settings: Settings, name: str) -> None:
    before = state(settings)
    (settings.raw / "statistics" / name).write_text("b")
    assert state(settings) == before


@pytest.mark.parametrize(
    "change", ["a new file", "a new text", "another size", "another time", "a sidecar", "a file less"]
)
def test_what_counts_is(settings: Settings, change: str) -> None:
    file = settings.raw / "statistics" / "2024.csv"
    before = state(settings)
    if change == "a new file":
        file.with_name("2025.csv").write_text("a")
    elif change == "a new text":
        (settings.raw / "documents").mkdir()
        (settings.raw / "documents" / "plan.txt").write_text("a")
    elif change == "another size":
        file.write_text("ab")
    elif change == "another time":
        os.utime(file, ns=(0, 0))
    elif change == "a sidecar":
        file.with_name("2024.csv.source.yml").write_text("title: x")
    else:
        file.unlink()
    assert state(settings) != before


def test_the_sensor_asks_for_one_run_when_a_changed_file_rests(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ZHIBIAO_RAW", str(settings.raw))
    monkeypatch.setenv("ZHIBIAO_HOME", str(settings.home))
    cursor, asked = None, []
    for look in range(4):
        if look == 1:
            (settings.raw / "statistics" / "2025.csv").write_text("b")
        context = dg.build_sensor_context(cursor=cursor)
        result = raw_files(context)
        if isinstance(result, dg.SensorResult):
            cursor = result.cursor
            requests = result.run_requests or []
            asked.append(len(requests))
            # Dagster runs a key once for ever; the same files may be taken away and come back.
            assert [request.run_key for request in requests] == [None]
        else:
            cursor = context.cursor
            asked.append(0)
    assert asked == [0, 0, 1, 0]
