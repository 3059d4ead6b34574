"""Why a key changed: which rows of which inputs are other than they were, and what is made of them.

An input row counts, never a whole file: a file in which one figure was restated explains that figure and what is
computed from it, and nothing else. Causes are inherited: an indicator's from its terms, a verdict's from its values.
Where nothing explains a change it is the code's, if the code is another one.
"""

from collections.abc import Iterator

import duckdb

from dagster_project.history.tables import columns

# In this order, the first that applies.
CAUSES = ("correction", "source", "method", "date", "code", "unexplained")
_TOLD = 3

# Inputs by what they explain, with the columns that only describe. The others decide nothing that is compared.
_SOURCES = {
    "statistics": ("note", "region_zh", "measure_zh"),
    "corrections": (),
    "county_facts": ("note",),
    "schools": ("note", "name_zh"),
    "condition_judgements": (),
    "targets": (),
    "proposed_targets": (),
    "target_documents": (),
    "bindings": (),
    "judgements": (),
}
# Their issuer and title, which a sidecar says, stand in the figures.
_ISSUED = ("schools", "county_facts")
_METHODS = {
    "regions": ("name_zh", "sort_no", "origin"),
    "units": (),
    "measures": (),
    "crosswalk": (),
    "indicators": (),
    "indicator_formulas": (),
    "indicator_terms": (),
    "indicator_units": (),
    "breaks": (),
    "verdict_methods": (),
    "verdict_rules": (),
    "assessment_conditions": (),
}


def explain(connection: duckdb.DuckDBPyConnection, changes: str) -> None:
    """Fill `cause` and `evidence` of every row of the temp table `changes`, against the attached file `before`."""
    connection.execute("create or replace temp table reason (key_no bigint, cause varchar, evidence varchar)")
    _inputs(connection)
    _places(connection)
    _cells(connection)
    for table, reasons in _steps():
        if connection.execute(f"select 1 from {changes} where table_name = ? limit 1", [table]).fetchall():
            for reason in reasons:
                connection.execute(f"insert into reason {reason.format(changes=changes)}")
            # Of several causes of a key the first stands.
            connection.execute(
                f"""update {changes} as c set cause = r.cause, evidence = r.evidence from (
                    select key_no, cause,
                        array_to_string(list_slice(list_sort(list(distinct evidence)), 1, {_TOLD}), '; ') as evidence
                    from reason
                    group by key_no, cause
                    qualify row_number() over (partition by key_no order by list_position({list(CAUSES)}, cause)) = 1
                ) as r where c.key_no = r.key_no"""
            )
            connection.execute("delete from reason")
    connection.execute(
        f"""update {changes} set cause = (
            select case when n.code_fingerprint is distinct from o.code_fingerprint then 'code' else 'unexplained' end
            from meta.build as n cross join before.meta.build as o
        ) where cause is null"""
    )
    connection.execute("drop table reason")


def _both(connection: duckdb.DuckDBPyConnection, table: str, names: str) -> str:
    """The rows of a table of either file, `side` saying of which; of this one alone where the other has none."""
    here = f"select 'now' as side, {names} from {table}"
    there = columns(connection, table, "before")
    return f"{here} union all select 'before', {names} from before.{table}" if there else here


def _inputs(connection: duckdb.DuckDBPyConnection) -> None:
    """Temp tables `changed_<source>`: the rows that only one of the files has, of input files that are not the same.

    A file whose bytes are the same has the same rows, unless it is read by a mapping. Of facts and records the sidecar
    counts too: it says who issued them.
    """
    connection.execute(
        f"""create or replace temp table changed_file as
        select coalesce(n.file, o.file) as file
        from meta.input_file as n full join before.meta.input_file as o on n.file = o.file
        where n.sha256 is distinct from o.sha256 or coalesce(n.mapping, '') <> '' or coalesce(o.mapping, '') <> ''
            or (n.source in {_ISSUED} and (n.issuer, n.title) is distinct from (o.issuer, o.title))"""
    )
    issuer = "(select any_value((i.issuer, i.title)) from {}meta.input_file as i where i.file = r._file)"
    for source, told_only in (_SOURCES | _METHODS).items():
        of_file = ("_file", "_row", "_sha256", "_loaded_at")
        here, there = (
            [name for name in columns(connection, f"raw.{source}", database) if name not in of_file]
            for database in ("", "before")
        )
        same = [f"r.{name}" for name in here if name in there and name not in told_only]
        rows = []
        for database, known in (("", here), ("before.", there)):
            content = ["r._file", *same, *([issuer.format(database)] if source in _ISSUED else [])]
            shown = ", ".join(f"r.{name}" if name in known else f"null as {name}" for name in here)
            table = f"{database}raw.{source}" if known else f"(from raw.{source} limit 0)"
            rows.append(
                f"select {shown}, r._file, r._row, hash({', '.join(content)}) as content "
                f"from {table} as r semi join changed_file as f on r._file = f.file"
            )
        connection.execute(
            f"""create or replace temp table changed_{source} as
            with n as ({rows[0]}), o as ({rows[1]})
            select 'now' as side, n.* exclude (content) from n anti join o on n.content = o.content
            union all
            select 'before', o.* exclude (content) from o anti join n on n.content = o.content"""
        )


