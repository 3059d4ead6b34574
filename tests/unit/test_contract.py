"""Contracts: those of the product as people rely on them, and what is told of one that cannot be used."""

import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from dagster_project.ingest.contract import Contract, ContractError, load_contracts, row_sql

AS_OF = date(2026, 1, 31)
PRODUCT = load_contracts()
HANZI = re.compile("[\u4e00-\u9fff]")


def columns(*entries: dict[str, Any]) -> list[dict[str, Any]]:
    return [{"zh": f"第{number}列", "en": "column", **entry} for number, entry in enumerate(entries)]


def rule(name: str = "odd", **changed: Any) -> dict[str, Any]:
    words = dict.fromkeys(("reason_zh", "reason_en", "action_zh", "action_en"), "x")
    return {"name": name, "column": "code", "fails": "false", **words, **changed}


def plain(source: str = "things", **changed: Any) -> dict[str, Any]:
    """A contract that can be used, with entries changed, or left out where None."""
    entries = {
        "source": source, "title_zh": "物", "title_en": "Things", "group": "reference", "files": [f"reference/{source}"],
        "key": ["code"], "partial": "refuse", "columns": columns({"name": "code"}),
    }  # fmt: skip
    return {key: value for key, value in {**entries, **changed}.items() if value is not None}


def load(folder: Path, *contracts: dict[str, Any]) -> dict[str, Contract]:
    for contract in contracts:
        (folder / f"{contract['source']}.yml").write_text(yaml.safe_dump(contract), encoding="utf-8")
    return load_contracts(folder)


# ---- the contracts of the product


@pytest.mark.parametrize("source", PRODUCT)
def test_all_that_people_read_of_a_contract_is_in_both_languages(source: str) -> None:
    contract = PRODUCT[source]
    chinese = [contract.title_zh, *(column.zh for column in contract.columns)]
    english = [contract.title_en, *(column.en for column in contract.columns)]
    for rule in contract.rules:
        chinese += [rule.reason_zh, rule.action_zh]
        english += [rule.reason_en, rule.action_en]
    assert [text for text in chinese if not HANZI.search(text)] == []
    assert [text for text in english if not re.search("[A-Za-z]{2}", text) or HANZI.search(text)] == []


def test_every_rule_of_the_product_runs_and_finds_nothing_in_empty_tables() -> None:
    with duckdb.connect() as connection:
        _empty_tables(connection, PRODUCT)
        for contract in PRODUCT.values():
            assert connection.execute(row_sql(contract, AS_OF, set(PRODUCT))).fetchall() == []


def test_a_source_comes_after_those_its_rules_read() -> None:
    order = list(PRODUCT)
    assert order.index("statistics") > max(order.index(s) for s in ("regions", "crosswalk", "indicators", "units"))
    for source, contract in PRODUCT.items():
        assert {need for need in contract.needs if order.index(need) >= order.index(source)} == set()


