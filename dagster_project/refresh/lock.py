"""One writer at a time: a file lock on the home folder that says who holds it."""

import json
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from filelock import FileLock, Timeout

from dagster_project.settings import Settings


class BusyError(Exception):
    """Another refresh holds the warehouse; the message says who and since when."""


@contextmanager
def only_writer(settings: Settings) -> Iterator[None]:
    """Hold the warehouse for writing; entering again in the same process is fine. Raises BusyError at once, never waits.

    The operating system frees the lock when a process dies, so a killed refresh blocks nobody.
    """
    settings.home.mkdir(parents=True, exist_ok=True)
    holder = settings.home / "refresh.holder.json"
    lock = FileLock(settings.home / "refresh.lock", is_singleton=True, thread_local=False)
    try:
        lock.acquire(timeout=0)
    except Timeout:
        raise BusyError(_who(holder)) from None
    try:
        if lock.lock_counter == 1:
            about = {
                "pid": os.getpid(),
                "host": socket.gethostname(),
                "since": f"{datetime.now():%Y-%m-%d %H:%M:%S}",
            }
            holder.write_text(json.dumps(about), encoding="utf-8")
        yield
    finally:
        if lock.lock_counter == 1:
            holder.unlink(missing_ok=True)
        lock.release()


def is_held(settings: Settings) -> bool:
    """Whether the process that last said it holds the warehouse is still alive; asks nobody and holds nothing up."""
    try:
        about = json.loads((settings.home / "refresh.holder.json").read_text(encoding="utf-8"))
        if about["host"] != socket.gethostname():
            return True
        os.kill(about["pid"], 0)
    except PermissionError:
        return True  # it lives, under another user
    except (OSError, ValueError, KeyError):
        return False
    return True


def _who(holder: Path) -> str:
    try:
        about = json.loads(holder.read_text(encoding="utf-8"))
        who = f"进程 {about['pid']} @ {about['host']}，自 {about['since']} / process {about['pid']} since {about['since']}"
    except (OSError, ValueError, KeyError):
        who = "另一进程 / another process"
    return f"另一次刷新正在进行 / a refresh is already running: {who}"
