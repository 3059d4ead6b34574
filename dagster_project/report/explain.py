"""How one value or one verdict came about, from the served snapshot: which basis, by which formula or rule, from which
rows of which files.
"""

import difflib
from dataclasses import dataclass, field
from typing import Any

import duckdb

from dagster_project.report import words


class NotUnderstoodError(Exception):
    """The indicator or region asked for is not known, or several are meant; the message lists what could be meant."""


@dataclass(frozen=True)
class Row:
    """One figure: where it stands and what it says. A sum of school records has no row of its own: `unit_count` schools."""

    what: str
    value: float
    unit: str
    printed: str
    source: str
    publisher: str
    file: str
    row: int | None
    coefficient: float = 1.0
    correction: str = ""
    unit_count: int | None = None


@dataclass(frozen=True)
class Cell:
    """One value of an indicator on one basis, with the rows it comes from."""

    basis: str
    value: float | None
    value_low: float | None
    value_high: float | None
    status: str
    stage: str
    segment: str
    numerator: float | None = None
    denominator: float | None = None
    numerator_rows: list[Row] = field(default_factory=list)
    denominator_rows: list[Row] = field(default_factory=list)
    published_row: Row | None = None
    inputs: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Explanation:
    """Everything there is to say of an indicator, a region and a year. `chosen` is None where there is no value."""

    indicator: dict[str, Any]
    region_code: str
    region_zh: str
    year: int
    chosen: Cell | None
    other: Cell | None
    reconciled: str | None
    conflicts: list[Row]
    missing: list[str]
    years_with_value: list[int]
    checks: list[tuple[str, int, int]]
    snapshot_as_of: str
    targets: list[dict[str, Any]] = field(default_factory=list)


@dataclass(frozen=True)
class TargetExplanation:
    """A target as printed, the verdict of each method on it, and the years its indicator has values for."""

    target: dict[str, Any]
    verdicts: list[dict[str, Any]]
    values: list[dict[str, Any]]
    milestones: list[dict[str, Any]]
    snapshot_as_of: str


def explain_target(connection: duckdb.DuckDBPyConnection, target_id: str) -> TargetExplanation:
    """The whole reasoning on one target. Raises NotUnderstoodError for an unknown id, with those like it."""
    found = dictionaries(
        connection,
        """select t.*, d.title_zh, d.issuer_zh, d.issued_year, i.name_zh as indicator_name_zh, i.decimals
        from marts.fct_target as t join marts.dim_document as d using (document_id)
        left join marts.dim_indicator as i using (indicator_code) where t.target_id = ?""",
        [target_id],
    )
    if not found:
        near = connection.execute(
            "select target_id from marts.fct_target where contains(target_id, ?) or contains(indicator_zh, ?) order by 1 limit 8",
            [target_id, target_id],
        ).fetchall()
        raise NotUnderstoodError(
            f"没有目标「{target_id}」 / no such target；相近 / near: {'、'.join(row[0] for row in near) or '-'}"
        )
    return TargetExplanation(
        target=found[0],
        verdicts=dictionaries(
            connection,
            """select a.*, m.name_zh as method_zh, m.name_en as method_en from marts.mart_target_attainment as a
            join marts.verdict_method as m using (method) where a.target_id = ?
            order by case a.method when 'ladder' then 1 else 2 end, a.method""",
            [target_id],
        ),
        values=dictionaries(
            connection,
            """select v.year, v.region_code, v.value, v.basis, v.holds, f.source_file, f.source_row, s.source_zh
            from intermediate.int_target_value as v
            join marts.fct_target as t using (target_id)
            left join marts.fct_indicator as f on f.indicator_code = t.indicator_code and f.region_code = v.region_code
                and f.year = v.year and f.stage = t.stage and f.segment = t.segment and f.basis = v.basis
                and f.base_indicator is null
            left join marts.dim_source as s on s.source_id = f.source_id
            where v.target_id = ? order by v.year""",
            [target_id],
        ),
        milestones=dictionaries(
            connection,
            """select target_id, target_year, printed_value, printed_unit from marts.fct_target
            where milestone_of = $target or target_id = (select milestone_of from marts.fct_target where target_id = $target)
            order by target_year""",
            {"target": target_id},
        ),
        snapshot_as_of=str(dictionaries(connection, "select as_of from meta.build")[0]["as_of"]),
    )


