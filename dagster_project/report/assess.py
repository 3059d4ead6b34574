"""What a county's assessments come to and why, from the served snapshot: verdicts, conditions, schools that fail."""

from dataclasses import dataclass
from typing import Any

import duckdb

from dagster_project.report.explain import NotUnderstoodError, dictionaries, find_region


@dataclass(frozen=True)
class Assessment:
    """One assessment of a county and year: a row of mart_county_assessment, its conditions in the order of the list, and
    the failing schools of each, by (condition_no, indicator_code), the furthest from it first.
    """

    verdict: dict[str, Any]
    conditions: list[dict[str, Any]]
    schools: dict[tuple[str, str], list[dict[str, Any]]]


def assess(connection: duckdb.DuckDBPyConnection, region: str, year: int) -> list[Assessment]:
    """Every assessment of a region (code or name) in a year. Raises NotUnderstoodError for a region that is not known, or
    one without school records and county facts in that year, naming the years that have them.
    """
    code, name = find_region(connection, region, year)
    verdicts = dictionaries(
        connection,
        """select * from marts.mart_county_assessment where region_code = ? and year = ?
        order by assessment desc""",
        [code, year],
    )
    if not verdicts:
        years = connection.execute(
            "select distinct year from marts.mart_county_assessment where region_code = ? order by 1", [code]
        ).fetchall()
        known = "、".join(str(row[0]) for row in years) or "-"
        raise NotUnderstoodError(
            f"{name} {code} {year} 年没有学校记录或县情数据，无从评估；有数据的年份 / "
            f"no school records or county facts to assess; years that have them: {known}"
        )
    return [_assessment(connection, verdict) for verdict in verdicts]


def _assessment(connection: duckdb.DuckDBPyConnection, verdict: dict[str, Any]) -> Assessment:
    key = [verdict["region_code"], verdict["year"], verdict["assessment"]]
    schools: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for row in dictionaries(
        connection,
        """select s.* from marts.assessment_school as s
        where s.region_code = ? and s.year = ? and s.assessment = ? and s.status = 'not_met'
        order by coalesce(s.shortfall, s.failing_class_count) desc, s.indicators_met, s.worst_ratio_pct, s.school_id""",
        key,
    ):
        schools.setdefault((row["condition_no"], row["indicator_code"]), []).append(row)
    conditions = dictionaries(
        connection,
        """select * from marts.mart_assessment_condition where region_code = ? and year = ? and assessment = ?
        order by sort_no""",
        key,
    )
    return Assessment(verdict, conditions, schools)
