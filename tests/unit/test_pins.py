"""Which snapshots are never removed, however many came after: those that a pin names and those somebody reads."""

import subprocess
import sys
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from dagster_project.publish import pins, snapshot
from dagster_project.publish.pins import Pin
from dagster_project.settings import Settings
from tests.conftest import AS_OF
from tests.unit.test_snapshot import publish

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
    pins.put(settings, first.id, "report-2025", AS_OF)
    for name in "bcd":
        publish(settings, name)
    assert numbers(settings) == ["000001", "000003", "000004"]
    assert pins.standing(settings) == [Pin(first.id, "report-2025", AS_OF)]
    next_day = replace(settings, as_of=date(2026, 2, 1))
    assert pins.standing(next_day) == []
    publish(next_day, "e")
    assert numbers(settings) == ["000004", "000005"]
    assert list((settings.home / "pins").iterdir()) == []


def test_each_pin_holds_by_itself_and_the_same_name_moves_its_day(settings: Settings) -> None:
    first = publish(settings, "a")
    pins.put(settings, first.id, "甲", date(2026, 1, 1))
    pins.put(settings, first.id, "乙", date(2026, 3, 1))
    assert [pin.name for pin in pins.standing(settings)] == ["乙"]
    pins.put(settings, first.id, "甲", date(2026, 3, 1))
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
