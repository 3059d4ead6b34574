"""What the extraction hands over: one candidate, its columns, and how candidates are written down.

A candidate is a target as a document prints it, resolved as far as the words allow; what stays open is said in `note`.
Nothing here reads a document, the ledger or a catalogue.
"""

import csv
import io
import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass, fields

COMPARATORS = (">=", ">", "<=", "<", "=", "range", "add", "grow", "eliminate")
KINDS = ("explicit", "implied", "redacted")
LEVELS = ("学前", "小学", "初中", "义务教育", "普通高中", "职业", "高等", "教师", "经费", "其他")


@dataclass(frozen=True, slots=True)
class Candidate:
    """One target of one document. Texts are empty where nothing is known; numbers are text as they are printed,
    without separators of thousands.

    The fields up to `note` are the columns of the extracted CSV, in its order; those behind it are what a comparison
    with the ledger needs as well.
    """

    doc: str
    """File name without its ending."""
    article: str
    """Place in the document's own numbering, parts joined by `/`."""
    indicator_zh: str
    """Indicator as printed, short: what is counted or the rate."""
    indicator_code: str
    """Code of the catalogue, empty where none is sure."""
    subject_zh: str
    region_zh: str
    """Region as printed; the region of the document where the clause names none."""
    region_code: str
    comparator: str
    value: str
    value_high: str
    """Upper end of a range."""
    baseline: str
    unit: str
    period: str
    """Years the target is for: 2025, 2018-2020, 每年; empty where hidden or not said."""
    deadline: str
    """YYYY, YYYY-MM or the words."""
    level: str
    kind: str
    responsible_units: str
    """Joined by `;`, the lead first."""
    evidence: str
    """The clause, a part of the cleaned text."""
    char_start: int
    """Span of the evidence in the cleaned text, end excluded."""
    char_end: int
    confidence: float
    """0 to 1; how sure the words are, not how likely the target is to be met."""
    note: str
    """Every doubt with its reason, joined by `; `."""

    ordinal: int = 1
    """Number of the candidate inside its article, from 1."""
    baseline_year: str = ""
    target_year: str = ""
    """Last year of the period, where it is known."""
    year_hidden: bool = False
    recurs: bool = False
    """A duty of each year, month or week."""
    hold: bool = False
    """To be held, not only reached (保持, 稳定在)."""
    per_county: bool = False
    """A standard for each county, printed by a higher region."""
    proposed_code: str = ""
    """Nearest indicator of the catalogue where `indicator_code` is empty."""
    proposed_score: float = 0.0
    source_start: int = 0
    """Span of the evidence in the text as received, end excluded."""
    source_end: int = 0


COLUMNS = tuple(field.name for field in fields(Candidate))[: tuple(f.name for f in fields(Candidate)).index("note") + 1]
"""The columns of the extracted CSV."""


def to_csv(candidates: Iterable[Candidate]) -> str:
    """Candidates as CSV with a header, `COLUMNS` only, lines ending in LF."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS)
    writer.writerows([_cell(getattr(c, name)) for name in COLUMNS] for c in candidates)
    return out.getvalue()


def to_json(candidates: Iterable[Candidate]) -> str:
    """Candidates as a JSON list of objects with every field."""
    return json.dumps([asdict(c) for c in candidates], ensure_ascii=False, indent=1)


def _cell(value: object) -> str:
    return f"{value:.2f}" if isinstance(value, float) else str(value)
