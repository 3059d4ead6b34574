"""A whole refresh without a scheduler: the steps in their order, each only if the one before allows it.

The Dagster job runs the same steps, held together by blocking checks. This is the short way that commands take:
writing an event for every table and check to Dagster's log costs more than the refresh itself.
"""

from dagster_project.refresh import record as records
from dagster_project.refresh import steps
from dagster_project.refresh.alert import raise_alert
from dagster_project.refresh.record import Record
from dagster_project.settings import Settings


def run(settings: Settings, *, even_unchanged: bool = False) -> Record:
    """Load, check, transform, check, compare, publish; returns the record, whose outcome says how far it came.

    The caller holds the lock. What cannot run is not raised but recorded as failed; a refresh that did not end well
    raises an alert.
    """
    try:
        if (
            not steps.load(settings)[0].refused
            and not steps.refuses(steps.check(settings, "raw"))
            and not steps.broken(steps.transform(settings))
            and not steps.refuses(steps.check(settings, "marts"))
            and not steps.drifted(steps.compare(settings))
        ):
            steps.publish(settings, even_unchanged=even_unchanged)
        record = records.last(settings)
    except Exception as error:
        steps.log.debug("refresh failed", exc_info=True)
        record = records.last(settings)
        if record is None or record.outcome != "failed":
            # Even the record could not be written (a full disk, a read-only folder).
            record = Record(as_of=settings.as_of.isoformat(), started="", outcome="failed", error=str(error))
    assert record is not None
    if record.outcome not in records.ENDED_WELL:
        raise_alert(settings, record)
    return record