def explain(
    connection: duckdb.DuckDBPyConnection,
    indicator: str,
    region: str,
    year: int,
    stage: str = "",
    segment: str = "all",
    base: str = "",
) -> Explanation:
    """Explain one value. `indicator` and `base` are a code, name or synonym, `region` a code or name.

    `base` is the indicator whose values a parity, gap or dispersion compares.
    Raises NotUnderstoodError if one of them is unknown or ambiguous.
    """
    about = find_indicator(connection, indicator, stage)
    _known(connection, "stage", stage)
    _known(connection, "segment", segment)
    code, name = find_region(connection, region, year)
    base_code = (
        find_indicator(connection, base, stage)["indicator_code"] if base else _only_base(connection, about, code, year)
    )
    cells = _cells(connection, about["indicator_code"], base_code, code, year, stage, segment)
    if len(stages := sorted({cell.stage for cell in cells})) > 1:
        raise NotUnderstoodError(
            f"{about['name_zh']} 该年有多个学段，请用 --stage 指明 / several stages, say which with --stage: "
            + ", ".join(stages)
        )
    published = next((cell for cell in cells if cell.basis == "published"), None)
    computed = next((cell for cell in cells if cell.basis == "computed"), None)
    # A printed rate of the official definition goes before a computed one, as in the marts.
    chosen = published or computed
    of_stage = stage or (chosen.stage if chosen else "")
    return Explanation(
        indicator=about,
        region_code=code,
        region_zh=name,
        year=year,
        chosen=chosen,
        other=computed if published else None,
        reconciled=_reconciled(connection, about["indicator_code"], code, year, chosen),
        conflicts=_conflicts(connection, about["indicator_code"], code, year, chosen),
        missing=[]
        if computed
        else _missing(
            connection, about["indicator_code"], code, year, stage or (chosen.stage if chosen else ""), segment
        ),
        years_with_value=[
            row[0]
            for row in connection.execute(
                """select distinct year from marts.fct_indicator where indicator_code = ? and region_code = ?
                and (? = '' or stage = ?) and segment = ? and value is not null order by 1""",
                [about["indicator_code"], code, stage, stage, segment],
            ).fetchall()
        ],
        checks=connection.execute(
            """select gate, count(*) filter (outcome = 'passed'), count(*) from quality.check_result
            group by gate order by case gate when 'rows' then 1 when 'relations' then 2 else 3 end"""
        ).fetchall(),
        snapshot_as_of=str(dictionaries(connection, "select as_of from meta.build")[0]["as_of"]),
        targets=dictionaries(
            connection,
            """select t.target_id, t.comparator, t.printed_value, t.printed_value_high, t.printed_unit, t.target_year,
                d.title_zh, t.evidence, a.status, a.reason_zh, a.provisional
            from marts.fct_target as t join marts.dim_document as d using (document_id)
            join marts.mart_target_attainment as a on a.target_id = t.target_id and a.method = 'ladder'
            where t.indicator_code = ? and t.region_code = ? and t.segment = ? and (? = '' or t.stage = ?)
            order by t.target_year nulls last, t.target_id""",
            [about["indicator_code"], code, segment, of_stage, of_stage],
        ),
    )


def find_indicator(connection: duckdb.DuckDBPyConnection, text: str, stage: str = "") -> dict[str, Any]:
    """The catalogue entry of a code, name or synonym. Raises NotUnderstoodError."""
    found = dictionaries(
        connection,
        """select i.* from marts.dim_indicator as i where i.indicator_code = ? or i.name_zh = ? or lower(i.name_en) = lower(?)
        union
        select i.* from marts.indicator_alias as a join marts.dim_indicator as i using (indicator_code)
        where a.alias_zh = ? and (a.stage is null or ? = '' or a.stage = ?)""",
        [text, text, text, text, stage, stage],
    )
    if len(found) == 1:
        return found[0]
    names = dictionaries(connection, "select indicator_code, name_zh from marts.dim_indicator order by 1")
    if found:
        near = [f"{entry['name_zh']} ({entry['indicator_code']})" for entry in found]
        raise NotUnderstoodError(f"「{text}」可指多个指标 / means several indicators: {'、'.join(near)}")
    note = connection.execute(
        "select coalesce(note_zh, '') from marts.indicator_alias where alias_zh = ? and indicator_code is null", [text]
    ).fetchone()
    inside = [f"{n['name_zh']} ({n['indicator_code']})" for n in names if text in n["name_zh"]]
    by_name = {n["name_zh"]: n["indicator_code"] for n in names}
    close = inside or [f"{n} ({by_name[n]})" for n in difflib.get_close_matches(text, by_name, n=5, cutoff=0.3)]
    why = f"「{text}」含义不唯一，{note[0]} / is ambiguous" if note else f"没有指标「{text}」 / no such indicator"
    raise NotUnderstoodError(f"{why}；相近 / near: {'、'.join(close[:8]) or '-'}")


