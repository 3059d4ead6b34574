"""A source's contract: its files, columns and row rules, read from `contracts/<source>.yml`. One rule, one place:
a contract says types, required columns and what one row must satisfy; sums and relations between tables are dbt tests.
"""

import re
from dataclasses import MISSING, dataclass, fields
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

import yaml

from dagster_project.characters import HIDDEN_SQL
from dagster_project.sql import literal

FOLDER = Path(__file__).with_name("contracts")
TYPES = {"text", "number", "integer", "year", "date", "stage", "region", "county"}
# Stages of education a figure can be of; `all` is no single one. A name outside them would land in a cell nobody reads.
STAGES = (
    "preschool",
    "primary",
    "junior",
    "compulsory",
    "senior",
    "senior_stage",
    "vocational",
    "higher",
    "special",
    "all",
)


@dataclass(frozen=True)
class Column:
    """A column: its name, its Chinese heading (either may head a file), type, and the form of its cells.

    A `region` is a code of `raw.regions` in force in the row's year, a `county` such a region with none below it.
    """

    name: str
    zh: str
    en: str
    type: str = "text"
    required: bool = False
    pattern: str | None = None
    allowed: tuple[str, ...] = ()


@dataclass(frozen=True)
class Total:
    """A number and numbers that are parts of it: none exceeds it. Where the parts are `complete` they share it out:
    together they do not exceed it, and equal it once all of them are filled.
    """

    whole: str
    parts: tuple[str, ...]
    complete: bool = False


@dataclass(frozen=True)
class Rule:
    """A rule about one row `t`, in SQL over `raw.*`: true means the row fails. `needs` are the tables it reads.

    `$as_of` stands for the as-of date.
    """

    name: str
    column: str
    fails: str
    reason_zh: str
    reason_en: str
    action_zh: str
    action_en: str
    needs: tuple[str, ...] = ()


@dataclass(frozen=True)
class Contract:
    """One source. `partial` is its declared consequence of a bad row: refuse everything, or quarantine the row.

    `append_only` names what a row, once served, may never change; such a source also loses no row. `negative` says
    whether its numbers may be below zero.
    """

    source: str
    title_zh: str
    title_en: str
    group: str
    files: tuple[str, ...]
    key: tuple[str, ...]
    partial: str
    by_year: bool
    required: bool
    negative: bool
    append_only: tuple[str, ...]
    columns: tuple[Column, ...]
    totals: tuple[Total, ...]
    rules: tuple[Rule, ...]

    @property
    def table(self) -> str:
        return f"raw.{self.source}"

    @property
    def needs(self) -> set[str]:
        regions = {"regions"} if any(column.type in ("region", "county") for column in self.columns) else set()
        return regions.union(*(rule.needs for rule in self.rules))

    def owns(self, relative: Path) -> bool:
        """Whether a path relative to `raw/` is one of this source's files."""
        # With a root on both sides the whole path must match: raw/old/statistics/2019.csv is not of statistics/*.
        rooted = "/" / relative
        return any(rooted.match(f"/{name}") or rooted.with_suffix("").match(f"/{name}") for name in self.files)


class ContractError(Exception):
    """A contract file that cannot be used: names the file and the entry."""


@cache
def load_contracts(folder: Path = FOLDER) -> dict[str, Contract]:
    """All contracts by source, each after those its rules need. Raises ContractError."""
    contracts = {contract.source: contract for contract in map(_read, sorted(folder.glob("*.yml")))}
    ordered: dict[str, Contract] = {}

    def place(contract: Contract, above: tuple[str, ...]) -> None:
        if contract.source in above:
            raise ContractError(f"contracts need each other in a circle: {' -> '.join((*above, contract.source))}")
        for need in sorted(contract.needs):
            if need not in contracts:
                raise ContractError(f"{contract.source}.yml needs {need!r}, which is no source")
            if need not in ordered:
                place(contracts[need], (*above, contract.source))
        ordered.setdefault(contract.source, contract)

    for contract in contracts.values():
        place(contract, ())
    return ordered


