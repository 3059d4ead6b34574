"""The indicator cards of docs/: every indicator of the marts has one, and its arithmetic is right on its own figures."""

import re

import pytest

from dagster_project import build_file
from dagster_project.report import cards, words
from dagster_project.settings import ROOT
from tests.conftest import Site

PAGE = (ROOT / "docs" / "cards.md").read_text(encoding="utf-8")
CARDS = {match[1]: card for card in PAGE.split("\n### ")[1:] if (match := re.search(r"代码 / code \| `(\w+)`", card))}
WORKED = {code: card for code, card in CARDS.items() if "÷" in card.split("例 / example")[-1]}


def test_the_cards_in_docs_are_those_of_the_shipped_data(shipped: Site) -> None:
    with build_file.reading(shipped.settings.served) as connection:
        assert cards.page(connection) == PAGE, "make docs"
        shown = connection.execute("select distinct indicator_code from marts.mart_teacher_qualification").fetchall()
    assert {code for (code,) in shown} <= CARDS.keys()


@pytest.mark.parametrize("code", WORKED)
def test_a_worked_example_follows_from_the_figures_beside_it(code: str) -> None:
    card = WORKED[code].replace(",", "")
    terms = [float(term) for term in re.findall(r"→ ([\d.]+)", card)]
    found = re.search(r"computed：([\d.]+) ÷ ([\d.]+)(?: × (\d+))? = ([\d.]+)", card)
    assert found is not None
    above, below, scale, value = (float(part or 1) for part in found.groups())
    assert {above, below} <= {*terms, sum(terms) - below, sum(terms) - above}
    assert above / below * scale == pytest.approx(value, abs=0.00006)


def test_a_card_is_in_words_of_both_languages() -> None:
    card = CARDS["kg_public_share_children"]
    assert (
        "公办园在园幼儿数 ÷ 在园幼儿总数 × 100<br>Enrolment (preschool, public) ÷ Enrolment (preschool) × 100" in card
    )
    assert "2018 在校生数（学前教育·公办） 2016.4 万人" in card
    codes = {*words.STAGES, *words.SEGMENTS}
    assert {code for code in codes if re.search(rf"[（·]{code}[·）]", PAGE)} == set()


def test_the_public_kindergarten_share_of_2018_stands_with_both_bases_and_its_rows() -> None:
    card = CARDS["kg_public_share_children"]
    assert "20,164,000 ÷ 46,564,204 × 100 = 43.3037 %" in card
    assert "43.3 %" in card and "raw/statistics/2018.csv" in card
