"""Whether the warehouse is well, for people and for monitoring. It only reads, and asks the clock for ages alone.

A finding is critical where readers may not have what was published, or where a refresh did not end well; what needs
looking after without that is a warning.
"""

import shutil
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import duckdb

from dagster_project import build_file
from dagster_project.publish import snapshot
from dagster_project.publish.snapshot import Snapshot
from dagster_project.refresh import lock
from dagster_project.refresh import record as records
from dagster_project.refresh.record import Record
from dagster_project.report import freshness
from dagster_project.settings import Settings

# Raised when a key of `as_json` goes or changes its meaning; new keys do not raise it.
VERSION = 1
# A build and the snapshot it becomes are one file, but dbt's write-ahead log and the Parquet files come on top.
_ROOM = 2
# Two machines on one disk, or a clock that is set right, may differ by minutes.
_CLOCKS_DIFFER_HOURS = 1


@dataclass(frozen=True)
class Finding:
    """What is not well: a stable code, and words for people."""

    code: str
    critical: bool
    zh: str
    en: str


@dataclass(frozen=True)
class Health:
    """The state of a warehouse at one moment. Ages in hours; None where there is nothing to be said of."""

    served: Snapshot | None
    damaged: list[str]
    last: Record | None
    running: dict[str, Any] | None
    age_hours: float | None
    confirmed_at: str | None
    confirmed_hours: float | None
    # How far in the future it was published or confirmed, by the clock of now.
    ahead_hours: float | None
    overdue: list[dict[str, Any]] | None
    free_bytes: int
    needed_bytes: int | None
    findings: list[Finding] = field(default_factory=list)

    @property
    def state(self) -> str:
        """ok, warning or critical: that of the worst finding."""
        return "critical" if any(f.critical for f in self.findings) else "warning" if self.findings else "ok"

    def as_json(self) -> dict[str, Any]:
        """What monitoring reads; docs/operations.md says what each key means."""
        served, last = self.served, self.last
        return {
            "version": VERSION,
            "state": self.state,
            "findings": [
                {"code": f.code, "level": "critical" if f.critical else "warning", "zh": f.zh, "en": f.en}
                for f in self.findings
            ],
            "served": served.id if served else None,
            "published_at": served.manifest["published_at"] if served else None,
            "as_of": served.manifest["as_of"] if served else None,
            "age_hours": _rounded(self.age_hours),
            "confirmed_at": self.confirmed_at,
            "confirmed_hours": _rounded(self.confirmed_hours),
            "schema_version": served.manifest.get("schema_version") if served else None,
            "product_version": served.manifest.get("product_version") if served else None,
            "damaged": self.damaged,
            "running": self.running,
            "last_refresh": _brief(last) if last else None,
            "overdue": self.overdue,
            "disk": {"free_bytes": self.free_bytes, "needed_bytes": self.needed_bytes},
        }


def look(settings: Settings, max_age_hours: float) -> Health:
    """The health of a warehouse now. `max_age_hours`: how long the served snapshot may go without a refresh that
    published it or found nothing changed; 0 is for ever.
    """
    served, last, running = snapshot.current(settings), records.last(settings), lock.holder(settings)
    if last and last.outcome == "running" and running is None:
        last.outcome, last.error = "failed", "中断，未完成 / interrupted before it was done"
    now = datetime.now(UTC)
    confirmed = _confirmed(served, last)
    health = Health(
        served=served,
        damaged=snapshot.damage(settings, served) if served else [],
        last=last,
        running=running,
        age_hours=_hours(now, _published(served)) if served else None,
        confirmed_at=confirmed.isoformat(timespec="seconds") if confirmed else None,
        confirmed_hours=_hours(now, confirmed) if confirmed else None,
        ahead_hours=_hours(max(_published(served), confirmed), now) if served and confirmed else None,
        overdue=_overdue(settings, served),
        free_bytes=_free(settings),
        needed_bytes=_ROOM * sum(about["bytes"] for about in served.manifest["files"].values()) if served else None,
    )
    health.findings.extend(_findings(settings, health, max_age_hours))
    return health


