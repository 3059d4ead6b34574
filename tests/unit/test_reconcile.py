"""Candidates beside the rows of the ledger: which stands for which, and what differs."""

from dataclasses import replace

import pytest

from dagster_project.extraction.candidate import Candidate
from dagster_project.extraction.proposal import Catalogue, document_id_of, target_row
from dagster_project.extraction.reconcile import Comparison, reconcile
from tests import texts
from tests.warehouse.verdicts import TARGET

Row = dict[str, str]
NOTHING_KNOWN = Catalogue({}, {})


def read(*lines: str) -> list[Candidate]:
    return texts.candidates("plan", "\n".join(lines))


def ledger(*lines: str) -> list[Row]:
    """The rows of the ledger that these lines would have become."""
    rows = []
    for found in reconcile("plan", read(*lines), [], text_here=True):
        row = target_row(found, "plan", NOTHING_KNOWN)
        assert row.keys() == set(TARGET)
        rows.append(
            {
                **row,
                "review_status": "reviewed",
                "reviewed_by": "甲",
                "reviewed_on": "2026-01-01",
                "review_reason": "核对",
            }
        )
    return rows


def told(found: list[Comparison]) -> list[tuple[str, str]]:
    return [(one.target_id, one.comparison) for one in found]


RATIO = texts.line()
JUNIOR = texts.line(
    indicator_zh="初中生师比", indicator_code="jun_pupils_per_teacher", value="13", evidence="初中生师比不高于13:1"
)
OTHER = texts.line(
    article="二/3",
    indicator_zh="新建小学数",
    indicator_code="pri_new",
    comparator="add",
    value="5",
    unit="所",
    evidence="新建小学5所",
)


def test_what_says_the_same_is_the_same_and_keeps_its_id() -> None:
    found = reconcile("plan", read(RATIO, JUNIOR, OTHER), ledger(RATIO, JUNIOR, OTHER), text_here=True)
    assert told(found) == [("plan/一/1/1", "same"), ("plan/一/1/2", "same"), ("plan/二/3/1", "same")]
    assert not any(one.is_proposed for one in found)


def test_another_order_in_the_article_changes_no_id() -> None:
    found = reconcile("plan", read(JUNIOR, RATIO), ledger(RATIO, JUNIOR), text_here=True)
    assert told(found) == [("plan/一/1/2", "same"), ("plan/一/1/1", "same")]


@pytest.mark.parametrize(
    ("changes", "differs"),
    [
        ({"value": "16", "evidence": "小学生师比不高于16:1"}, "value"),
        ({"comparator": "="}, "comparator"),
        ({"target_year": "2020"}, "target_year"),
        ({"region_zh": "清远市", "region_code": "441800"}, "region"),
    ],
)
def test_a_clause_with_another_reading_is_changed_and_proposed_beside_its_row(changes: Row, differs: str) -> None:
    (found,) = reconcile("plan", read(texts.line(**changes)), ledger(RATIO), text_here=True)
    assert (found.target_id, found.comparison, found.proposed_id) == ("plan/一/1/1", "changed", "plan/一/1/2")
    assert found.differs[0] == differs


@pytest.mark.parametrize(
    "changes",
    [
        {"value": "17.0"},
        {"region_zh": "全国（各县、市、区）", "region_code": ""},
        {"evidence": "小学生师比 不高于 17：1。"},
        {"article": "一/2"},
        {"indicator_zh": "小学生师比例"},
    ],
    ids=["digits", "bracket", "punctuation", "article", "wording"],
)
def test_what_only_printing_or_wording_changes_is_the_same(changes: Row) -> None:
    (found,) = reconcile("plan", read(texts.line(**changes)), ledger(RATIO), text_here=True)
    assert (found.target_id, found.comparison) == ("plan/一/1/1", "same")


def test_what_the_text_lacks_is_gone_only_where_the_text_is_here() -> None:
    here = reconcile("plan", read(RATIO), ledger(RATIO, OTHER), text_here=True)
    assert told(here)[1:] == [("plan/二/3/1", "gone")]
    elsewhere = reconcile("plan", [], ledger(RATIO, OTHER), text_here=False)
    assert told(elsewhere) == [("plan/一/1/1", "text_not_here"), ("plan/二/3/1", "text_not_here")]


