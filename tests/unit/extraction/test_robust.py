"""Any text is read without harm: no crash, spans that hold, the same output twice, work that grows with the text alone."""

import io
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dagster_project.extraction import document, plans, recognise
from dagster_project.extraction.candidate import COMPARATORS, KINDS, LEVELS, to_csv
from dagster_project.extraction.extract import extract
from dagster_project.extraction.resolve import Reference
from dagster_project.extraction.statements import sentence, sentences
from dagster_project.settings import ROOT

PIECES = [
    "到2025年,", "学前教育毛入园率", "达到", "不低于", "95%", "以上", "新建", "公办幼儿园", "3所", "、", "和", "分别", "其中", "(", ")", "（", "〔",
    "“", "”", "《", "》", "X县", "X", "**%", "1:15", "由85%提高到", "百分之九十", "全覆盖", "消除", "大班额", "一个不能少", "每年", "各县区",
    "全部", "增长", "个百分点", "只增不减", "。", ";", "\n", ",", ":", "一、", "(一)", "1.", "2020年", "已", "预计", "|", " | ", "---", "9" * 30, "亿", "零",
    "两期以上", "半", "翻一番", "\u202e", "<b>", "\x00", "国家提出", "8月底前", "竣工",
]  # fmt: skip
texts = st.lists(st.sampled_from(PIECES) | st.text(max_size=4), max_size=60).map("".join)


@settings(deadline=None, max_examples=150)
@given(texts)
def test_any_text_is_read_and_every_candidate_is_whole(text: str) -> None:
    read = document.from_text("any", text)
    found = extract(read)
    for one in found:
        assert 0 <= one.char_start < one.char_end <= len(read.text)
        assert one.evidence == read.text[one.char_start : one.char_end].replace("\n", " ") and len(one.evidence) <= 60
        assert one.comparator in COMPARATORS and one.kind in KINDS and one.level in LEVELS and one.indicator_zh
        assert 0 < one.confidence <= 1 and (one.indicator_code or one.note)
        assert 0 <= one.source_start <= one.source_end <= len(read.original)
    assert to_csv(extract(document.from_text("any", text))) == to_csv(found)


def test_no_piece_that_the_grammar_sees_is_long_and_none_is_lost() -> None:
    for text in ("达到95%," * 50_000, "甲" * 1_000_000, "(" * 100_000, "()" * 50_000, "3所、" * 100_000):
        pieces = list(sentences(text, 0, len(text)))
        assert max(b - a for a, b in pieces) <= 2000
        assert sum(b - a for a, b in pieces) == len(text)
        assert max(len(sentence(text, a, b).text) for a, b in pieces[:50]) <= 2000


def test_work_grows_with_the_text_and_not_faster(monkeypatch: pytest.MonkeyPatch) -> None:
    text = "一、任务\n到2025年,毛入园率达到95%以上,新建幼儿园3所、小学2所。\n" * 20
    calls = [0]
    original = recognise.read

    def counted(*args: Any) -> Any:
        calls[0] += 1
        return original(*args)

    monkeypatch.setattr(recognise, "read", counted)
    once = len(extract(document.from_text("once", text))), calls[0]
    calls[0] = 0
    ten = len(extract(document.from_text("ten", text * 10))), calls[0]
    assert ten == (once[0] * 10, once[1] * 10)


@pytest.mark.parametrize(
    "text", ["1" * 200_000, "(" * 100_000 + "3所", "新建3所、" * 20_000, "百" * 100_000, "达到" * 50_000 + "9%"]
)
def test_masses_of_one_thing_are_read_to_the_end(text: str) -> None:
    read = document.from_text("mass", "嘉兴市教育局2024年工作要点\n一、任务\n" + text + "\n新建中学7所。\n")
    assert extract(read)[-1].value == "7"


def test_only_reference_data_is_read_no_ledger_and_no_labels(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = "嘉兴市教育局2024年工作要点\n一、任务\n新建小学3所,巩固率达到98%。南湖区新建中学1所。\n"
    opened: list[str] = []
    original = io.open

    def watched(file: Any, *args: Any, **kwargs: Any) -> Any:
        opened.append(str(file))
        return original(file, *args, **kwargs)

    monkeypatch.setattr(io, "open", watched)
    monkeypatch.setattr("builtins.open", watched)
    known = Reference(ROOT / "raw" / "reference")
    found = extract(document.from_text("plan", text), known)
    assert {Path(name).name for name in opened} <= {
        "regions.csv",
        "indicators.csv",
        "indicator_aliases.csv",
        "units.csv",
    }
    # With nothing but the reference data on disk the output is the same.
    for name in ("regions.csv", "indicators.csv", "indicator_aliases.csv", "units.csv"):
        (tmp_path / name).write_bytes((ROOT / "raw" / "reference" / name).read_bytes())
    assert to_csv(extract(document.from_text("plan", text), Reference(tmp_path))) == to_csv(found)


def test_a_first_line_of_many_places_is_read_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each rest of a line is asked once; asking it again for every place before it doubled the work with each place."""
    calls = [0]
    original = plans._first_of

    def counted(*args: Any) -> str:
        calls[0] += 1
        return original(*args)

    monkeypatch.setattr(plans, "_first_of", counted)
    extract(document.from_text("places", "红塔区310名、江川区190名、" * 2000))
    assert calls[0] < 200
