"""The mapping file of a received file: what its headings and values are in the contract's words. It only reads and
renames; the received file stays as it is, and a column of the contract is made in one way or not at all.

`<file>.mapping.yml` stands beside its file; `mapping.yml` is for every file of its folder that has none of its own:

    skip_rows: 1                                  # rows with a cell above the header (a title)
    header_rows: 2                                # rows of the header, joined by `separator`
    separator: /
    columns:                                      # column of the contract: what it is made of
      pupils: 在校生数/合计                        # a heading
      kind: {from: 学校类别, values: {九年一贯制学校: nine_year}}   # other values stay as they are
      equipment_value_yuan: {from: 设备值(万元), times: 10000}
      teachers_mid_title: {sum: [高级职称, 中级职称]}              # empty where one of them is
      year: {value: '{year}'}                     # the same for all rows; {year}: of the file's name
    ignore: [序号]                                # headings that are left out
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

from dagster_project.ingest import companion, files
from dagster_project.ingest.contract import Contract, year_of_file
from dagster_project.ingest.problem import Problem, ShapeError
from dagster_project.sql import literal

_KEYS = {"skip_rows", "header_rows", "separator", "columns", "ignore"}
_RECIPE_KEYS = {"from", "sum", "value", "values", "times"}
_NUMBER = r"-?\d+(\.\d+)?"


@dataclass(frozen=True)
class Recipe:
    """How a column is made: a constant `value`, or of one heading or the sum of several, its `values` renamed or
    the number multiplied.
    """

    headings: tuple[str, ...] = ()
    value: str | None = None
    values: dict[str, str] = field(default_factory=dict)
    times: Decimal = Decimal(1)

    def sql(self, cells: Sequence[str], year: str | None) -> str:
        """The column in SQL, of the text cells of its headings. A cell that is no number stays text, which is refused."""
        if self.value is not None:
            return literal(self.value.replace("{year}", year or ""))
        if self.values:
            renamed = " ".join(f"when {literal(old)} then {literal(new)}" for old, new in self.values.items())
            return f"case {cells[0]} {renamed} else {cells[0]} end"
        if len(cells) == 1 and self.times == 1:
            return cells[0]
        numbers = " + ".join(f"try_cast({cell} as decimal(24, 8))" for cell in cells)
        product = f"(({numbers}) * {self.times:f}::decimal(14, 4))::varchar"
        are_numbers = " and ".join(f"regexp_full_match({cell}, '{_NUMBER}')" for cell in cells)
        shown = f"concat_ws(' + ', {', '.join(cells)})"
        too_large = f"{shown} || ' × {self.times:f}'"
        return (
            f"case when '' in ({', '.join(cells)}) then '' when {are_numbers} "
            f"then coalesce(rtrim(rtrim({product}, '0'), '.'), {too_large}) else {shown} end"
        )


@dataclass(frozen=True)
class Mapping:
    """A mapping file as read; `path` is None where a file has none."""

    path: Path | None = None
    skip_rows: int = 0
    header_rows: int = 1
    separator: str = "/"
    columns: dict[str, Recipe] = field(default_factory=dict)
    ignore: frozenset[str] = frozenset()

    def cells(self, headings: Sequence[str], contract: Contract, name: str) -> dict[str, str]:
        """Each column of the contract that the file has, in SQL over the reader's cells `c0`, `c1`, …

        A heading that is a column's name or Chinese heading is that column, unless the mapping says otherwise.
        Raises ShapeError: every heading must have its place.
        """
        known = {heading: column.name for column in contract.columns for heading in (column.name, column.zh)}
        places = {heading: f"c{place}" for place, heading in enumerate(headings)}
        problems = []
        cells: dict[str, str] = {}
        for column, recipe in self.columns.items():
            problems += [
                Problem.of("mapping_without_heading", contract.source, name, column=column, value=heading,
                           found=", ".join(headings), expected=self.path and self.path.name)
                for heading in recipe.headings
                if heading not in places
            ]  # fmt: skip
            cells[column] = recipe.sql([places.get(heading, "''") for heading in recipe.headings], year_of_file(name))
        used = {heading for recipe in self.columns.values() for heading in recipe.headings} | self.ignore
        rest = [heading for heading in headings if heading not in used]
        for heading in rest:
            column = known.get(heading, "")
            if column in self.columns:
                problems.append(Problem.of("column_made_twice", contract.source, name, column=heading,
                                           found=column, expected=self.path and self.path.name))  # fmt: skip
            elif column in cells:
                problems.append(Problem.of("repeated_column", contract.source, name, column=column))
            elif column:
                cells[column] = places[heading]
            elif self.path:
                problems.append(Problem.of("unmapped_column", contract.source, name, column=heading,
                                           expected=self.path.name))  # fmt: skip
            else:
                problems.append(Problem.of("unknown_column", contract.source, name, column=heading,
                                           expected=", ".join(column.name for column in contract.columns)))  # fmt: skip
        problems += [
            Problem.of("missing_column", contract.source, name, column=column.name, expected=column.zh,
                       found=", ".join(headings))
            for column in contract.columns
            if column.required and column.name not in cells
        ]  # fmt: skip
        if problems:
            raise ShapeError(problems)
        return cells


def of(path: Path, contract: Contract, name: str) -> Mapping:
    """The mapping of a file. Raises ShapeError naming the mapping file, its entry and what to do."""
    found = files.mapping_of(path)
    if found is None:
        return Mapping()

    def refuse(entry: str, why: str) -> ShapeError:
        return ShapeError(
            [Problem.of("bad_mapping", contract.source, name, column=entry or None, found=why, expected=found.name)]
        )

    try:
        data = companion.read(found)
    except (ValueError, FileNotFoundError) as error:
        raise refuse("", str(error)) from error
    data = data or {}
    if not isinstance(data, dict):
        raise refuse("", "应为键值形式 / a mapping of entries is expected")
    if unknown := sorted(map(str, data.keys() - _KEYS)):
        raise refuse(unknown[0], f"没有这一项，可用 / no such entry, use: {', '.join(sorted(_KEYS))}")
    columns, ignore = data.get("columns") or {}, data.get("ignore") or []
    if not isinstance(columns, dict):
        raise refuse("columns", "应为 列: 表头 / a mapping of columns to headings is expected")
    if not _texts(ignore):
        raise refuse("ignore", "应为表头的列表 / a list of headings is expected")
    names = {column.name for column in contract.columns}
    recipes = {}
    for column, entry in columns.items():
        if column not in names:
            raise refuse(column, f"{contract.source} 没有这一列 / has no such column")
        made, why = _recipe(entry)
        if made is None:
            raise refuse(column, why)
        recipes[column] = made
    rows = {}
    for key, usual, least in (("skip_rows", "0", 0), ("header_rows", "1", 1)):
        given = data.get(key) or usual
        if not (isinstance(given, str) and re.fullmatch(r"\d{1,2}", given) and int(given) >= least):
            raise refuse(key, f"应为 {least} 至 99 的整数 / a whole number from {least} to 99 is expected")
        rows[key] = int(given)
    separator = data.get("separator", "/")
    if not isinstance(separator, str):
        raise refuse("separator", "应为文字 / a text is expected")
    return Mapping(found, rows["skip_rows"], rows["header_rows"], separator, recipes, frozenset(ignore))


def _recipe(entry: Any) -> tuple[Recipe | None, str]:
    """A recipe, or why there is none."""
    if isinstance(entry, str) and entry:
        return Recipe((entry,)), ""
    if not isinstance(entry, dict):
        return None, "应为表头，或 from、sum、value / a heading or one of from, sum and value is expected"
    if unknown := sorted(entry.keys() - _RECIPE_KEYS):
        return None, f"{unknown[0]}：没有这一项，可用 / no such entry, use: {', '.join(sorted(_RECIPE_KEYS))}"
    if len(entry.keys() & {"from", "sum", "value"}) != 1:
        return None, "from、sum、value 三者取一 / exactly one of from, sum and value"
    if ("values" in entry and "from" not in entry) or ("times" in entry and ("value" in entry or "values" in entry)):
        return (
            None,
            "values 只与 from 同用，times 不与 value、values 同用 / values go with from, times with from or sum",
        )
    if "value" in entry:
        return (Recipe(value=entry["value"]), "") if isinstance(entry["value"], str) else (None, "value: text")
    headings = entry["sum"] if "sum" in entry else [entry["from"]]
    if not (_texts(headings) and headings):
        return None, "from 为一个表头，sum 为表头的列表 / from is a heading, sum a list of headings"
    values = entry.get("values", {})
    if not isinstance(values, dict) or not _texts(list(values.values())):
        return None, "values 应为 原值: 新值 / values: a mapping of values to values is expected"
    times = entry.get("times", "1")
    if not (isinstance(times, str) and re.fullmatch(r"\d{1,10}(\.\d{1,4})?", times) and Decimal(times)):
        return None, "times 应为正数，至多四位小数 / times: a positive number of at most four decimals"
    return Recipe(tuple(headings), None, values, Decimal(times)), ""


def _texts(found: Any) -> bool:
    return isinstance(found, list) and all(isinstance(entry, str) for entry in found)
