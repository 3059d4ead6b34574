"""Everything Dagster knows of this project. Only put things together here."""

import dagster as dg

from dagster_project import checks, jobs, schedules, sensors
from dagster_project.assets import documents, history, models, raw, snapshot
from dagster_project.resources import Warehouse


@dg.definitions
def defs() -> dg.Definitions:
    marts = models.definition()
    changes = history.definition(marts)
    return dg.Definitions(
        assets=[documents.candidates, raw.load, marts, changes, snapshot.definition(marts, changes)],
        asset_checks=checks.definitions(),
        jobs=[jobs.refresh, jobs.extract],
        schedules=[schedules.nightly],
        sensors=[sensors.raw_files],
        resources={"warehouse": Warehouse()},
        executor=dg.in_process_executor,
    )
