"""What the page shows, as JSON taken from a built file: `blocks` the page always holds, `shards` it opens on demand.

Tables are column-oriented: an object of equally long lists by column, a column without any value being null. Regions,
publications and files are places in the lists of the blocks. Equal data give equal text.
"""

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import Any

import duckdb

from dagster_project.page import pinyin
from dagster_project.report import dictionary, words
from dagster_project.report.explain import dictionaries

# Cells fetched at a time: what bounds the memory of a publish.
_BATCH = 300_000
_TOLD_QUARANTINE = 500
# The part of a county's code that its shard goes by: its prefecture.
_PREFECTURE = 4
# Changes that the page itself holds, and those in the shard behind their CSV: they pass through Python's memory.
_TOLD_CHANGES = 200
_MOST_CHANGES = 200_000
# Of more former values than these, as after a new formula for every county, the page would double: it has none then.
MOST_FORMER = 1_000_000

Shard = tuple[str, str]


def blocks(connection: duckdb.DuckDBPyConnection, snapshot: dict[str, Any]) -> dict[str, str]:
    """What every view needs, by name. `snapshot` is what the manifest says of it; its id and time stand in `about` alone."""
    left_out = _number(connection)
    return {
        "about": _text(_about(connection, snapshot)),
        "codes": _text(_codes(connection)),
        "regions": _text(_regions(connection)),
        "sources": _text(_table(connection, "select source_zh, publisher_zh from page_source order by n")),
        "files": _text([row[0] for row in connection.execute("select file from page_file order by n").fetchall()]),
        "indicators": _text(_indicators(connection)),
        "breaks": _text(_breaks(connection)),
        "targets": _text(_targets(connection)),
        "changes": _text(_changes(connection, left_out)),
    }


def shards(connection: duckdb.DuckDBPyConnection) -> Iterator[Shard]:
    """What single views need, by name: `indicator:<code>`, `measure:<code>`, `document:<id>`, and for the counties of a
    prefecture `assessment:<code>` and `schools:<code>`. Changes that are more than the page holds stand in
    `changed:verdicts` and `changed:values`. To be read after `blocks`, on the same connection.
    """
    yield from _packed(connection, "indicator", "page_cell", _CELLS)
    yield from _packed(connection, "measure", "marts.fct_measure", _FIGURES)
    yield from _documents(connection)
    for name, query in _CHANGED.items():
        if _one(connection, f"select count(*) from ({query})") > _TOLD_CHANGES:
            yield f"changed:{name}", _text(_table(connection, f"{query} limit {_MOST_CHANGES}"))
    yield "counties", _text(_table(connection, _COUNTIES))
    yield from _by_prefecture(connection, "assessment", _CONDITIONS)
    yield from _by_prefecture(connection, "schools", _FAILING_SCHOOLS)


def _number(connection: duckdb.DuckDBPyConnection) -> int:
    """Places of regions, publications and files, as temporary tables: the built file itself stays as it is.

    Regions are those that have anything, with all that they lie in; of a code's names the latest. Returns how many former
    values are left out.
    """
    connection.execute(
        """create or replace temp table page_region as
        with recursive latest as (
            select region_code, name_zh, level, parent_code, valid_from, valid_to, sort_no, origin from marts.dim_region
            qualify row_number() over (partition by region_code order by coalesce(valid_to, 9999) desc, valid_from desc) = 1
        ), used as (
            select region_code from marts.fct_indicator union select region_code from marts.fct_measure
            union select region_code from marts.fct_target union select region_code from marts.mart_target_attainment
            union select region_code from marts.mart_county_assessment union select '100000'
            -- Those that had something once.
            union select region_code from marts.mart_change where change_kind = 'removed'
        ), within as (
            select l.* from latest as l semi join used using (region_code)
            union select l.* from within as w join latest as l on l.region_code = w.parent_code
        )
        select cast(row_number() over (order by sort_no, region_code) - 1 as integer) as n, * from within"""
    )
    connection.execute(
        """create or replace temp table page_source as
        select cast(row_number() over (order by source_id) - 1 as integer) as n, * from marts.dim_source"""
    )
    left_out = _restate(connection)
    connection.execute(
        """create or replace temp table page_file as
        select cast(row_number() over (order by file) - 1 as integer) as n, file from (
            select distinct source_file as file from page_cell where source_file is not null
            union select distinct source_file from marts.fct_measure where source_file is not null)"""
    )
    return left_out


