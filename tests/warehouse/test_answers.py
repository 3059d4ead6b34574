"""Every formula through the real models, against `answers.csv`: values worked out by hand from the definitions.

An answer names one cell of the miniature province. Its `working` is the arithmetic with the printed figures in base
units, `value` what it comes to. A status of its own (`zero_denominator`, `series_break`) has no value, and `no_row`
says that the warehouse rightly has none. `mistakes` are workings that are often taken for the indicator and are not.
An answer is never taken over from what the program gives: if the two differ, the definition decides.
"""

import ast
import csv
import math
import operator
import re
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from dagster_project.settings import ROOT
from tests.conftest import Site

Answer = dict[str, str]
CELL = ("indicator_code", "base_indicator", "region_code", "year", "stage", "segment")


def rows_of(file: Path) -> list[dict[str, str]]:
    with file.open(encoding="utf-8", newline="") as source:
        return list(csv.DictReader(source))


ANSWERS: list[Answer] = rows_of(Path(__file__).parent / "answers.csv")
TERMS = rows_of(ROOT / "raw" / "reference" / "indicator_terms.csv")

_OPERATORS = {
    ast.Add: operator.add, ast.Sub: operator.sub, ast.Mult: operator.mul, ast.Div: operator.truediv,
    ast.Pow: operator.pow, ast.Gt: operator.gt, ast.GtE: operator.ge, ast.Eq: operator.eq,
}  # fmt: skip
_FUNCTIONS = {"sqrt": math.sqrt, "ln": math.log, "abs": abs}


def evaluate(working: str) -> float:
    """Plain arithmetic; a comparison counts 1 where it holds and 0 where not."""

    def of(node: ast.expr) -> float:
        match node:
            case ast.Constant(value=int() | float() as number):
                return number
            case ast.UnaryOp(op=ast.USub(), operand=operand):
                return -of(operand)
            case ast.BinOp(left=left, op=sign, right=right) | ast.Compare(left=left, ops=[sign], comparators=[right]):
                return _OPERATORS[type(sign)](of(left), of(right))
            case ast.Call(func=ast.Name(id=name), args=[argument]):
                return _FUNCTIONS[name](of(argument))
        raise ValueError(f"no plain arithmetic: {working}")

    return float(of(ast.parse(working, mode="eval").body))


@pytest.fixture(scope="module")
def computed(province: Site) -> Iterator[dict[tuple[str, ...], tuple[float | None, str, str]]]:
    """Value, status and variant of every computed cell."""
    with duckdb.connect(str(province.settings.served), read_only=True) as connection:
        found = connection.execute(
            """select indicator_code, coalesce(base_indicator, ''), region_code, cast(year as varchar), stage, segment,
            value, status, variant from marts.fct_indicator where basis = 'computed'"""
        ).fetchall()
        yield {cell[:6]: cell[6:] for cell in found}


@pytest.mark.parametrize("answer", ANSWERS, ids=lambda answer: "-".join(answer[c] for c in CELL if answer[c]))
def test_the_warehouse_gives_the_answer(
    computed: dict[tuple[str, ...], tuple[float | None, str, str]], answer: Answer
) -> None:
    found = computed.get(tuple(answer[column] for column in CELL))
    if answer["status"] == "no_row":
        assert found is None
        return
    assert found is not None
    value, status, _ = found
    assert status == answer["status"]
    assert value == (pytest.approx(float(answer["value"]), rel=1e-12) if answer["value"] else None)


def test_a_value_is_what_its_working_comes_to() -> None:
    answered = [answer for answer in ANSWERS if answer["status"] == "ok"]
    wrong = [answer for answer in answered if float(answer["value"]) != evaluate(answer["working"])]
    assert wrong == []
    assert [a for a in ANSWERS if a["status"] != "ok" and (a["value"] or a["working"])] == []


def test_a_mistake_comes_to_another_value_which_the_note_tells() -> None:
    told = [(answer, mistake) for answer in ANSWERS for mistake in answer["mistakes"].split("; ") if mistake]
    assert len(told) > 20
    for answer, mistake in told:
        assert evaluate(mistake) != pytest.approx(float(answer["value"]), rel=1e-6), answer
        assert f"{evaluate(mistake):.4f}" in re.findall(r"\d+\.\d{4}", answer["note"]), answer


def test_every_cell_is_answered_once() -> None:
    cells = [tuple(answer[column] for column in CELL) for answer in ANSWERS]
    assert len(cells) == len(set(cells))


def test_every_indicator_with_terms_has_an_answer() -> None:
    answered = {answer["indicator_code"] for answer in ANSWERS if answer["status"] == "ok"}
    assert {term["indicator_code"] for term in TERMS} - answered == set()


def test_every_variant_has_an_answer(computed: dict[tuple[str, ...], tuple[float | None, str, str]]) -> None:
    cells = [tuple(answer[column] for column in CELL) for answer in ANSWERS if answer["status"] == "ok"]
    reached = {(cell[0], computed[cell][2]) for cell in cells if cell in computed}
    formulas = {(term["indicator_code"], term["variant"]) for term in TERMS}
    assert formulas - reached == set()
