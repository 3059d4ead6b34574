"""What Dagster does when a step fails: raise the alert of the refresh it belongs to."""

import dagster as dg

from dagster_project.refresh import record as records
from dagster_project.refresh.alert import raise_alert
from dagster_project.refresh.record import Record
from dagster_project.settings import Settings


@dg.failure_hook
def tell_failure(context: dg.HookContext) -> None:
    settings = Settings.from_environment()
    record = records.last(settings)
    if record is None:
        record = Record(as_of="", started="", outcome="failed", step=context.op.name, error=str(context.op_exception))
    elif record.outcome == "running":
        # It broke beside the steps, which record what breaks within them.
        record.step, record.error = context.op.name, str(context.op_exception)
        records.finish(settings, record, "failed")
    raise_alert(settings, record)
