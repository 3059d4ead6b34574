"""What the tests of verdicts share: a ledger and figures written into a site, and the verdicts that come out."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import duckdb

from tests.conftest import Site

DOCUMENT = (
    "document_id", "title_zh", "issuer_zh", "issued_year", "region_code", "region_zh", "plan_from", "plan_to",
    "text_file", "title_is_description", "note",
)  # fmt: skip
TARGET = (
    "target_id", "document_id", "article", "ordinal", "indicator_zh", "subject_zh", "indicator_code", "indicator_note",
    "stage", "segment", "region_code", "region_zh", "comparator", "value", "value_high", "unit", "baseline",
    "baseline_year", "target_year", "year_hidden", "deadline", "recurs", "hold", "per_county", "counted", "kind",
    "level", "responsible_units", "evidence_kind", "evidence", "disputable", "confidence", "milestone_of",
    "review_status", "reviewed_by", "reviewed_on", "review_reason", "note",
)  # fmt: skip
# A reported target that is nothing but a number due in a year.
_PLAIN = {
    **dict.fromkeys(TARGET, ""), "indicator_zh": "测试指标", "segment": "all", "region_zh": "测试地区",
    "year_hidden": "no", "recurs": "no", "hold": "no", "per_county": "no", "counted": "no", "kind": "explicit",
    "evidence_kind": "reported", "disputable": "no", "confidence": "A", "review_status": "reviewed",
    "reviewed_by": "测试", "reviewed_on": "2026-01-01", "review_reason": "测试",
}  # fmt: skip
CROSSWALK = (
    "level", "measure", "region_code", "target", "measure_code", "indicator_code", "stage", "segment", "base_unit",
    "reason_zh",
)  # fmt: skip
# Indicators of which no snapshot may lack a value.
ALWAYS_THERE = (
    {"level": "preschool", "measure": "enrolment_public_share", "value": 50, "unit": "%"},
    {"level": "preschool", "measure": "enrolment_inclusive_share", "value": 80, "unit": "%"},
    {"level": "primary", "measure": "student_teacher_ratio", "value": 17, "unit": ":1"},
    {"level": "compulsory", "measure": "consolidation_rate", "value": 95, "unit": "%"},
)

Row = dict[str, Any]


@dataclass(frozen=True)
class Figures:
    """How the figures of an indicator are received: level and measure of the crosswalk, unit as printed."""

    level: str
    measure: str
    unit: str = "%"


def write_ledger(site: Site, issued: dict[str, int | None], targets: Iterable[Row]) -> None:
    """Documents by year of issue, and their targets; a missing column is that of one plain target."""
    documents = [
        {**dict.fromkeys(DOCUMENT, ""), "document_id": name, "title_zh": name, "issued_year": year or "",
         "region_zh": "全国", "title_is_description": "yes"}
        for name, year in issued.items()
    ]  # fmt: skip
    site.table("targets/registry/documents.csv", DOCUMENT, documents)
    rows: dict[str, list[Row]] = {name: [] for name in issued}
    for target in targets:
        of_document = rows[target["document_id"]]
        number = len(of_document) + 1
        name = f"{target['document_id']}/n/{number}"
        of_document.append({**_PLAIN, **target, "target_id": name, "ordinal": number})
    for name, found in rows.items():
        site.table(f"targets/{name}.csv", TARGET, found)


def write_crosswalk(site: Site, lines: Sequence[Row]) -> None:
    """Lines of the site's own from pairs of its statistics to measures or indicators."""
    plain = {**dict.fromkeys(CROSSWALK, ""), "segment": "all"}
    site.table(
        "local/crosswalk.csv",
        CROSSWALK,
        [{**plain, "target": "measure" if "measure_code" in line else "indicator", **line} for line in lines],
    )


def write_figures(site: Site, rows: Iterable[Row]) -> None:
    """Figures by year, one file a year."""
    years: dict[int, list[Row]] = {}
    for row in rows:
        years.setdefault(row["year"], list(ALWAYS_THERE)).append(row)
    for year, found in years.items():
        site.statistics(year, *found)


def refresh(site: Site, as_of: str, *options: str) -> None:
    result = site.run("refresh", "--as-of", as_of, *options)
    assert result.exit_code == 0, result.output


def query(site: Site, sql: str, *values: object) -> list[Row]:
    with duckdb.connect(str(site.settings.served), read_only=True) as connection:
        found = connection.execute(sql, list(values))
        names = [column[0] for column in found.description or []]
        return [dict(zip(names, row, strict=True)) for row in found.fetchall()]


def verdicts(site: Site) -> dict[tuple[str, str], Row]:
    """Every verdict that the site serves, by target and method."""
    rows = query(site, "select * from marts.mart_target_attainment")
    found = {(row["target_id"], row["method"]): row for row in rows}
    assert len(found) == len(rows)
    return found
