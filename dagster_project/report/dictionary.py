"""The data dictionary: what every column, indicator and measure means, and which indicators have cells.

`entries` and `write` put it into the file that a refresh builds, from dbt's manifest and the build's own tables;
`pages` makes the Markdown of docs/, `catalogue` the indicators in words, from a built file alone.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import groupby
from pathlib import Path
from typing import Any, NamedTuple, Protocol

import duckdb
import yaml

from dagster_project import build_file
from dagster_project.history import tables as history
from dagster_project.report import words
from dagster_project.sql import literal


class Entry(NamedTuple):
    """One column, as a row of meta.dictionary."""

    schema_name: str
    table_name: str
    table_zh: str
    table_en: str
    grain: str
    column_no: int
    column_name: str
    label_zh: str
    bi_view: str
    data_type: str
    unit: str
    description_zh: str
    description_en: str


# What a number counts. A column has one meaning wherever it stands, so its name decides; the first that fits.
_UNITS = (
    (r"year_(from|to)", "年（偏移） / years (offset)"),
    (r"year|\w+_year|valid_(from|to)", "年 / year"),
    (r"change", "指标的单位；百分比为百分点 / unit of the indicator; points for percentages"),
    (r"numerator|denominator", "数据项的基本单位 / base unit of the measures"),
    (r"value|\w+_value|difference|(\w+_)?(low|high)", "指标或数据项的单位 / unit of the indicator or measure"),
    (r"byte_count", "字节 / bytes"),
    (r"figure_count", "个 / figures"),
    (r"\w+_day_count", "天 / days"),
    (r"\w+_school_count", "所 / schools"),
    (r"(failing_)?class_count", "班 / classes"),
    (r"(condition|met|not_met|no_data|needs_judgement)_count", "项条件 / conditions"),
    (r"needed_count", "见 count_zh / see count_en"),
    (r"indicators_met", "项 / resources"),
    (
        r"gap|(\w+_)?shortfall",
        "指标或条件的单位；百分比为百分点 / unit of the indicator or condition; points for percentages",
    ),
    (r"\w+_pct", "百分比 / per cent"),
    (r"(unit|missing)_count", "所学校或个地区 / schools or regions"),
    (r"\w+_count", "行 / rows"),
    (r"rank_of", "个地区 / regions"),
    (r"decimals", "位 / digits"),
)
_NUMBERS = ("INTEGER", "BIGINT", "DOUBLE")


@dataclass(frozen=True)
class Labels:
    """The short Chinese names of labels.yml: of views by mart, of columns by name or table.column."""

    views: dict[str, str]
    levels: tuple[str, ...]
    columns: dict[str, str]

    def of(self, table: str, column: str) -> str:
        """The label of a column; empty where none is declared, which a test forbids for the marts."""
        return self.columns.get(f"{table}.{column}", self.columns.get(column, ""))


_NO_LABELS = Labels({}, (), {})


@cache
def labels() -> Labels:
    declared = yaml.safe_load(Path(__file__).with_name("labels.yml").read_text(encoding="utf-8"))
    return Labels(declared["views"], tuple(declared["levels"]), declared["columns"])


def entries(manifest: dict[str, Any]) -> list[Entry]:
    """Every column of `marts` as dbt describes it, and of `quality` and `meta` as the build file declares them."""
    found: list[Entry] = []
    marts = [
        node for node in manifest["nodes"].values() if (node["resource_type"], node["schema"]) == ("model", "marts")
    ]
    for node in sorted(marts, key=lambda node: str(node["name"])):
        columns = {name: (about["data_type"] or "", about["description"]) for name, about in node["columns"].items()}
        grain = node["config"].get("meta", {}).get("grain", [])
        found += _entries(f"marts.{node['name']}", node["description"], grain, columns)
    columns_of = {
        f"marts.{node['name']}": {n: (c["data_type"] or "", c["description"]) for n, c in node["columns"].items()}
        for node in marts
    }
    for name, table in (history.described(columns_of) | build_file.TABLES).items():
        found += _entries(name, table.description, table.grain, table.columns)
    return found


def _entries(name: str, description: str, grain: Iterable[str], columns: dict[str, tuple[str, str]]) -> Iterable[Entry]:
    schema, table = name.split(".")
    short = labels() if schema == "marts" else _NO_LABELS
    for number, (column, (data_type, meaning)) in enumerate(columns.items(), 1):
        kind = data_type.upper()
        unit = next((unit for form, unit in _UNITS if kind in _NUMBERS and re.fullmatch(form, column)), "")
        yield Entry(
            schema, table, *_halves(description), ", ".join(grain), number,
            column, short.of(table, column), short.views.get(table, ""), kind, unit, *_halves(meaning),
        )  # fmt: skip


def _halves(text: str) -> tuple[str, str]:
    """Descriptions are "中文 / English"; a test holds them to it."""
    zh, _, en = text.partition(" / ")
    return zh, en


def write(connection: duckdb.DuckDBPyConnection, manifest: dict[str, Any]) -> None:
    """Fill meta.dictionary, and say the same in the file's comments, for tools that show those."""
    rows = entries(manifest)
    places = ", ".join(f"unnest(${number})" for number in range(1, len(Entry._fields) + 1))
    # One transaction, and the comments as one script: a statement a column takes as long as building the marts.
    connection.begin()
    connection.execute("delete from meta.dictionary")
    connection.execute(
        f"insert into meta.dictionary select {places}", [list(column) for column in zip(*rows, strict=True)]
    )
    connection.execute(_comments(rows))
    connection.commit()