def _restate(connection: duckdb.DuckDBPyConnection) -> int:
    """All cells with those that were published otherwise before, as the temporary view `page_cell`; how many of the latter
    are left out.
    """
    key = ("region_code", "year", "stage", "segment", "indicator_code", "base_indicator", "basis")
    same = " and ".join(f"h.{name} is not distinct from r.{name}" for name in key)
    connection.execute(
        f"""create or replace temp table page_former as
        with restated as (select distinct {", ".join(key)} from marts.indicator_history where known_until_no is not null),
        known as (select h.* from marts.indicator_history as h semi join restated as r on {same})
        select * exclude (known_from, known_until, source_sha256)
        from ({_runs("known", ", ".join(key), "value, status")}) where known_until_no is not null"""
    )
    left_out = int(_one(connection, "select count(*) from page_former"))
    if left_out <= MOST_FORMER:
        left_out = 0
    else:
        connection.execute("delete from page_former")
    connection.execute(
        """create or replace temp view page_cell as
        select *, null as known_from_no, null as known_until_no from marts.fct_indicator union all by name from page_former"""
    )
    return left_out


def _runs(history: str, key: str, said: str) -> str:
    """Rows of a history; those that follow one another and differ in nothing of what is `said` are one, the last, known
    since the first.
    """
    order = f"(partition by {key} order by known_from_no)"
    return f"""
        select * exclude (run) replace (min(known_from_no) over (partition by {key}, run) as known_from_no) from (
            select * exclude (begins), count(*) filter (begins) over {order} as run from (
                select *, lag(({said}, known_until_no)) over {order} is distinct from ({said}, known_from_no) as begins
                from {history}))
        qualify row_number() over (partition by {key}, run order by known_until_no desc nulls first) = 1"""


def _about(connection: duckdb.DuckDBPyConnection, snapshot: dict[str, Any]) -> dict[str, Any]:
    tables = {name: about["rows"] for name, about in snapshot["tables"].items()}
    (inputs,) = dictionaries(connection, "select count(*) as files, sum(row_count) as rows from meta.input_file")
    return {
        **{name: snapshot[name] for name in ("id", "published_at", "as_of", "product_version")},
        "tables": tables,
        "inputs": inputs,
        "checks": dictionaries(
            connection,
            """select gate, count(*) filter (outcome = 'passed') as passed, count(*) filter (outcome <> 'passed') as told
            from quality.check_result group by gate order by gate""",
        ),
        "told": _table(
            connection,
            """select gate, table_name, check_name, severity, failing_count, element_count, message, meaning_zh, meaning_en,
                consequence_zh, consequence_en
            from quality.check_result where outcome <> 'passed' order by gate, table_name, check_name""",
        ),
        "quarantine_count": _one(connection, "select count(*) from quality.quarantine"),
        "quarantine": _table(
            connection,
            f"""select source, file, row_no, column_name, rule, value, consequence, reason_zh, reason_en, action_zh, action_en
            from quality.quarantine order by file, row_no, column_name, rule limit {_TOLD_QUARANTINE}""",
        ),
        "assessments": dictionaries(
            connection,
            """select assessment, year, status, count(*) as counties from marts.mart_county_assessment
            group by assessment, year, status order by assessment, year, status""",
        ),
        "synthetic": _one(connection, "select count(*) from page_region where origin = 'synthetic'"),
    }


