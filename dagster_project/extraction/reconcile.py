"""Candidates of one document against the rows of the ledger: same, changed, new, gone, or the text is not here.

Pure: rows and candidates come in, comparisons go out. Whether two say the same is decided here and nowhere else; what
is done about it is decided by people (`zhibiao review`).
"""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation

from dagster_project.extraction.candidate import Candidate

COMPARISONS = {
    "same": ("与台账一致", "says what the ledger says"),
    "changed": ("与台账不同", "differs from its row of the ledger"),
    "new": ("台账中没有", "is not in the ledger"),
    "gone": ("原文中不再有", "is in the ledger and no longer in the text"),
    "text_not_here": ("原文不在 raw/documents", "its text is not in raw/documents"),
    "rejected": ("审核时已否决", "was rejected in a review"),
}
# What makes two of one clause the same target: a difference in any of these is a change.
BINDING = ("comparator", "value", "value_high", "unit", "target_year", "deadline", "region", "kind")
# What is told where it differs and changes nothing by itself.
_TOLD = ("article", "indicator_zh", "subject_zh", "indicator_code", "baseline", "responsible_units", "evidence")
# What one person said no to: the same words with the same reading.
REJECTED_BY = ("indicator_zh", "region_zh", "comparator", "value", "value_high", "unit", "target_year", "evidence")

# Below this share of common pairs of characters two clauses are two clauses.
_ONE_CLAUSE = 0.6
_ONE_MEASURE = 0.5
# Where a document numbers nothing.
_WHOLE_TEXT = "正文"
_POWERS = {"百": 2, "千": 3, "万": 4, "亿": 8}
# 各县(市、区) are 各县.
_BRACKETS = re.compile(r"[(（][^()（）]*[)）]")
_NOT_WORDS = re.compile(r"[\W_]+")

Row = Mapping[str, str]


@dataclass(frozen=True)
class Comparison:
    """One line of a review: a candidate, a row of the ledger, or both.

    `target_id` is the row's, or for a new candidate the id it would take; no two comparisons share one. `proposed_id`
    is the id the candidate would be entered under (new and changed only). `differs` names the columns that differ.
    `decision` is who rejected it, when and why (rejected only).
    """

    target_id: str
    comparison: str
    candidate: Candidate | None = None
    row: Row | None = None
    proposed_id: str = ""
    differs: tuple[str, ...] = ()
    decision: tuple[str, str, str] = ("", "", "")

    @property
    def is_proposed(self) -> bool:
        """Whether somebody has yet to decide."""
        return self.comparison in ("new", "changed")


@dataclass
class _Ids:
    """Ids of one document: the candidate's own number where it is free, else the next one in its article."""

    document_id: str
    taken: set[str] = field(default_factory=set)

    def take(self, candidate: Candidate) -> str:
        number = candidate.ordinal
        while (found := target_id(self.document_id, candidate.article or _WHOLE_TEXT, number)) in self.taken:
            number += 1
        self.taken.add(found)
        return found


def target_id(document_id: str, article: str, ordinal: int) -> str:
    """The id of a target; `n` stands for no article."""
    return f"{document_id}/{article or 'n'}/{ordinal}"


