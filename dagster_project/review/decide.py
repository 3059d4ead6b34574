"""Decisions on candidates as rows: accepted ones into the ledger, rejected ones among the rejections, and their files.

A row that is served is never edited: a changed target is withdrawn, with who, when and why, and followed by a new row.
"""

import csv
import hashlib
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import pandas as pd

from dagster_project.extraction.reconcile import REJECTED_BY, Comparison, facts
from dagster_project.ingest import candidates, sidecar
from dagster_project.ingest.candidates import Reviewed, Row
from dagster_project.ingest.contract import row_sql
from dagster_project.ingest.problem import Problem
from dagster_project.review.compare import Ledger, ReviewError

_OWN_TERMS = "仅收录事实与一小段依据句，不含全文"


@dataclass(frozen=True)
class Decision:
    """Who decided, when (ISO date) and why."""

    by: str
    on: str
    reason: str


def chosen(reviewed: Sequence[Reviewed], wanted: Iterable[str]) -> list[Comparison]:
    """The comparisons meant by ids: a target's id, the id it would be entered under, or an ending of either that only one
    of them has. Only what is new or changed can be decided. Raises ReviewError."""
    lines = [c for one in reviewed for c in one.comparisons]
    found = []
    for name in wanted:
        hits = [c for c in lines if name in (c.target_id, c.proposed_id)]
        hits = hits or [c for c in lines if c.is_proposed and _ends(c, name)] or [c for c in lines if _ends(c, name)]
        if len(hits) != 1:
            like = "、".join(c.target_id for c in hits[:8]) or "-"
            raise ReviewError(f"「{name}」：没有或不止一条 / none, or more than one: {like}")
        if not hits[0].is_proposed:
            raise ReviewError(f"「{name}」：{hits[0].comparison}，无可决定 / nothing to decide")
        found.append(hits[0])
    return found


def _ends(comparison: Comparison, name: str) -> bool:
    return any(own.endswith(f"/{name}") for own in (comparison.target_id, comparison.proposed_id))


def files(
    known: Ledger,
    one: Reviewed,
    accepted: Sequence[Comparison],
    rejected: Sequence[Comparison],
    decision: Decision,
    issued_year: str = "",
) -> dict[Path, bytes]:
    """The files of `raw/targets/` as they are to stand after decisions on one document.

    Raises ReviewError for a candidate that breaks a rule of the ledger or a document nobody vouched for; nothing is
    written then.
    """
    if told := [f"{c.proposed_id}: {one.obstacles[c.proposed_id]}" for c in accepted if c.proposed_id in one.obstacles]:
        raise ReviewError(
            "\n".join(["不能照此入台账，改正候选表后再审 / mend the table of candidates, then review it:", *told])
        )
    if not one.registered and (one.text is None or one.text.about is None):
        raise ReviewError(
            f"{one.document_id}: 文件未登记；把原文放入 raw/documents/ 并运行 zhibiao add，或先登记到 raw/targets/registry/documents.csv"
            " / is not registered: put its text into raw/documents/ and run zhibiao add, or enter it in the registry first"
        )
    said = {"reviewed_by": decision.by, "reviewed_on": decision.on, "review_reason": decision.reason}
    added = [{**one.proposals[c.proposed_id], "review_status": "reviewed", **said} for c in accepted]
    retired = {c.target_id for c in accepted if c.comparison == "changed"}
    reasons = f"撤回：{decision.by} {decision.on} {decision.reason}"
    own = [row for row in candidates.rows(known.connection, "raw.targets") if row["document_id"] == one.document_id]
    ledger = [
        {**row, "review_status": "withdrawn", "review_reason": f"{row['review_reason']}；{reasons}"}
        if row["target_id"] in retired
        else row
        for row in own
    ] + added
    tables = {}
    if added:
        tables["targets", f"targets/{one.document_id}.csv"] = ledger
    if not one.registered:
        registry = candidates.rows(known.connection, "raw.target_documents")
        tables["target_documents", "targets/registry/documents.csv"] = [
            *registry,
            {**one.row, "issued_year": issued_year},
        ]
    if rejected:
        before = candidates.rows(known.connection, "raw.target_rejections")
        no = {"rejected_by": decision.by, "rejected_on": decision.on, "reason": decision.reason}
        new = [{**_reading(one.document_id, c), **no} for c in rejected]
        tables["target_rejections", "targets/registry/rejections.csv"] = [*before, *new]
    _check(known, {source: rows for (source, _), rows in tables.items()}, one.document_id)
    return {
        path: content
        for (source, name), rows in tables.items()
        for path, content in _written(known, one, source, name, rows, decision).items()
    }


