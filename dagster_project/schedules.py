"""When the job runs by itself: every night, unless nothing changed since the served snapshot."""

from contextlib import suppress
from zoneinfo import ZoneInfo

import dagster as dg

from dagster_project.jobs import refresh
from dagster_project.refresh import steps
from dagster_project.refresh.lock import BusyError, only_writer
from dagster_project.settings import TIMEZONE, Settings


@dg.schedule(
    job=refresh,
    cron_schedule="0 2 * * *",
    execution_timezone=TIMEZONE,
    default_status=dg.DefaultScheduleStatus.RUNNING,
    description="每日 02:00（北京时间） / nightly at 02:00 in Asia/Shanghai",
)
def nightly(context: dg.ScheduleEvaluationContext) -> dg.RunRequest | dg.SkipReason:
    # Whatever zone the tick is told in: 02:00 in Shanghai is still the day before in UTC.
    as_of = context.scheduled_execution_time.astimezone(ZoneInfo(TIMEZONE)).date()
    settings = Settings.from_environment(as_of)
    if steps.needed(settings) is None:
        # Whoever holds the warehouse is about to confirm it, or to publish.
        with suppress(BusyError), only_writer(settings):
            steps.settle(settings)
        return dg.SkipReason("无变化 / nothing changed")
    return dg.RunRequest(run_config={"resources": {"warehouse": {"config": {"as_of": as_of.isoformat()}}}})