def _comments(rows: Iterable[Entry]) -> str:
    lines = {}
    for row in rows:
        table = f"{row.schema_name}.{row.table_name}"
        lines[f"table {table}"] = (row.table_zh, row.table_en)
        lines[f"column {table}.{row.column_name}"] = (row.description_zh, row.description_en)
    return "\n".join(f"comment on {what} is {literal(' / '.join(filter(None, text)))};" for what, text in lines.items())


def pages(connection: duckdb.DuckDBPyConnection) -> dict[str, str]:
    """The pages of docs/ by file name, from a built file."""
    columns = [Entry(*row) for row in connection.execute("from meta.dictionary").fetchall()]
    catalogue = _Catalogue(connection)
    return {
        "dictionary.zh-CN.md": _dictionary(connection, columns, catalogue, _zh),
        "dictionary.md": _dictionary(connection, columns, catalogue, _en),
        "cells.md": _cells(connection, catalogue),
    }


def catalogue(connection: duckdb.DuckDBPyConnection) -> list[dict[str, Any]]:
    """The indicators in order of display, each with its formula in English words (`formula_en`), the variants of the
    formula with their terms in words, and what it lacks (`lacks_zh`, `lacks_en`) where no region has a value.
    """
    catalogue = _Catalogue(connection)
    lacks = {
        f"lacks_{language}": _missing(connection, catalogue, say, say) for language, say in (("zh", _zh), ("en", _en))
    }
    known = {row[0] for row in connection.execute("select distinct indicator_code from marts.fct_indicator").fetchall()}
    return [
        {
            **indicator,
            "formula_en": catalogue.formula_en(indicator),
            "variants": [
                {
                    **formula,
                    "terms": [
                        {**term, "term_zh": catalogue.term(term, _zh), "term_en": catalogue.term(term, _en)}
                        for term in formula["terms"]
                    ],
                }
                for formula in catalogue.formulas[indicator["indicator_code"]]
            ],
            **{
                name: None
                if indicator["indicator_code"] in known
                else missing[indicator["indicator_code"]].replace("`", "")
                for name, missing in lacks.items()
            },
        }
        for indicator in catalogue.indicators
    ]


class _Say(Protocol):
    """Which of two languages a page speaks."""

    def __call__(self, zh: str, en: str) -> str: ...


def _zh(zh: str, en: str) -> str:
    return zh


def _en(zh: str, en: str) -> str:
    return en


def _both(zh: str, en: str) -> str:
    return f"{zh} / {en}"


