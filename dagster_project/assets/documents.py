"""One asset a text of `raw/documents/`: its candidates. The partition is the file's path below that folder.

The refresh keeps these partitions up to date by itself; the job `extract` makes single ones anew, as the Dagster page
asks for them.
"""

from typing import Any

import dagster as dg

from dagster_project.assets import OWNERS
from dagster_project.ingest import documents
from dagster_project.ingest.candidates import COLUMNS
from dagster_project.ingest.documents import Text
from dagster_project.ingest.files import DOCUMENTS
from dagster_project.resources import Warehouse
from dagster_project.settings import Settings

KEY = dg.AssetKey(["documents", "candidates"])
PARTITIONS = dg.DynamicPartitionsDefinition(name=DOCUMENTS)


def partition(settings: Settings, text: Text) -> str:
    return text.path.relative_to(settings.raw / DOCUMENTS).as_posix()


def about(text: Text) -> dict[str, Any]:
    """What Dagster is told of one text."""
    return {
        "dagster/row_count": len(text.candidates),
        "sha256": text.sha256,
        "doubtful": sum(bool(candidate.note) for candidate in text.candidates),
        "from_store": text.reused,
    }


@dg.asset(
    key=KEY,
    partitions_def=PARTITIONS,
    group_name="targets",
    owners=OWNERS,
    kinds={"python"},
    description="一份原文的候选目标 / Candidates of one text",
    metadata={
        "dagster/column_schema": dg.TableSchema([dg.TableColumn(name, "text", said) for name, said in COLUMNS.items()])
    },
)
def candidates(context: dg.AssetExecutionContext, warehouse: Warehouse) -> dg.MaterializeResult[None]:
    settings = warehouse.settings
    text = documents.read(settings, settings.raw / DOCUMENTS / context.partition_key)
    if text.problem:
        raise dg.Failure(text.problem.text(), allow_retries=False)
    return dg.MaterializeResult(metadata=about(text), data_version=dg.DataVersion(text.version))


def tell(context: dg.AssetExecutionContext, settings: Settings, texts: list[Text]) -> None:
    """Dagster's partitions are the texts that are here; those a refresh extracted anew were materialised by it."""
    here = {partition(settings, text): text for text in texts if text.path.exists()}
    known = set(context.instance.get_dynamic_partitions(DOCUMENTS))
    if new := sorted(here.keys() - known):
        context.instance.add_dynamic_partitions(DOCUMENTS, new)
    for name in sorted(known - here.keys()):
        context.instance.delete_dynamic_partition(DOCUMENTS, name)
    for name, text in here.items():
        if text.problem is None and not text.reused:
            context.log_event(
                dg.AssetMaterialization(
                    KEY, partition=name, metadata=about(text), tags={"dagster/data_version": text.version}
                )
            )
