"""The words of a refusal: in both languages, with an action, on one line."""

import re
from string import Formatter

import pytest

from dagster_project.ingest.problem import MESSAGES, Problem

HANZI = re.compile("[\u4e00-\u9fff]")


@pytest.mark.parametrize("rule", sorted(MESSAGES))
def test_every_message_has_a_reason_and_an_action_in_both_languages(rule: str) -> None:
    reason_zh, reason_en, action_zh, action_en = MESSAGES[rule]
    assert HANZI.search(reason_zh)
    assert HANZI.search(action_zh)
    for text in (reason_en, action_en):
        assert re.search("[a-z]{3}", text)
        assert not HANZI.search(text)


@pytest.mark.parametrize("rule", sorted(MESSAGES))
def test_both_languages_tell_the_same_particulars(rule: str) -> None:
    reason_zh, reason_en, action_zh, action_en = ({name for _, name, _, _ in Formatter().parse(text) if name}
                                                  for text in MESSAGES[rule])  # fmt: skip
    assert (reason_zh, action_zh) == (reason_en, action_en)
    assert reason_zh | action_zh <= {"file", "column", "found", "expected"}


def test_a_message_says_place_value_reason_and_action_in_this_order() -> None:
    problem = Problem.of("future_year", "statistics", "raw/statistics/2024.csv", row=7, column="year", value="2027",
                         expected=2026)  # fmt: skip
    assert problem.text() == (
        "raw/statistics/2024.csv 第 7 行 (row 7) year: 「2027」年份晚于基准日期所在年（2026）；核对年份"
        " / lies after the year of the as-of date (2026); check the year"
    )


def test_an_empty_cell_is_shown_as_empty_and_a_whole_file_without_row_and_value() -> None:
    assert "value: 「」不得为空" in Problem.of("required", "s", "f.csv", row=2, column="value", value="").text()
    assert Problem.of("no_rows", "s", "f.csv").text().startswith("f.csv: 没有数据行")


def test_a_cell_with_line_breaks_or_a_novel_in_it_stays_one_short_line() -> None:
    text = Problem.of("not_a_number", "s", "f.csv", row=2, column="value", value="1\n2" + "长" * 5000).text()
    assert "「1 2长" in text
    assert "\n" not in text
    assert len(text) < 250


def test_braces_in_what_was_found_are_no_fields() -> None:
    assert "{file}" in Problem.of("unknown_column", "s", "f.csv", column="{file}", expected="a").text()


def test_a_rule_without_words_is_a_mistake_of_the_programmer() -> None:
    with pytest.raises(KeyError):
        Problem.of("no_such_rule", "s", "f.csv")
