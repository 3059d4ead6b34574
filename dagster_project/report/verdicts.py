"""The page of verdicts, docs/verdicts.md: every target that was decided, and counts of all by status and reason."""

from collections.abc import Iterable
from typing import Any

import duckdb

from dagster_project.report import words

_DECIDED = ("met", "met_late", "missed", "on_track", "slightly_behind", "behind", "regressing")


def page(connection: duckdb.DuckDBPyConnection) -> str:
    """Markdown of all verdicts in a built file, bilingual; the same file gives the same page."""
    return "\n".join(
        [
            "# 目标判定 / Verdicts on targets",
            "",
            "随附台账中每个目标按判定阶梯的结论；规则见 [ladder.zh-CN.md](ladder.zh-CN.md)。"
            " / What the ladder says of every target of the shipped ledger; the rules are in [ladder.md](ladder.md).",
            "",
            "本页由 `make docs` 从所提供的快照生成，请勿手改。 / Made by `make docs` from the served snapshot; not edited by hand.",
            "",
            "## 结论与原因 / Statuses and reasons",
            "",
            *_table(
                ("方法 / method", "结论 / status", "原因 / reason", "目标 / targets"),
                (
                    (method, _both(words.VERDICTS, status), f"{zh} / {en}", f"{count:,}")
                    for method, status, zh, en, count in connection.execute(
                        """select method, status, reason_zh, reason_en, count(*) from marts.mart_target_attainment
                        group by all order by method, count(*) desc, status, reason_zh"""
                    ).fetchall()
                ),
            ),
            "",
            "## 有结论的目标 / Targets that are decided",
            "",
            *_decided(connection),
            "",
            "## 不能判定的目标 / Targets that cannot be decided",
            "",
            "只列目标年没有数值的；其余原因见上表与 `zhibiao explain 目标编号`。"
            " / Those without a value of the target year; for the rest see the table above and `zhibiao explain TARGET`.",
            "",
            *_near(connection),
            "",
        ]
    )


def _decided(connection: duckdb.DuckDBPyConnection) -> list[str]:
    rows = connection.execute(
        """select a.region_zh, t.indicator_zh, a.target_year, t.comparator, t.printed_value, t.printed_unit,
            a.actual_year, a.judged_value, a.unit, a.actual_basis, a.status, a.reason_zh, a.provisional,
            o.status as open_sdg, u.status as un_2023, d.title_zh, a.target_id
        from marts.mart_target_attainment as a
        join marts.fct_target as t using (target_id)
        join marts.dim_document as d on d.document_id = a.document_id
        join marts.mart_target_attainment as o on o.target_id = a.target_id and o.method = 'open_sdg'
        join marts.mart_target_attainment as u on u.target_id = a.target_id and u.method = 'un_2023'
        where a.method = 'ladder' and list_contains($decided, a.status)
        order by a.region_code, a.target_year, t.indicator_zh, a.target_id""",
        {"decided": list(_DECIDED)},
    )
    names = [column[0] for column in rows.description or []]
    headings = ("地区 / region", "指标 / indicator", "目标 / target", "数值 / value", "判定阶梯 / ladder", "Open SDG",
                "UN 2023", "文件 / document", "编号 / id")  # fmt: skip
    return _table(headings, (_decided_row(dict(zip(names, row, strict=True))) for row in rows.fetchall()))


def _decided_row(row: dict[str, Any]) -> tuple[str, ...]:
    unit = words.of(words.UNITS, row["unit"])[0]
    # A ratio's word says nothing behind a number.
    value = f"{row['judged_value']:,.10g}" + (" %" if row["unit"] == "%" else "" if unit == "比值" else f" {unit}")
    mark = "（暂定 / provisional）" if row["provisional"] else ""
    return (
        row["region_zh"],
        row["indicator_zh"],
        f"{row['target_year'] or '—'} {row['comparator']} {row['printed_value'] or ''} {row['printed_unit'] or ''}".strip(),
        f"{row['actual_year']} {value}",
        f"**{_both(words.VERDICTS, row['status'])}**{mark}，{row['reason_zh']}",
        _both(words.VERDICTS, row["open_sdg"]),
        _both(words.VERDICTS, row["un_2023"]),
        row["title_zh"],
        f"`{row['target_id']}`",
    )


def _near(connection: duckdb.DuckDBPyConnection) -> list[str]:
    rows = connection.execute(
        """select a.region_zh, t.indicator_zh, a.target_year, t.comparator, t.printed_value, t.printed_unit,
            a.earlier_year, a.earlier_value, a.later_year, a.later_value, a.target_id
        from marts.mart_target_attainment as a join marts.fct_target as t using (target_id)
        where a.method = 'ladder' and a.reason_code = 'no_value_for_target_year'
        order by a.region_code, a.target_year, t.indicator_zh, a.target_id"""
    ).fetchall()
    return _table(
        ("地区 / region", "指标 / indicator", "目标 / target", "之前 / before", "之后 / after", "编号 / id"),
        (
            (
                region,
                indicator,
                f"{year} {comparator} {value or ''} {unit or ''}".strip(),
                "" if before is None else f"{before}: {before_value:,.10g}",
                "" if after is None else f"{after}: {after_value:,.10g}",
                f"`{target}`",
            )
            for region, indicator, year, comparator, value, unit, before, before_value, after, after_value, target in rows
        ),
    )


def _both(table: dict[str, tuple[str, str]], code: str) -> str:
    return " / ".join(words.of(table, code))


def _table(headings: Iterable[str], rows: Iterable[Iterable[str]]) -> list[str]:
    heads = list(headings)
    lines = [f"| {' | '.join(heads)} |", f"| {' | '.join('---' for _ in heads)} |"]
    return lines + [f"| {' | '.join(cell.replace('|', '/') for cell in row)} |" for row in rows]