def find_region(connection: duckdb.DuckDBPyConnection, text: str, year: int) -> tuple[str, str]:
    """Code and name of a region in force in `year`, by code, name, or name without its last character.

    Raises NotUnderstoodError.
    """
    found = connection.execute(
        """select region_code, name_zh from marts.dim_region
        where (region_code = $text or name_zh = $text) and coalesce(valid_from, 0) <= $year
            and coalesce(valid_to, 9999) >= $year order by sort_no""",
        {"text": text, "year": year},
    ).fetchall()
    if not found:
        found = connection.execute(
            """select region_code, name_zh from marts.dim_region
            where starts_with(name_zh, $text) and length($text) >= 2 and coalesce(valid_from, 0) <= $year
                and coalesce(valid_to, 9999) >= $year order by length(name_zh), sort_no""",
            {"text": text, "year": year},
        ).fetchall()
    if len(found) == 1 or (found and found[0][1] == text and [f[1] for f in found].count(text) == 1):
        return found[0]
    if not found:
        raise NotUnderstoodError(f"{year} 年没有地区「{text}」 / no region of this name in {year}")
    several = "、".join(f"{name} {code}" for code, name in found[:8])
    raise NotUnderstoodError(f"「{text}」可指多个地区，请用代码 / several regions, use a code: {several}")


def _only_base(connection: duckdb.DuckDBPyConnection, about: dict[str, Any], region: str, year: int) -> str:
    """The base indicator of a cell where there is no more than one; "" for an indicator that has none."""
    found = connection.execute(
        """select distinct f.base_indicator, i.name_zh from marts.fct_indicator as f
        join marts.dim_indicator as i on i.indicator_code = f.base_indicator
        where f.indicator_code = ? and f.region_code = ? and f.year = ? order by 1""",
        [about["indicator_code"], region, year],
    ).fetchall()
    if len(found) > 1:
        raise NotUnderstoodError(
            f"{about['name_zh']} 请用 --base 指明基础指标 / say of which indicator with --base: "
            + "、".join(f"{name} ({code})" for code, name in found)
        )
    return str(found[0][0]) if found else ""


def _known(connection: duckdb.DuckDBPyConnection, column: str, asked: str) -> None:
    known = [
        row[0] for row in connection.execute(f"select distinct {column} from marts.fct_indicator order by 1").fetchall()
    ]
    if asked and asked not in known:
        raise NotUnderstoodError(f"--{column} {asked}：可用 / known: {', '.join(known)}")


def _cells(
    connection: duckdb.DuckDBPyConnection, indicator: str, base: str, region: str, year: int, stage: str, segment: str
) -> list[Cell]:
    cells = []
    for f in dictionaries(
        connection,
        """select * from marts.fct_indicator where indicator_code = ? and coalesce(base_indicator, '') = ?
        and region_code = ? and year = ? and (? = '' or stage = ?) and segment = ? order by stage""",
        [indicator, base, region, year, stage, stage, segment],
    ):
        common = {key: f[key] for key in ("basis", "value", "value_low", "value_high", "status", "stage", "segment")}
        if f["basis"] == "published":
            cells.append(
                Cell(**common, published_row=_printed(connection, f["source_file"], f["source_row"], f["value"]))
            )
        else:
            sides = _terms(connection, f)
            cells.append(
                Cell(
                    **common,
                    numerator=f["numerator"],
                    denominator=f["denominator"],
                    numerator_rows=sides["numerator"],
                    denominator_rows=sides["denominator"],
                    inputs=_inputs(connection, f),
                )
            )
    return cells


