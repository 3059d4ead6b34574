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

Shard = tuple[str, str]


def blocks(connection: duckdb.DuckDBPyConnection, snapshot: dict[str, Any]) -> dict[str, str]:
    """What every view needs, by name. `snapshot` is what the manifest says of it; its id and time stand in `about` alone."""
    _number(connection)
    return {
        "about": _text(_about(connection, snapshot)),
        "codes": _text(_codes(connection)),
        "regions": _text(_regions(connection)),
        "sources": _text(_table(connection, "select source_zh, publisher_zh from page_source order by n")),
        "files": _text([row[0] for row in connection.execute("select file from page_file order by n").fetchall()]),
        "indicators": _text(_indicators(connection)),
        "breaks": _text(_breaks(connection)),
        "targets": _text(_targets(connection)),
    }


def shards(connection: duckdb.DuckDBPyConnection) -> Iterator[Shard]:
    """What single views need, by name: `indicator:<code>`, `measure:<code>`, `document:<id>`, and for the counties of a
    prefecture `assessment:<code>` and `schools:<code>`. To be read after `blocks`, on the same connection.
    """
    yield from _packed(connection, "indicator", "marts.fct_indicator", _CELLS)
    yield from _packed(connection, "measure", "marts.fct_measure", _FIGURES)
    yield from _documents(connection)
    yield "counties", _text(_table(connection, _COUNTIES))
    yield from _by_prefecture(connection, "assessment", _CONDITIONS)
    yield from _by_prefecture(connection, "schools", _FAILING_SCHOOLS)


def _number(connection: duckdb.DuckDBPyConnection) -> None:
    """Places of regions, publications and files, as temporary tables: the built file itself stays as it is.

    Regions are those that have anything, with all that they lie in; of a code's names the latest.
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
    connection.execute(
        """create or replace temp table page_file as
        select cast(row_number() over (order by file) - 1 as integer) as n, file from (
            select distinct source_file as file from marts.fct_indicator where source_file is not null
            union select distinct source_file from marts.fct_measure where source_file is not null)"""
    )


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
        "reason": {
            code: (zh, en)
            for code, zh, en in connection.execute(
                """select reason_code, min(reason_zh), min(reason_en) from marts.mart_target_attainment
                group by reason_code order by reason_code"""
            ).fetchall()
        },
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


# Digits of a printed value: what its rounding interval leaves open. Slices share everything that does not go by year.
_CELLS = """
    select f.indicator_code as code, f.stage, f.segment, f.base_indicator, f.basis, f.variant, f.inputs_basis,
        r.n as region, f.year, f.value, f.numerator, f.denominator,
        case when f.basis = 'published' and f.value_high > f.value_low
            then greatest(0, -cast(round(log10(f.value_high - f.value_low)) as integer)) end as digits,
        nullif(f.status, 'ok') as status, nullif(f.confidence, 'A') as confidence, f.uncorrected_value as uncorrected,
        s.n as source, d.n as file, f.source_row as row
    from marts.fct_indicator as f
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
    for codes in _batches(counts):
        rows = connection.execute(
            f"""with found as ({query}), cells as (
                select *, row_number() over (order by code, {order}, region, year) as k from found
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
    verdicts, values = (_grouped(connection, query, "target_id") for query in (_VERDICTS, _VALUES))
    targets = _grouped(
        connection, "from marts.fct_target order by document_id, article, ordinal, target_id", "document_id"
    )
    for document, rows in targets.items():
        told = [
            {**row, "verdicts": verdicts.get(row["target_id"], []), "values": values.get(row["target_id"], [])}
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
