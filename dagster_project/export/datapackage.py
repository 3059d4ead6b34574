"""`datapackage.json` over a folder of CSV: a Frictionless Data Package (specification 1) of one snapshot."""

import json
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from dagster_project.export.about import About
from dagster_project.export.tables import Column, Table
from dagster_project.ingest.files import sha256

NAME = "datapackage.json"
# A column of this name leads to the column of the same name there.
_LEADS_TO = {
    "region_code": "dim_region",
    "indicator_code": "dim_indicator",
    "measure_code": "dim_measure",
    "source_id": "dim_source",
    "document_id": "dim_document",
    "target_id": "fct_target",
    "method": "verdict_method",
}
# What people decide is a condition without an indicator; a candidate may be of a target nobody entered.
_LEADS_NOWHERE = {
    ("assessment_condition", "indicator_code"),
    ("mart_assessment_condition", "indicator_code"),
    ("target_candidate", "target_id"),
}
_TYPES = {"text": "string"}


def write(tables: Sequence[Table], about: About, folder: Path) -> None:
    """Describe `folder/data/<table>.csv`, which are there."""
    names = {table.name for table in tables}
    content = {
        "profile": "tabular-data-package",
        "name": f"zhibiao-{about.snapshot_id.lower()}",
        "title": "教育指标仓库 / Education indicator warehouse",
        "description": "\n".join(f"{heading}: {line}" for heading, line in about.lines()),
        "version": about.build["product_version"],
        "created": about.published_at,
        "licenses": [_license(terms) for terms, _ in about.terms()],
        "sources": [_source(file) for file in about.inputs],
        "snapshot": {
            "id": about.snapshot_id,
            "as_of": str(about.build["as_of"]),
            "schema_version": about.build["schema_version"],
            "input_fingerprint": about.build["input_fingerprint"],
            "code_fingerprint": about.build["code_fingerprint"],
        },
        "checks": {**about.checks, "quarantined_rows": about.quarantined_rows},
        "small_cells": about.hidden and {"threshold": about.hidden.threshold, "values_left_out": about.hidden.values},
        "text_escape": {"prefix": "'", "rule": "take one leading apostrophe away from a text"},
        "resources": [_resource(table, folder, names) for table in tables],
    }
    (folder / NAME).write_text(json.dumps(content, ensure_ascii=False, indent=1), encoding="utf-8")


def _resource(table: Table, folder: Path, names: set[str]) -> dict[str, Any]:
    path = folder / "data" / f"{table.name}.csv"
    keys = [
        {"fields": column.name, "reference": {"resource": to, "fields": column.name}}
        for column in table.columns
        if (to := _LEADS_TO.get(column.name)) in names - {table.name}
        and (table.name, column.name) not in _LEADS_NOWHERE
    ]
    return {
        "name": table.name,
        "path": f"data/{path.name}",
        "profile": "tabular-data-resource",
        "title": table.label,
        "description": f"{table.title_zh} / {table.title_en}",
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "dialect": {"delimiter": ",", "lineTerminator": "\n", "quoteChar": '"', "doubleQuote": True},
        "bytes": path.stat().st_size,
        "hash": f"sha256:{sha256(path)}",
        "schema": {
            "fields": [_field(column) for column in table.columns],
            "missingValues": [""],
            "primaryKey": list(table.grain),
            **({"foreignKeys": keys} if keys else {}),
        },
    }


def _field(column: Column) -> dict[str, Any]:
    return {
        "name": column.name,
        "type": _TYPES.get(column.kind, column.kind),
        "title": column.label,
        "title_en": column.label_en,
        "description": f"{column.meaning_zh} / {column.meaning_en}",
        **({"unit": column.unit} if column.unit else {}),
    }


def _license(terms: str) -> dict[str, str]:
    """A licence by its name where the terms are one, such as MIT; else the terms as they stand."""
    return {"name": terms} if re.fullmatch(r"[\w.-]+", terms, re.ASCII) else {"name": "other", "title": terms}


def _source(file: dict[str, Any]) -> dict[str, Any]:
    about = {name: file[name] for name in ("issuer", "read_from", "terms", "retrieved", "sha256", "note") if file[name]}
    return {"title": file["title"] or file["file"], "file": file["file"], **about}