def test_targets_of_one_clause_are_told_apart_by_measure_number_and_region() -> None:
    clause = "甲、乙两县分别新建小学5所、5所，新建初中5所"
    lines = [
        texts.line(indicator_zh=name, indicator_code="", region_zh=region, region_code="", comparator="add", value="5", unit="所", evidence=clause)
        for name, region in (("新建小学数", "甲县"), ("新建小学数", "乙县"), ("新建初中数", "甲县"))
    ]  # fmt: skip
    found = reconcile("plan", read(lines[2], lines[1], lines[0]), ledger(*lines), text_here=True)
    assert told(found) == [("plan/一/1/3", "same"), ("plan/一/1/2", "same"), ("plan/一/1/1", "same")]


def test_another_measure_in_the_same_article_is_new() -> None:
    found = reconcile("plan", read(OTHER, texts.line(article="二/3", value="9", evidence="教师培训不少于9次", indicator_zh="培训次数", indicator_code="", unit="次")),
                      ledger(OTHER), text_here=True)  # fmt: skip
    assert told(found) == [("plan/二/3/1", "same"), ("plan/二/3/2", "new")]


def test_a_reported_row_is_met_by_a_clause_that_says_the_same_number() -> None:
    reported = [
        {**row, "evidence": "", "article": "", "evidence_kind": "reported", "target_id": "plan/n/1"}
        for row in ledger(RATIO)
    ]
    assert told(reconcile("plan", read(RATIO), reported, text_here=True)) == [("plan/n/1", "same")]
    other = reconcile("plan", read(texts.line(value="16")), reported, text_here=True)
    assert told(other) == [("plan/一/1/1", "new"), ("plan/n/1", "gone")]


@pytest.mark.parametrize(("value", "unit"), [("3.6", "万个"), ("36000", "个"), ("36", "千个"), ("0.00036", "亿个")])
def test_one_amount_in_another_printed_unit_is_the_same(value: str, unit: str) -> None:
    places = texts.line(
        article="三",
        indicator_zh="新增学位数",
        indicator_code="",
        comparator="add",
        evidence="新增学位3.6万个",
        value="36000",
        unit="个",
    )
    again = texts.line(
        article="三",
        indicator_zh="新增学位数",
        indicator_code="",
        comparator="add",
        evidence="新增学位3.6万个",
        value=value,
        unit=unit,
    )
    (found,) = reconcile("plan", read(again), ledger(places), text_here=True)
    assert found.comparison == "same"


def test_a_hidden_value_is_the_same_hidden_value() -> None:
    hidden = [replace(candidate, kind="redacted", value="X") for candidate in read(OTHER)]
    row = {**ledger(OTHER)[0], "kind": "redacted", "value": ""}
    assert told(reconcile("plan", hidden, [row], text_here=True)) == [("plan/二/3/1", "same")]
    (found,) = reconcile("plan", hidden, ledger(OTHER), text_here=True)
    assert found.comparison == "changed" and "kind" in found.differs


def test_a_rejected_reading_stays_rejected_and_another_reading_is_asked_about() -> None:
    (row,) = ledger(RATIO)
    no = {**row, "rejected_by": "甲", "rejected_on": "2026-01-02", "reason": "是现状"}
    found = reconcile("plan", read(RATIO, JUNIOR), [], [no], text_here=True)
    # It keeps its number, so the one beside it keeps its own.
    assert told(found) == [("plan/一/1/1", "rejected"), ("plan/一/1/2", "new")]
    assert found[0].decision == ("甲", "2026-01-02", "是现状")
    assert told(reconcile("plan", read(texts.line(value="16")), [], [no], text_here=True)) == [("plan/一/1/1", "new")]


def test_a_row_that_was_withdrawn_is_neither_gone_nor_proposed_again() -> None:
    (row,) = ledger(RATIO)
    withdrawn = {**row, "review_status": "withdrawn", "review_reason": "抄错"}
    assert told(reconcile("plan", [], [withdrawn], text_here=True)) == []
    (found,) = reconcile("plan", read(RATIO), [withdrawn], text_here=True)
    assert (found.comparison, found.decision[2]) == ("rejected", "抄错")
    assert told(reconcile("plan", read(texts.line(value="16")), [withdrawn], text_here=True)) == [
        ("plan/一/1/2", "new")
    ]