def reconcile(
    document_id: str,
    candidates: Sequence[Candidate],
    ledger: Sequence[Row],
    rejections: Iterable[Row] = (),
    *,
    text_here: bool,
) -> list[Comparison]:
    """Comparisons of one document, candidates in their order, then the rows of the ledger no candidate stands for.

    `ledger` and `rejections` are the document's rows; withdrawn rows say that their reading was wrong. `text_here`:
    whether the candidates are all of the document's text, so that what they lack is gone.
    """
    active = [row for row in ledger if row["review_status"] != "withdrawn"]
    withdrawn = [row for row in ledger if row["review_status"] == "withdrawn"]
    said_no = {_said(row): (row["rejected_by"], row["rejected_on"], row["reason"]) for row in rejections}
    found = _pairs(candidates, active)
    rest = [number for number in range(len(candidates)) if number not in found]
    # The reading of a row that was withdrawn is as good as rejected, a better reading of its clause is new.
    retired = {
        rest[number]: row
        for number, row in _pairs([candidates[number] for number in rest], withdrawn).items()
        if not _differing(candidates[rest[number]], row, BINDING)
    }
    ids = _Ids(document_id, {row["target_id"] for row in ledger})
    comparisons = []
    for number, candidate in enumerate(candidates):
        decision = said_no.get(_said(facts(candidate)))
        if number in found:
            comparisons.append(_met(candidate, found[number], decision, ids))
        elif number in retired:
            row = retired[number]
            by = (row["reviewed_by"], row["reviewed_on"], row["review_reason"])
            comparisons.append(Comparison(row["target_id"], "rejected", candidate, row, decision=by))
        else:
            # A rejected candidate keeps its number, so that those beside it keep theirs.
            own = ids.take(candidate)
            if decision:
                comparisons.append(Comparison(own, "rejected", candidate, decision=decision))
            else:
                comparisons.append(Comparison(own, "new", candidate, proposed_id=own))
    met = {row["target_id"] for row in found.values()}
    missing = "gone" if text_here else "text_not_here"
    return comparisons + [
        Comparison(row["target_id"], missing, row=row) for row in active if row["target_id"] not in met
    ]


def _met(candidate: Candidate, row: Row, decision: tuple[str, str, str] | None, ids: _Ids) -> Comparison:
    changes = _differing(candidate, row, BINDING)
    differs = (*changes, *_differing(candidate, row, _TOLD))
    if not changes:
        return Comparison(row["target_id"], "same", candidate, row, differs=differs)
    if decision:
        return Comparison(row["target_id"], "rejected", candidate, row, differs=differs, decision=decision)
    return Comparison(row["target_id"], "changed", candidate, row, ids.take(candidate), differs)


def facts(candidate: Candidate) -> dict[str, str]:
    """A candidate under the ledger's column names, as far as it says what the ledger says; a hidden value is none."""
    hidden = candidate.kind == "redacted"
    names = (
        "indicator_zh", "indicator_code", "subject_zh", "region_zh", "region_code", "comparator", "baseline",
        "baseline_year", "unit", "target_year", "deadline", "level", "kind", "responsible_units", "evidence",
    )  # fmt: skip
    return {
        **{name: getattr(candidate, name) for name in names},
        "article": candidate.article or _WHOLE_TEXT,
        "value": "" if hidden else candidate.value,
        "value_high": "" if hidden else candidate.value_high,
    }


def _differing(candidate: Candidate, row: Row, columns: Iterable[str]) -> tuple[str, ...]:
    said = facts(candidate)
    return tuple(column for column in columns if not _agree(column, said, row))


def _agree(column: str, said: Row, row: Row) -> bool:
    if column == "region":
        return _same_region(said, row)
    if column == "kind":
        # Whether a number is printed or understood is a matter of taste; whether it is hidden is not.
        return (said["kind"] == "redacted") == (row["kind"] == "redacted")
    if column in ("value", "value_high", "unit"):
        # 3 万亩 and 30000 亩 are one amount in one unit.
        return _amount(said)[column] == _amount(row)[column]
    if column == "baseline":
        return _number(said[column]) == _number(row[column])
    if column == "deadline" and not (said[column] and row[column]):
        return True  # the year says it as well
    return _words(said[column]) == _words(row[column])


def _same_region(said: Row, row: Row) -> bool:
    if said["region_code"] and row["region_code"]:
        return said["region_code"] == row["region_code"]
    return _words(_BRACKETS.sub("", said["region_zh"])) == _words(_BRACKETS.sub("", row["region_zh"]))


# ---- which candidate stands for which row


def _pairs(candidates: Sequence[Candidate], rows: Sequence[Row]) -> dict[int, Row]:
    """The row each candidate stands for, by the candidate's number; the likest pairs first, none used twice."""
    if not (candidates and rows):
        return {}
    left, right = [_Traits(facts(c)) for c in candidates], [_Traits(row) for row in rows]
    scored = sorted(
        (-score, number, at)
        for at, number in _likely(left, right)
        if (score := _likeness(left[at], right[number])) is not None
    )
    found: dict[int, Row] = {}
    used: set[int] = set()
    for _, number, at in scored:
        if at not in found and number not in used:
            found[at] = rows[number]
            used.add(number)
    return found


