"""The small-cell rule: counts of fewer than K persons, and what would give them back, are left out of an export.

What counts persons is declared: a measure of base unit 人, an indicator of unit `persons`, a numerator or denominator
whose terms are such measures. Schools, classes, money and areas are no persons. Three steps:

1. figures over 0 and under K are hidden (`small`);
2. wherever the other members of a sum would give a hidden figure back, one more is hidden (`sum`), until no sum has
   exactly one hidden member: a whole and up to three of its declared parts, a region and the regions below it;
3. every indicator with a hidden input is hidden on every basis, and so is what other tables say of it (`derived`).

What this does not protect stands in docs/exports.md.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import duckdb

from dagster_project.export.tables import Column, ExportError, Table

MARK = Column(
    "suppressed",
    "text",
    "",
    "隐去原因：small 人数小于阈值，sum 与其他数相减会得出前者，derived 由隐去的数得出；空为没有隐去",
    "why figures are left out: small (fewer persons than the threshold), sum (with others it would give "
    "such a figure back), derived (made from one left out); empty: none is",
)


@dataclass(frozen=True)
class Hidden:
    """What the rule left out: the threshold, and how many values of which table."""

    threshold: int
    values: dict[str, int]

    @property
    def total(self) -> int:
        return sum(self.values.values())


@dataclass(frozen=True)
class _Rule:
    """Why columns of a row `t` are left out: SQL that gives the reason or null. Without columns all its numbers are."""

    reason: str
    columns: tuple[str, ...] = ()


def applied(
    connection: duckdb.DuckDBPyConnection, tables: Sequence[Table], threshold: int
) -> tuple[list[Table], Hidden]:
    """The tables without what the rule leaves out, those it governs with the column `suppressed`; and how much that is.

    Raises ExportError for a table of which nothing says whether it tells of persons.
    """
    _hide_measures(connection, threshold)
    _hide_indicators(connection, threshold)
    shown: list[Table] = []
    hidden: dict[str, int] = {}
    for table in tables:
        if table.name in _FREE:
            shown.append(table)
            continue
        view = table.read_from(f"shown_{table.name}", MARK)
        connection.execute(f"create temp view {view.relation} as {_shown(table, threshold)}")
        shown.append(view)
        counts = ", ".join(f"count({column.name})" for column in table.columns)
        ((*before,), (*after,)) = connection.execute(
            f"select {counts} from {table.relation} union all (select {counts} from {view.relation})"
        ).fetchall()
        if left_out := sum(before) - sum(after):
            hidden[table.name] = left_out
    return shown, Hidden(threshold, hidden)


def _hide_measures(connection: duckdb.DuckDBPyConnection, threshold: int) -> None:
    """`person_figure`: every cell of a measure of persons, and why it is hidden, if it is."""
    connection.execute(
        f"""create temp table person_figure as
        select row_number() over (order by m.region_code, m.year, m.stage, m.segment, m.measure_code) as id,
            m.region_code, m.year, m.stage, m.segment, m.measure_code, m.value,
            {_small("m.value", f"m.uncorrected_value > 0 and m.uncorrected_value < {threshold}")} as why
        from marts.fct_measure as m where m.base_unit = '人'""".replace("{k}", str(threshold))
    )
    while connection.execute(_ONE_MORE_OF_EACH_SUM).fetchall() != [(0,)]:
        pass


# A sum is what comes out even: which of its declared parts make up a whole is said nowhere, the figures tell. Of the
# visible members the smallest part above zero is hidden.
_ONE_MORE_OF_EACH_SUM = """
with near as (select distinct region_code, year from person_figure where why is not null),
near_regions as (select distinct year, stage, segment, measure_code from person_figure where why is not null),
cells as (select p.* from person_figure as p semi join near as n on n.region_code = p.region_code and n.year = p.year),
parts as (
    select w.id as whole, w.value as whole_value, p.id as part, p.value as value
    from staging.stg_part_of as o
    inner join cells as w
        on w.measure_code = o.whole_measure_code and w.stage = o.whole_stage and w.segment = o.whole_segment
    inner join cells as p
        on p.measure_code = o.part_measure_code and p.stage = o.part_stage and p.segment = o.part_segment
        and p.region_code = w.region_code and p.year = w.year
),
below as (
    select distinct w.id as whole, w.value as whole_value, p.id as part, p.value as value
    from person_figure as p
    semi join near_regions as n
        on n.year = p.year and n.stage = p.stage and n.segment = p.segment and n.measure_code = p.measure_code
    inner join marts.dim_region as d
        on d.region_code = p.region_code and p.year between coalesce(d.valid_from, p.year) and coalesce(d.valid_to, p.year)
    inner join person_figure as w
        on w.region_code = d.parent_code and w.year = p.year and w.stage = p.stage and w.segment = p.segment
        and w.measure_code = p.measure_code
),
sums as (
    select whole, list(part) as parts from below group by whole, whole_value having abs(sum(value) - whole_value) < 0.5
    union all
    select whole, [part] from parts where abs(value - whole_value) < 0.5
    union all
    select a.whole, [a.part, b.part]
    from parts as a inner join parts as b on a.whole = b.whole and a.part < b.part
    where abs(a.value + b.value - a.whole_value) < 0.5
    union all
    select a.whole, [a.part, b.part, c.part]
    from parts as a
    inner join parts as b on a.whole = b.whole and a.part < b.part
    inner join parts as c on a.whole = c.whole and b.part < c.part
    where abs(a.value + b.value + c.value - a.whole_value) < 0.5
),
members as (
    select s.whole, s.parts, p.id, p.value, p.why, p.id = s.whole as is_whole
    from (select whole, parts, unnest(list_append(parts, whole)) as id from sums) as s
    inner join person_figure as p on p.id = s.id
)
update person_figure set why = 'sum' where id in (
    select first(m.id order by case when m.value = 0 then 2 when m.is_whole then 1 else 0 end, m.value, m.id)
        filter (where m.why is null)
    from members as m group by m.whole, m.parts having count(m.why) = 1
)
"""


def _hide_indicators(connection: duckdb.DuckDBPyConnection, threshold: int) -> None:
    """`hidden_indicator`: the cells of indicators that are hidden, on whatever basis they stand, and why."""
    connection.execute(
        "create temp table series as select region_code, min(series_code) as series_code from marts.dim_region group by all"
    )
    connection.execute(
        f"""create temp table hidden_indicator as
        with persons as (
            select t.indicator_code, t.side from marts.indicator_term as t
            inner join marts.dim_measure as m on m.measure_code = t.measure_code where m.base_unit = '人' group by all
        )
        select {_CELL}, s.series_code, 'small' as why from marts.fct_indicator as f
        left join series as s on s.region_code = f.region_code
        left join marts.dim_indicator as i on i.indicator_code = f.indicator_code
        left join persons as n on n.indicator_code = f.indicator_code and n.side = 'numerator'
        left join persons as d on d.indicator_code = f.indicator_code and d.side = 'denominator'
        where {" or ".join(f"{what} and {column} > 0 and {column} < {threshold}" for what, column in _OF_PERSONS)}
        group by all"""
    )
    connection.execute(_AND_WHAT_MEASURES_ENTER)
    while any(connection.execute(one).fetchall() != [(0,)] for one in _AND_WHAT_INDICATORS_ENTER):
        pass


_CELL = "f.region_code, f.year, f.stage, f.segment, f.indicator_code, f.base_indicator"
_OF_PERSONS = (
    ("i.unit = 'persons'", "f.value"),
    ("n.side is not null", "f.numerator"),
    ("d.side is not null", "f.denominator"),
)
_NOT_YET = """anti join hidden_indicator as h on h.region_code = f.region_code and h.year = f.year and h.stage = f.stage
    and h.segment = f.segment and h.indicator_code = f.indicator_code
    and h.base_indicator is not distinct from f.base_indicator"""
_AND_WHAT_MEASURES_ENTER = f"""
insert into hidden_indicator
with needed as materialized (
    select {_CELL}, s.series_code, t.measure_code, f.year + t.year_from as year_from, f.year + t.year_to as year_to,
        coalesce(nullif(t.measure_stage, ''), f.stage) as measure_stage,
        coalesce(nullif(t.measure_segment, ''), f.segment) as measure_segment
    from marts.fct_indicator as f
    inner join marts.indicator_term as t on t.indicator_code = f.indicator_code
    left join series as s on s.region_code = f.region_code
),
hidden as materialized (
    select p.*, s.series_code from person_figure as p
    inner join series as s on s.region_code = p.region_code where p.why is not null
)
select {_CELL}, f.series_code, 'derived' from needed as f
inner join hidden as p on p.series_code = f.series_code and p.measure_code = f.measure_code
    and p.stage = f.measure_stage and p.segment = f.measure_segment and p.year between f.year_from and f.year_to
{_NOT_YET}
group by all"""
# Values that compare or combine other values: of the same region, or of the regions below it.
_AND_WHAT_INDICATORS_ENTER = tuple(
    f"""