def _codes(connection: duckdb.DuckDBPyConnection) -> dict[str, Any]:
    """The words of codes, each a pair Chinese and English."""
    return {
        "stage": words.STAGES,
        "segment": words.SEGMENTS,
        "unit": words.UNITS,
        "direction": words.DIRECTIONS,
        "formula": words.KINDS_OF_FORMULAS,
        "verdict": words.VERDICTS,
        "assessment": words.ASSESSMENTS,
        "assessed": words.ASSESSED,
        "comparator": words.COMPARATORS,
        # One reason may stand for several statuses, each with words of its own.
        "reason": {
            reason: (zh, en)
            for reason, zh, en in connection.execute(
                """select distinct reason_code || ' ' || status, reason_zh, reason_en from marts.mart_target_attainment
                order by all"""
            ).fetchall()
        },
        "table": words.COMPARED,
        "change": words.CHANGES,
        "cause": words.CAUSES,
        "measure": {
            code: (zh, en)
            for code, zh, en in connection.execute(
                "select measure_code, name_zh, coalesce(name_en, name_zh) from marts.dim_measure order by measure_code"
            ).fetchall()
        },
    }


def _regions(connection: duckdb.DuckDBPyConnection) -> dict[str, Any]:
    table = _table(
        connection,
        """select region_code as code, name_zh as name, level, parent_code as parent, valid_from, valid_to, origin
        from page_region order by n""",
    )
    return {**table, "keys": [pinyin.keys(name) for name in table["name"]]}


def _indicators(connection: duckdb.DuckDBPyConnection) -> list[dict[str, Any]]:
    """The whole catalogue, with what it is found by and how many values of which kind it has."""
    aliases: dict[str, list[str]] = defaultdict(list)
    for code, alias in connection.execute(
        "select indicator_code, alias_zh from marts.indicator_alias where indicator_code is not null group by all order by all"
    ).fetchall():
        aliases[code].append(alias)
    cells: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in dictionaries(
        connection,
        """select f.indicator_code, r.level, f.basis, count(*) as cells, count(distinct f.region_code) as regions,
            min(f.year) as first_year, max(f.year) as last_year
        from marts.fct_indicator as f join page_region as r using (region_code)
        where f.value is not null group by f.indicator_code, r.level, f.basis order by all""",
    ):
        cells[row.pop("indicator_code")].append(row)
    return [
        {
            **{name: value for name, value in about.items() if value is not None},
            "aliases": aliases[about["indicator_code"]],
            "keys": [pinyin.keys(name) for name in (about["name_zh"], *aliases[about["indicator_code"]])],
            "cells": cells[about["indicator_code"]],
        }
        for about in dictionary.catalogue(connection)
    ]


def _breaks(connection: duckdb.DuckDBPyConnection) -> dict[str, Any]:
    """Years from which figures no longer compare: of indicators, and of regions whose territory changed."""
    return {
        "indicators": _table(
            connection,
            """select indicator_code, stage, region_code, basis, break_year, reason_zh, reason_en from marts.indicator_break
            order by indicator_code, break_year, stage, region_code, basis""",
        ),
        "regions": _table(
            connection,
            """select b.region_code, b.break_year, b.one_event_zh from intermediate.int_region_break as b
            semi join page_region using (region_code)
            where b.break_year > (select min(year) from marts.fct_indicator) order by all""",
        ),
    }


