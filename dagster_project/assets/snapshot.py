"""The asset readers see: the published snapshot. It stands after every mart and every blocking check on them."""

import dagster as dg

from dagster_project.assets import OWNERS
from dagster_project.refresh import record as records
from dagster_project.refresh import steps
from dagster_project.resources import Warehouse

KEY = dg.AssetKey(["published", "snapshot"])


def definition(marts: dg.AssetsDefinition, history: dg.AssetsDefinition) -> dg.AssetsDefinition:
    """The publishing step, after all of `marts` and `history`."""

    @dg.asset(
        key=KEY,
        deps=[key for key in marts.keys | history.keys if key.path[0] == "marts"],
        group_name="published",
        owners=OWNERS,
        kinds={"duckdb", "parquet"},
        description="读者看到的快照：只读、整体切换 / The snapshot readers see: immutable, flipped as a whole",
    )
    def snapshot(context: dg.AssetExecutionContext, warehouse: Warehouse) -> dg.MaterializeResult[None]:
        published = steps.publish(warehouse.settings, even_unchanged=warehouse.publish_unchanged)
        record = records.last(warehouse.settings)
        outcome = record.outcome if record else "failed"
        if published is None or outcome == "refused":
            raise dg.Failure(f"refused: {record.error if record else ''}", allow_retries=False)
        return dg.MaterializeResult(
            metadata={
                "outcome": outcome,
                "snapshot": published.id,
                "path": dg.MetadataValue.path(str(published.folder)),
            }
        )

    return snapshot
