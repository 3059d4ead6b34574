"""What keeps an old snapshot from being removed: a pin that names it, or a process that has it open.

<home>/pins/<id>.<name>   one pin: its content is the last day it holds, like 2026-12-31

The day is that of the clock, not the as-of date. A pin is over once its day is, both now and when the newest snapshot
was published: the first publish by a clock that runs ahead takes nothing away, and costs a pin one publish more to go.
"""

import fcntl
import os
import re
import struct
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from dagster_project.settings import Settings, today

_PIN = re.compile(r"(\d{6}-\d{8}T\d{6}Z)\.([\w-]{1,60})")
_SNAPSHOT = re.compile(r"\d{6}-(\d{8})T\d{6}Z")
# struct flock of 64-bit Linux: type, whence, start, length, process.
_FLOCK = "hhqqi"


@dataclass(frozen=True)
class Pin:
    """A snapshot kept under a name until a day; without a readable day it is kept (None)."""

    snapshot_id: str
    name: str
    until: date | None


def standing(settings: Settings) -> list[Pin]:
    """The pins that the next publish minds, by snapshot and name; a file of another form is none."""
    day = min(f"{today():%Y%m%d}", _newest(settings))
    return [pin for pin in _all(settings) if pin.until is None or f"{pin.until:%Y%m%d}" >= day]


def put(settings: Settings, snapshot_id: str, name: str, until: date) -> Pin:
    """Pin a snapshot under a name until a day, that day included; the same name again moves the day.

    Raises ValueError for a name that is none. The caller knows that there is such a snapshot.
    """
    path = settings.home / "pins" / f"{snapshot_id}.{name}"
    if not _PIN.fullmatch(path.name):
        raise ValueError(f"{name!r}: 名称只用字母、数字、- 与 _ / letters, digits, - and _ only")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"{until.isoformat()}\n", encoding="utf-8")
    return Pin(snapshot_id, name, until)


def keep_only(settings: Settings, pins: Collection[Pin]) -> None:
    """Remove all pins but these. The caller holds the lock."""
    for pin in set(_all(settings)) - set(pins):
        (settings.home / "pins" / f"{pin.snapshot_id}.{pin.name}").unlink(missing_ok=True)


def reader_of(database: Path) -> int | None:
    """A process, other than this one, that has the file open through DuckDB; None if there is none.

    DuckDB locks what it opens, for reading too; the lock goes with the process, however it ends, and needs no clock.
    A process of another container, or a backup, may be told as 0.
    """
    asked = struct.pack(_FLOCK, fcntl.F_WRLCK, 0, 0, 0, 0)
    try:
        with database.open("rb") as file:
            kind, _, _, _, process = struct.unpack(_FLOCK, fcntl.fcntl(file, fcntl.F_GETLK, asked))
    except FileNotFoundError:
        return None
    return None if kind == fcntl.F_UNLCK else max(process, 0)


@contextmanager
def holding(database: Path) -> Iterator[None]:
    """Keep a snapshot from being removed, as DuckDB's readers do. Raises FileNotFoundError where it is gone.

    The lock is of the open file, not of the process: the file may be opened and closed again meanwhile.
    """
    with database.open("rb") as file:
        fcntl.fcntl(file, fcntl.F_OFD_SETLK, struct.pack(_FLOCK, fcntl.F_RDLCK, 0, 0, 0, 0))
        # It may have been moved away to be removed between being found and being locked.
        if not os.path.samestat(os.fstat(file.fileno()), database.stat()):
            raise FileNotFoundError(database)
        yield


def _all(settings: Settings) -> list[Pin]:
    folder = settings.home / "pins"
    found = sorted(path for path in folder.iterdir() if path.is_file()) if folder.is_dir() else []
    named = ((path, _PIN.fullmatch(path.name)) for path in found)
    return [Pin(match[1], match[2], _day(path)) for path, match in named if match]


def _newest(settings: Settings) -> str:
    """The day, in UTC, on which the newest snapshot was published, as its name says: 20261231; empty without one."""
    names = sorted(path.name for path in settings.snapshots.iterdir()) if settings.snapshots.is_dir() else []
    days = [match[1] for name in names if (match := _SNAPSHOT.fullmatch(name))]
    return days[-1] if days else ""


def _day(path: Path) -> date | None:
    try:
        return date.fromisoformat(path.read_text(encoding="utf-8").strip())
    except (OSError, ValueError):
        return None
