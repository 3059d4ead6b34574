"""Which snapshots are never removed, however many came after: those that a pin names and those somebody reads."""

import subprocess
import sys
from dataclasses import replace
from datetime import date, datetime, timedelta, tzinfo
from pathlib import Path

import pytest

from dagster_project.publish import pins, snapshot
from dagster_project.publish.pins import Pin
from dagster_project.settings import Settings, today
from tests.conftest import AS_OF
from tests.unit.test_snapshot import publish

YESTERDAY, TOMORROW = today() - timedelta(days=1), today() + timedelta(days=1)

READING = """
import duckdb, sys
connection = duckdb.connect(sys.argv[1], read_only=True)
print("open", flush=True)
sys.stdin.read()  # until whoever started this closes it, or kills it
"""


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(raw=tmp_path / "raw", home=tmp_path / "home", as_of=AS_OF, keep=1)


def numbers(settings: Settings) -> list[str]:
    return [known.id[:6] for known in snapshot.published(settings)]


def test_a_pinned_snapshot_stays_until_the_day_of_its_pin_is_over(settings: Settings) -> None:
    first = publish(settings, "a")
    pins.put(settings, first.id, "report-2025", TOMORROW)
    for name in "bcd":
        publish(settings, name)
    assert numbers(settings) == ["000001", "000003", "000004"]
    assert pins.standing(settings) == [Pin(first.id, "report-2025", TOMORROW)]
    pins.put(settings, first.id, "report-2025", YESTERDAY - timedelta(days=1))  # yesterday may be today in UTC
    assert pins.standing(settings) == []
    publish(settings, "e")
    assert numbers(settings) == ["000004", "000005"]
    assert list((settings.home / "pins").iterdir()) == []


@pytest.mark.parametrize("as_of", [date(2020, 1, 1), date(2099, 12, 31)])
def test_an_as_of_date_in_the_past_or_future_says_nothing_of_a_pin(settings: Settings, as_of: date) -> None:
    then = replace(settings, as_of=as_of)
    first, second = publish(then, "a"), publish(then, "b")
    pins.put(then, first.id, "over", date(2020, 6, 1))
    pins.put(then, second.id, "holds", TOMORROW)
    for name in "cd":
        publish(then, name)
    assert numbers(then) == ["000002", "000003", "000004"]
    assert [path.suffix for path in (then.home / "pins").iterdir()] == [".holds"]


def test_a_publish_by_a_clock_that_is_ahead_ends_no_pin(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    class Ahead(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> "Ahead":
            return cls(2099, 1, 1, tzinfo=tz)

    first = publish(settings, "a")
    pins.put(settings, first.id, "report-2025", TOMORROW)
    with monkeypatch.context() as patch:
        patch.setattr(snapshot, "datetime", Ahead)
        patch.setattr(pins, "today", lambda: date(2099, 1, 1))
        assert "2099" in publish(settings, "b").id
    for name in "cd":
        publish(settings, name)
    assert numbers(settings) == ["000001", "000003", "000004"]
    assert pins.standing(settings) == [Pin(first.id, "report-2025", TOMORROW)]


def test_each_pin_holds_by_itself_and_the_same_name_moves_its_day(settings: Settings) -> None:
    first = publish(settings, "a")
    pins.put(settings, first.id, "甲", date(2020, 1, 1))
    pins.put(settings, first.id, "乙", TOMORROW)
    assert [pin.name for pin in pins.standing(settings)] == ["乙"]
    pins.put(settings, first.id, "甲", TOMORROW)
    assert {pin.name for pin in pins.standing(settings)} == {"甲", "乙"}


@pytest.mark.parametrize("name", ["", "../x", "a b", "a.b", "x" * 61])
def test_a_name_that_is_none_is_refused(settings: Settings, name: str) -> None:
    with pytest.raises(ValueError, match="letters"):
        pins.put(settings, "000001-20260131T000000Z", name, AS_OF)
    assert not (settings.home / "pins").exists()


def test_a_pin_whose_day_cannot_be_read_keeps_its_snapshot_and_other_files_are_left_alone(settings: Settings) -> None:
    first = publish(settings, "a")
    folder = settings.home / "pins"
    folder.mkdir()
    (folder / f"{first.id}.half-written").write_text("")
    (folder / "README").write_text("what pins are")
    for name in "bc":
        publish(settings, name)
    assert numbers(settings) == ["000001", "000002", "000003"]
    assert sorted(path.name for path in folder.iterdir()) == [f"{first.id}.half-written", "README"]


def test_a_snapshot_that_another_process_reads_stays_until_that_process_is_gone(settings: Settings) -> None:
    first = publish(settings, "a")
    with subprocess.Popen(
        [sys.executable, "-c", READING, settings.served], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as reading:
        assert reading.stdout is not None and reading.stdout.readline() == "open\n"
        assert pins.reader_of(first.database) == reading.pid
        for name in "bc":
            publish(settings, name)
        assert numbers(settings) == ["000001", "000002", "000003"]
        reading.kill()
        reading.wait()
    assert pins.reader_of(first.database) is None
    publish(settings, "d")
    assert numbers(settings) == ["000003", "000004"]
