"""One asset a dbt model, described by dbt's manifest; one step builds them all and runs their tests."""

from collections.abc import Iterator
from functools import cache
from typing import Any

import dagster as dg

from dagster_project.assets import OWNERS
from dagster_project.refresh import steps
from dagster_project.resources import Warehouse
from dagster_project.transform import dbt_project


def key(node: dict[str, Any]) -> dg.AssetKey:
    """A dbt model or source has the key of its table: marts/fct_measure, raw/statistics."""
    return dg.AssetKey([node.get("source_name") or node["schema"], node["name"]])


def spec(node: dict[str, Any], manifest: dict[str, Any]) -> dg.AssetSpec:
    """A model as an asset: group from its folder, columns and description from its yml."""
    columns = [
        dg.TableColumn(column["name"], column.get("data_type") or "", column.get("description"))
        for column in node["columns"].values()
    ]
    # meta.build is no input: the load step writes it beside the raw tables.
    raw = {i: source for i, source in manifest["sources"].items() if source["source_name"] == "raw"}
    everything = {**manifest["nodes"], **raw}
    return dg.AssetSpec(
        key(node),
        deps=[key(everything[parent]) for parent in node["depends_on"]["nodes"] if parent in everything],
        description=node["description"],
        group_name=node["fqn"][1],
        owners=OWNERS,
        kinds={"dbt", "duckdb"},
        metadata={
            "dagster/column_schema": dg.TableSchema(columns),
            "grain": ", ".join(node["config"].get("meta", {}).get("grain", [])),
        },
    )


def test_spec(node: dict[str, Any], manifest: dict[str, Any]) -> dg.AssetCheckSpec | None:
    """A dbt test as a check of the model it speaks of."""
    model = manifest["nodes"].get(dbt_project.tested(node))
    if model is None:
        return None
    return dg.AssetCheckSpec(node["name"], asset=key(model), description=node.get("description") or None)


@cache
def definition() -> dg.AssetsDefinition:
    """The step that builds every model, made from the manifest as it is now."""
    manifest = dbt_project.manifest()
    models = {i: n for i, n in manifest["nodes"].items() if n["resource_type"] == "model"}
    tests = {
        i: check
        for i, n in manifest["nodes"].items()
        if n["resource_type"] == "test" and (check := test_spec(n, manifest))
    }

    @dg.multi_asset(
        name="dbt_build",
        specs=[spec(node, manifest) for node in models.values()],
        check_specs=list(tests.values()),
    )
    def dbt_build(
        context: dg.AssetExecutionContext, warehouse: Warehouse
    ) -> Iterator[dg.MaterializeResult[None] | dg.AssetCheckResult]:
        results = steps.transform(warehouse.settings)
        rows = steps.row_counts(warehouse.settings)
        for result in results:
            if result.unique_id in tests:
                check = tests[result.unique_id]
                yield dg.AssetCheckResult(
                    asset_key=check.asset_key,
                    check_name=check.name,
                    passed=result.status == "pass",
                    severity=dg.AssetCheckSeverity.WARN if result.status == "warn" else dg.AssetCheckSeverity.ERROR,
                    metadata={"failures": result.failures, "message": result.message or "-"},
                )
            elif result.status == "success":
                node = models[result.unique_id]
                count = rows.get(f"{node['schema']}.{node['name']}")
                metadata = {} if count is None else {"dagster/row_count": count}
                yield dg.MaterializeResult(key(node), metadata={**metadata, "seconds": result.seconds})
        if bad := steps.broken(results):
            raise dg.Failure(
                f"{len(bad)} models or tests failed: {', '.join(r.unique_id for r in bad[:10])}",
                metadata={"first": bad[0].message or bad[0].status},
                allow_retries=False,
            )

    return dbt_build
