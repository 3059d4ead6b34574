"""One writer at a time: what a second process is told, and that nobody stays locked out."""

import subprocess
import sys
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