def _printed(connection: duckdb.DuckDBPyConnection, file: str, row: int, value: float, what: str = "",
             coefficient: float = 1.0) -> Row:  # fmt: skip
    (raw,) = dictionaries(
        connection,
        """select s.measure_zh, s.value, s.unit, s.source_zh, s.publisher_zh,
            coalesce(c.new_value || '，' || c.reason || '（' || c.decided_by || ' ' || c.decided_on || '）', '') as correction
        from raw.statistics as s
        left join raw.corrections as c on s.region_code = c.region_code and s.year = c.year and s.level = c.level
            and s.measure = c.measure and s.source_zh = c.source_zh and s.value = c.old_value
        where s._file = ? and s._row = ?""",
        [file, row],
    )
    return Row(
        what=what or raw["measure_zh"],
        value=value,
        unit=raw["unit"],
        printed=f"{raw['value']} {raw['unit']}",
        source=raw["source_zh"],
        publisher=raw["publisher_zh"],
        file=file,
        row=row,
        coefficient=coefficient,
        correction=raw["correction"],
    )


def _counted(term: dict[str, Any], what: str) -> Row:
    """A county fact, or the sum of school records."""
    return Row(
        what=what,
        value=term["value"],
        unit=term["base_unit"],
        printed=f"{term['value']:,.10g} {term['base_unit']}",
        source=term["source_zh"],
        publisher=term["publisher_zh"],
        file=term["source_file"],
        row=term["source_row"],
        coefficient=term["coefficient"],
        unit_count=term["unit_count"],
    )


_TERM_CELLS = """
    select t.side, t.coefficient, m.year, m.stage, m.segment, m.measure_code, d.name_zh, m.value, m.base_unit, m.basis,
        m.source_file, m.source_row, m.unit_count, s.source_zh, s.publisher_zh
    from marts.indicator_term as t
    join marts.fct_measure as m on m.measure_code = t.measure_code and m.region_code = $region
        and m.year between $year + t.year_from and $year + t.year_to
        and m.stage = case when t.measure_stage = '' then $stage else t.measure_stage end
        and m.segment = case when t.measure_segment = '' then $segment else t.measure_segment end
    join marts.dim_measure as d on d.measure_code = t.measure_code
    join marts.dim_source as s on s.source_id = m.source_id
    where t.indicator_code = $indicator and t.variant = $variant and t.stage in ('', $stage)
    order by t.side desc, t.term_no, m.year
"""


def _terms(connection: duckdb.DuckDBPyConnection, f: dict[str, Any]) -> dict[str, list[Row]]:
    sides: dict[str, list[Row]] = {"numerator": [], "denominator": []}
    for term in dictionaries(
        connection,
        _TERM_CELLS,
        {"region": f["region_code"], "year": f["year"], "stage": f["stage"], "segment": f["segment"],
         "indicator": f["indicator_code"], "variant": f["variant"]},
    ):  # fmt: skip
        what = f"{term['year']} {term['name_zh']}（{_kind(term['stage'], term['segment'])}）"
        sides[term["side"]].append(
            _printed(connection, term["source_file"], term["source_row"], term["value"], what, term["coefficient"])
            if term["basis"] == "reported"
            else _counted(term, what)
        )
    return sides


def _kind(stage: str, segment: str) -> str:
    """Stage and segment in Chinese words, as 学前教育·公办."""
    return _with(words.of(words.STAGES, stage)[0], segment)


def _with(name: str, segment: str) -> str:
    return name if segment in ("", "all") else f"{name}·{words.of(words.SEGMENTS, segment)[0]}"


def _inputs(connection: duckdb.DuckDBPyConnection, f: dict[str, Any]) -> list[str]:
    """The other indicators' values a derived cell was made from: of the regions below, of segments, of conditions."""
    if f["inputs_basis"] == "reported":
        return []
    if f["inputs_basis"] == "school":
        return _school_inputs(connection, f)
    if f["base_indicator"] is None:
        query = """select i.name_zh, 'all', s.value, s.basis from marts.indicator_term as t
            join intermediate.int_indicator_standing as s on s.indicator_code = t.input_indicator_code
                and s.stage = t.measure_stage and s.segment = t.measure_segment
            join marts.dim_indicator as i on i.indicator_code = t.input_indicator_code
            where t.indicator_code = $indicator and s.region_code = $region and s.year = $year order by t.term_no"""
    else:
        query = """select r.name_zh, v.segment, v.value, v.basis
            from marts.fct_indicator as v
            join marts.dim_region as r on r.region_code = v.region_code
                and coalesce(r.valid_from, 0) <= v.year and coalesce(r.valid_to, 9999) >= v.year
            left join marts.indicator_term as t on t.indicator_code = $indicator and t.measure_segment = v.segment
            where v.indicator_code = $base and v.year = $year and v.stage = $stage and v.basis = $basis and v.status = 'ok'
                and (case when exists (select 1 from marts.indicator_term as x where x.indicator_code = $indicator)
                    then v.region_code = $region and t.indicator_code is not null
                    else r.parent_code = $region and v.segment = $segment end)
            order by v.value desc, r.sort_no"""
    values = {"indicator": f["indicator_code"], "base": f["base_indicator"], "region": f["region_code"], "year": f["year"],
              "stage": f["stage"], "segment": f["segment"], "basis": f["inputs_basis"]}  # fmt: skip
    wanted = {name: value for name, value in values.items() if f"${name}" in query}
    return [
        f"{_with(name, segment)} {value:g}（{basis}）"
        for name, segment, value, basis in connection.execute(query, wanted).fetchall()
    ]


