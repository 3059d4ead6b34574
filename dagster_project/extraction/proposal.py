"""A candidate as a row of the ledger, and its document as a row of the registry: what a person accepts or mends.

Pure. What the document does not say stays empty; what the ledger asks beyond a candidate (stage, whether it is counted at
the end) follows from the catalogue and from the words.
"""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from dagster_project.extraction.candidate import Candidate
from dagster_project.extraction.reconcile import Comparison, facts

STAGES = {
    "学前": "preschool",
    "小学": "primary",
    "初中": "junior",
    "义务教育": "compulsory",
    "普通高中": "senior",
    "职业": "vocational",
    "高等": "higher",
}
# A range of things to be made is counted at the end, as an addition is.
_MADE = re.compile("新建|建成|建设|新增|扩建|创建|招聘|认定|培训")
# As many responsible units as the marts tell apart.
_UNITS = 30
_DOCUMENT_ID = re.compile(r"[a-z0-9][a-z0-9_-]*")


@dataclass(frozen=True)
class Catalogue:
    """By indicator code: the stages its formulas have (empty text: any), and the level the catalogue lists it under."""

    stages: Mapping[str, frozenset[str]]
    levels: Mapping[str, str]

    def stage(self, code: str, level: str) -> str:
        """The stage of a target: the printed one if the indicator has it, else the indicator's only one."""
        own = self.stages.get(code, frozenset())
        printed = STAGES.get(level, "")
        if printed and (not own or printed in own):
            return printed
        if len(own) == 1 and "" not in own:
            return next(iter(own))
        return self.levels.get(code) or printed or "all"


def target_row(comparison: Comparison, document_id: str, catalogue: Catalogue) -> dict[str, str]:
    """The ledger's row of a proposed candidate; who reviewed it, when and why is left empty."""
    candidate = comparison.candidate
    assert candidate is not None and comparison.is_proposed
    said = facts(candidate)
    notes = [candidate.note] if candidate.note else []
    if said["baseline"] and not said["baseline_year"]:
        notes.append(f"基期值 {said['baseline']}，未写基期年")
        said["baseline"] = ""
    if not said["baseline"]:
        said["baseline_year"] = ""
    code = said["indicator_code"]
    units = [unit.strip() for unit in re.split("[;；]", said["responsible_units"]) if unit.strip()]
    if len(units) > _UNITS:
        notes.append(f"责任单位共 {len(units)} 个，只列前 {_UNITS} 个")
    return {
        **said,
        "responsible_units": ";".join(units[:_UNITS]),
        "target_id": comparison.proposed_id,
        "document_id": document_id,
        "ordinal": comparison.proposed_id.rsplit("/", 1)[1],
        "indicator_note": "" if code else _unresolved(candidate),
        "stage": catalogue.stage(code, candidate.level),
        "segment": "all",
        "target_year": "" if candidate.year_hidden else said["target_year"],
        "year_hidden": _yes(candidate.year_hidden),
        "recurs": _yes(candidate.recurs),
        "hold": _yes(candidate.hold),
        "per_county": _yes(candidate.per_county),
        "counted": _yes(_counted(candidate)),
        "evidence_kind": "clause",
        "disputable": "no",
        "confidence": "A",
        "milestone_of": "",
        "review_status": "proposed",
        "reviewed_by": "",
        "reviewed_on": "",
        "review_reason": "",
        "note": "；".join(notes),
        **_kept(comparison),
    }


# How the row before it was resolved by people, which the words of the text do not change.
_RESOLUTION = (
    "indicator_code",
    "indicator_note",
    "stage",
    "segment",
    "per_county",
    "disputable",
    "milestone_of",
)


def _kept(comparison: Comparison) -> dict[str, str]:
    candidate, row = comparison.candidate, comparison.row
    if candidate is None or row is None or candidate.indicator_code not in ("", row["indicator_code"]):
        return {}
    return {name: row[name] for name in _RESOLUTION}


def document_row(
    document_id: str, title: str, issuer: str, text_file: str, candidates: Sequence[Candidate]
) -> dict[str, str]:
    """The registry's row of a document nobody has entered yet; its region is the one most of its targets are for."""
    regions = Counter((candidate.region_zh, candidate.region_code) for candidate in candidates)
    (region_zh, region_code), _ = regions.most_common(1)[0] if regions else (("", ""), 0)
    return {
        "document_id": document_id,
        "title_zh": title,
        "issuer_zh": issuer,
        "issued_year": "",
        "region_code": region_code,
        "region_zh": region_zh or "未写明",
        "plan_from": "",
        "plan_to": "",
        "text_file": text_file,
        "title_is_description": "no",
        "note": "",
    }


def document_id_of(name: str, registry: Sequence[Mapping[str, str]], digest: str) -> str:
    """The document a text file belongs to: the registry's that names the file, else one named like it.

    A new one is named by the file if the name can be an id, else by `digest`, a hash of the name: either way the same
    file name leads to the same id.
    """
    stem = name.rsplit(".", 1)[0]
    for row in registry:
        if stem in (row["document_id"], row["text_file"].rsplit(".", 1)[0]):
            return row["document_id"]
    return stem if _DOCUMENT_ID.fullmatch(stem) else f"text-{digest[:12]}"


def _unresolved(candidate: Candidate) -> str:
    if candidate.proposed_code:
        return f"没有确定的指标；最近的是 {candidate.proposed_code}（{candidate.proposed_score:.2f}）"
    return "没有对应的指标"


def _counted(candidate: Candidate) -> bool:
    if candidate.comparator == "add":
        return True
    if candidate.comparator == "range" and _MADE.search(candidate.indicator_zh):
        return True
    return candidate.kind != "redacted" and not candidate.value and bool(candidate.deadline)


def _yes(said: bool) -> str:
    return "yes" if said else "no"
