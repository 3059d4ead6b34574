"""The page of indicator cards, docs/cards.md: what each indicator of an indicator mart means, and one real cell worked out."""

from collections.abc import Iterator
from typing import Any

import duckdb

from dagster_project.report import dictionary, explain, words
from dagster_project.report.explain import Cell, Row

# Both bases first, since such a cell shows the formula and what the publisher says; then the nation, then the latest year.
_EXAMPLE = """
    select region_code, year, stage, segment from marts.fct_indicator
    where indicator_code = ? and base_indicator is null and status = 'ok' and segment = 'all'
    group by region_code, year, stage, segment
    order by count(distinct basis) desc, max(case when basis = 'computed' then 1 else 0 end) desc,
        region_code <> '100000', year desc, region_code, stage limit 1
"""


def page(connection: duckdb.DuckDBPyConnection) -> str:
    """Markdown of all cards from a built file, bilingual; the same file gives the same page."""
    parts = [
        "# 指标卡片 / Indicator cards",
        "各指标表中每个指标的定义、公式、口径，以及用真实数据逐步算出的一个单元。全部指标见[数据字典](dictionary.zh-CN.md)。 / "
        "What each indicator of the indicator marts means, and one of its cells worked out on real figures. All indicators "
        "stand in the [dictionary](dictionary.md).",
        "本页由 `make docs` 从所提供的快照生成，请勿手改。 / Made by `make docs` from the served snapshot; not edited by hand.",
    ]
    formulas_en = {one["indicator_code"]: one["formula_en"] for one in dictionary.catalogue(connection)}
    for mart in _marts(connection):
        parts.append(f"## `marts.{mart}`")
        codes = connection.execute(
            f"select indicator_code from marts.{mart} group by indicator_code order by count(*) desc, indicator_code"
        ).fetchall()
        for (code,) in codes:
            parts += _card(connection, code, formulas_en[code])
    return "\n\n".join(parts) + "\n"


def _marts(connection: duckdb.DuckDBPyConnection) -> list[str]:
    """The marts of one question, which all have the columns of the macro `indicator_mart`."""
    rows = connection.execute(
        """select table_name from duckdb_columns() where schema_name = 'marts' and column_name = 'target_in_force'
        order by table_name"""
    ).fetchall()
    return [name for (name,) in rows]


def _card(connection: duckdb.DuckDBPyConnection, code: str, formula_en: str) -> Iterator[str]:
    (about,) = explain.dictionaries(connection, "from marts.dim_indicator where indicator_code = ?", [code])
    aliases = connection.execute(
        "select distinct alias_zh from marts.indicator_alias where indicator_code = ? order by 1", [code]
    ).fetchall()
    yield f"### {about['name_zh']} / {about['name_en']}"
    facts = {
        "代码 / code": f"`{code}`",
        "定义 / definition": f"{about['definition_zh']}<br>{about['definition_en']}",
        "公式 / formula": "<br>".join(filter(None, (about["formula_zh"], formula_en))),
        "单位、方向 / unit, better": f"{_both(words.UNITS, about['unit'])}，{_both(words.DIRECTIONS, about['direction'])}",
        "标准 / standard": _standard(about),
        "别名 / other names": "、".join(name for (name,) in aliases),
        "定义的可信度 / confidence of the definition": "A"
        if about["confidence"] == "A"
        else "B（凭记忆整理 / from memory）",
    }
    yield "\n".join(["| | |", "| --- | --- |", *(f"| {what} | {text} |" for what, text in facts.items() if text)])
    found = connection.execute(_EXAMPLE, [code]).fetchone()
    if found is not None:
        region, year, stage, segment = found
        cell = explain.explain(connection, code, region, year, stage, segment)
        stage_zh, stage_en = words.of(words.STAGES, stage)
        lines = [f"例 / example：**{cell.region_zh} {year}**（{stage_zh} / {stage_en}）"]
        for one in filter(None, (cell.chosen, cell.other)):
            lines += _worked(one, about)
        if cell.reconciled:
            lines.append(f"- 对账 / reconciliation：{_reconciled(cell.reconciled)}")
        yield "\n".join([lines[0], "", *lines[1:]])


def _worked(cell: Cell, about: dict[str, Any]) -> Iterator[str]:
    unit = "" if about["unit"] == "ratio" else f" {words.of(words.UNITS, about['unit'])[0]}"
    if cell.published_row:
        yield f"- 公布值 / published：{_row(cell.published_row)}"
        return
    for row in (*cell.numerator_rows, *cell.denominator_rows):
        yield f"- {row.what} {_row(row)} → {_figure(row.value * row.coefficient)}"
    if cell.numerator is not None and cell.denominator is not None and cell.value is not None:
        scale = cell.value * cell.denominator / cell.numerator if cell.numerator else 1.0
        factor = "" if abs(scale - 1) < 1e-9 else f" × {scale:g}"
        yield (
            f"- 计算值 / computed：{_figure(cell.numerator)} ÷ {_figure(cell.denominator)}{factor} = {cell.value:.4f}{unit}，"
            f"即 / that is **{cell.value:.{about['decimals']}f}{unit}**"
        )
    elif cell.value is not None:
        yield f"- 计算值 / computed：**{cell.value:.{about['decimals']}f}{unit}**"


def _row(row: Row) -> str:
    where = f"`{row.file}` 第 {row.row} 行 / row {row.row}" if row.row else f"`{row.file}`"
    return f"{row.printed}，{row.source}（{row.publisher}），{where}"


def _standard(about: dict[str, Any]) -> str:
    bounds = [f"{bound:g}" for bound in (about["standard_low"], about["standard_high"]) if bound is not None]
    return f"{_both(words.COMPARATORS, about['standard_comparator'])} {'—'.join(bounds)}" if bounds else ""


def _reconciled(told: str) -> str:
    if told == "input_rounding":
        return "相差不超过计数自身的舍入 / they differ by no more than the rounding of the counts"
    return told


def _figure(value: float) -> str:
    return f"{value:,.0f}" if value == round(value) else f"{value:,.10g}"


def _both(known: dict[str, tuple[str, str]], code: str) -> str:
    return " / ".join(dict.fromkeys(words.of(known, code)))
