"""What a build changes and what was ever published: compared with the snapshot before, after every check on the marts."""

from collections.abc import Iterator

import dagster as dg

from dagster_project.assets import OWNERS
from dagster_project.history import tables
from dagster_project.refresh import record as records
from dagster_project.refresh import steps
from dagster_project.resources import Warehouse

DRIFT = "drift"


def key(table: str) -> dg.AssetKey:
    return dg.AssetKey(table.split("."))


def definition(marts: dg.AssetsDefinition) -> dg.AssetsDefinition:
    """The comparing step, after all of `marts`."""
    described = tables.described({kept.table: {} for kept in tables.KEPT})

    @dg.multi_asset(
        name="compare",
        specs=[
            dg.AssetSpec(
                key(name),
                deps=[key for key in marts.keys if key.path[0] == "marts"],
                description=table.description,
                group_name="history",
                owners=OWNERS,
                kinds={"duckdb"},
                metadata={
                    "dagster/column_schema": dg.TableSchema(
                        [dg.TableColumn(column, kind, said) for column, (kind, said) in table.columns.items()]
                    ),
                    "grain": ", ".join(table.grain),
                },
            )
            for name, table in described.items()
        ],
        check_specs=[
            dg.AssetCheckSpec(
                DRIFT, asset=key(tables.CHANGES), blocking=True,
                description="输入没有变化的，数值也没有变化 / what is made of the same inputs is the same",
            )
        ],
    )  # fmt: skip
    def compare(warehouse: Warehouse) -> Iterator[dg.MaterializeResult[None] | dg.AssetCheckResult]:
        checks = steps.compare(warehouse.settings)
        record = records.last(warehouse.settings)
        for name in described:
            yield dg.MaterializeResult(key(name))
        broken = [check for check in checks if check["outcome"] != "passed"]
        refuses = steps.drifted(checks)
        lines = [f"- {c['table_name']}: {c['failing_count']} {c['message']}" for c in broken]
        changes = [
            f"- {c['table']} {c['change']} {c['cause']}: {c['count']}" for c in (record.changes if record else [])
        ]
        yield dg.AssetCheckResult(
            asset_key=key(tables.CHANGES),
            check_name=DRIFT,
            passed=not broken,
            severity=dg.AssetCheckSeverity.ERROR if refuses or not broken else dg.AssetCheckSeverity.WARN,
            metadata={
                "drift": dg.MetadataValue.md("\n".join(lines) or "-"),
                "changes": dg.MetadataValue.md("\n".join(changes) or "-"),
            },
        )

    return compare
