"""What happened, one JSON object a line: for collectors of logs, and for looking back at a night.

<home>/logs/refresh.jsonl and its older halves, 25 MB at most; with ZHIBIAO_LOG=stderr the lines go there instead.
Only who holds the lock writes, so no file is turned over under another process. What people read is the logger
`zhibiao`; its warnings stand here too. A problem is told by file, row and rule, without the value that stood there.
"""

import json
import logging
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from logging.handlers import RotatingFileHandler
from typing import Any

from dagster_project.settings import Settings

_FILE_BYTES, _OLDER_FILES = 5_000_000, 4
_people = logging.getLogger("zhibiao")
_events = logging.getLogger("zhibiao.events")
_events.propagate = False
_events.setLevel(logging.INFO)
_events.addHandler(logging.NullHandler())
# What every line says besides its own: the refresh it belongs to, Dagster's run.
_always: dict[str, Any] = {}


def tell(event: str, level: int = logging.INFO, **fields: Any) -> None:
    """One event with its fields, which are names and numbers; nothing where no log is kept."""
    _events.log(level, event, extra={"fields": fields})


def belong(**always: Any) -> None:
    """What every following line of the kept log says too."""
    _always.update(always)


@contextmanager
def kept(settings: Settings, **always: Any) -> Iterator[None]:
    """Keep a log of what happens inside. The caller holds the lock. Trouble with the log never stops the work."""
    handler: logging.Handler
    if settings.log_to_stderr:
        handler = logging.StreamHandler(sys.stderr)
    else:
        file = settings.home / "logs" / "refresh.jsonl"
        with suppress(OSError):
            file.parent.mkdir(parents=True, exist_ok=True)
        handler = _File(file, maxBytes=_FILE_BYTES, backupCount=_OLDER_FILES, encoding="utf-8", delay=True)
    handler.setFormatter(_Line())
    handler.addFilter(lambda record: record.name == _events.name or record.levelno >= logging.WARNING)
    _always.clear()
    _always.update(always)
    for logger in (_events, _people):
        logger.addHandler(handler)
    try:
        yield
    finally:
        for logger in (_events, _people):
            logger.removeHandler(handler)
        with suppress(OSError):
            handler.close()


class _File(RotatingFileHandler):
    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 - the name is that of logging
        """A full disk or a read-only folder: the refresh itself says so."""


class _Line(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        fields: dict[str, Any] | None = getattr(record, "fields", None)
        event = "message" if fields is None else record.getMessage()
        line = {
            "time": datetime.fromtimestamp(record.created).astimezone().isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "event": event,
            **_always,
            **({"message": record.getMessage()} if fields is None else fields),
        }
        return json.dumps(line, ensure_ascii=False, default=str)