def _targets(connection: duckdb.DuckDBPyConnection) -> dict[str, Any]:
    """All targets with what lists and filters need, and for each method the verdicts in the same order."""
    order = "order by t.document_id, t.article, t.ordinal, t.target_id"
    units: dict[str, list[str]] = defaultdict(list)
    for target, unit in connection.execute(
        "select target_id, unit_name from marts.target_responsible_unit order by target_id, unit_no"
    ).fetchall():
        units[target].append(unit)
    table = _table(
        connection,
        f"""select t.target_id as id, t.document_id as document, t.article, t.indicator_zh, t.indicator_code as indicator,
            t.stage, t.segment, a.region_code as region, t.region_zh, t.comparator, t.printed_value, t.printed_value_high,
            t.printed_unit, a.target_year as year, t.review_status, t.milestone_of,
            -- The level asked for, in the indicator's unit, and from when: what a chart may draw as a line.
            case when i.undecidable is null and i.comparator not in ('add', 'grow') then i.value end as line,
            case when i.undecidable is null and i.comparator not in ('add', 'grow') then i.value_high end as line_high,
            i.first_year as line_from
        from marts.fct_target as t
        join marts.mart_target_attainment as a on a.target_id = t.target_id and a.method = 'ladder'
        left join intermediate.int_target as i on i.target_id = t.target_id {order}""",
    )
    methods = dictionaries(
        connection,
        """select method, name_zh, name_en, source, note_zh from marts.verdict_method
        order by case method when 'ladder' then 1 else 2 end, method""",
    )
    for method in methods:
        method["verdicts"] = _table(
            connection,
            f"""select a.status, a.reason_code as reason, nullif(a.provisional, false) as provisional, a.actual_value,
                a.actual_year, a.unit
            from marts.mart_target_attainment as a join marts.fct_target as t using (target_id) where a.method = $method {order}""",
            {"method": method["method"]},
        )
    return {
        "targets": {**table, "units": [units[target] for target in table["id"]]},
        "methods": methods,
        "documents": _table(
            connection,
            """select document_id as id, title_zh as title, issuer_zh as issuer, issued_year, region_zh, plan_from, plan_to,
                target_count from marts.dim_document order by document_id""",
        ),
    }


def _changes(connection: duckdb.DuckDBPyConnection, left_out: int) -> dict[str, Any]:
    """What is other than in the snapshot before: all of it counted, the first of it told, and what people accepted."""
    return {
        "snapshots": _table(connection, "select snapshot_no, as_of from meta.snapshot order by snapshot_no"),
        "previous": _one(connection, f"select max(previous_no) from ({_NEW})"),
        "counts": _table(
            connection,
            f"""select table_name, change_kind, cause, count(*) as keys from ({_NEW}) group by all order by all""",
        ),
        "accepted": _table(
            connection,
            f"""select accepted_by, accepted_at, reason, key_count, compared_with from meta.accepted_drift
            where snapshot_no = {_NUMBER} order by accepted_at""",
        ),
        **{
            name: {
                "count": (count := _one(connection, f"select count(*) from ({query})")),
                "in_file": min(count, _MOST_CHANGES),
                "first": _table(connection, f"{query} limit {_TOLD_CHANGES}"),
            }
            for name, query in _CHANGED.items()
        },
        "former_left_out": left_out,
    }


_NUMBER = "(select max(snapshot_no) from meta.snapshot)"
_NEW = f"select * from marts.mart_change where snapshot_no = {_NUMBER}"
# What was published and is other now. What is new is counted only; so is what changed beside the status or the value.
_CHANGED = {
    "verdicts": f"""
        select target_id as target, method, old_status, new_status, old_value, new_value, cause, evidence from ({_NEW})
        where table_name = 'marts.mart_target_attainment' and change_kind <> 'added' and old_status is distinct from new_status
        order by case method when 'ladder' then 1 else 2 end, method, target_id""",
    "values": f"""
        select c.indicator_code as indicator, c.region_code as region, c.year, c.stage, c.segment, c.base_indicator as base,
            c.basis, c.old_value, c.new_value, c.new_status, c.cause, c.evidence
        from ({_NEW}) as c left join page_region as r using (region_code)
        where c.table_name = 'marts.fct_indicator' and c.old_value is not null
            and (c.change_kind = 'removed' or list_contains(string_split(c.changed_columns, ','), 'value'))
        order by case r.level when 'nation' then 1 when 'province' then 2 when 'prefecture' then 3 else 4 end, r.n,
            c.region_code, c.indicator_code, c.year desc, c.stage, c.segment, c.base_indicator nulls first, c.basis""",
}


