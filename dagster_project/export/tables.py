"""Which tables an export holds, in which order, and what it calls them: from meta.dictionary alone."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from operator import itemgetter

import duckdb

# Beside the marts: what was checked, where the figures are from and on which terms, what the columns mean.
_BESIDE = ("quality.check_result", "meta.input_file", "meta.dictionary")
# What people open first stands first; then by name.
_ORDER = ("mart_", "fct_", "", "dim_")
_KINDS = {
    "VARCHAR": "text",
    "INTEGER": "integer",
    "BIGINT": "integer",
    "DOUBLE": "number",
    "BOOLEAN": "boolean",
    "DATE": "date",
}


class ExportError(Exception):
    """What was asked for cannot be written so; says what to do."""


@dataclass(frozen=True)
class Column:
    """A column; `kind` is text, integer, number, boolean or date, `unit` "中文 / English" or empty."""

    name: str
    kind: str
    unit: str
    meaning_zh: str
    meaning_en: str
    # The name it has in the views of bi; tables of quality and meta have none there.
    label_zh: str = ""

    @property
    def label(self) -> str:
        return self.label_zh or _short(self.meaning_zh)

    @property
    def label_en(self) -> str:
        return _short(self.meaning_en)


@dataclass(frozen=True)
class Table:
    """A table to export. `relation` is what its rows are read from: itself, or a view that leaves something out."""

    schema: str
    name: str
    title_zh: str
    title_en: str
    grain: tuple[str, ...]
    columns: tuple[Column, ...]
    relation: str
    view: str = ""

    @property
    def label(self) -> str:
        """The name of its view in bi, or a short form of what it is."""
        return self.view or _short(self.title_zh)

    def read_from(self, relation: str, *more: Column) -> "Table":
        """The same table read from a view, which may have columns more."""
        return replace(self, relation=relation, columns=(*self.columns, *more))

    def query(self, *expressions: str) -> str:
        """Its rows in the order of the grain, so that the same snapshot gives the same file."""
        chosen = ", ".join(expressions or (column.name for column in self.columns))
        return f"select {chosen} from {self.relation} order by {', '.join(self.grain)}"


def _short(description: str) -> str:
    """What stands before a description's first mark."""
    return re.split(r"[：；，。（:;,(]", description, maxsplit=1)[0].strip()


def known(connection: duckdb.DuckDBPyConnection) -> list[Table]:
    """Every table that readers are given, in order of display."""
    rows = connection.execute(
        """select schema_name, table_name, table_zh, table_en, grain, bi_view,
        column_name, data_type, unit, description_zh, description_en, label_zh
        from meta.dictionary order by schema_name, table_name, column_no"""
    ).fetchall()
    found = []
    for about, columns in groupby(rows, key=itemgetter(0, 1, 2, 3, 4, 5)):
        schema, name, zh, en, grain, view = about
        if schema == "marts" or f"{schema}.{name}" in _BESIDE:
            described = tuple(
                Column(column, _KINDS[kind], unit, meaning_zh, meaning_en, label_zh)
                for *_, column, kind, unit, meaning_zh, meaning_en, label_zh in columns
            )
            found.append(Table(schema, name, zh, en, tuple(grain.split(", ")), described, f"{schema}.{name}", view))
    return sorted(found, key=_place)


def chosen(tables: Sequence[Table], names: Sequence[str]) -> list[Table]:
    """The tables of these names, with or without their schema; all where none is named. Raises ExportError."""
    if not names:
        return list(tables)
    wanted = {name.removeprefix("marts.") for name in names}
    by_name = {spelt: table for table in tables for spelt in (table.name, f"{table.schema}.{table.name}")}
    if unknown := sorted(wanted - by_name.keys()):
        raise ExportError(
            f"没有这些表 / no such tables: {', '.join(unknown)}；可选 / choose from {', '.join(t.name for t in tables)}"
        )
    return [table for table in tables if wanted & {table.name, f"{table.schema}.{table.name}"}]


def _place(table: Table) -> tuple[int, int, str]:
    if table.schema != "marts":
        return len(_ORDER), [name.split(".")[1] for name in _BESIDE].index(table.name), ""
    prefix = next(prefix for prefix in ("mart_", "fct_", "dim_", "") if table.name.startswith(prefix))
    return _ORDER.index(prefix), 0, table.name