class _Catalogue:
    """Indicators in order of display, the variants of their formulas in the order they are tried, and measures."""

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        stages = list(words.STAGES)
        self.indicators = sorted(
            _rows(connection, "from marts.dim_indicator order by indicator_code"),
            key=lambda i: stages.index(i["level"]) if i["level"] in stages else len(stages),
        )
        self.measures = {
            m["measure_code"]: m for m in _rows(connection, "from marts.dim_measure order by measure_code")
        }
        self.formulas: dict[str, list[dict[str, Any]]] = defaultdict(list)
        terms: dict[tuple[str, ...], list[dict[str, Any]]] = defaultdict(list)
        for term in _rows(connection, "from marts.indicator_term order by term_no"):
            terms[term["indicator_code"], term["stage"], term["variant"]].append(term)
        for formula in _rows(connection, "from marts.indicator_formula order by stage, priority, variant"):
            key = (formula["indicator_code"], formula["stage"], formula["variant"])
            self.formulas[formula["indicator_code"]].append({**formula, "terms": terms[key]})

    def term(self, term: dict[str, Any], say: _Say) -> str:
        """A term in words: its measure, with stage and segment where they are not the cell's own."""
        measure = self.measures[term["measure_code"]]
        of = [
            say(*words.of(known, code))
            for known, code in ((words.STAGES, term["measure_stage"]), (words.SEGMENTS, term["measure_segment"]))
            if code not in ("", "all")
        ]
        return say(measure["name_zh"], measure["name_en"]) + (
            say(f"（{'·'.join(of)}）", f" ({', '.join(of)})") if of else ""
        )

    def formula_en(self, indicator: dict[str, Any]) -> str:
        """The formula in English words; in Chinese the catalogue has them."""
        return "; or ".join(self._variant(formula) for formula in self.formulas[indicator["indicator_code"]])

    def _variant(self, formula: dict[str, Any]) -> str:
        above, below = (
            [term for term in formula["terms"] if term["side"] == side] for side in ("numerator", "denominator")
        )
        factor = "" if formula["scale"] == 1 else f" × {formula['scale']:g}"
        match formula["kind"]:
            case "sum":
                text = (self._sum(above, bracket=True) if factor else self._sum(above)) + factor
            case "ratio":
                text = f"{self._sum(above, bracket=True)} ÷ {self._sum(below, bracket=True)}{factor}"
            case "growth":
                text = f"({self._sum(above, bracket=True)} ÷ {self._sum(below, bracket=True)} − 1){factor}"
            case "difference":
                divisors = {term["term_no"]: term for term in below}
                text = f"({self._sum(above, divisors)}){factor}"
            case kind:
                told = words.of(words.KINDS_OF_FORMULAS, kind)[1]
                text = ": ".join([told, "; ".join(map(self._sum, filter(None, (above, below))))] if above else [told])
        if formula["valid_from"] or formula["valid_to"]:
            text = f"{' '.join(_validity(formula['valid_from'], formula['valid_to']))}: {text}"
        return text

    def _sum(
        self,
        terms: Sequence[dict[str, Any]],
        divisors: dict[int, dict[str, Any]] | None = None,
        *,
        bracket: bool = False,
    ) -> str:
        """The terms with their signs; `divisors` are by number of term, where each term has one of its own."""
        text = ""
        for term in terms:
            size, sign = abs(term["coefficient"]), "−" if term["coefficient"] < 0 else "+"
            text += f" {sign} " if text else sign.strip("+")
            text += ("" if size == 1 else f"{size:g} × ") + self.term(term, _en) + _window(term)
            if divisor := (divisors or {}).get(term["term_no"]):
                text += f" ÷ {self._sum([divisor])}"
        return f"({text})" if bracket and len(terms) > 1 else text


def _validity(first: int | None, last: int | None) -> Iterator[str]:
    if first:
        yield f"from {first}"
    if last:
        yield f"until {last}"


