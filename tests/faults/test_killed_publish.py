"""A publish that is killed before each single thing it does to a file: what readers see, and what comes after.

A small hand-made build file; the whole command is killed at its steps in test_command.py.
"""

import multiprocessing
import os
import shutil
import signal
import sys
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from dagster_project.publish import snapshot
from dagster_project.publish.reader import Reader
from dagster_project.settings import Settings
from tests.conftest import AS_OF
from tests.unit.test_snapshot import build, publish, read

# A process that has imported what is needed, and forks for each kill.
_FORKS = multiprocessing.get_context("forkserver")
_FORKS.set_forkserver_preload([__name__])
_CHANGES = {"os.mkdir", "os.rename", "os.symlink", "os.chmod", "os.remove", "os.rmdir"}


def changes_a_file(event: str, arguments: tuple[Any, ...]) -> bool:
    return event in _CHANGES or (event == "open" and bool(arguments[2] & (os.O_WRONLY | os.O_RDWR)))


def killed_at(settings: Settings, number: int) -> None:
    """Publish the build, and die at the change of that number. In a process of its own."""
    changes = count(1)
    signal.alarm(60)

    def look(event: str, arguments: tuple[Any, ...]) -> None:
        if changes_a_file(event, arguments) and next(changes) == number:
            os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(look)
    snapshot.publish(settings, {"as_of": "2026-01-31"})


@pytest.fixture
def prepared(tmp_path: Path) -> Settings:
    """Two snapshots, of which the next publish removes the first, and a build file that has passed its gates."""
    settings = Settings(raw=tmp_path / "raw", home=tmp_path / "prepared", as_of=AS_OF, keep=1)
    publish(settings, "first")
    publish(settings, "old")
    build(settings, "new")
    return settings


def test_killed_at_every_change_of_a_file_readers_have_a_whole_snapshot_and_the_next_publish_leaves_no_litter(
    prepared: Settings, tmp_path: Path
) -> None:
    seen = []
    for number in count(1):
        settings = Settings(raw=prepared.raw, home=tmp_path / str(number), as_of=AS_OF, keep=1)
        shutil.copytree(prepared.home, settings.home, symlinks=True)
        reader = Reader(settings.served)
        with reader.snapshot() as connection:
            before = connection.execute("select name from marts.t").fetchall()
            process = _FORKS.Process(target=killed_at, args=(settings, number))
            process.start()
            process.join()
            # Who was reading reads on.
            assert connection.execute("select name from marts.t").fetchall() == before == [("old",)]
        served = snapshot.current(settings)
        assert served is not None and snapshot.damage(settings, served) == [], number
        with reader.snapshot() as connection:
            ((name,),) = connection.execute("select name from marts.t").fetchall()
        reader.close()
        seen.append(name)
        if process.exitcode == 0:
            break
        assert process.exitcode == -signal.SIGKILL, number

        was_whole = any(settings.snapshots.glob("000003-*"))
        snapshot.recover(settings)  # what the next refresh begins with
        assert read(settings.served) == (["new"] if was_whole else ["old"]), number
        publish(settings, "next")
        assert read(settings.served) == ["next"]
        ids = ["000003", "000004"] if was_whole else ["000002", "000003"]
        assert sorted(path.name[:6] for path in settings.snapshots.iterdir()) == ids, number
        assert sorted(os.listdir(settings.home)) == ["build", "current", "current.duckdb", "snapshots"], number
        assert os.listdir(settings.build.parent) == []
        shutil.rmtree(settings.home)
    # The old one until a certain change, the new one from then on; and both were met.
    assert seen == sorted(seen, reverse=True) and set(seen) == {"old", "new"}
    assert len(seen) > 20