# ---- a contract that cannot be used


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"partial": "maybe"}, ["partial", "maybe"]),
        ({"partial": None}, ["missing ['partial']"]),
        ({"title_en": ""}, ["missing ['title_en']"]),
        ({"key": ["id"]}, ["key", "id"]),
        ({"key": []}, ["key"]),
        ({"key": "code"}, ["key", "a list is expected"]),
        ({"colour": "red"}, ["unknown ['colour']"]),
        ({"by_year": True}, ["by_year", "year"]),
        ({"columns": None}, ["columns"]),
        ({"columns": ["code"]}, ["column", "'code'"]),
        ({"columns": columns({"name": "code", "type": "money"})}, ["column code", "money"]),
        ({"columns": columns({"name": "code", "typ": "text"})}, ["column code", "unknown ['typ']"]),
        ({"columns": columns({"name": "code", "zh": ""})}, ["column code", "missing ['zh']"]),
        ({"columns": columns({"name": "code", "pattern": "("})}, ["column code", "pattern"]),
        ({"columns": columns({"name": "code", "allowed": "yes"})}, ["column code", "allowed"]),
        ({"columns": columns({"name": "code"}, {"name": "code"})}, ["columns", "more than once ['code']"]),
        ({"columns": columns({"name": "code"}, {"name": "id", "zh": "code"})}, ["columns", "more than once ['code']"]),
        ({"columns": columns({"name": "code"}, {"name": "Code 2"})}, ["Code 2", "identifier"]),
        ({"append_only": ["cod"]}, ["append_only", "cod"]),
        ({"columns": columns({"name": "code", "type": "county"})}, ["['code']", "needs a column year"]),
        ({"totals": [{"whole": "code"}]}, ["total", "missing ['parts']"]),
        ({"totals": [{"whole": "code", "parts": "code"}]}, ["total", "parts", "a list is expected"]),
        ({"totals": [{"whole": "code", "parts": ["cod"]}]}, ["totals", "cod"]),
        ({"rules": [rule(column="cod")]}, ["rules", "cod"]),
        ({"rules": [rule(action_zh=None)]}, ["rule odd", "missing ['action_zh']"]),
        ({"rules": [rule(needs="regions")]}, ["rule odd", "needs"]),
        ({"rules": [rule(needs=["regions"])]}, ["'regions'", "no source"]),
    ],
)
def test_a_contract_that_cannot_be_used_is_told_by_file_and_entry(
    tmp_path: Path, changed: dict[str, Any], told: list[str]
) -> None:
    with pytest.raises(ContractError) as refused:
        load(tmp_path, plain(**changed))
    assert [text for text in ["things.yml", *told] if text not in str(refused.value)] == []


@pytest.mark.parametrize("content", ["", "- a\n- b\n", "source: [unclosed", "text"])
def test_a_file_that_is_no_contract_is_told_by_name(tmp_path: Path, content: str) -> None:
    (tmp_path / "things.yml").write_text(content)
    with pytest.raises(ContractError, match=r"things\.yml"):
        load_contracts(tmp_path)


def test_a_contract_under_another_name_is_told(tmp_path: Path) -> None:
    (tmp_path / "other.yml").write_text(yaml.safe_dump(plain()), encoding="utf-8")
    with pytest.raises(ContractError, match=r"other\.yml.*'things'"):
        load_contracts(tmp_path)


def test_contracts_that_need_each_other_are_told_in_a_circle(tmp_path: Path) -> None:
    with pytest.raises(ContractError, match="a -> b -> c -> a"):
        load(
            tmp_path,
            plain("a", rules=[rule(needs=["b"])]),
            plain("b", rules=[rule(needs=["c"])]),
            plain("c", rules=[rule(needs=["a"])]),
        )


def test_needed_sources_come_first_whatever_their_names(tmp_path: Path) -> None:
    contracts = load(tmp_path, plain("a", rules=[rule(needs=["z"])]), plain("m"), plain("z"))
    assert list(contracts) == ["z", "a", "m"]


# ---- rules about one row


def _empty_tables(connection: duckdb.DuckDBPyConnection, contracts: dict[str, Contract]) -> None:
    connection.execute("create schema raw")
    for contract in contracts.values():
        named = ", ".join(f"{column.name} text" for column in contract.columns)
        connection.execute(f"create table {contract.table} ({named}, _file text, _row bigint)")


NUMBERS = ["", "0", "-1", "007", "97.50", "1.1234567", "9" * 20, "-" + "9" * 20 + ".999999", "9" * 20 + ".9999999", "9" * 21,
           "1,000", "12万", "1.", ".5", "+1", "1e3", "０", "٣", "NaN", "inf", "--1", "-", "1 000", "0x10", "2147483647",
           "2147483648", "-2147483649", "1\n", "true", "'"]  # fmt: skip


