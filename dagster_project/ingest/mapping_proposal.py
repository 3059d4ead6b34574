"""A proposed mapping of a file with other headings: what each heading is, why, and what could not be placed.

It is a proposal for a person to read. Nothing is guessed: a heading that is only like a column's name, a class-size band
that is no band of ours, or a unit that does not convert is left unplaced with the reason.
"""

import re
import unicodedata
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from functools import cache
from pathlib import Path
from typing import Any

import duckdb
import yaml

from dagster_project.ingest import readers
from dagster_project.ingest.contract import Column, Contract, year_of_file

SEPARATOR = "/"
_LIKE = 0.75
_LOOKED_AT = 12
_DISTINCT = 200
_UNIT = re.compile(r"^(.*?)\s*[(\[【]\s*([^()\[\]【】]+?)\s*[)\]】]\s*$")
_NUMBER = re.compile(r"-?[\d,]*\d(\.\d+)?%?")
_FROM_TO = re.compile(r"(\d+)\s*人?\s*(?:[-_~—–至到])\s*(\d+)")
_UP_TO = re.compile(r"(?:le_?|≤|<=)\s*(\d+)|(\d+)\s*人?及以下")
_FROM = re.compile(r"(?:ge_?|≥|>=)\s*(\d+)|(\d+)\s*(?:_plus|\+|人?及?以上)")
_OUR_BAND = re.compile(r"classes_(?:le_(\d+)|(\d+)_(\d+)|(\d+)_plus)")


@dataclass(frozen=True)
class Line:
    """A heading, the column it is proposed for (None: unplaced), how that is made, and why, zh / en."""

    heading: str
    column: str | None
    recipe: str | dict[str, Any] | None
    why: str


@dataclass
class Proposal:
    """What a file's headings are. `missing` are required columns that nothing in the file is."""

    contract: Contract
    skip_rows: int
    header_rows: int
    lines: list[Line]
    constants: dict[str, str] = field(default_factory=dict)
    missing: list[Column] = field(default_factory=list)

    @property
    def unplaced(self) -> list[Line]:
        return [line for line in self.lines if line.column is None]

    def yaml(self, ignore_rest: bool = False) -> str:
        """The mapping file. What is unplaced stands there as a remark, and as ignored where that is asked for."""
        head: dict[str, Any] = {}
        if self.skip_rows:
            head["skip_rows"] = self.skip_rows
        if self.header_rows > 1:
            head |= {"header_rows": self.header_rows, "separator": SEPARATOR}
        own = {heading for column in self.contract.columns for heading in (column.name, column.zh)}
        columns: dict[str, Any] = {column: {"value": value} for column, value in self.constants.items()}
        for line in self.lines:
            # A heading that is the column's own needs no entry, unless its values do.
            if line.column and (line.heading not in own or line.recipe != line.heading):
                columns[line.column] = line.recipe
        head["columns"] = columns
        if ignore_rest and self.unplaced:
            head["ignore"] = [line.heading for line in self.unplaced]
        text = yaml.safe_dump(head, allow_unicode=True, sort_keys=False, default_flow_style=None, width=110)
        remarks = [f"  {line.heading}: {line.why}" for line in self.unplaced]
        if remarks:
            remarks.insert(
                0, "没有放置的表头：写进 columns，不用的写进 ignore / not placed: enter in columns, or in ignore"
            )
        return text + "".join(f"# {' '.join(remark.splitlines())}\n" for remark in remarks)


@cache
def _synonyms() -> dict[str, Any]:
    data = yaml.safe_load(Path(__file__).with_name("synonyms.yml").read_text(encoding="utf-8"))
    assert isinstance(data, dict)
    return data


def propose(path: Path, contract: Contract) -> Proposal:
    """The proposed mapping of a file of any readable type. Raises ShapeError for one that cannot be read."""
    skip_rows, header_rows = 0, 1
    if path.suffix.lower() != ".parquet":
        skip_rows, header_rows = _header(readers.first_rows(path, contract.source, path.name, _LOOKED_AT))
    with duckdb.connect() as connection:
        table = readers.read(connection, path, contract.source, path.name, skip_rows, header_rows, SEPARATOR)
        lines = _placed(table.headings, contract)
        by_name = {column.name: column for column in contract.columns}
        chosen = {
            place: by_name[line.column]
            for place, line in enumerate(lines)
            if line.column and (by_name[line.column].allowed)
        }
        found: dict[int, set[str]] = {place: set() for place in chosen}
        for piece in table.pieces if chosen else ():
            for place in chosen:
                values = piece.project(f"c{place}").distinct().limit(_DISTINCT).fetchall()
                found[place] |= {value for (value,) in values if value}
    for place, column in chosen.items():
        lines[place] = _with_values(lines[place], column, found[place])
    made = {line.column for line in lines}
    constants = {}
    if contract.by_year and "year" not in made and year_of_file(path.name):
        constants["year"] = "{year}"
    missing = [c for c in contract.columns if c.required and c.name not in made and c.name not in constants]
    return Proposal(contract, skip_rows, header_rows, lines, constants, missing)


def _header(rows: list[list[str]]) -> tuple[int, int]:
    """How many title rows there are, and how many rows of headings: the header ends above the first row with a number."""
    first = next((place for place, cells in enumerate(rows) if any(map(_NUMBER.fullmatch, cells))), 1)
    first = max(first, 1)
    titles = 0
    while titles < first - 1 and sum(map(bool, rows[titles])) == 1:
        titles += 1
    return titles, first - titles


