"""One writer at a time: a file lock on the home folder that says who holds it."""

import fcntl
import json
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from dagster_project.settings import Settings

_LOCK = "refresh.lock"
_HOLDER = "refresh.holder.json"
# Whoever asks whether the lock is held holds it for an instant; that must not turn a refresh away.
_PATIENCE = 0.2


class BusyError(Exception):
    """Another refresh holds the warehouse; the message says who and since when."""


@contextmanager
def only_writer(settings: Settings) -> Iterator[None]:
    """Hold the warehouse for writing; entering again in the same process is fine. Raises BusyError within a second.

    The operating system frees the lock when a process dies, so a killed refresh blocks nobody.
    """
    settings.home.mkdir(parents=True, exist_ok=True)
    about_file = settings.home / _HOLDER
    lock = FileLock(settings.home / _LOCK, is_singleton=True, thread_local=False)
    try:
        lock.acquire(timeout=_PATIENCE)
    except Timeout:
        raise BusyError(_who(about_file)) from None
    try:
        if lock.lock_counter == 1:
            about = {
                "pid": os.getpid(),
                "host": socket.gethostname(),
                "since": datetime.now().astimezone().isoformat(timespec="seconds"),
            }
            about_file.write_text(json.dumps(about), encoding="utf-8")
        yield
    finally:
        if lock.lock_counter == 1:
            about_file.unlink(missing_ok=True)
        lock.release()


def is_held(settings: Settings) -> bool:
    """Whether a process holds the warehouse now. The lock itself is asked: process numbers and host names are reused."""
    try:
        with (settings.home / _LOCK).open("rb") as lock:
            fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except FileNotFoundError:
        return False
    return False


def holder(settings: Settings) -> dict[str, Any] | None:
    """Who holds the warehouse now, as pid, host and since (ISO); empty where that cannot be told, None if nobody does."""
    if not is_held(settings):
        return None
    try:
        return dict(json.loads((settings.home / _HOLDER).read_text(encoding="utf-8")))
    except (OSError, ValueError):
        return {}


def _who(about_file: Path) -> str:
    try:
        about = json.loads(about_file.read_text(encoding="utf-8"))
        who = f"进程 {about['pid']} @ {about['host']}，自 {about['since']} / process {about['pid']} since {about['since']}"
    except (OSError, ValueError, KeyError):
        who = "另一进程 / another process"
    return f"另一次刷新正在进行 / a refresh is already running: {who}"
