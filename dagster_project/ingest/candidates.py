"""What the texts gave, beside the ledger: `raw.target_candidates` (every comparison), and what is proposed in the
ledger's and the registry's own columns, `raw.proposed_targets` and `raw.proposed_documents`.

Runs after the sources are loaded, since it reads the ledger from `raw.*`.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import date, datetime
from hashlib import sha256
from typing import Any

import duckdb
import pandas as pd

from dagster_project.extraction.candidate import Candidate
from dagster_project.extraction.proposal import Catalogue, document_id_of, document_row, target_row
from dagster_project.extraction.reconcile import Comparison, reconcile
from dagster_project.ingest import documents
from dagster_project.ingest.contract import Contract, load_contracts, row_sql
from dagster_project.ingest.documents import Text
from dagster_project.ingest.load import record
from dagster_project.ingest.problem import Problem
from dagster_project.settings import Settings

TABLE = "raw.target_candidates"
Row = dict[str, str]

# Column -> what it is; all text, as every raw table.
COLUMNS: dict[str, str] = {
    "target_id": "目标编号：台账的，新候选为拟用的 / id of the ledger's row, of a new candidate the one it would take",
    "document_id": "文件编号 / document",
    "comparison": "比对结果 / outcome of the comparison",
    "review_status": "审核状态 / review status",
    "proposed_id": "拟用编号 / id the candidate would be entered under",
    "differs": "不同的列 / columns that differ",
    "obstacle": "不能照此入台账的原因 / why it cannot be entered as it is",
    "rejected_by": "否决人 / who rejected it",
    "rejected_on": "否决日期 / when it was rejected",
    "rejection_reason": "否决理由 / why it was rejected",
    "article": "条款 / article",
    "indicator_zh": "指标 / indicator as printed",
    "indicator_code": "指标代码 / indicator code",
    "proposed_code": "最近的指标代码 / nearest indicator where none is sure",
    "proposed_score": "接近程度，0—1 / how near it is, 0 to 1",
    "subject_zh": "对象 / what is measured",
    "region_zh": "地区 / region as printed",
    "region_code": "地区代码 / region code",
    "comparator": "比较符 / comparator",
    "value": "目标值 / value as printed",
    "value_high": "目标上限 / upper end of a range",
    "baseline": "基期值 / value the plan starts from",
    "baseline_year": "基期年 / year of that value",
    "unit": "单位 / unit as printed",
    "period": "期间 / years it is for",
    "target_year": "目标年 / year it is due",
    "deadline": "期限 / deadline",
    "level": "类别 / heading of the label",
    "kind": "类型 / kind",
    "responsible_units": "责任单位 / responsible units",
    "evidence": "依据句 / the clause",
    "char_start": "依据句在清理后文字中的起点 / where the clause begins in the cleaned text",
    "char_end": "依据句在清理后文字中的终点 / where it ends",
    "source_start": "依据句在原文中的起点 / where the clause begins in the text as received",
    "source_end": "依据句在原文中的终点 / where it ends",
    "confidence": "把握，0—1 / how sure the words are, 0 to 1",
    "note": "存疑 / doubts",
    "_file": "文件 / file",
    "_sha256": "文件内容的 sha256 / sha256 of the file",
}
_OF_CANDIDATE = [field.name for field in fields(Candidate) if field.name in COLUMNS]
# What a proposal cannot say yet: who reviewed it, and in which file of the ledger it stands.
_REVIEW = {"review_status", "reviewed_by", "reviewed_on", "review_reason"}
_OF_FILE = {"document_not_of_file", "unknown_document"}


@dataclass(frozen=True)
class Reviewed:
    """One document beside the ledger; `text` is None where its text is not here (or was set aside).

    `registered` is False for a document that the registry does not list; `row` is its row there, or the proposed one.
    `proposals` are rows of the ledger by their id, `obstacles` say which of them break a rule of the ledger and how.
    """

    document_id: str
    row: Row
    registered: bool
    text: Text | None
    comparisons: list[Comparison]
    proposals: dict[str, Row]
    obstacles: dict[str, str]

    def without_doubt(self) -> list[Comparison]:
        """New candidates with nothing against them: no doubt noted, an indicator found, no rule of the ledger broken."""
        return [
            c
            for c in self.comparisons
            if c.comparison == "new"
            and c.candidate is not None
            and not c.candidate.note
            and c.candidate.indicator_code
            and c.proposed_id not in self.obstacles
        ]


@dataclass(frozen=True)
class DocumentsReport:
    """All texts of one load and what became of them."""

    texts: list[Text]
    reviewed: list[Reviewed]

    @property
    def problems(self) -> list[Problem]:
        return [text.problem for text in self.texts if text.problem]

    @property
    def read(self) -> list[Text]:
        return [text for text in self.texts if not text.problem]

    def counts(self) -> list[dict[str, Any]]:
        """Per text its number of candidates and of each comparison, for the closing table."""
        return [
            {
                "file": one.text.name,
                "document_id": one.document_id,
                "candidates": len(one.text.candidates),
                "extracted": not one.text.reused,
                **Counter(c.comparison for c in one.comparisons),
            }
            for one in self.reviewed
            if one.text is not None
        ]


def load(connection: duckdb.DuckDBPyConnection, settings: Settings, loaded_at: datetime) -> DocumentsReport:
    """Read every text, compare it with the ledger in `raw.*` and write the tables. Never raises for a text."""
    texts = documents.read_all(settings)
    registry = rows(connection, "raw.target_documents")
    texts = _one_a_document(texts, registry)
    reviewed = compare(connection, [text for text in texts if not text.problem], settings.as_of)
    for text in texts:
        if text.problem:
            continue
        about = text.about
        assert about is not None
        connection.execute(
            "insert into meta.input_file values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, '')",
            [text.name, documents.SOURCE, text.sha256, text.path.stat().st_size, len(text.candidates), about.title,
             about.issuer, about.read_from, about.terms, about.retrieved, about.confidence, about.note],
        )  # fmt: skip
    report = DocumentsReport(texts, reviewed)
    record(connection, report.problems, "quarantined")
    _store(connection, TABLE, [*COLUMNS], [line for one in reviewed for line in _lines(one)], loaded_at)
    for table, like, found in (
        ("raw.proposed_targets", "targets", _proposed_targets(reviewed)),
        ("raw.proposed_documents", "target_documents", _proposed_documents(reviewed)),
    ):
        names = [column.name for column in load_contracts()[like].columns]
        _store(connection, table, [*names, "_file", "_sha256"], found, loaded_at)
    return report


def compare(
    connection: duckdb.DuckDBPyConnection, texts: Sequence[Text], as_of: date, *, all_of_it: bool = True
) -> list[Reviewed]:
    """Every document of the ledger and every text; `all_of_it`: a text's candidates are all that it holds.

    Reads the ledger, the registry, rejections and the catalogue from `raw.*` of an open file.
    """
    registry = rows(connection, "raw.target_documents")
    ledger = _by_document(rows(connection, "raw.targets"))
    rejections = _by_document(rows(connection, "raw.target_rejections"))
    known = {row["document_id"]: row for row in registry}
    here = {_id_of(text, registry): text for text in texts}
    catalogue = catalogue_of(connection)
    reviewed = []
    for name in sorted(known.keys() | ledger.keys() | here.keys()):
        text = here.get(name)
        comparisons = reconcile(
            name,
            text.candidates if text else (),
            ledger.get(name, []),
            rejections.get(name, []),
            text_here=text is not None and all_of_it,
        )
        row = known.get(name)
        if row is None:
            about = text.about if text else None
            row = document_row(
                name, about.title if about else name, about.issuer if about else "", text.path.name if text else "",
                text.candidates if text else (),
            )  # fmt: skip
        proposals = {c.proposed_id: target_row(c, name, catalogue) for c in comparisons if c.is_proposed}
        reviewed.append(Reviewed(name, row, name in known, text, comparisons, proposals, {}))
    told = obstacles(connection, [row for one in reviewed for row in one.proposals.values()], as_of)
    return [replace(one, obstacles={key: told[key] for key in one.proposals.keys() & told.keys()}) for one in reviewed]


def catalogue_of(connection: duckdb.DuckDBPyConnection) -> Catalogue:
    stages: dict[str, set[str]] = {}
    for code, stage in connection.execute("select indicator_code, stage from raw.indicator_formulas").fetchall():
        stages.setdefault(code, set()).add(stage)
    levels = connection.execute("select indicator_code, level from raw.indicators").fetchall()
    return Catalogue({code: frozenset(own) for code, own in stages.items()}, dict(levels))


def obstacles(connection: duckdb.DuckDBPyConnection, proposals: Sequence[Row], as_of: date) -> dict[str, str]:
    """Proposals that break a rule of the ledger, by id: which rule, and what to do."""
    if not proposals:
        return {}
    contract = _unreviewed(load_contracts()["targets"])
    names = [column.name for column in load_contracts()["targets"].columns]
    numbered = [{**row, "_file": "", "_row": str(number)} for number, row in enumerate(proposals)]
    frame = pd.DataFrame(numbered, columns=[*names, "_file", "_row"], dtype=str)  # noqa: F841 - read by name
    connection.execute(f"create or replace table {contract.table} as select * from frame")
    try:
        broken = connection.execute(row_sql(contract, as_of, set(load_contracts()))).fetchall()
    finally:
        connection.execute(f"drop table {contract.table}")
    words = {rule.name: rule for rule in contract.rules}
    told: dict[str, list[str]] = {}
    for _, number, rule, column, value, expected in broken:
        said = words.get(rule) or Problem.of(rule, contract.source, "", expected=expected)
        told.setdefault(proposals[int(number)]["target_id"], []).append(
            f"{column}「{value}」{said.reason_zh}；{said.action_zh} / {said.reason_en}; {said.action_en} ({rule})"
        )
    return {key: "\n".join(lines) for key, lines in told.items()}


def rows(connection: duckdb.DuckDBPyConnection, table: str) -> list[Row]:
    """A raw table's rows in the order of its files, text columns only."""
    found = connection.execute(f"select * exclude (_loaded_at) from {table} order by _file, _row")
    names = [column[0] for column in found.description or []]
    return [dict(zip(names, map(str, row), strict=True)) for row in found.fetchall()]


