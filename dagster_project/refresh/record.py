"""What the last refresh did, step by step, as one JSON file: the closing table, `status` and alerts read only this."""

import json
import os
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from dagster_project.settings import Settings

OUTCOMES = {
    "running": "进行中 / running",
    "loaded": "已装载，未发布 / loaded, not published",
    "published": "已发布 / published",
    "unchanged": "无变化，未发布 / nothing changed, nothing published",
    "refused": "已拒绝，未发布；此前提供的不变 / refused, nothing published; what was served before still is",
    "failed": "出错，未发布；此前提供的不变 / failed, nothing published; what was served before still is",
}


@dataclass
class Record:
    """One refresh. Lists hold plain dictionaries, so that the file can be read by anything."""

    as_of: str
    started: str
    outcome: str = "running"
    finished: str = ""
    step: str = ""
    sources: list[dict[str, Any]] = field(default_factory=list)
    unread: list[str] = field(default_factory=list)
    texts: list[dict[str, Any]] = field(default_factory=list)
    problems: list[dict[str, Any]] = field(default_factory=list)
    models: dict[str, Any] = field(default_factory=dict)
    cells: list[dict[str, Any]] = field(default_factory=list)
    verdicts: list[dict[str, Any]] = field(default_factory=list)
    checks: list[dict[str, Any]] = field(default_factory=list)
    changes: list[dict[str, Any]] = field(default_factory=list)
    drift: dict[str, Any] = field(default_factory=dict)
    snapshot: dict[str, Any] = field(default_factory=dict)
    error: str = ""
    # Of each step: on the clock, and of all threads of the process.
    seconds: dict[str, float] = field(default_factory=dict)
    cpu_seconds: dict[str, float] = field(default_factory=dict)


def begin(settings: Settings) -> Record:
    record = Record(as_of=settings.as_of.isoformat(), started=_now())
    save(settings, record)
    return record


def finish(settings: Settings, record: Record, outcome: str) -> Record:
    record.outcome, record.finished = outcome, _now()
    save(settings, record)
    return record


def save(settings: Settings, record: Record) -> None:
    """Replace the record's file whole: whoever reads it never sees a half."""
    target = _path(settings)
    target.parent.mkdir(parents=True, exist_ok=True)
    temporary = target.with_suffix(".tmp")
    temporary.write_text(json.dumps(asdict(record), ensure_ascii=False, indent=1), encoding="utf-8")
    os.replace(temporary, target)


def last(settings: Settings) -> Record | None:
    """The record of the last refresh, or None before the first (or if the file is damaged)."""
    try:
        return Record(**json.loads(_path(settings).read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return None


def _path(settings: Settings) -> Path:
    return settings.home / "last_refresh.json"


def _now() -> str:
    return datetime.now().astimezone().isoformat(timespec="seconds")
