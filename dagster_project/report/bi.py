"""The views of `bi`: every mart under Chinese names, and those of figures once more for each level of region.

Names, order and meaning are the dictionary's (`labels.yml`, `columns.md`). Codes are shown in words; a DATE stands beside
the year, region, level and sort order beside a region's code. The SQL is that of DuckDB and PostgreSQL alike.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from typing import Any, NamedTuple

import duckdb

from dagster_project.report import dictionary, metrics, words
from dagster_project.report.dictionary import Entry
from dagster_project.sql import identifier, literal


class Column(NamedTuple):
    """A column of a view: its label, the mart's name for it, the SQL that gives it, and its comment."""

    label: str
    name: str
    sql: str
    comment: str


class View(NamedTuple):
    """A view of `bi`, its SELECT, and the mart it shows."""

    name: str
    mart: str
    select: str
    comment: str
    columns: list[Column]


class _Added(NamedTuple):
    """A column that a mart lacks and its view has, after the mart's column `after`; `source` reads the table `other`."""

    name: str
    after: str
    needs: tuple[str, ...]
    source: str
    other: str = ""


# Validity makes the region's row of that year the only one.
_REGION = (
    "marts.dim_region as r on r.region_code = t.region_code"
    " and coalesce(r.valid_from, t.year) <= t.year and coalesce(r.valid_to, t.year) >= t.year"
)
_INDICATOR = "marts.dim_indicator as i on i.indicator_code = t.indicator_code"
_MEASURE = "marts.dim_measure as m on m.measure_code = t.measure_code"
_ADDED = (
    _Added("region_zh", "region_code", ("region_code", "year"), "r.name_zh", _REGION),
    _Added("region_level", "region_code", ("region_code", "year"), "r.level", _REGION),
    _Added("region_sort_no", "region_code", ("region_code", "year"), "r.sort_no", _REGION),
    _Added("parent_code", "region_code", ("region_code", "year"), "r.parent_code", _REGION),
    _Added("stat_date", "year", ("year",), "make_date(t.year, 1, 1)"),
    _Added("indicator_zh", "indicator_code", ("indicator_code",), "i.name_zh", _INDICATOR),
    # Elsewhere a unit is that of a condition or of what was printed, which the mart has.
    _Added("unit", "value", ("indicator_code", "value_low"), "i.unit", _INDICATOR),
    _Added("unit", "published_value", ("indicator_code", "published_value"), "i.unit", _INDICATOR),
    _Added("measure_zh", "measure_code", ("measure_code",), "m.name_zh", _MEASURE),
)
_STAT_DATE = ("年份的 1 月 1 日，供按时间筛选", "1 January of the year, for tools that filter by date")

# Columns whose codes are shown in words.
_WORDS = {
    "region_level": words.LEVELS,
    "dim_region.level": words.LEVELS,
    "dim_indicator.level": words.STAGES,
    "stage": words.STAGES,
    "measure_stage": words.STAGES,
    "segment": words.SEGMENTS,
    "measure_segment": words.SEGMENTS,
    "unit": words.UNITS,
    "gap_unit": words.UNITS,
    "direction": words.DIRECTIONS,
    "dim_measure.kind": words.KINDS_OF_MEASURES,
    "assessment": words.ASSESSMENTS,
    "among": words.AMONG,
    "status": {**words.VERDICTS, **words.ASSESSED, **words.FIGURES},
    **dict.fromkeys(
        ("basis", "other_basis", "parent_basis", "national_basis", "actual_basis", "value_basis", "inputs_basis"),
        words.BASES,
    ),
}


def views(rows: Sequence[Entry], formulas: dict[str, list[str]]) -> list[View]:
    """The views in an order in which they can be made: plain ones, each followed by those of its levels.

    `rows` are the dictionary's, `formulas` what a mart's values are computed by, as lines. Raises ValueError where two
    columns of a view would have one name.
    """
    described = {row.column_name: (row.description_zh, row.description_en) for row in rows}
    described["stat_date"] = _STAT_DATE
    labels = dictionary.labels()
    found = []
    for mart, entries in groupby((row for row in rows if row.bi_view), lambda row: row.table_name):
        plain = _plain(mart, list(entries), described, formulas.get(mart, []))
        if mart not in labels.levels:
            found.append(plain)
        else:
            about, level = plain.comment, labels.of(mart, "region_level")
            suffixes = "、".join(f"_{zh}" for zh, _ in words.LEVELS.values())
            warned = _both(
                about,
                f"含各级地区，不可跨级相加；各级另有视图：{plain.name} 后加 {suffixes}",
                "holds all levels of region, never to be added together: each has a view of its own",
            )
            found.append(plain._replace(comment=warned))
            for zh, en in words.LEVELS.values():
                found.append(
                    plain._replace(
                        name=f"{plain.name}_{zh}",
                        select=f"select * from bi.{identifier(plain.name)} where {identifier(level)} = '{zh}'",
                        comment=_both(about, f"只含{zh}", f"{en} only"),
                    )
                )
    return found


