"""The jobs: a whole refresh, in one process, because one process writes the build file; and one text extracted anew."""

import dagster as dg

from dagster_project.assets import documents
from dagster_project.hooks import tell_failure

refresh = dg.define_asset_job(
    "refresh",
    # The texts have partitions, which a whole refresh has not: it extracts what is new among them as it loads.
    selection=(dg.AssetSelection.all() - dg.AssetSelection.assets(documents.KEY))
    | dg.AssetSelection.all_asset_checks(),
    description="装载、计算、检查、发布 / load, compute, check, publish",
    executor_def=dg.in_process_executor,
    hooks={tell_failure},
)

extract = dg.define_asset_job(
    "extract",
    selection=dg.AssetSelection.assets(documents.KEY),
    description="提取一份原文的候选 / extract the candidates of one text",
    executor_def=dg.in_process_executor,
)