# Digits of a printed value: what its rounding interval leaves open. Slices share everything that does not go by year.
_CELLS = """
    select f.indicator_code as code, f.stage, f.segment, f.base_indicator, f.basis, f.variant, f.inputs_basis,
        r.n as region, f.year, f.value, f.numerator, f.denominator,
        case when f.basis = 'published' and f.value_high > f.value_low
            then greatest(0, -cast(round(log10(f.value_high - f.value_low)) as integer)) end as digits,
        nullif(f.status, 'ok') as status, nullif(f.confidence, 'A') as confidence, f.uncorrected_value as uncorrected,
        s.n as source, d.n as file, f.source_row as row, f.known_from_no as since, f.known_until_no as until
    from page_cell as f
    join page_region as r using (region_code)
    left join page_source as s using (source_id)
    left join page_file as d on d.file = f.source_file
    where list_contains($codes, f.indicator_code)
"""
_FIGURES = """
    select f.measure_code as code, f.stage, f.segment, f.basis, f.base_unit, r.n as region, f.year, f.value,
        nullif(f.confidence, 'A') as confidence, f.uncorrected_value as uncorrected, f.correction_reason, f.unit_count,
        s.n as source, d.n as file, f.source_row as row
    from marts.fct_measure as f
    join page_region as r using (region_code)
    left join page_source as s using (source_id)
    left join page_file as d on d.file = f.source_file
    where list_contains($codes, f.measure_code)
"""


def _packed(connection: duckdb.DuckDBPyConnection, kind: str, table: str, query: str) -> Iterator[Shard]:
    """A shard for each code: its slices with their lengths, and the columns of all of them one after the other.

    The database writes the text: of millions of cells none passes through Python.
    """
    counts = connection.execute(f"select {kind}_code, count(*) from {table} group by all order by all").fetchall()
    # What a query names before `region` tells its slices, the rest are the columns.
    names = [column[0] for column in connection.execute(f"{query} limit 0", {"codes": []}).description or []]
    place = names.index("region")
    slices, columns = names[1:place], names[place:]
    order = ", ".join(f"{name} nulls first" for name in slices)
    slice_ = ", ".join(f"{name}: {name}" for name in (*slices, "cells"))
    lists = ", ".join(f"case when count({name}) > 0 then list({name} order by k) end as {name}" for name in columns)
    # What a cell was before stands before what it is.
    later = ", until nulls last" if "until" in columns else ""
    for codes in _batches(counts):
        rows = connection.execute(
            f"""with found as ({query}), cells as (
                select *, row_number() over (order by code, {order}, region, year{later}) as k from found
            ), slices as (
                select code, list({{{slice_}}} order by {order}) as slices
                from (select code, {", ".join(slices)}, count(*) as cells from found group by all) group by code
            ), columns as (
                select code, {lists} from cells group by code
            )
            select code, to_json({{slices: slices, {", ".join(f"{name}: {name}" for name in columns)}}})
            from slices join columns using (code) order by code""",
            {"codes": codes},
        )
        while row := rows.fetchone():
            yield f"{kind}:{row[0]}", row[1]


def _batches(counts: Sequence[tuple[str, int]]) -> Iterator[list[str]]:
    batch: list[str] = []
    total = 0
    for code, count in counts:
        if batch and total + count > _BATCH:
            yield batch
            batch, total = [], 0
        batch.append(code)
        total += count
    if batch:
        yield batch


def _documents(connection: duckdb.DuckDBPyConnection) -> Iterator[Shard]:
    """All there is to say of the targets of each document: clause, verdicts, and the values that were looked at."""
    verdicts, values, known = (
        _grouped(connection, query, "target_id") for query in (_VERDICTS, _VALUES, _KNOWN_VERDICTS)
    )
    targets = _grouped(
        connection, "from marts.fct_target order by document_id, article, ordinal, target_id", "document_id"
    )
    for document, rows in targets.items():
        told = [
            {
                **row,
                "verdicts": verdicts.get(row["target_id"], []),
                "values": values.get(row["target_id"], []),
                "known": known.get(row["target_id"], []),
            }
            for row in rows
        ]
        yield f"document:{document}", _text(told)