def _unreviewed(contract: Contract) -> Contract:
    """The ledger's contract as far as a row that nobody reviewed can keep it."""
    return replace(
        contract,
        source="unreviewed_targets",
        columns=tuple(column for column in contract.columns if column.name not in _REVIEW),
        rules=tuple(
            rule
            for rule in contract.rules
            if rule.name not in _OF_FILE and rule.column not in _REVIEW | {"reviewed_on"}
        ),
    )


def _id_of(text: Text, registry: Sequence[Mapping[str, str]]) -> str:
    return document_id_of(text.path.name, registry, sha256(text.path.stem.encode()).hexdigest())


def _one_a_document(texts: list[Text], registry: Sequence[Mapping[str, str]]) -> list[Text]:
    """A second text of a document is set aside: nobody could say which of two is its text."""
    first: dict[str, str] = {}
    kept = []
    for text in texts:
        if not text.problem:
            other = first.setdefault(_id_of(text, registry), text.name)
            if other != text.name:
                text = Text(
                    text.path, text.name, problem=Problem.of("document_twice", documents.SOURCE, text.name, found=other)
                )
        kept.append(text)
    return kept


def _by_document(found: Iterable[Row]) -> dict[str, list[Row]]:
    grouped: dict[str, list[Row]] = {}
    for row in found:
        grouped.setdefault(row["document_id"], []).append(row)
    return grouped