def _places(connection: duckdb.DuckDBPyConnection) -> None:
    """Temp tables `above` (a region and itself or one above it), `changed_place` and `changed_records` (with year)."""
    connection.execute(
        f"""create or replace temp table above as
        with recursive parents as (select distinct region_code, parent_code from ({_both(connection, "raw.regions", "region_code, parent_code")})),
        up as (
            select region_code, region_code as upper_code from parents
            union
            select u.region_code, p.parent_code from up as u join parents as p on u.upper_code = p.region_code where p.parent_code <> ''
        )
        select distinct region_code, upper_code from up"""
    )
    connection.execute(
        """create or replace temp table changed_place as
        select region_code, _file as evidence from changed_regions
        union
        select successor_code, _file from changed_regions where successor_code <> ''"""
    )
    connection.execute(
        """create or replace temp table changed_records as
        select distinct a.upper_code as region_code, cast(r.year as integer) as year, r._file as evidence
        from (select region_code, year, _file from changed_schools union select region_code, year, _file from changed_county_facts
            union select region_code, year, _file from changed_condition_judgements) as r
        join above as a on r.region_code = a.region_code"""
    )


def _cells(connection: duckdb.DuckDBPyConnection) -> None:
    """Temp tables `cell` (cells that other rows of figures speak of) and what formulas and targets look at."""
    observed = "source_file, source_row, target, coalesce(measure_code, indicator_code) as code, region_code, year, stage, segment, printed_unit"
    figure = "region_code, year, level, measure, source_zh"
    connection.execute(
        f"""create or replace temp table cell as
        with observed as ({_both(connection, "intermediate.int_observation", observed)}),
        figures as ({_both(connection, "raw.statistics", f"{figure}, _file, _row")})
        select o.target, o.code, o.region_code, o.year, o.stage, o.segment, 'source' as cause, s._file as evidence
        from changed_statistics as s
        join observed as o on s.side = o.side and s._file = o.source_file and s._row = o.source_row
        union
        select o.target, o.code, o.region_code, o.year, o.stage, o.segment, 'correction', c._file || '：' || c.reason
        from changed_corrections as c
        join figures as s using (side, {figure})
        join observed as o on s.side = o.side and s._file = o.source_file and s._row = o.source_row
        union
        select o.target, o.code, o.region_code, o.year, o.stage, o.segment, 'method', u._file
        from changed_units as u join observed as o on u.side = o.side and u.unit = o.printed_unit
        union
        select 'measure', f.measure_code, f.region_code, cast(f.year as integer), f.stage, coalesce(nullif(f.segment, ''), 'all'),
            'source', f._file
        from changed_county_facts as f"""
    )
    term = "indicator_code, measure_code, input_indicator_code, measure_stage, measure_segment, cast(year_from as integer) as year_from, cast(year_to as integer) as year_to"
    connection.execute(
        f"""create or replace temp table term as
        select distinct t.* exclude (side, year_from, year_to), y.year_offset
        from ({_both(connection, "raw.indicator_terms", term)}) as t
        cross join lateral (select unnest(range(t.year_from, t.year_to + 1)) as year_offset) as y"""
    )
    connection.execute(
        """create or replace temp table changed_indicator as
        select indicator_code, _file as evidence from changed_indicators
        union select indicator_code, _file from changed_indicator_formulas
        union select indicator_code, _file from changed_indicator_terms
        union select indicator_code, _file from changed_crosswalk where indicator_code <> ''
        union select indicator_code, _file from changed_breaks where indicator_code <> ''
        union select t.indicator_code, b._file from changed_breaks as b join term as t on b.measure_code = t.measure_code
        where b.measure_code <> ''"""
    )
    connection.execute(
        f"""create or replace temp table renamed as
        select distinct region_code, one_of_the_former_code as former_code
        from ({_both(connection, "intermediate.int_region_break", "region_code, one_of_the_former_code, is_new_code_only")})
        where is_new_code_only"""
    )
    series = "select distinct t.target_id, t.indicator_code, t.stage, t.segment, {} as region_code"
    target = "target_id, indicator_code, stage, segment, region_code"
    connection.execute(
        f"""create or replace temp table series as
        with targets as ({_both(connection, "intermediate.int_target", target)})
        {series.format("t.region_code")} from targets as t
        union
        {series.format("v.region_code")} from targets as t
        join ({_both(connection, "intermediate.int_target_value", "target_id, region_code")}) as v
            on t.side = v.side and t.target_id = v.target_id"""
    )