def _plain(mart: str, rows: list[Entry], described: dict[str, tuple[str, str]], formulas: list[str]) -> View:
    labels, present = dictionary.labels(), {row.column_name for row in rows}
    columns: list[Column] = []
    joins: dict[str, None] = {}
    for row in rows:
        columns.append(
            Column(
                row.label_zh,
                row.column_name,
                in_words(mart, row.column_name, f't."{row.column_name}"'),
                _comment(row.column_name, row.description_zh, row.description_en, row.unit, formulas),
            )
        )
        for added in _ADDED:
            if added.after != row.column_name or added.name in present or not {*added.needs} <= present:
                continue
            if f"marts.{mart} " in added.other:  # the catalogue itself has its names
                continue
            if added.other:
                joins[added.other] = None
            columns.append(
                Column(
                    labels.of(mart, added.name),
                    added.name,
                    in_words(mart, added.name, added.source),
                    _comment(added.name, *described[added.name], "", []),
                )
            )
    names = [column.label for column in columns]
    if twice := sorted({name for name in names if names.count(name) > 1 or not name}):
        raise ValueError(f"labels.yml: {mart}: 列名重复或没有 / a label is used twice or missing: {', '.join(twice)}")
    selected = ", ".join(f"{column.sql} as {identifier(column.label)}" for column in columns)
    joined = "".join(f" left join {other}" for other in joins)
    comment = _both(f"{rows[0].table_zh} / {rows[0].table_en}", "；".join(formulas), "")
    return View(rows[0].bi_view, mart, f"select {selected} from marts.{mart} as t{joined}", comment, columns)


def in_words(mart: str, column: str, sql: str) -> str:
    """The SQL that shows a column's codes in Chinese; `sql` itself where it has none. An unknown code stands for itself."""
    known = _WORDS.get(f"{mart}.{column}", _WORDS.get(column))
    if known is None:
        return sql
    branches = " ".join(f"when {literal(code)} then {literal(zh)}" for code, (zh, _) in known.items())
    return f"case {sql} {branches} else {sql} end"


def _comment(name: str, zh: str, en: str, unit: str, formulas: Sequence[str]) -> str:
    unit_zh, _, unit_en = unit.partition(" / ")
    text = f"{zh} / {en}"
    if unit:
        text = _both(text, f"单位：{unit_zh}", f"unit: {unit_en}")
    if name == "value" and formulas:
        text = _both(text, f"公式：{'；'.join(formulas)}", "")
    return _both(text, "", f"column {name}")


def _both(text: str, zh: str, en: str) -> str:
    """A text of two halves with something put after each."""
    first, _, second = text.partition(" / ")
    return " / ".join("；".join(filter(None, pair)) if n == 0 else "; ".join(filter(None, pair))
                      for n, pair in enumerate(((first, zh), (second, en))))  # fmt: skip


def write(connection: duckdb.DuckDBPyConnection, manifest: dict[str, Any]) -> None:
    """Make the views in a built file, say what they are in its comments, and fill meta.metric."""
    rows = dictionary.entries(manifest)
    made = views(rows, _formulas(connection, manifest))
    script = ["drop schema if exists bi cascade", "create schema bi"]
    for view in made:
        name = f"bi.{identifier(view.name)}"
        script.append(f"create view {name} as {view.select}")
        script.append(f"comment on view {name} is {literal(view.comment)}")
        script += [
            f"comment on column {name}.{identifier(column.label)} is {literal(column.comment)}"
            for column in view.columns
        ]
    # One transaction, and one script, as for the marts' comments.
    connection.begin()
    connection.execute(";\n".join(script))
    connection.execute("delete from meta.metric")
    connection.executemany("insert into meta.metric values (?, ?, ?, ?, ?, ?, ?, ?, ?)", list(_metrics(rows, made)))
    connection.commit()


def _metrics(rows: Sequence[Entry], made: Iterable[View]) -> Iterator[tuple[str, ...]]:
    for table, entries in groupby((row for row in rows if row.schema_name == "marts"), lambda row: row.table_name):
        for metric in metrics.of(table, [row.column_name for row in entries]):
            yield _metric("marts", table, metric, metric.expression())
    for view in made:
        if "_" not in view.name:
            labels = {column.name: identifier(column.label) for column in view.columns}
            for metric in metrics.of(view.mart, labels):
                yield _metric("bi", view.name, metric, metric.expression(labels.__getitem__))


def _metric(schema: str, table: str, metric: metrics.Metric, expression: str) -> tuple[str, ...]:
    return (
        schema, table, metric.name, metric.name_zh, metric.name_en, metric.unit, expression,
        metric.description_zh, metric.description_en,
    )  # fmt: skip


def _formulas(connection: duckdb.DuckDBPyConnection, manifest: dict[str, Any]) -> dict[str, list[str]]:
    """Of an indicator mart, what each of its indicators is computed by; which they are, its model's one line names."""
    known = {
        code: f"{name} = {formula}（{words.of(words.UNITS, unit)[0]}）"
        for code, name, formula, unit in connection.execute(
            "select indicator_code, name_zh, formula_zh, unit from marts.dim_indicator"
        ).fetchall()
    }
    return {
        str(node["name"]): [known[code] for code in re.findall(r"'(\w+)'", node["raw_code"])]
        for node in manifest["nodes"].values()
        if node["resource_type"] == "model" and "indicator_mart(" in node.get("raw_code", "")
    }