def _window(term: dict[str, Any]) -> str:
    """The years of a term, where they are not the cell's own."""
    first, last = (f"{year:+d}".replace("-", "−") if year else "0" for year in (term["year_from"], term["year_to"]))
    if first == last:
        return "" if first == "0" else f" [year {first}]"
    return f" [years {first} to {last}]"


_MADE = (
    "本页由 `make docs` 从所提供的快照生成，请勿手改。",
    "Made by `make docs` from the served snapshot; not edited by hand.",
)


def _dictionary(
    connection: duckdb.DuckDBPyConnection, columns: Sequence[Entry], catalogue: _Catalogue, say: _Say
) -> str:
    """The dictionary in one language."""
    parts = [
        say("# 数据字典", "# Data dictionary"),
        say("[English](dictionary.md)", "[中文](dictionary.zh-CN.md)"),
        say(
            "每张表、每一列的粒度、类型、单位与含义，然后是指标与数据项。",
            "Every table and column with grain, type, unit and meaning, then indicators and measures. ",
        )
        + say(*_MADE),
        say(
            "快照里有同样的内容：`meta.dictionary`、`marts.dim_indicator`、`marts.dim_measure`。"
            "哪些指标有数值，见[指标单元](cells.md)。",
            "The snapshot holds the same in `meta.dictionary`, `marts.dim_indicator` and `marts.dim_measure`. "
            "Which indicators have values stands in [cells](cells.md).",
        ),
        *_tables(columns, say),
        *_metrics(
            _rows(connection, "from meta.metric where schema_name = 'marts' order by table_name, metric_name"), say
        ),
        *_indicators(catalogue, say),
        *_measures(catalogue, say),
    ]
    return "\n\n".join(parts) + "\n"


def _tables(columns: Sequence[Entry], say: _Say) -> Iterator[str]:
    tables: dict[str, list[Entry]] = defaultdict(list)
    for column in columns:
        tables[f"{column.schema_name}.{column.table_name}"].append(column)
    yield say("## 表", "## Tables")
    yield _markdown(
        say("表|bi 视图|含义|粒度", "table|view of bi|meaning|grain"),
        [
            (
                f"`{name}`",
                f"`{rows[0].bi_view}`" if rows[0].bi_view else "",
                say(rows[0].table_zh, rows[0].table_en),
                say("、", ", ").join(_code(rows[0].grain.split(", "))),
            )
            for name, rows in tables.items()
        ],
    )
    # Tables of the same columns, as the indicator marts are, share one list.
    lists: dict[tuple[tuple[str, ...], ...], list[str]] = defaultdict(list)
    for name, rows in tables.items():
        lists[
            tuple(
                (
                    f"`{row.column_name}`",
                    row.label_zh,
                    row.data_type,
                    say(*_halves(row.unit)),
                    say(row.description_zh, row.description_en),
                )
                for row in rows
            )
        ].append(name)
    for shared, names in lists.items():
        yield "### " + say("、", ", ").join(names)
        yield _markdown(say("列|短名|类型|单位|含义", "column|label|type|unit|meaning"), shared)


def _metrics(metrics: Sequence[dict[str, Any]], say: _Say) -> Iterator[str]:
    yield say("## 汇总", "## Metrics")
    yield say(
        "哪些数可以由多行合并，SQL 写在 `meta.metric`；没有列出的数不可相加，也不可平均。",
        "Which figures several rows can be put together to; the SQL stands in `meta.metric`. What is not listed is neither "
        "added nor averaged.",
    )
    tables: dict[tuple[str, ...], list[str]] = defaultdict(list)
    for m in metrics:
        line = (f"`{m['metric_name']}` {say(m['name_zh'], m['name_en'])}", say(*_halves(m["unit"])),
                say(m["description_zh"], m["description_en"]))  # fmt: skip
        tables[line].append(m["table_name"])
    yield _markdown(
        say("数|单位|含义|表", "metric|unit|meaning|tables"),
        [(*line, say("、", ", ").join(_code(names))) for line, names in tables.items()],
    )