_MEASURES, _INDICATORS = "marts.fct_measure", "marts.fct_indicator"
_TARGETS, _VERDICTS, _ASSESSMENTS = "marts.fct_target", "marts.mart_target_attainment", "marts.mart_county_assessment"
_EXPLAINED = "x.cause in ('correction', 'source', 'method', 'date')"


def _steps() -> Iterator[tuple[str, list[str]]]:
    """Tables in the order of their lineage, each with the queries for reasons: key_no, cause, evidence."""

    def of(table: str, joined: str, cause: str = "'source'", evidence: str = "x.evidence", where: str = "true") -> str:
        return (
            f"select distinct c.key_no, {cause}, {evidence} from {{changes}} as c {joined} "
            f"where c.table_name = '{table}' and c.cause is null and {where}"
        )

    def inherited(table: str, of_table: str, on: str, beside: str = "", where: str = "true") -> str:
        joined = f"{beside} join {{changes}} as x on x.table_name = '{of_table}' and {_EXPLAINED} and {on}"
        return of(table, joined, "x.cause", where=where)

    same_cell = "x.region_code = c.region_code and x.year = c.year and x.stage = c.stage and x.segment = c.segment"
    place = "join changed_place as x on x.region_code = c.region_code"
    below = "join above as a on a.upper_code = c.region_code join changed_place as x on x.region_code = a.region_code"
    records = "join changed_records as x on x.region_code = c.region_code and x.year = c.year"
    indicator = "join changed_indicator as x on x.indicator_code = c.indicator_code"

    def code(source: str, on: str) -> str:
        return f"join (select *, _file as evidence from changed_{source}) as x on {on}"

    yield _MEASURES, [
        of(_MEASURES, f"join cell as x on x.target = 'measure' and x.code = c.measure_code and {same_cell}", "x.cause"),
        of(_MEASURES, records, where="c.basis in ('summed', 'fact')"),
        of(_MEASURES, code("measures", "x.measure_code = c.measure_code"), "'method'"),
        of(_MEASURES, code("crosswalk", "x.measure_code = c.measure_code"), "'method'"),
        of(_MEASURES, place, "'method'"),
        of(_MEASURES, below, "'method'", where="c.basis = 'summed'"),
        of(_MEASURES, "cross join (select _file as evidence from changed_assessment_conditions) as x", "'method'",
           where="c.basis = 'summed'"),
    ]  # fmt: skip

    a_term = (
        "x.measure_code = t.measure_code and x.region_code = {region} and x.year = c.year + t.year_offset "
        "and x.stage = coalesce(nullif(t.measure_stage, ''), c.stage) "
        "and x.segment = coalesce(nullif(t.measure_segment, ''), c.segment)"
    )
    terms = "join term as t on t.indicator_code = c.indicator_code"
    yield _INDICATORS, [
        of(_INDICATORS, f"join cell as x on x.target = 'indicator' and x.code = c.indicator_code and {same_cell}",
           "x.cause", where="c.basis = 'published'"),
        inherited(_INDICATORS, _MEASURES, a_term.format(region="c.region_code"), terms, "c.basis = 'computed'"),
        inherited(_INDICATORS, _MEASURES, a_term.format(region="r.former_code"),
                  f"{terms} join renamed as r on r.region_code = c.region_code", "c.basis = 'computed'"),
        of(_INDICATORS, indicator, "'method'"),
        of(_INDICATORS, place, "'method'"),
        of(_INDICATORS, records, where="c.inputs_basis = 'school'"),
        of(_INDICATORS, "cross join (select _file as evidence from changed_assessment_conditions) as x", "'method'",
           where="c.inputs_basis = 'school'"),
    ]  # fmt: skip

    # Spreads, parities and conditions are made of other indicators' values, of the region or of those below it.
    value = "x.indicator_code = {of} and x.region_code = {region} and x.year = c.year"
    lower = "join above as a on a.upper_code = c.region_code"
    inputs = "join term as t on t.indicator_code = c.indicator_code and t.input_indicator_code <> ''"
    yield (
        _INDICATORS,
        [
            inherited(_INDICATORS, _INDICATORS, value.format(of="c.base_indicator", region="a.region_code"), lower),
            inherited(
                _INDICATORS, _INDICATORS, value.format(of="t.input_indicator_code", region="c.region_code"), inputs
            ),
            of(_INDICATORS, "join changed_indicator as x on x.indicator_code = c.base_indicator", "'method'"),
            of(
                _INDICATORS,
                f"{inputs} join changed_indicator as x on x.indicator_code = t.input_indicator_code",
                "'method'",
            ),
            of(_INDICATORS, below, "'method'", where="c.base_indicator is not null"),
        ],
    )

    document = "join (select distinct target_id, document_id from marts.fct_target union select target_id, document_id from before.marts.fct_target) as d on d.target_id = c.target_id"
    yield _TARGETS, [
        of(_TARGETS, code("targets", "x.target_id = c.target_id")),
        of(_TARGETS, code("proposed_targets", "x.target_id = c.target_id")),
        of(_TARGETS, f"{document} {code('bindings', 'x.document_id = d.document_id')}"),
        of(_TARGETS, f"{document} {code('target_documents', 'x.document_id = d.document_id')}"),
        of(_TARGETS, code("indicators", "x.indicator_code = c.indicator_code"), "'method'"),
        of(_TARGETS, "cross join (select _file as evidence from changed_units union select _file from changed_indicator_units) as x", "'method'"),
        of(_TARGETS, place, "'method'"),
    ]  # fmt: skip

    on_series = "x.indicator_code = s.indicator_code and x.region_code = s.region_code and x.stage = s.stage and x.segment = s.segment"
    yield _VERDICTS, [
        inherited(_VERDICTS, _TARGETS, "x.target_id = c.target_id"),
        of(_VERDICTS, f"{document} {code('bindings', 'x.document_id = d.document_id')}"),
        of(_VERDICTS, f"{document} {code('target_documents', 'x.document_id = d.document_id')}"),
        of(_VERDICTS, code("judgements", "x.target_id = c.target_id")),
        inherited(_VERDICTS, _INDICATORS, on_series, "join series as s on s.target_id = c.target_id"),
        of(_VERDICTS, code("verdict_methods", "x.method = c.method"), "'method'"),
        of(_VERDICTS, code("verdict_rules", "x.method = c.method"), "'method'"),
        of(_VERDICTS, indicator, "'method'"),
        of(_VERDICTS, "cross join (select _file as evidence from changed_indicator_units) as x", "'method'"),
        of(_VERDICTS, "join series as s on s.target_id = c.target_id join changed_place as x on x.region_code = s.region_code", "'method'"),
        # The day itself decides only whether a target is due, up to which year values count, and whether a judgement
        # is still in force.
        of(_VERDICTS, """join intermediate.int_target as t on t.target_id = c.target_id
            cross join (select n.as_of as now, o.as_of as before, o.as_of || ' → ' || n.as_of as evidence
                from meta.build as n cross join before.meta.build as o) as x""", "'date'",
           where="""x.now <> x.before and (year(x.now) <> year(x.before)
            or (cast(x.now as varchar) > t.due_on) is distinct from (cast(x.before as varchar) > t.due_on)
            or exists (select 1 from raw.judgements as j where j.target_id = c.target_id and j.valid_until <> ''
                and (j.valid_until >= cast(x.now as varchar)) <> (j.valid_until >= cast(x.before as varchar))))"""),
    ]  # fmt: skip

    region = "x.region_code = c.region_code"
    yield (
        _ASSESSMENTS,
        [
            of(_ASSESSMENTS, "join changed_records as x on x.region_code = c.region_code"),
            inherited(_ASSESSMENTS, _MEASURES, region),
            inherited(_ASSESSMENTS, _INDICATORS, region),
            of(
                _ASSESSMENTS,
                "cross join (select _file as evidence from changed_assessment_conditions) as x",
                "'method'",
            ),
            of(_ASSESSMENTS, place, "'method'"),
        ],
    )
