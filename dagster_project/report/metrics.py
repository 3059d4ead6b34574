"""How the figures of a mart are put together over several rows: declared once, for meta.metric and every BI tool.

A rate over several rows is the ratio of their sums, or nothing: rows of two indicators, years or levels, or rows without
counts, give NULL rather than a number that looks right. One row alone shows its own value, which may be a published one.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from string import Formatter

# Of these a rate may not mix several: their counts overlap, or their quotients are different things.
_ONE_RATE = ("indicator_code", "year", "stage", "segment", "region_level")
# The same, of tables that have it; empty for an indicator that compares nothing.
_BASE = "base_indicator"
# A condition may be judged on several indicators, in a row each.
_ONE_CONDITION = ("assessment", "condition_no", "indicator_code", "year")


@dataclass(frozen=True)
class Metric:
    """One figure of a table. Expressions name the table's columns in braces, of one row; `expression` adds them up.

    `top` alone is summed; with `bottom` the two sums are divided, times `scale` (a number, or a column in braces). Without `top` there is nothing to add
    up and only a single row has a figure, `value`. `one_of` are the columns of which the rows must be of one.
    """

    name: str
    name_zh: str
    name_en: str
    unit: str
    description_zh: str
    description_en: str
    top: str = ""
    bottom: str = ""
    scale: str = "1"
    value: str = ""
    one_of: tuple[str, ...] = ()

    def expression(self, column: Callable[[str], str] = str) -> str:
        """The SQL aggregate, of DuckDB and PostgreSQL alike; `column` gives what a column is called there.

        NULL where the rows may not be put together.
        """
        names = [f"coalesce({{{name}}}, '')" if name == _BASE else f"{{{name}}}" for name in self.one_of]
        holds = [f"count(distinct {name}) = 1" for name in names]
        total = f"sum({self.top})" if self.top else ""
        if self.bottom:
            # A row without a count would be missing from the sum and not be missed.
            holds += [f"count({part}) = count(*)" for part in (self.top, self.bottom, self.scale) if part[0] == "{"]
            # Whole numbers divide to whole numbers in PostgreSQL.
            scale = f"max({self.scale})" if self.scale[0] == "{" else self.scale
            total = f"{scale} * (cast(sum({self.top}) as double precision) / nullif(sum({self.bottom}), 0))"
        branches = [f"when count(*) = 1 then max({self.value})"] if self.value else []
        if total:
            branches.append(f"when {' and '.join(holds)} then {total}" if holds else f"else {total}")
        text = f"case {' '.join(branches)} end" if branches != [f"else {total}"] else total
        return text.format_map({name: column(name) for _, name, _, _ in Formatter().parse(text) if name})

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns of the table that the expression reads, once each."""
        read: dict[str, None] = {}
        self.expression(lambda name: str(read.setdefault(name, None)))
        return tuple(read)


_RATE = Metric(
    "rate", "比率", "rate", "指标的单位 / unit of the indicator",
    "单行为采用值；多行为分子合计 ÷ 分母合计 × 倍数；跨指标、年份、学段、分组或级别，或有行缺计数，则为空",
    "one row: the standing value; several: sum of numerators ÷ sum of denominators × scale; empty across indicators, "
    "years, stages, segments or levels, and where a row lacks its counts",
    top="{numerator}", bottom="{denominator}", scale="{scale}", value="{value}", one_of=(*_ONE_RATE, "scale"),
)  # fmt: skip

_REGIONS = Metric(
    "region_count", "地区数", "regions", "个地区 / regions", "有数值的地区个数", "how many regions have a value",
    top="case when {value} is not null then 1 else 0 end", one_of=_ONE_RATE,
)  # fmt: skip

# A status is a code in a mart and a word in its view.
_COUNTIES_MET = Metric(
    "met_county_pct", "达到的县占比", "counties that meet it", "% / %",
    "达到的县数 ÷ 全部县数 × 100，待认定与无数据的县也在分母中；只在同一年、同一评估内",
    "counties with status met ÷ all counties × 100, undecided ones and those without data included; within one year "
    "and one assessment",
    top="case when {status} in ('met', '达到') then 1 else 0 end", bottom="1", scale="100", one_of=("assessment", "year"),
)  # fmt: skip

_TARGETS = Metric(
    "target_count", "目标数", "targets", "个目标 / targets",
    "目标个数；每种方法都判定全部目标，所以只在同一方法内相加",
    "number of targets; each method judges all of them, so they are added within one method only",
    top="1", one_of=("method",),
)  # fmt: skip


def _alone(name: str, column: str, zh: str, en: str) -> Metric:
    return Metric(
        name, zh, en, "见公式与指标 / see formula and indicator",
        f"{zh}不可相加或平均：多行为空", f"a {en} is neither added nor averaged: several rows give nothing",
        value=f"{{{column}}}",
    )  # fmt: skip


# Of single tables. Every other table with numerator, denominator and scale has the rate.
_OF_TABLES = {
    "mart_equity": (
        _alone("spread", "value", "差异程度", "spread"),
        _alone("mean_value", "mean_value", "加权平均值", "weighted mean"),
    ),
    "mart_county_assessment": (_COUNTIES_MET,),
    "mart_assessment_condition": (
        replace(
            _COUNTIES_MET,
            description_zh="达到的县数 ÷ 全部县数 × 100，待认定与无数据的县也在分母中；只在同一年、一个条件、一个指标内",
            description_en="counties with status met ÷ all counties × 100, undecided ones and those without data included; "
            "within one year, one condition and indicator",
            one_of=_ONE_CONDITION,
        ),
        Metric(
            "failing_school_pct", "未达到的学校占比", "schools that fail", "% / %",
            "未达到的学校数 ÷ 已判定的学校数 × 100；只在同一年、一个条件、一个指标内",
            "failing schools ÷ schools judged × 100, within one year, one condition and indicator",
            top="{failing_school_count}", bottom="{judged_school_count}", scale="100", one_of=_ONE_CONDITION,
        ),
    ),
    "mart_target_attainment": (_TARGETS,),
    "mart_target_summary": (
        # A target of several responsible units stands under each of them.
        replace(_TARGETS, top="{target_count}", one_of=("method", "view_by", "group_code")),
    ),
}  # fmt: skip


def of(table: str, columns: Collection[str]) -> tuple[Metric, ...]:
    """The metrics of a mart or view, by the mart's name and the columns it has: all that can be put together rightly.

    A table without one must not be averaged or summed over its figures.
    """
    if table in _OF_TABLES:
        return _OF_TABLES[table]
    if not {*_RATE.columns} <= {*columns}:
        return ()
    base = (_BASE,) if _BASE in columns else ()
    return tuple(replace(metric, one_of=(*metric.one_of, *base)) for metric in (_RATE, _REGIONS))
