"""One asset a source: the tables `raw.*`. All sources load in one step, so that every bad file is told in one run."""

from collections.abc import Iterator

import dagster as dg

from dagster_project.assets import OWNERS
from dagster_project.ingest.contract import Contract, load_contracts
from dagster_project.refresh import steps
from dagster_project.resources import Warehouse

CONTRACT = "contract"


def key(source: str) -> dg.AssetKey:
    return dg.AssetKey(["raw", source])


def spec(contract: Contract) -> dg.AssetSpec:
    """A source as an asset, described by its contract."""
    columns = [
        dg.TableColumn(column.name, column.type, f"{column.zh} / {column.en}",
                       dg.TableColumnConstraints(nullable=not column.required))
        for column in contract.columns
    ]  # fmt: skip
    return dg.AssetSpec(
        key(contract.source),
        description=f"{contract.title_zh} / {contract.title_en}",
        group_name=contract.group,
        owners=OWNERS,
        kinds={"duckdb", "csv"},
        metadata={"dagster/column_schema": dg.TableSchema(columns), "files": ", ".join(contract.files)},
    )


_CONTRACTS = load_contracts()


@dg.multi_asset(
    name="load",
    specs=[spec(contract) for contract in _CONTRACTS.values()],
    check_specs=[
        dg.AssetCheckSpec(
            CONTRACT, asset=key(source), blocking=True,
            description="文件与各行合乎约定 / files and rows keep the contract",
        )
        for source in _CONTRACTS
    ],
)  # fmt: skip
def load(
    context: dg.AssetExecutionContext, warehouse: Warehouse
) -> Iterator[dg.MaterializeResult[None] | dg.AssetCheckResult]:
    """raw/ -> raw.*"""
    loaded = steps.load(warehouse.settings)
    for problem in loaded.problems[:100]:
        context.log.error(problem.text())
    for source, report in loaded.sources.items():
        yield dg.MaterializeResult(
            key(source), metadata={"dagster/row_count": report.row_count, "file_count": report.file_count}
        )
        yield dg.AssetCheckResult(
            asset_key=key(source),
            check_name=CONTRACT,
            passed=not report.outcome.refuses,
            metadata={
                "outcome": report.outcome.value,
                "held_back": report.held_back,
                "problems": dg.MetadataValue.md("\n".join(f"- {p.text()}" for p in report.problems[:100]) or "-"),
            },
        )