def _school_inputs(connection: duckdb.DuckDBPyConnection, f: dict[str, Any]) -> list[str]:
    """The schools a spread was made from, or nothing where an assessment says it (see `zhibiao assess`)."""
    rows = connection.execute(
        """select coalesce(school_name, school_id), value, source_file, source_row
        from intermediate.int_school_resource
        where region_code = ? and year = ? and indicator_code = ? order by value desc, school_id""",
        [f["region_code"], f["year"], f["base_indicator"]],
    ).fetchall()
    return [f"{name} {'-' if value is None else f'{value:g}'}（{file} 第 {row} 行）" for name, value, file, row in rows]


def _missing(
    connection: duckdb.DuckDBPyConnection, indicator: str, region: str, year: int, stage: str, segment: str
) -> list[str]:
    """What each term of the first variant would need and does not find."""
    rows = connection.execute(
        """select distinct d.name_zh,
            coalesce(nullif(t.measure_stage, ''), nullif(t.stage, ''), nullif($stage, ''), i.level), t.measure_segment,
            ($year + t.year_from) || case when t.year_to > t.year_from then '—' || ($year + t.year_to) else '' end
        from marts.indicator_term as t
        join marts.indicator_formula as f using (indicator_code, stage, variant)
        join marts.dim_measure as d on d.measure_code = t.measure_code
        join marts.dim_indicator as i on i.indicator_code = t.indicator_code
        where t.indicator_code = $indicator and f.priority = 1
          and coalesce(f.valid_from, 0) <= $year and coalesce(f.valid_to, 9999) >= $year
          and (select count(*) from marts.fct_measure as m where m.measure_code = t.measure_code
            and m.region_code = $region and m.year between $year + t.year_from and $year + t.year_to
            and m.stage = coalesce(nullif(t.measure_stage, ''), nullif(t.stage, ''), nullif($stage, ''), i.level)
            and m.segment = coalesce(nullif(t.measure_segment, ''), $segment)) <= t.year_to - t.year_from
        order by all""",
        {"indicator": indicator, "region": region, "year": year, "stage": stage, "segment": segment},
    ).fetchall()
    return [f"{name}（{_kind(stage, segment)}，{years}）" for name, stage, segment, years in rows]


def _reconciled(
    connection: duckdb.DuckDBPyConnection, indicator: str, region: str, year: int, chosen: Cell | None
) -> str | None:
    if chosen is None:
        return None
    row = connection.execute(
        """select within_rounding, reason_code from marts.reconciliation
        where indicator_code = ? and region_code = ? and year = ? and stage = ? and segment = ?""",
        [indicator, region, year, chosen.stage, chosen.segment],
    ).fetchone()
    if row is None:
        return None
    return "计算值在公布值的舍入区间内 / the computed value lies within the published rounding" if row[0] else row[1]


def _conflicts(
    connection: duckdb.DuckDBPyConnection, indicator: str, region: str, year: int, chosen: Cell | None
) -> list[Row]:
    if chosen is None:
        return []
    rows = connection.execute(
        """select other_source_file, other_source_row, other_value from marts.measure_conflict
        where indicator_code = ? and region_code = ? and year = ? and stage = ? and segment = ? order by 1, 2""",
        [indicator, region, year, chosen.stage, chosen.segment],
    ).fetchall()
    return [_printed(connection, file, row, value) for file, row, value in rows]


def dictionaries(connection: duckdb.DuckDBPyConnection, query: str, values: Any = None) -> list[dict[str, Any]]:
    """The rows of a query, each by the names of its columns."""
    result = connection.execute(query, values)
    names = [column[0] for column in result.description or []]
    return [dict(zip(names, row, strict=True)) for row in result.fetchall()]
