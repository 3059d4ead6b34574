"""One writer at a time: what a second process is told, and that nobody stays locked out."""

import fcntl
import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from dagster_project.refresh.lock import BusyError, is_held, only_writer
from dagster_project.settings import Settings
from tests.conftest import AS_OF, HOLD, another_writer


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(raw=tmp_path, home=tmp_path, as_of=AS_OF)


def test_a_second_process_is_told_at_once_who_holds_the_warehouse(settings: Settings) -> None:
    with another_writer(settings) as holder, pytest.raises(BusyError) as told, only_writer(settings):
        pass
    assert f"进程 {holder.pid}" in str(told.value) and f"process {holder.pid}" in str(told.value)


def test_it_is_free_once_the_other_is_done_and_nothing_is_left(settings: Settings) -> None:
    with another_writer(settings) as holder:
        assert is_held(settings)
        holder.communicate()
    assert not is_held(settings)
    with only_writer(settings):
        assert is_held(settings)
    assert not (settings.home / "refresh.holder.json").exists()


def test_a_killed_holder_frees_it(settings: Settings) -> None:
    with another_writer(settings) as holder:
        holder.kill()
        holder.wait()
    assert (settings.home / "refresh.holder.json").exists()  # it had no time to tidy up
    assert not is_held(settings)
    with only_writer(settings):
        pass


def test_the_same_process_may_enter_again_and_holds_on_until_the_outer_one_ends(settings: Settings) -> None:
    with only_writer(settings):
        with only_writer(settings):
            pass
        assert is_held(settings)
        enter = HOLD.replace("sys.stdin.read()", "pass")
        other = subprocess.run([sys.executable, "-c", enter, settings.home], capture_output=True, text=True)
        assert "BusyError" in other.stderr
    with another_writer(settings):
        pass


def test_an_error_inside_frees_it(settings: Settings) -> None:
    with pytest.raises(ZeroDivisionError), only_writer(settings):
        _ = 1 / 0
    with another_writer(settings):
        pass


def test_two_warehouses_do_not_stand_in_each_others_way(settings: Settings, tmp_path: Path) -> None:
    elsewhere = Settings(raw=tmp_path, home=tmp_path / "elsewhere", as_of=AS_OF)
    with another_writer(settings), only_writer(elsewhere):
        pass


def test_a_number_that_is_in_use_again_does_not_pass_for_the_holder(settings: Settings) -> None:
    with another_writer(settings) as holder:
        holder.kill()
        holder.wait()
    # What it left names a process that lives: this one, and another host, as after the restart of a container.
    left = settings.home / "refresh.holder.json"
    left.write_text(left.read_text(encoding="utf-8").replace(str(holder.pid), str(os.getpid())), encoding="utf-8")
    assert not is_held(settings)
    left.write_text('{"pid": 1, "host": "elsewhere", "since": "2026-01-31 02:00:00"}', encoding="utf-8")
    assert not is_held(settings)


def test_asking_whether_it_is_held_turns_no_refresh_away(settings: Settings) -> None:
    with only_writer(settings):
        pass
    with (settings.home / "refresh.lock").open("a+b") as asked:
        fcntl.flock(asked, fcntl.LOCK_SH)  # as `is_held` does, for longer than it does
        release = threading.Timer(0.05, fcntl.flock, (asked, fcntl.LOCK_UN))
        release.start()
        with only_writer(settings):
            pass
        release.join()