def _findings(settings: Settings, health: Health, max_age_hours: float) -> list[Finding]:
    found = []
    if health.served is None and (settings.current.is_symlink() or settings.current.exists()):
        found.append(Finding("pointer_lost", True, "指针不指向可用的快照", "the pointer leads to no usable snapshot"))
    elif health.served is None:
        found.append(Finding("no_snapshot", True, "还没有快照", "no snapshot yet"))
    if health.damaged:
        names = ", ".join(health.damaged)
        found.append(Finding("damaged", True, f"快照已损坏：{names}", f"the snapshot is damaged: {names}"))
    if health.last and health.last.outcome in ("refused", "failed"):
        step = health.last.step
        zh, en = {"refused": ("被拒绝", "was refused"), "failed": ("出错", "failed")}[health.last.outcome]
        found.append(
            Finding(
                f"refresh_{health.last.outcome}", True, f"上次刷新{zh}（{step}）", f"the last refresh {en} ({step})"
            )
        )
    hours = health.confirmed_hours
    if hours is not None and 0 < max_age_hours < hours:
        found.append(
            Finding(
                "stale", False,
                f"{hours:.0f} 小时以来没有一次刷新发布它或确认无变化，上限 {max_age_hours:g}",
                f"no refresh published it or found it unchanged for {hours:.0f} hours, the limit is {max_age_hours:g}",
            )
        )  # fmt: skip
    if health.ahead_hours is not None and health.ahead_hours > _CLOCKS_DIFFER_HOURS:
        hours = health.ahead_hours
        found.append(
            Finding(
                "clock", False, f"快照的发布或确认时刻在 {hours:,.0f} 小时之后：时钟那时快了，或现在慢了",
                f"it was published or confirmed {hours:,.0f} hours from now: the clock was ahead then, or is behind now",
            )
        )  # fmt: skip
    if health.needed_bytes is not None and health.free_bytes < health.needed_bytes:
        free, needed = health.free_bytes / 1e6, health.needed_bytes / 1e6
        found.append(
            Finding(
                "disk_low", False, f"磁盘剩余 {free:,.0f} MB，下一个快照约需 {needed:,.0f} MB",
                f"{free:,.0f} MB of disk are free, the next snapshot needs about {needed:,.0f} MB",
            )
        )  # fmt: skip
    if health.overdue:
        count, days = len(health.overdue), health.overdue[0]["days"]
        found.append(
            Finding(
                "overdue", False, f"{count} 份出版物逾期未到，最久 {days} 天",
                f"{count} publications are overdue, the longest by {days} days",
            )
        )  # fmt: skip
    return found


def _brief(last: Record) -> dict[str, Any]:
    return {
        "id": last.id,
        "as_of": last.as_of,
        "started": last.started,
        "finished": last.finished,
        "outcome": last.outcome,
        "step": last.step,
        "error": last.error,
        **last.counts,
        "first_problems": [problem["text"] for problem in last.problems[:3]],
        "snapshot": last.snapshot.get("id"),
        "seconds": round(sum(last.seconds.values()), 2),
    }


def _confirmed(served: Snapshot | None, last: Record | None) -> datetime | None:
    """When a refresh last published the served snapshot or found that it still is what the inputs give."""
    if served is None:
        return None
    if last and last.confirmed.get("snapshot") == served.id:
        return datetime.fromisoformat(last.confirmed["at"])
    return _published(served)


def _published(served: Snapshot) -> datetime:
    return datetime.fromisoformat(served.manifest["published_at"])


def _hours(now: datetime, then: datetime) -> float:
    # A clock that was set back makes nothing younger than new.
    return max(0.0, (now - then).total_seconds() / 3600)


def _rounded(hours: float | None) -> float | None:
    return None if hours is None else round(hours, 1)


def _overdue(settings: Settings, served: Snapshot | None) -> list[dict[str, Any]] | None:
    try:
        if served is None:
            return None
        with build_file.reading(served.database) as connection:
            return freshness.overdue(connection, settings.as_of)
    except duckdb.Error:
        return None  # a database that cannot be opened is told as damage


def _free(settings: Settings) -> int:
    folder = settings.home
    while not folder.exists():
        folder = folder.parent
    return shutil.disk_usage(folder).free