def _reading(document_id: str, comparison: Comparison) -> Row:
    candidate = comparison.candidate
    assert candidate is not None
    said = facts(candidate)
    return {"document_id": document_id, "article": said["article"], **{name: said[name] for name in REJECTED_BY}}


def _check(known: Ledger, tables: dict[str, list[Row]], document_id: str) -> None:
    """The rows as they are to stand, by the rules of their contracts. Raises ReviewError; the ledger's copy is changed."""
    problems = []
    # The registry first: the others look documents up in it.
    for source in [name for name in known.contracts if name in tables]:
        contract, rows = known.contracts[source], tables[source]
        if source == "targets":
            known.connection.execute("delete from raw.targets where document_id = ?", [document_id])
        else:
            known.connection.execute(f"delete from {contract.table}")
        names = [column.name for column in contract.columns]
        frame = pd.DataFrame(  # noqa: F841 - DuckDB reads it by name
            [{"_file": f"{document_id}.csv", **row, "_row": number} for number, row in enumerate(rows, 2)],
            columns=[*names, "_file", "_row"],
        ).assign(_sha256="")
        known.connection.execute(f"insert into {contract.table} by name select * from frame")
        words = {rule.name: rule for rule in contract.rules}
        for file, row, rule, column, value, expected in known.connection.execute(
            row_sql(contract, known.settings.as_of, set(known.contracts))
        ).fetchall():
            said = words.get(rule) or Problem.of(rule, source, file, expected=expected)
            problems.append(
                Problem(
                    source,
                    file,
                    rule,
                    said.reason_zh,
                    said.reason_en,
                    said.action_zh,
                    said.action_en,
                    row,
                    column,
                    value,
                )
            )
    if problems:
        raise ReviewError("\n".join(problem.text() for problem in problems[:20]))


def _written(
    known: Ledger, one: Reviewed, source: str, name: str, rows: Sequence[Row], decision: Decision
) -> dict[Path, bytes]:
    """A table and its sidecar as bytes, by path."""
    path = known.settings.raw / name
    if others := [other for other in path.parent.glob(f"{path.stem}.*") if other.suffix == ".xlsx"]:
        raise ReviewError(f"{known.settings.raw_name(others[0])}: 台账须为 CSV / save it as CSV first")
    out = io.StringIO()
    columns = [column.name for column in known.contracts[source].columns]
    writer = csv.DictWriter(out, columns, extrasaction="ignore", restval="", lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    content = out.getvalue().encode()
    digest = hashlib.sha256(content).hexdigest()
    try:
        about = replace(sidecar.read(path), sha256=digest)
    except (FileNotFoundError, ValueError):
        about = _about(one, source, digest, decision)
    return {path: content, sidecar.path_of(path): sidecar.text(about).encode()}


def _about(one: Reviewed, source: str, digest: str, decision: Decision) -> sidecar.Sidecar:
    text = one.text.about if one.text else None
    of_text = source == "targets" and text is not None
    return sidecar.Sidecar(
        title=one.row["title_zh"]
        if source == "targets"
        else "政策文件登记表"
        if source == "target_documents"
        else "审核时否决的候选",
        issuer=(text.issuer if of_text and text else "") or decision.by,
        read_from=(text.read_from if of_text and text else "") or "zhibiao review",
        terms=_OWN_TERMS,
        retrieved=decision.on,
        sha256=digest,
        confidence="A",
    )