insert into hidden_indicator
with hidden as materialized (
    select indicator_code, region_code, series_code, year from hidden_indicator group by all
)
select {_CELL}, s.series_code, 'derived' from marts.fct_indicator as f
left join series as s on s.region_code = f.region_code
{inputs}
{_NOT_YET}
group by all"""
    for inputs in (
        """inner join hidden as x on x.indicator_code = f.base_indicator and x.year = f.year
        and x.region_code = f.region_code""",
        """inner join hidden as x on x.indicator_code = f.base_indicator and x.year = f.year
        inner join marts.dim_region as d on d.region_code = x.region_code and d.parent_code = f.region_code""",
        """inner join marts.indicator_term as t on t.indicator_code = f.indicator_code
        inner join hidden as x on x.indicator_code = t.input_indicator_code and x.series_code = s.series_code
            and x.year between f.year + t.year_from and f.year + t.year_to""",
    )
)


def _shown(table: Table, threshold: int) -> str:
    """The rows of a table, its hidden values empty, with the column `suppressed`."""
    rules = _rules(table)
    # A rank says between which shown values a hidden one lies.
    numbers = [
        c.name for c in table.columns if c.name == "rank_no" or (c.kind == "number" and c.name not in _NOT_OF_THE_ROW)
    ]
    whys = [f"why_{number}" for number in range(len(rules))]
    reasons = ", ".join(f"{rule.reason} as {why}" for rule, why in zip(rules, whys, strict=True))
    over = {
        c.name: [why for rule, why in zip(rules, whys, strict=True) if c.name in (rule.columns or numbers)]
        for c in table.columns
    }
    columns = ", ".join(
        f"case when coalesce({', '.join(why)}) is null then r.{name} end as {name}" if why else f"r.{name}"
        for name, why in over.items()
    )
    return f"""select {columns}, coalesce({", ".join(whys)}) as {MARK.name}
    from (select t.*, {reasons} from {table.relation} as t) as r""".replace("{k}", str(threshold))


def _rules(table: Table) -> tuple[_Rule, ...]:
    if table.name in _RULES:
        return _RULES[table.name]
    if {"indicator_code", "previous_value", "national_value"} <= {column.name for column in table.columns}:
        return _OF_AN_INDICATOR_MART
    raise ExportError(
        f"{table.name}: 小数隐去规则不认识这张表，请用 --tables 不选它 / "
        "the small-cell rule does not know this table; leave it out with --tables"
    )


# Limits and aims of policy, which are nobody's count; and figures of another row, which have a rule of their own.
_NOT_OF_THE_ROW = (
    "standard_low", "standard_high", "target_value", "target_value_high", "required_value",
    "previous_value", "parent_value", "national_value",
)  # fmt: skip
# Tables that say nowhere how many persons there are.
_FREE = (
    "assessment_condition", "dim_document", "dim_indicator", "dim_measure", "dim_region", "dim_source", "fct_target",
    "indicator_alias", "indicator_break", "indicator_formula", "indicator_term", "mart_county_assessment",
    "mart_freshness", "mart_target_summary", "school_gap", "target_candidate", "target_history",
    "target_responsible_unit", "verdict_method", "verdict_rule", "input_file", "dictionary",
)  # fmt: skip


def _small(column: str, also: str = "false") -> str:
    return f"case when {column} > 0 and {column} < {{k}} or {also} then 'small' end"


def _small_persons(column: str) -> str:
    return f"case when t.unit = 'persons' then {_small(column)} end"


def _measure(code: str) -> str:
    return f"""(select max(p.why) from person_figure as p where p.region_code = t.region_code and p.year = t.year
        and p.stage = t.stage and p.segment = t.segment and p.measure_code = t.{code})"""


def _indicator(where: str = "h.region_code = t.region_code and h.year = t.year") -> str:
    return f"""(select max(h.why) from hidden_indicator as h
        where h.indicator_code = t.indicator_code and h.stage = t.stage and h.segment = t.segment and {where})"""


def _any_of_indicator(where: str = "h.region_code = t.region_code and h.year = t.year") -> str:
    """In whichever stage and segment."""
    return f"(select max('derived') from hidden_indicator as h where h.indicator_code = t.indicator_code and {where})"


_OTHER_FIGURES_OF_PERSONS = f"""case when exists (select 1 from marts.dim_measure as m where m.base_unit = '人'
    and m.measure_code in (t.measure_code, t.other_measure_code))
    then coalesce({_small("t.chosen_value")}, {_small("t.other_value")}) end"""
# What was published before is not weighed against the figures beside it then, so none of it is told.
_OF_THE_PAST = (_Rule("'derived'"),)
_RULES: dict[str, tuple[_Rule, ...]] = {
    **dict.fromkeys(("mart_change", "measure_history", "indicator_history", "verdict_history"), _OF_THE_PAST),
    "fct_measure": (_Rule(_measure("measure_code")),),
    "fct_indicator": (
        _Rule(
            _indicator(
                "h.region_code = t.region_code and h.year = t.year and h.base_indicator is not distinct from t.base_indicator"
            ),
        ),
    ),
    "reconciliation": (_Rule(_indicator()),),
    "measure_conflict": (
        _Rule(
            f"coalesce({_measure('measure_code')}, {_measure('other_measure_code')}, {_indicator()},"
            f" {_OTHER_FIGURES_OF_PERSONS})"
        ),
    ),
    # Whichever year in between: a sum or a growth takes them all.
    "mart_target_attainment": (
        _Rule(
            _any_of_indicator(
                """h.series_code = (select s.series_code from series as s where s.region_code = t.region_code)
                and h.year between least(t.base_year, t.actual_year, t.earlier_year, t.later_year)
                and greatest(t.base_year, t.actual_year, t.earlier_year, t.later_year)"""
            )
        ),
    ),
    "mart_assessment_condition": (
        _Rule(
            f"coalesce({_any_of_indicator()}, {_small_persons('t.value')})",
            ("value", "gap", "numerator", "denominator", "needed_count", "remark_zh", "remark_en"),
        ),
        _Rule(_small_persons("t.worst_value"), ("worst_value", "worst_shortfall")),
    ),
    "assessment_school": (_Rule(_small_persons("t.value")),),
    "mart_equity": (
        _Rule(
            f"""coalesce({_small("t.weight")}, {_any_of_indicator()}, case when t.among = 'regions' then {
                _any_of_indicator(
                    '''h.year = t.year and h.region_code in
                    (select d.region_code from marts.dim_region as d where d.parent_code = t.region_code)'''
                )
            } end)"""
        ),
    ),
    # Pupils of a school, and what they are held against: 3 < 50.
    "school_remark": (
        _Rule(_small("try_cast(regexp_extract(t.detail, '^([0-9.]+) [<>]', 1) as double)"), ("detail",)),
    ),
    # Keys and messages of failed rows may say their figures.
    "check_result": (
        _Rule(
            "case when coalesce(t.observed_value, t.failing_keys, t.message) is not null then 'derived' end",
            ("observed_value", "failing_keys", "message"),
        ),
    ),
}
_OF_AN_INDICATOR_MART = (
    _Rule(_indicator()),
    *(
        _Rule(f"case when {_indicator(where)} is not null then 'derived' end", columns)
        for where, columns in (
            ("h.series_code = t.series_code and h.year = t.year - 1", ("previous_value", "change")),
            ("h.region_code = t.parent_code and h.year = t.year", ("parent_value",)),
            ("h.region_code = '100000' and h.year = t.year", ("national_value",)),
        )
    ),
)