def test_a_changed_reading_that_was_rejected_leaves_the_row_standing() -> None:
    (row,) = ledger(texts.line(value="16"))
    no = {**row, "rejected_by": "甲", "rejected_on": "2026-01-02", "reason": "误读"}
    (found,) = reconcile("plan", read(texts.line(value="16")), ledger(RATIO), [no], text_here=True)
    assert (found.target_id, found.comparison) == ("plan/一/1/1", "rejected")


def test_ids_of_candidates_do_not_move_when_one_of_them_is_accepted() -> None:
    lines = [
        RATIO,
        JUNIOR,
        texts.line(indicator_zh="大班额", indicator_code="x", value="5", unit="%", evidence="大班额5%以内"),
    ]
    before = reconcile("plan", read(*lines), [], text_here=True)
    accepted = [row for row in ledger(*lines) if row["target_id"] == "plan/一/1/2"]
    after = reconcile("plan", read(*lines), accepted, text_here=True)
    assert [one.target_id for one in before] == [one.target_id for one in after]
    assert [one.comparison for one in after] == ["new", "same", "new"]


def test_no_two_comparisons_share_an_id() -> None:
    same = [RATIO] * 3
    found = reconcile("plan", read(*same), ledger(RATIO), text_here=True)
    assert [one.comparison for one in found] == ["same", "new", "new"]
    assert len({one.target_id for one in found}) == 3


# ---- what is proposed


def test_a_proposal_takes_its_stage_from_the_printed_level_or_else_from_the_indicator() -> None:
    catalogue = Catalogue(
        {"both": frozenset({"primary", "junior"}), "one": frozenset({"junior"}), "any": frozenset({""})}, {"any": "all"}
    )
    assert [catalogue.stage(*pair) for pair in (("both", "小学"), ("one", "小学"), ("any", "其他"), ("", "学前"), ("", ""))] == [
        "primary", "junior", "all", "preschool", "all",
    ]  # fmt: skip


def test_a_base_without_its_year_is_a_remark() -> None:
    (candidate,) = read(RATIO)
    found = Comparison("plan/一/1/1", "new", replace(candidate, baseline="18"), proposed_id="plan/一/1/1")
    row = target_row(found, "plan", NOTHING_KNOWN)
    assert (row["baseline"], row["baseline_year"]) == ("", "") and "18" in row["note"]


def test_responsible_units_stand_as_the_ledger_lists_them() -> None:
    (candidate,) = read(RATIO)
    many = ";".join(f"单位{number}" for number in range(40))
    for units, listed in (("教育局； 财政局;;", "教育局;财政局"), (many, many.split(";单位30")[0])):
        found = Comparison("plan/一/1/1", "new", replace(candidate, responsible_units=units), proposed_id="plan/一/1/1")
        assert target_row(found, "plan", NOTHING_KNOWN)["responsible_units"] == listed


def test_a_changed_target_stays_resolved_as_people_resolved_it() -> None:
    resolved = {**ledger(RATIO)[0], "segment": "rural", "indicator_note": "按农村理解"}
    (found,) = reconcile("plan", read(texts.line(value="16")), [resolved], text_here=True)
    row = target_row(found, "plan", NOTHING_KNOWN)
    assert (row["value"], row["segment"], row["indicator_note"]) == ("16", "rural", "按农村理解")
    other = replace(found, candidate=replace(read(RATIO)[0], indicator_code="jun_pupils_per_teacher"))
    assert target_row(other, "plan", NOTHING_KNOWN)["segment"] == "all"


def test_a_text_belongs_to_the_document_that_names_it_or_is_named_like_it() -> None:
    registry = [{"document_id": "plan", "text_file": "三年行动计划.docx"}, {"document_id": "other", "text_file": ""}]
    names = ("三年行动计划.txt", "other.pdf", "new-one.txt", "新的计划.txt")
    assert [document_id_of(name, registry, "0123456789abcdef") for name in names] == [
        "plan", "other", "new-one", "text-0123456789ab",
    ]  # fmt: skip
