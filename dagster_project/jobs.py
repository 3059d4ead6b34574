"""The one job: a whole refresh, in one process, because one process writes the build file."""

import dagster as dg

from dagster_project.hooks import tell_failure

refresh = dg.define_asset_job(
    "refresh",
    selection=dg.AssetSelection.all() | dg.AssetSelection.all_asset_checks(),
    description="装载、计算、检查、发布 / load, compute, check, publish",
    executor_def=dg.in_process_executor,
    hooks={tell_failure},
)
