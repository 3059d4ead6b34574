"""What starts the job besides the clock: files in `raw/` that changed and have come to rest."""

import hashlib
import json

import dagster as dg

from dagster_project.ingest import files
from dagster_project.jobs import refresh
from dagster_project.settings import Settings


def state(settings: Settings) -> str:
    """A hash of names, sizes and times of all inputs; temporary and half-copied files do not count."""
    seen = [
        [(settings.raw_name(part), *files.stamp(part)) for part in (path, *files.companions(path))]
        for path in files.inputs(settings.raw)
    ]
    unusable = [(settings.raw_name(path), rule) for path, rule in files.unusable(settings.raw).items()]
    return hashlib.sha256(json.dumps([seen, unusable]).encode()).hexdigest()


def decide(cursor: str | None, now: str) -> tuple[str, bool]:
    """The next cursor and whether to run: a state must be seen twice, so that no copy in progress is read.

    The cursor is `<state last run for>|<state last seen>`.
    """
    ran, _, seen = (cursor or "|").partition("|")
    if not ran:
        return f"{now}|{now}", False  # the first look only learns what is there; the schedule covers it
    if now == ran or now != seen:
        return f"{ran}|{now}", False
    return f"{now}|{now}", True


@dg.sensor(
    job=refresh,
    minimum_interval_seconds=30,
    default_status=dg.DefaultSensorStatus.RUNNING,
    description="raw/ 中的文件变化并静置后刷新 / refresh when files in raw/ changed and rest",
)
def raw_files(context: dg.SensorEvaluationContext) -> dg.SensorResult | dg.SkipReason:
    now = state(Settings.from_environment())
    cursor, run = decide(context.cursor, now)
    if run:
        # No run key: Dagster runs a key once for ever, and a file taken away may come back with the same bytes and time.
        return dg.SensorResult(run_requests=[dg.RunRequest()], cursor=cursor)
    context.update_cursor(cursor)
    return dg.SkipReason("raw/ 无静置的变化 / no change at rest in raw/")
