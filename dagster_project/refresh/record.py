"""What the last refresh did, step by step, as one JSON file: the closing table, `status` and alerts read only this."""

import json
import logging
import os
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from dagster_project.publish.gates import refuses
from dagster_project.refresh import events
from dagster_project.settings import Settings

OUTCOMES = {
    "running": "进行中 / running",
    "loaded": "已装载，未发布 / loaded, not published",
    "published": "已发布 / published",
    "unchanged": "无变化，未发布 / nothing changed, nothing published",
    "refused": "已拒绝，未发布；此前提供的不变 / refused, nothing published; what was served before still is",
    "failed": "出错，未发布；此前提供的不变 / failed, nothing published; what was served before still is",
}
ENDED_WELL = ("published", "unchanged")

# More than anybody reads in a log; all of them stand in quality.quarantine and quality.check_result.
_TOLD = 100


@dataclass
class Record:
    """One refresh. Lists hold plain dictionaries, so that the file can be read by anything."""

    as_of: str
    started: str
    id: str = ""
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
    # Publications of the calendar that are overdue on the as-of date; None where there is no calendar.
    overdue: list[dict[str, Any]] | None = None
    changes: list[dict[str, Any]] = field(default_factory=list)
    drift: dict[str, Any] = field(default_factory=dict)
    snapshot: dict[str, Any] = field(default_factory=dict)
    # The snapshot that a refresh last published or found to be what the inputs give, and when; goes on from record to record.
    confirmed: dict[str, str] = field(default_factory=dict)
    error: str = ""
    # Of each step: on the clock, and of all threads of the process.
    seconds: dict[str, float] = field(default_factory=dict)
    cpu_seconds: dict[str, float] = field(default_factory=dict)

    @property
    def counts(self) -> dict[str, int]:
        """How many problems of inputs, rows held back, checks that refuse and checks that warn."""
        bad = [check for check in self.checks if check["outcome"] != "passed"]
        failed = sum(refuses(check["outcome"], check["severity"]) for check in bad)
        return {
            "problems": len(self.problems),
            "held_back": sum(source["held_back"] for source in self.sources),
            "failed_checks": failed,
            "warnings": len(bad) - failed,
        }


def begin(settings: Settings) -> Record:
    before, started = last(settings), _now()
    name = f"{started[:19].translate({ord('-'): None, ord(':'): None})}-{os.getpid()}"
    record = Record(
        as_of=settings.as_of.isoformat(), started=started, id=name, confirmed=before.confirmed if before else {}
    )
    events.belong(refresh=record.id)
    events.tell("refresh_started", as_of=record.as_of)
    save(settings, record)
    return record


def finish(settings: Settings, record: Record, outcome: str) -> Record:
    record.outcome, record.finished = outcome, _now()
    if outcome in ENDED_WELL and "id" in record.snapshot:
        confirm(record, record.snapshot["id"])
    save(settings, record)
    _tell(record)
    return record


def confirm(record: Record, snapshot_id: str) -> None:
    """Note that a snapshot is what the inputs give now."""
    record.confirmed = {"snapshot": snapshot_id, "at": _now()}


def _tell(record: Record) -> None:
    for problem in record.problems[:_TOLD]:
        events.tell("problem", logging.WARNING, **{key: problem.get(key) for key in ("source", "file", "row", "column", "rule")})  # fmt: skip
    bad = [check for check in record.checks if check["outcome"] != "passed"]
    for check in bad[:_TOLD]:
        level = logging.ERROR if refuses(check["outcome"], check["severity"]) else logging.WARNING
        events.tell("check_not_passed", level, **{key: check.get(key) for key in ("table", "check", "severity", "outcome", "failing")})  # fmt: skip
    taken = datetime.fromisoformat(record.finished) - datetime.fromisoformat(record.started)
    events.tell(
        "refresh_finished",
        logging.ERROR if record.outcome in ("refused", "failed") else logging.INFO,
        outcome=record.outcome, step=record.step, seconds=taken.total_seconds(), snapshot=record.snapshot.get("id"),
        bytes=record.snapshot.get("bytes"), rows=sum(source["rows"] for source in record.sources), **record.counts,
        overdue=None if record.overdue is None else len(record.overdue), error=record.error or None,
    )  # fmt: skip


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