def _indicators(catalogue: _Catalogue, say: _Say) -> Iterator[str]:
    yield say("## 指标", "## Indicators")
    yield say(
        "标准为国家标准。可信度 B 表示定义凭记忆整理，没有对过原文。公式的各个变体与分项见 `marts.indicator_formula`、`marts.indicator_term`。",
        "The standard is the national one. Confidence B marks a definition from memory. The variants of a formula and "
        "their terms stand in `marts.indicator_formula` and `marts.indicator_term`.",
    )
    for level, indicators in groupby(catalogue.indicators, lambda i: str(i["level"])):
        yield "### " + say(*words.of(words.STAGES, level)).capitalize()
        yield _markdown(
            say(
                "代码|名称|定义|公式|单位|方向|标准|可信度",
                "code|name|definition|formula|unit|better|standard|confidence",
            ),
            [
                (
                    f"`{i['indicator_code']}`",
                    _names(i, say),
                    say(i["definition_zh"], i["definition_en"]),
                    say(i["formula_zh"], catalogue.formula_en(i)),
                    say(*words.of(words.UNITS, i["unit"])),
                    say(*words.of(words.DIRECTIONS, i["direction"])),
                    _standard(i),
                    i["confidence"],
                )
                for i in indicators
            ],
        )


def _measures(catalogue: _Catalogue, say: _Say) -> Iterator[str]:
    yield say("## 数据项", "## Measures")
    yield say(
        "可以计数或相加的事物；指标由它们算出。",
        "What can be counted or summed; indicators are computed from them. Definitions are in Chinese only.",
    )
    yield _markdown(
        say("代码|名称|基本单位|类型|定义", "code|name|base unit|kind|definition"),
        [
            (
                f"`{m['measure_code']}`",
                _names(m, say),
                say(*words.of(words.UNITS, m["base_unit"])),
                say(*words.of(words.KINDS_OF_MEASURES, m["kind"])),
                m["definition_zh"] or "",
            )
            for m in catalogue.measures.values()
        ],
    )


def _names(row: dict[str, Any], say: _Say) -> str:
    """Both names, that of the page's language first: publications print the Chinese one, tools the English."""
    zh, en = row["name_zh"], row["name_en"]
    return say(f"{zh}<br>{en}", f"{en}<br>{zh}")


def _standard(indicator: dict[str, Any]) -> str:
    bounds = [f"{bound:g}" for bound in (indicator["standard_low"], indicator["standard_high"]) if bound is not None]
    if indicator["standard_comparator"] == "range":
        return "—".join(bounds)
    return f"{indicator['standard_comparator']} {bounds[0]}" if bounds else ""


def _cells(connection: duckdb.DuckDBPyConnection, catalogue: _Catalogue) -> str:
    """Which indicators have cells on which basis, and what the others lack; one page in both languages."""
    found: dict[str, dict[str, dict[str, Any]]] = defaultdict(dict)
    for row in _rows(
        connection,
        """select indicator_code, basis, count(*) as cells, count(distinct region_code) as regions,
        min(year) as first_year, max(year) as last_year from marts.fct_indicator group by indicator_code, basis""",
    ):
        found[row["indicator_code"]][row["basis"]] = row
    missing = _missing(connection, catalogue, _both, _zh)
    known = [i for i in catalogue.indicators if i["indicator_code"] in found]
    lacking = [i for i in catalogue.indicators if i["indicator_code"] not in found]
    computed, published = (
        sum(bases[basis]["cells"] for bases in found.values() if basis in bases) for basis in ("computed", "published")
    )

    def label(indicator: dict[str, Any]) -> tuple[str, str]:
        stage = "<br>".join(words.of(words.STAGES, indicator["level"]))
        return stage, f"{_names(indicator, _zh)}<br>`{indicator['indicator_code']}`"

    def counts(bases: dict[str, dict[str, Any]]) -> Iterator[str]:
        for basis in ("computed", "published"):
            row = bases.get(basis)
            yield from (
                (f"{row['cells']:,}", f"{row['regions']:,}", _years(row["first_year"], row["last_year"]))
                if row
                else ("0", "", "")
            )

    parts = [
        "# 指标单元 / Indicator cells",
        "每个指标有多少单元（一个地区、年份、学段、分组），依据是什么；没有单元的指标缺什么。 / "
        "How many cells (a region, year, stage and segment) each indicator has and on which basis; what the others lack.",
        " / ".join(_MADE),
        f"共 {len(catalogue.indicators)} 个指标：{len(known)} 个有单元（计算 {computed:,}，公布 {published:,}），{len(lacking)} 个没有。 / "
        f"{len(catalogue.indicators)} indicators: {len(known)} have cells ({computed:,} computed, {published:,} published), {len(lacking)} have none.",
        "## 有单元的指标 / Indicators with cells",
        _markdown(
            "学段 / stage|指标 / indicator|计算 / computed|地区 / regions|年份 / years|公布 / published|地区 / regions|年份 / years",
            [(*label(i), *counts(found[i["indicator_code"]])) for i in known],
        ),
        "## 没有单元的指标 / Indicators without cells",
        "缺：任何地区、任何年份都没有数字的数据项（最先采用的公式变体）。 / "
        "Missing: the measures of the variant tried first for which no region and no year has a figure.",
        _markdown(
            "学段 / stage|指标 / indicator|缺什么 / what is missing",
            [(*label(i), missing[i["indicator_code"]]) for i in lacking],
        ),
    ]
    return "\n\n".join(parts) + "\n"