class _Traits:
    """What a candidate or a row is told by."""

    def __init__(self, row: Row) -> None:
        self.row = row
        self.clause = _words(row["evidence"])
        self.clause_pairs = _bigrams(self.clause)
        self.name_pairs = _bigrams(_words(row["indicator_zh"]))
        self.quantity = tuple(_amount(row).values())

    def shared(self) -> Iterator[tuple[str, object]]:
        """Two that share none of these are never compared."""
        yield "article", self.row["article"]
        yield "clause", self.clause
        if self.row["indicator_code"]:
            yield "code", self.row["indicator_code"]
        if self.quantity[0]:
            yield "quantity", self.quantity


def _likely(left: Sequence[_Traits], right: Sequence[_Traits]) -> set[tuple[int, int]]:
    places: dict[tuple[str, object], list[int]] = defaultdict(list)
    for at, traits in enumerate(left):
        for key in traits.shared():
            places[key].append(at)
    return {(at, number) for number, traits in enumerate(right) for key in traits.shared() for at in places[key]}


def _likeness(one: _Traits, other: _Traits) -> float | None:
    """How much speaks for one target; None where clause and measure, or place and number, are another's."""
    code, other_code = one.row["indicator_code"], other.row["indicator_code"]
    measure = 1.0 if code and code == other_code else _share(one.name_pairs, other.name_pairs)
    quantity = one.quantity == other.quantity
    region = _same_region(one.row, other.row)
    if not other.clause:
        # Only reported: no clause to go by, so measure, region and number must all agree.
        clause = 0.0
        if not (measure >= _ONE_MEASURE and quantity and region):
            return None
    else:
        clause = _overlap(one, other)
        if clause < _ONE_CLAUSE or not (quantity or region) or not (quantity or measure >= _ONE_MEASURE):
            return None
    year = one.row["target_year"] == other.row["target_year"]
    article = one.row["article"] == other.row["article"]
    comparator = one.row["comparator"] == other.row["comparator"]
    return 4 * clause + 3 * measure + 2 * quantity + 2 * region + year + 0.5 * article + 0.5 * comparator


def _overlap(one: _Traits, other: _Traits) -> float:
    """1 where one clause holds the other, else the share of the shorter one's pairs of characters."""
    if one.clause in other.clause or other.clause in one.clause:
        return 1.0 if one.clause else 0.0
    shorter = min(len(one.clause_pairs), len(other.clause_pairs))
    return len(one.clause_pairs & other.clause_pairs) / shorter if shorter else 0.0


def _share(one: frozenset[str], other: frozenset[str]) -> float:
    return 2 * len(one & other) / (len(one) + len(other)) if one or other else 0.0


def _bigrams(text: str) -> frozenset[str]:
    return frozenset(text[at : at + 2] for at in range(max(len(text) - 1, 1))) if text else frozenset()


def _words(text: str) -> str:
    """Text without what printing adds: width, blanks, punctuation. A unit of punctuation only (%) stays itself."""
    plain = unicodedata.normalize("NFKC", text)
    return _NOT_WORDS.sub("", plain) or plain.strip()


def _number(text: str) -> str:
    """A printed number without what does not count: 85.0 and 85 are one."""
    plain = text.strip()
    return plain.rstrip("0").rstrip(".") if "." in plain else plain


def _amount(row: Row) -> dict[str, str]:
    """Value, upper end and unit, the thousands of a unit's name put into the numbers."""
    unit, power = _words(row["unit"]), 0
    while len(unit) > 1 and unit[0] in _POWERS:
        unit, power = unit[1:], power + _POWERS[unit[0]]
    return {
        **{name: _number(_times(row[name], power)) for name in ("value", "value_high")},
        "unit": unit,
    }


def _times(text: str, power: int) -> str:
    try:
        return f"{Decimal(text).scaleb(power):f}" if power else text
    except InvalidOperation:
        return text


def _said(row: Row) -> tuple[str, ...]:
    return tuple(_number(row[name]) if name.startswith("value") else _words(row[name]) for name in REJECTED_BY)