def _read(path: Path) -> Contract:
    try:
        data = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise ContractError(f"{path.name}: {error}") from error
    if not isinstance(data, dict):
        raise ContractError(f"{path.name}: a mapping of entries is expected")
    columns = tuple(_made(Column, path, "column", entry) for entry in _list(data, path, "columns"))
    rules = tuple(_made(Rule, path, "rule", entry) for entry in _list(data, path, "rules", optional=True))
    totals = tuple(_made(Total, path, "total", entry) for entry in _list(data, path, "totals", optional=True))
    usual = {"by_year": False, "required": True, "negative": True, "append_only": []}
    contract = _made(Contract, path, "entries", {**usual, **data, "columns": columns, "totals": totals, "rules": rules})
    names = {column.name for column in columns}
    headings = [heading for column in columns for heading in {column.name, column.zh}]
    if twice := sorted({heading for heading in headings if headings.count(heading) > 1}):
        raise ContractError(f"{path.name}: columns: more than once {twice}")
    if contract.source != path.stem:
        raise ContractError(f"{path.name}: source {contract.source!r} must be the file's name")
    if contract.partial not in {"refuse", "quarantine"}:
        raise ContractError(f"{path.name}: partial is {contract.partial!r}, use refuse or quarantine")
    for column in columns:
        if column.type not in TYPES:
            raise ContractError(f"{path.name}: column {column.name}: type {column.type!r}, use one of {sorted(TYPES)}")
        if not re.fullmatch(r"[a-z][a-z0-9_]*", column.name):
            raise ContractError(f"{path.name}: column {column.name!r} is no identifier")
        try:
            re.compile(column.pattern or "")
        except re.error as error:
            raise ContractError(f"{path.name}: column {column.name}: pattern: {error}") from error
    if contract.by_year and "year" not in names:
        raise ContractError(f"{path.name}: by_year needs a column year")
    if "year" not in names and (of_year := [c.name for c in columns if c.type in ("region", "county")]):
        raise ContractError(f"{path.name}: {of_year}: a region needs a column year")
    if not contract.key:
        raise ContractError(f"{path.name}: key: empty")
    for what, used in (
        ("key", set(contract.key)),
        ("append_only", set(contract.append_only)),
        ("totals", {name for total in totals for name in (total.whole, *total.parts)}),
        ("rules", {rule.column for rule in rules}),
    ):
        if unknown := used - names:
            raise ContractError(f"{path.name}: {what}: no such column {sorted(unknown)}")
    return contract


_ENTRIES = {"columns", "totals", "rules"}
_LISTS = {"allowed", "needs", "files", "key", "append_only", "parts", *_ENTRIES}
_Made = TypeVar("_Made", Column, Total, Rule, Contract)


def _made(kind: type[_Made], path: Path, what: str, entry: object) -> _Made:
    """A `kind` from a mapping of the file; what does not fit is told with the entry's name."""
    if not isinstance(entry, dict):
        raise ContractError(f"{path.name}: {what}: a mapping is expected, found {entry!r}")
    named = f"{what} {entry['name']}" if "name" in entry else what
    known = {field.name: field for field in fields(kind)}
    if unknown := sorted(str(key) for key in entry.keys() - known.keys()):
        raise ContractError(f"{path.name}: {named}: unknown {unknown}, use {sorted(known)}")
    needed = {name for name, field in known.items() if field.default is MISSING}
    if missing := sorted(name for name in needed if entry.get(name) in (None, "")):
        raise ContractError(f"{path.name}: {named}: missing {missing}")
    for name in entry.keys() & _LISTS:
        if not isinstance(entry[name], list | tuple):
            raise ContractError(f"{path.name}: {named}: {name}: a list is expected, found {entry[name]!r}")
    texts = {name: tuple(map(str, entry[name])) for name in entry.keys() & _LISTS - _ENTRIES}
    return kind(**{**entry, **texts})


def _list(data: dict[str, Any], path: Path, name: str, *, optional: bool = False) -> list[Any]:
    found = data.get(name, [] if optional else None)
    if not isinstance(found, list) or not (found or optional):
        raise ContractError(f"{path.name}: {name}: a list is expected, found {found!r}")
    return found


def year_of_file(name: str) -> str | None:
    """The year a by-year file's name begins with, or None: 2024.csv, 2024-清远市.xlsx."""
    match = re.match(r"([0-9]{4})(?![0-9])", Path(name).name)
    return match[1] if match else None