def _missing(connection: duckdb.DuckDBPyConnection, catalogue: _Catalogue, say: _Say, name: _Say) -> dict[str, str]:
    """What each indicator would need, in one line; meant for those without a cell. `name` is the language of measures."""
    figures = connection.execute("select distinct measure_code, stage, segment from marts.fct_measure").fetchall()
    kinds = connection.execute(
        """select distinct f.kind from marts.indicator_formula as f join marts.fct_indicator as i using (indicator_code)
        where i.basis = 'computed'"""
    ).fetchall()

    def is_there(term: dict[str, Any]) -> bool:
        wanted = (term["measure_stage"] or term["stage"], term["measure_segment"])
        return any(
            term["measure_code"] == measure and wanted[0] in ("", stage) and wanted[1] in ("", segment)
            for measure, stage, segment in figures
        )

    def told(indicator: dict[str, Any]) -> str:
        formula = next(iter(catalogue.formulas[indicator["indicator_code"]]), None)
        if formula is None:
            return say("没有公式", "no formula")
        kind = say(*words.of(words.KINDS_OF_FORMULAS, formula["kind"]))
        if reason := indicator["no_source_reason"]:
            return f"{say('无数据来源', 'no source')}：{reason}"
        if formula["kind"] == "published_only":
            return f"{kind}；{say('没有收到公布值', 'none received')}"
        if lacks := [term for term in formula["terms"] if not is_there(term)]:
            return "；".join(f"{catalogue.term(term, name)} `{term['measure_code']}`" for term in lacks)
        if not formula["terms"] or (formula["kind"],) not in kinds:
            return f"{kind}；{say('尚不计算', 'not computed yet')}" + (
                f"：{formula['note_zh']}" if formula["note_zh"] else ""
            )
        return say(
            "各分项都有数字，但没有一个地区的同一年齐全", "every term has figures, no region has all of them for a year"
        )

    return {i["indicator_code"]: told(i) for i in catalogue.indicators}


def _years(first: int, last: int) -> str:
    return f"{first}" if first == last else f"{first}—{last}"


def _code(names: Iterable[str]) -> Iterator[str]:
    return (f"`{name}`" for name in names)


def _markdown(heading: str, rows: Iterable[Sequence[str]]) -> str:
    """A Markdown table; the heading's cells are parted by `|`."""
    head = heading.split("|")
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(
        "| " + " | ".join(" ".join(cell.replace("|", "\\|").split()) for cell in line) + " |" for line in lines
    )


def _rows(connection: duckdb.DuckDBPyConnection, query: str) -> list[dict[str, Any]]:
    result = connection.execute(query)
    names = [column[0] for column in result.description or []]
    return [dict(zip(names, row, strict=True)) for row in result.fetchall()]
