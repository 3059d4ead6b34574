"""One asset a source: the tables `raw.*`. All sources load in one step, so that every bad file is told in one run."""

from collections.abc import Iterator

import dagster as dg

from dagster_project.assets import OWNERS, documents
from dagster_project.ingest import candidates
from dagster_project.ingest.contract import Contract, load_contracts
from dagster_project.refresh import steps
from dagster_project.resources import Warehouse

CONTRACT = "contract"
TEXTS = "texts"


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
# What the texts gave, beside the ledger: table -> what it is.
_OF_TEXTS = {
    "target_candidates": "候选与台账的比对 / Candidates beside the ledger",
    "proposed_targets": "未审核的目标，列同台账 / Targets nobody reviewed, in the ledger's columns",
    "proposed_documents": "未登记的文件，列同登记表 / Documents nobody registered, in the registry's columns",
}


def _of_texts(table: str, description: str) -> dg.AssetSpec:
    like = {"proposed_targets": "targets", "proposed_documents": "target_documents"}.get(table)
    said = {c.name: f"{c.zh} / {c.en}" for c in _CONTRACTS[like].columns} if like else candidates.COLUMNS
    return dg.AssetSpec(
        key(table),
        deps=[documents.KEY],
        description=description,
        group_name="targets",
        owners=OWNERS,
        kinds={"duckdb"},
        metadata={
            "dagster/column_schema": dg.TableSchema([dg.TableColumn(name, "text", text) for name, text in said.items()])
        },
    )


@dg.multi_asset(
    name="load",
    specs=[
        *(spec(contract) for contract in _CONTRACTS.values()),
        *(_of_texts(table, description) for table, description in _OF_TEXTS.items()),
    ],
    check_specs=[
        dg.AssetCheckSpec(
            CONTRACT, asset=key(source), blocking=True,
            description="文件与各行合乎约定 / files and rows keep the contract",
        )
        for source in _CONTRACTS
    ] + [
        dg.AssetCheckSpec(
            TEXTS, asset=key("target_candidates"),
            description="每份原文都能读取；不能的搁置 / every text can be read; one that cannot is set aside",
        )
    ],
)  # fmt: skip
def load(
    context: dg.AssetExecutionContext, warehouse: Warehouse
) -> Iterator[dg.MaterializeResult[None] | dg.AssetCheckResult]:
    """raw/ -> raw.*"""
    loaded, texts = steps.load(warehouse.settings)
    documents.tell(context, warehouse.settings, texts.texts)
    for problem in (loaded.problems + texts.problems)[:100]:
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
    for table in _OF_TEXTS:
        yield dg.MaterializeResult(key(table), metadata={"texts": len(texts.read)})
    yield dg.AssetCheckResult(
        asset_key=key("target_candidates"),
        check_name=TEXTS,
        passed=not texts.problems,
        severity=dg.AssetCheckSeverity.WARN,
        metadata={"problems": dg.MetadataValue.md("\n".join(f"- {p.text()}" for p in texts.problems[:100]) or "-")},
    )
