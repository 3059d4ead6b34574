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
# What the warehouse computes today; without the others their answers fail, and have to.
COMPUTED_KINDS = {"ratio", "sum"}


def rows_of(file: Path) -> list[dict[str, str]]:
    with file.open(encoding="utf-8", newline="") as source:
        return list(csv.DictReader(source))


ANSWERS: list[Answer] = rows_of(Path(__file__).parent / "answers.csv")
FORMULAS = rows_of(ROOT / "raw" / "reference" / "indicator_formulas.csv")
TERMS = rows_of(ROOT / "raw" / "reference" / "indicator_terms.csv")
KINDS = {formula["indicator_code"]: formula["kind"] for formula in FORMULAS}

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


def is_computed(answer: Answer) -> bool:
    return KINDS[answer["indicator_code"]] in COMPUTED_KINDS and answer["base_indicator"] == ""


def asked(answer: Answer) -> object:
    """The answer as a case of its own; of a kind that is not computed yet it fails, until that kind is."""
    waits = not is_computed(answer) and answer["status"] != "no_row"
    marks = [pytest.mark.xfail(strict=True, reason="this kind of formula is not computed yet")] if waits else []
    return pytest.param(answer, marks=marks, id="-".join(answer[column] for column in CELL if answer[column]))


@pytest.fixture(scope="module")
def computed(province: Site) -> Iterator[dict[tuple[str, ...], tuple[float | None, str, str]]]:
    """Value, status and variant of every computed cell."""
    with duckdb.connect(str(province.settings.served), read_only=True) as connection:
        columns = {name for (name, *_) in connection.execute("describe marts.fct_indicator").fetchall()}
        base = "base_indicator" if "base_indicator" in columns else "null"
        found = connection.execute(
            f"""select indicator_code, coalesce({base}, ''), region_code, cast(year as varchar), stage, segment,
            value, status, variant from marts.fct_indicator where basis = 'computed'"""
        ).fetchall()
        yield {cell[:6]: cell[6:] for cell in found}


@pytest.mark.parametrize("answer", [asked(answer) for answer in ANSWERS])
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
    formulas = {
        (term["indicator_code"], term["variant"]) for term in TERMS if KINDS[term["indicator_code"]] in COMPUTED_KINDS
    }
    # Placeholders: their terms are values of a base indicator, not measures.
    placeholders = {term["indicator_code"] for term in TERMS if term["measure_code"] == "indicator_value"}
    assert {formula for formula in formulas if formula[0] not in placeholders} - reached == set()