class Judge:
    """A table for each column type, and which rule each of some cells breaks there."""

    def __init__(self, folder: Path):
        kinds = ("number", "integer", "year", "stage")
        self.contracts = load(
            folder, *(plain(kind, columns=columns({"name": "code"}, {"name": kind, "type": kind})) for kind in kinds)
        )
        self.connection = duckdb.connect()
        _empty_tables(self.connection, self.contracts)

    def __call__(self, kind: str, cells: list[str]) -> list[tuple[str, str | None]]:
        self.connection.execute(f"delete from raw.{kind}")
        self.connection.execute(
            f"insert into raw.{kind} select n::text, cell, 'f.csv', n from (select unnest(?) as cell, unnest(?) as n)",
            [cells, list(range(len(cells)))],
        )
        broken = self.connection.execute(row_sql(self.contracts[kind], AS_OF, {kind})).fetchall()
        told = {row: rule for _, row, rule, *_ in broken}
        return [(cell, told.get(number)) for number, cell in enumerate(cells)]

    def casts(self, cell: str, type_: str) -> bool:
        (found,) = self.connection.execute(f"select try_cast(? as {type_}) is not null", [cell]).fetchall()
        return bool(found[0])


@pytest.fixture(scope="module")
def judge(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Judge]:
    judge = Judge(tmp_path_factory.mktemp("types"))
    yield judge
    judge.connection.close()


def test_numbers_are_plain_digits_within_the_range_of_the_models(judge: Judge) -> None:
    said = dict(judge("number", NUMBERS))
    assert {cell for cell, rule in said.items() if rule is None} == {
        "", "0", "-1", "007", "97.50", "1.1234567", "9" * 20, "-" + "9" * 20 + ".999999", "2147483647", "2147483648",
        "-2147483649",
    }  # fmt: skip
    assert {cell for cell, rule in said.items() if rule == "out_of_range"} == {"9" * 20 + ".9999999", "9" * 21}
    assert said["12万"] == said["1,000"] == "not_a_number"


def test_whole_numbers_fit_an_integer(judge: Judge) -> None:
    said = dict(judge("integer", NUMBERS))
    assert {cell for cell, rule in said.items() if rule is None} == {"", "0", "-1", "007", "2147483647"}
    assert (said["2147483648"], said["97.50"]) == ("out_of_range", "not_an_integer")


@pytest.mark.parametrize(
    ("year", "rule"),
    [
        ("2026", None),
        ("1800", None),
        ("2027", "future_year"),
        ("2199", "future_year"),
        ("1799", "not_a_year"),
        ("2200", "not_a_year"),
        ("24", "not_a_year"),
        ("2024年", "not_a_year"),
        ("2024.0", "not_a_year"),
        ("２０２４", "not_a_year"),
    ],
)
def test_years_are_four_digits_up_to_the_as_of_date(judge: Judge, year: str, rule: str | None) -> None:
    assert judge("year", [year]) == [(year, rule)]


def test_a_stage_is_one_of_the_list_or_left_open(judge: Judge) -> None:
    assert judge("stage", ["", "primary", "all", "primay", "小学"]) == [
        ("", None),
        ("primary", None),
        ("all", None),
        ("primay", "not_in_list"),
        ("小学", "not_in_list"),
    ]


@settings(max_examples=40, deadline=None)
@given(
    st.lists(
        st.text("0123456789.-+e ,万０", max_size=30) | st.from_regex(r"-?\d{1,25}(\.\d{1,9})?", fullmatch=True),
        min_size=1,
        max_size=30,
    )
)
def test_what_the_row_rule_accepts_is_what_the_models_can_cast(judge: Judge, cells: list[str]) -> None:
    for kind, type_ in (("number", "decimal(26, 6)"), ("integer", "integer")):
        for cell, rule in judge(kind, cells):
            if cell and rule is None:
                assert judge.casts(cell, type_), (kind, cell)
            elif re.fullmatch(r"-?[0-9]+(\.[0-9]+)?" if kind == "number" else "-?[0-9]+", cell):
                assert not judge.casts(cell, type_), (kind, cell)