_VERDICTS = """
    select target_id, method, status, provisional, target_value, target_value_high, unit, actual_value, actual_year,
        actual_basis, actual_confidence, judged_value, gap, gap_unit, base_value, base_year, actual_pace, required_pace,
        progress_ratio, sparse, earlier_year, earlier_value, later_year, later_value, missing_zh, missing_en, judgement,
        judgement_by, judgement_reason, judgement_until, judgement_in_force, comparator, reason_code
    from marts.mart_target_attainment order by target_id, method
"""
_VALUES = """
    select v.target_id, v.year, v.region_code, v.value, v.basis, v.confidence, v.holds
    from intermediate.int_target_value as v order by v.target_id, v.year
"""
# The verdicts of targets that were judged otherwise before, the newest first.
_KNOWN_VERDICTS = f"""
    select target_id, method, method_version, status, reason_zh, reason_en, actual_value, actual_year, unit,
        known_from_no as since, known_until_no as until
    from ({_runs("marts.verdict_history", "target_id, method", "status, reason_code, actual_value, actual_year, method_version")})
    qualify count(*) over (partition by target_id, method) > 1
    order by target_id, case method when 'ladder' then 1 else 2 end, method, since desc
"""
_COUNTIES = """
    select r.n as region, c.year, c.assessment, c.status, nullif(c.is_provisional, false) as provisional,
        c.condition_count, c.met_count, c.not_met_count, c.no_data_count, c.needs_judgement_count, c.not_met_conditions
    from marts.mart_county_assessment as c join page_region as r using (region_code) order by c.assessment, r.n, c.year
"""
_CONDITIONS = """
    select region_code, year, assessment, condition_no, indicator_code, name_zh, name_en, stage, judged_on, decides, is_veto,
        status, is_provisional, value, basis, comparator, required_value, unit, gap, numerator, denominator, needed_count,
        judged_school_count, failing_school_count, missing_school_count, remark_zh, remark_en, judgement_by, judgement_date,
        judgement_evidence
    from marts.mart_assessment_condition order by region_code, assessment, year, sort_no
"""
_FAILING_SCHOOLS = """
    select region_code, year, assessment, condition_no, indicator_code, school_id, school_name, is_provisional, value,
        comparator, required_value, unit, shortfall, class_count, failing_class_count, indicators_met, worst_ratio_pct
    from marts.assessment_school where status = 'not_met'
    order by region_code, assessment, year, condition_no, coalesce(shortfall, failing_class_count) desc, indicators_met,
        worst_ratio_pct, school_id, indicator_code
"""


def _by_prefecture(connection: duckdb.DuckDBPyConnection, kind: str, query: str) -> Iterator[Shard]:
    prefectures = connection.execute(
        f"select distinct left(region_code, {_PREFECTURE}) from marts.mart_county_assessment order by 1"
    ).fetchall()
    for (prefecture,) in prefectures:
        table = _table(
            connection,
            f"from ({query}) where left(region_code, {_PREFECTURE}) = $prefecture",
            {"prefecture": prefecture},
        )
        yield f"{kind}:{prefecture}", _text(table)


def _grouped(connection: duckdb.DuckDBPyConnection, query: str, by: str) -> dict[str, list[dict[str, Any]]]:
    """The rows of a query in their order by one of its columns; what is null is left out."""
    groups: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in dictionaries(connection, query):
        groups[row[by]].append({name: value for name, value in row.items() if value is not None})
    return groups


def _table(connection: duckdb.DuckDBPyConnection, query: str, values: Any = None) -> dict[str, Any]:
    """The columns of a query."""
    result = connection.execute(query, values)
    names = [column[0] for column in result.description or []]
    columns: Iterable[Sequence[Any]] = zip(*result.fetchall(), strict=True)
    return dict(zip(names, map(list, columns), strict=False)) or {name: [] for name in names}


def _one(connection: duckdb.DuckDBPyConnection, query: str) -> Any:
    ((value,),) = connection.execute(query).fetchall()
    return value


def _text(data: Any) -> str:
    return json.dumps(data, ensure_ascii=False, separators=(",", ":"), allow_nan=False, default=_plain)


def _plain(value: object) -> str:
    """Days as ISO dates; anything else has no place here."""
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(type(value).__name__)