def _placed(headings: tuple[str, ...], contract: Contract) -> list[Line]:
    index = _index(contract)
    lines: list[Line] = []
    taken: dict[str, str] = {}
    for heading in headings:
        line = _place(heading, index, contract)
        if line.column in taken:
            why = f"{line.column} 已由「{taken[line.column]}」得出 / is made of that heading already"
            line = Line(heading, None, None, why)
        elif line.column:
            taken[line.column] = heading
        lines.append(line)
    return lines


def _index(contract: Contract) -> dict[str, tuple[str, str]]:
    """Key of a name -> column and why."""
    others = _synonyms()["headings"].get(contract.source, {})
    index: dict[str, tuple[str, str]] = {}
    for column in contract.columns:
        index[_key(column.name)] = (column.name, "列名 / name of the column")
        for zh in (column.zh, _without_unit(column.zh)[0]):
            index.setdefault(_key(zh), (column.name, "中文表头 / Chinese heading"))
    for name, headings in others.items():
        for heading in headings:
            index.setdefault(_key(heading), (name, "同义 / synonym"))
    return index


def _place(heading: str, index: dict[str, tuple[str, str]], contract: Contract) -> Line:
    base, unit = _without_unit(heading)
    found = index.get(_key(heading))
    for text in () if found else (base, _of_its_group(base)):
        found = found or index.get(_key(text))
    if found is None and (line := _band(heading, contract)):
        return line
    if found is None:
        return Line(heading, None, None, _like(heading, index))
    column, why = found
    factor = _factor(column, unit, contract)
    if factor is None:
        return Line(heading, None, None, f"像是 {column}，但单位「{unit}」不能换算 / its unit does not convert")
    if factor == 1:
        return Line(heading, column, heading, why)
    return Line(heading, column, {"from": heading, "times": factor}, f"{why}，{unit} × {factor}")


def _key(text: str) -> str:
    """A heading without case, width, spaces and marks."""
    return "".join(c for c in unicodedata.normalize("NFKC", text).casefold() if c.isalnum())


def _without_unit(heading: str) -> tuple[str, str]:
    match = _UNIT.match(unicodedata.normalize("NFKC", heading))
    known = {unit for units in _synonyms()["units"].values() for unit in units}
    return (match[1], match[2]) if match and match[2] in known else (heading, "")


def _of_its_group(heading: str) -> str:
    """A merged heading without groups that say nothing, and without the word that it is the whole of its group."""
    words = _synonyms()
    parts = [part for part in heading.split(SEPARATOR) if part not in words["groups"]]
    while len(parts) > 1 and parts[-1] in words["wholes"]:
        parts.pop()
    return SEPARATOR.join(parts)


def _factor(column: str, unit: str, contract: Contract) -> int | float | None:
    if not unit:
        return 1
    units = _synonyms()["units"]
    of = next((kind for kind in units if column.endswith(kind)), "count")
    known = next(c for c in contract.columns if c.name == column)
    if of == "count" and known.type != "integer":
        return None
    factor = units[of].get(unit)
    return factor if isinstance(factor, int | float) else None


def _band(heading: str, contract: Contract) -> Line | None:
    """A class-size band: ours if its bounds are those of one of ours, else unplaced, since nobody can divide it."""
    text = unicodedata.normalize("NFKC", heading).casefold()
    if "class" not in text and "班" not in text:
        return None
    if match := _FROM_TO.search(text):
        low, high = int(match[1]), int(match[2])
    elif match := _UP_TO.search(text):
        low, high = 0, int(match[1] or match[2])
    elif match := _FROM.search(text):
        low, high = int(match[1] or match[2]), 10**6
    else:
        return None
    ours = {}
    for column in contract.columns:
        if found := _OUR_BAND.fullmatch(column.name):
            up_to, start, end, plus = found.groups()
            ours[column.name] = (int(start or plus or 0), int(up_to or end or 10**6))
    for column_name, bounds in ours.items():
        if bounds == (low, high):
            return Line(heading, column_name, heading, "同一班额段 / the same band of class sizes")
    met = [name for name, (start, end) in ours.items() if start <= high and end >= low]
    if not met:
        return None
    return Line(
        heading,
        None,
        None,
        f"班额段与 {'、'.join(met)} 不同，不能拆分 / a band that is none of {', '.join(met)} and cannot be divided",
    )


def _like(heading: str, index: dict[str, tuple[str, str]]) -> str:
    """The nearest name, as a hint and no more: girls and boys are nearly one word. Numbers must be the same."""
    key = _key(heading)
    digits = re.findall(r"\d+", key)
    near = [
        (SequenceMatcher(None, key, other).ratio(), column)
        for other, (column, _) in index.items()
        if re.findall(r"\d+", other) == digits
    ]
    ratio, column = max(near, default=(0.0, ""))
    if ratio >= _LIKE:
        return f"与 {column} 相近，请核对 / like {column}, check"
    return "没有相应的列 / no column of that meaning"


def _with_values(line: Line, column: Column, found: set[str]) -> Line:
    """The line with its values renamed to those the contract allows."""
    known = _synonyms()["values"].get("yes/no" if set(column.allowed) == {"yes", "no"} else column.name, {})
    names = {_key(other): value for value, others in known.items() for other in others}
    names |= {_key(value): value for value in column.allowed}
    values = {value: names[_key(value)] for value in sorted(found) if _key(value) in names}
    why = line.why
    if unknown := sorted(found - values.keys()):
        why += f"；没有对应的值 / values not placed: {', '.join(unknown[:10])}"
    renamed = {old: new for old, new in values.items() if old != new}
    if not renamed:
        return Line(line.heading, line.column, line.recipe, why)
    return Line(line.heading, line.column, {"from": line.heading, "values": renamed}, why)
