"""Anything at all where a text is expected: no crash, no code, and the same outcome each time."""

import re
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import duckdb
import pandas as pd
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from dagster_project.characters import HIDDEN, HIDDEN_SQL, OBEYED, plain, spelled
from dagster_project.extraction import quantities
from dagster_project.ingest import mapping, readers, sidecar
from dagster_project.ingest.contract import load_contracts, row_sql
from dagster_project.ingest.mapping import Recipe
from dagster_project.ingest.problem import ShapeError
from tests.bounded import read_text

_BOUNDED = settings(
    deadline=None, max_examples=60, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
# What the store holds: text without halves of characters.
TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)
NUMERIC = st.text("0123456789.-+eE,% \u0660\uff11\u00b2_٫nainfx\u2212", max_size=30) | st.decimals(allow_nan=True).map(
    str
)


# ---- numbers and units


@_BOUNDED
@given(st.lists(NUMERIC | TEXT, min_size=1, max_size=30))
@example(["1", "-0", "00012.50", "1e3", "١", "1_000", "9" * 21, "0." + "1" * 30, "", "NaN", "−1", "\u00b2", "1\n"])
def test_what_passes_for_a_number_is_one_and_keeps_its_value(texts: list[str]) -> None:
    """A cell that no rule holds back is cast by the staging models without error, to the number that it prints."""
    contract = load_contracts()["statistics"]
    contract = replace(
        contract, columns=tuple(column for column in contract.columns if column.name in ("value", "measure_zh")), rules=(), by_year=False,
        key=("value",), totals=(),
    )  # fmt: skip
    frame = pd.DataFrame({"value": pd.Series(texts, dtype=object)}).assign(measure_zh="", _file="f")  # noqa: F841
    with duckdb.connect() as connection:
        connection.execute(
            "create schema raw; create table raw.statistics as select *, row_number() over () as _row from frame"
        )
        broken = {
            row
            for _, row, rule, column, *_ in connection.execute(row_sql(contract, date(2026, 1, 31), set())).fetchall()
            if column == "value" and rule != "duplicate_key"
        }
        cast = connection.execute(
            "select _row, try_cast(value as decimal(26, 6)) from raw.statistics order by _row"
        ).fetchall()
    for row, number in cast:
        assert row not in broken or not re.fullmatch(r"[0-9]{1,19}(\.[0-9]{1,6})?", texts[row - 1])
        if row not in broken:
            assert number is not None and abs(number - Decimal(texts[row - 1])) <= Decimal("0.0000005")


@_BOUNDED
@given(st.lists(st.sampled_from(["95", "九十五", "%", "万", "亿", "个百分点", "X", "*", "—", "到", "1:15", ",", ".", "翻", "番", "9" * 40]) | TEXT,
                max_size=20).map("".join))  # fmt: skip
def test_quantities_of_any_text_stand_where_they_say(text: str) -> None:
    found = quantities.find(text)
    assert found == quantities.find(text)
    for one in found:
        assert 0 <= one.start < one.end <= len(text)


@_BOUNDED
@given(st.floats() | st.integers(), st.text('0.#,%;[]"_*\\ ', max_size=40) | st.just("0." + "0" * 500))
def test_any_number_in_any_format_is_printed_or_refused(value: float, form: str) -> None:
    try:
        printed = readers._printed_number(value, form)
    except ArithmeticError:  # told as unreadable, with the file's name
        return
    assert printed and not HIDDEN.search(printed)


# ---- text that becomes SQL


@_BOUNDED
@given(TEXT, TEXT)
@example("'; drop table t; --", "{year}")
@example("\x00'", "\\'")
def test_a_mapping_makes_text_of_any_text(old: str, new: str) -> None:
    constant, renamed = Recipe(value=new), Recipe(("a",), values={old: new})
    with duckdb.connect() as connection:
        assert connection.execute(f"select {constant.sql([], '2024')}").fetchall() == [(new.replace("{year}", "2024"),)]
        given_ = pd.DataFrame({"c0": [old, f"{old}x"]})  # noqa: F841
        assert connection.execute(f"select {renamed.sql(['c0'], None)} from given_").fetchall() == [
            (new,),
            (f"{old}x",),
        ]