def _lines(one: Reviewed) -> Iterable[Row]:
    """Rows of raw.target_candidates: what a candidate says where there is one, else what the ledger says."""
    for comparison in one.comparisons:
        candidate, row = comparison.candidate, comparison.row
        line: Row = dict.fromkeys(COLUMNS, "")
        if candidate is not None:
            line |= {name: _text(getattr(candidate, name)) for name in _OF_CANDIDATE}
        elif row is not None:
            line |= {name: row[name] for name in _OF_CANDIDATE if name in row and name not in ("confidence", "note")}
        rejected_by, rejected_on, reason = comparison.decision
        status = (
            "rejected" if comparison.comparison == "rejected" else "proposed" if comparison.is_proposed else "reviewed"
        )
        yield line | {
            "target_id": comparison.target_id,
            "document_id": one.document_id,
            "comparison": comparison.comparison,
            "review_status": status,
            "proposed_id": comparison.proposed_id,
            "differs": ", ".join(comparison.differs),
            "obstacle": one.obstacles.get(comparison.proposed_id, ""),
            "rejected_by": rejected_by,
            "rejected_on": rejected_on,
            "rejection_reason": reason,
            **_origin(one, comparison),
        }


def _origin(one: Reviewed, comparison: Comparison) -> Row:
    """The text a candidate was read in, or the file of the ledger where there is only a row."""
    if comparison.candidate is not None and one.text is not None:
        return {"_file": one.text.name, "_sha256": one.text.sha256}
    assert comparison.row is not None
    return {"_file": comparison.row["_file"], "_sha256": comparison.row["_sha256"]}


def _proposed_targets(reviewed: Iterable[Reviewed]) -> list[Row]:
    return [
        {**row, "_file": one.text.name, "_sha256": one.text.sha256}
        for one in reviewed
        if one.text is not None
        for key, row in one.proposals.items()
        if key not in one.obstacles
    ]


def _proposed_documents(reviewed: Iterable[Reviewed]) -> list[Row]:
    return [
        {**one.row, "_file": one.text.name, "_sha256": one.text.sha256}
        for one in reviewed
        if one.text is not None and not one.registered
    ]


def _text(value: object) -> str:
    return "" if value is None else str(value)


def _store(
    connection: duckdb.DuckDBPyConnection, table: str, columns: list[str], found: Sequence[Row], loaded_at: datetime
) -> None:
    """A raw table as the sources have them: text, `_row` (none: a text has no rows), `_loaded_at`."""
    names = ", ".join(f"{column} text" for column in columns if not column.startswith("_"))
    connection.execute(
        f"create or replace table {table} ({names}, _file text, _row bigint, _sha256 text, _loaded_at timestamp)"
    )
    if found:
        incoming = pd.DataFrame(found, columns=columns, dtype=str).assign(_loaded_at=loaded_at)  # noqa: F841 - DuckDB reads it by name
        connection.execute(f"insert into {table} by name select * from incoming")