def row_sql(contract: Contract, as_of: date, loaded: set[str]) -> str:
    """Query over `raw.<source>`: (_file, _row, rule, column_name, value, expected), a line per broken rule.

    Each test reads only the columns it speaks of, so that a wide table costs what is filled in it.
    Rules that read a table which is not `loaded` are left out: they would judge against nothing.
    """
    tests: list[str] = []
    names = {column.name: column for column in contract.columns}

    def add(rule: str, column: str, condition: str, expected: str = "''") -> None:
        tests.append(
            f"select t._file, t._row, '{rule}' as rule, '{column}' as column_name, t.{column} as value, "
            f"{expected} as expected from {contract.table} as t where {condition}"
        )

    for column in contract.columns:
        cell, filled = f"t.{column.name}", f"t.{column.name} <> ''"
        if column.required:
            add("required", column.name, f"{cell} = ''")
        if column.type == "number":
            form = rf"regexp_full_match({cell}, '-?\d+(\.\d+)?')"
            add("not_a_number", column.name, f"{filled} and not {form}")
            # The types are those the staging models cast to: what passes here never fails there.
            add("out_of_range", column.name, f"{form} and try_cast({cell} as decimal(26, 6)) is null", "'< 10^20'")
        elif column.type == "integer":
            form = rf"regexp_full_match({cell}, '-?\d+')"
            add("not_an_integer", column.name, f"{filled} and not {form}")
            add("out_of_range", column.name, f"{form} and try_cast({cell} as integer) is null", "'< 2^31'")
        elif column.type == "year":
            year = rf"regexp_full_match({cell}, '(1[89]|20|21)\d\d')"
            add("not_a_year", column.name, f"{filled} and not {year}")
            if column.name == "year":
                add("future_year", column.name, f"{year} and {cell} > '{as_of.year}'", f"'{as_of.year}'")
        elif column.type == "date":
            date_form = rf"regexp_full_match({cell}, '\d{{4}}-\d\d-\d\d')"
            add("not_a_date", column.name, f"{filled} and (not {date_form} or try_cast({cell} as date) is null)")
        elif column.type in ("region", "county") and "regions" in loaded:
            known = f"select r.region_code from raw.regions as r where r.region_code = {cell}"
            then = "(r.valid_from = '' or r.valid_from <= t.year) and (r.valid_to = '' or r.valid_to >= t.year)"
            add("unknown_region", column.name, f"{filled} and not exists ({known})")
            add("region_not_in_force", column.name, f"exists ({known}) and not exists ({known} and {then})")
            if column.type == "county":
                below = f"select 1 from raw.regions as r where r.parent_code = {cell} and {then}"
                add("not_a_county", column.name, f"{filled} and exists ({below})")
        elif column.type == "text" and not column.allowed:
            add("hidden_character", column.name, f"regexp_matches({cell}, {literal(HIDDEN_SQL)})")
        if column.type in ("number", "integer") and not contract.negative:
            add("negative_value", column.name, f"starts_with({cell}, '-') and try_cast({cell} as double) < 0")
        if pattern := r"\d{6}" if column.type in ("region", "county") else column.pattern:
            add("bad_form", column.name, f"{filled} and not regexp_full_match({cell}, {literal(pattern)})",
                literal(pattern))  # fmt: skip
        if allowed := STAGES if column.type == "stage" else column.allowed:
            listed = ", ".join(map(literal, allowed))
            add("not_in_list", column.name, f"{filled} and {cell} not in ({listed})", literal(", ".join(allowed)))
    if contract.by_year:
        of_file = r"regexp_extract(t._file, '([^/]+)$', 1)[:4]"
        add("year_not_of_file", "year", f"t.year <> '' and t.year <> {of_file}", of_file)
    key = ", ".join(contract.key)
    add("duplicate_key", contract.key[-1],
        f"({key}) in (select ({key}) from {contract.table} group by all having count(*) > 1)", literal(key))  # fmt: skip
    for total in contract.totals:
        whole = f"try_cast(t.{total.whole} as double)"
        parts = {part: f"try_cast(t.{part} as double)" for part in total.parts}
        if total.complete:
            given = " + ".join(f"coalesce({part}, 0)" for part in parts.values())
            add("parts_do_not_add_up", total.whole, f"{given} > {whole} or {' + '.join(parts.values())} <> {whole}",
                literal(", ".join(parts)))  # fmt: skip
        else:
            for name, part in parts.items():
                add("part_above_whole", name, f"{part} > {whole}", literal(f"{total.whole} {names[total.whole].zh}"))
    for rule in contract.rules:
        if set(rule.needs) <= loaded:
            add(rule.name, rule.column, f"({rule.fails.replace('$as_of', literal(as_of.isoformat()))})")
    return " union all ".join(tests) + " order by _file, _row, rule"