@_BOUNDED
@given(st.text(max_size=20))
@example("\x00")
@example("\u202e")
@example("\ufeffa")
@example("\U000e0041")
def test_python_and_duckdb_know_the_same_characters(text: str) -> None:
    storable = text.encode("utf-8", "ignore").decode()
    with duckdb.connect() as connection:
        found = connection.execute("select regexp_matches(?, ?)", [storable, HIDDEN_SQL]).fetchall()
    assert found == [(bool(HIDDEN.search(storable)),)]


@pytest.mark.parametrize("number", [0x061C, 0x200E, 0x200F, 0x202E, 0x2028, 0x2029, 0x2066, 0x206A, 0x206F])
def test_what_turns_or_breaks_a_text_is_refused_and_not_shown(number: int) -> None:
    name = f"长沙{chr(number)}市"
    assert refused(name) and plain(name) == "长沙\ufffd市" and spelled(name) == f"长沙\\u{number:04x}市"


@pytest.mark.parametrize(
    "number",
    [0x00AD, 0x034F, 0x115F, 0x1160, 0x180E, 0x200B, 0x200C, 0x200D, 0x2060, 0x2061, 0x2064, 0x3164, 0xFE00, 0xFEFF,
     0xFFA0, 0xFFF9, 0xFFFB, 0xE0001, 0xE0041, 0xE007F, 0xE0100, 0xE01EF],
)  # fmt: skip
def test_what_nobody_sees_is_refused_and_spelled_out(number: int) -> None:
    name = f"长沙{chr(number)}市"
    assert refused(name) and spelled(name).isprintable() and f"{number:x}" in spelled(name)


@pytest.mark.parametrize(
    "text", ["长沙市（含望城区）", "𠮷林·Zürich\u3000“甲”—乙…", "☑\ufe0f 已核对", "a\tb\nc", "e\u0301"]
)
def test_what_shows_is_taken(text: str) -> None:
    assert not refused(text) and plain(text) == text


def refused(text: str) -> bool:
    """By Python and by DuckDB alike."""
    with duckdb.connect() as connection:
        found = connection.execute("select regexp_matches(?, ?)", [text, HIDDEN_SQL]).fetchall()
    assert found == [(bool(HIDDEN.search(text)),)]
    return bool(HIDDEN.search(text))


# ---- what is shown


@_BOUNDED
@given(st.text(max_size=40))
@example("\ud800\udcff")
def test_what_is_shown_does_nothing_but_show(text: str) -> None:
    for shown in (plain(text), spelled(text)):
        shown.encode()
        assert not OBEYED.search(shown)
    assert plain(plain(text)) == plain(text) and spelled(spelled(text)) == spelled(text)
    if not OBEYED.search(text):
        assert plain(text) == text


# ---- files


@_BOUNDED
@given(st.text(max_size=80) | st.text("&*!<>[]{}:-?|>'\"%@`#\n ab\\u0", max_size=60))
@example("a: &b\n  - *b")
@example("? [a]\n: b")
@example("--- a\n--- b")
@example("\x85")
def test_any_text_for_a_sidecar_or_mapping_is_used_or_refused(tmp_path: Path, text: str) -> None:
    file = tmp_path / "2024.csv"
    for path in (sidecar.path_of(file), tmp_path / "2024.csv.mapping.yml"):
        path.write_bytes(text.encode("utf-8", "surrogatepass"))
    with pytest.raises(ValueError, match=r"\S"):
        sidecar.read(file)
    try:
        assert mapping.of(file, load_contracts()["statistics"], "raw/2024.csv").path is not None
    except ShapeError as refused:
        assert [problem.rule for problem in refused.problems] == ["bad_mapping"]


@_BOUNDED
@pytest.mark.parametrize("kind", [".txt", ".md", ".html", ".docx"])
@given(
    data=st.binary(max_size=200) | TEXT.map(str.encode) | st.text("<>/&;#x0d800p!-['\"", max_size=80).map(str.encode)
)
def test_any_bytes_for_a_document_are_read_or_refused(tmp_path: Path, kind: str, data: bytes) -> None:
    file = tmp_path / f"a{kind}"
    file.write_bytes(data)
    outcome = read_text(file)
    assert outcome == read_text(file)
    if isinstance(outcome, str):
        outcome.encode()
        assert not OBEYED.search(outcome)
    else:
        assert len(outcome) == 1
