"""What a county reported, read from the raw files: its units of each stage, its schools as a whole, and county facts."""

import csv
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, cached_property
from math import isnan, nan
from pathlib import Path
from typing import Any

import duckdb

Row = dict[str, Any]
# What a row has of something; None where it is not reported.
Amount = Callable[[Row], float | None]
Where = Callable[[Row], bool]

SPLIT = ("nine_year", "complete_secondary", "twelve_year")
# Pupils of sections by which they share what their school has.
WEIGHT = {"primary": 1.0, "junior": 1.1, "senior": 1.1 * 1.2}
SHARED = (
    "land_area_sqm", "floor_area_sqm", "teaching_area_sqm", "sports_area_sqm", "music_rooms", "art_rooms",
    "equipment_value_yuan", "networked_classrooms", "terminals", "books", "operating_budget_yuan",
    "training_spending_yuan", "operating_funds_yuan", "budget_funds_yuan",
)  # fmt: skip
# A school of several stages is counted at its highest one.
COUNTED_AT = {
    "kindergarten": "preschool", "teaching_point": "primary", "nine_year": "junior", "complete_secondary": "senior",
    "twelve_year": "senior",
}  # fmt: skip


def ratio(above: float, below: float, scale: float = 1.0) -> float:
    """The quotient, nan where either is missing or nothing stands below the line."""
    return nan if isnan(above) or isnan(below) or below == 0 else scale * above / below


class Reports:
    """All school rows, facts and judgements of a raw folder, as they stand in the files."""

    def __init__(self, raw: Path) -> None:
        self.rows: dict[tuple[str, int], list[Row]] = defaultdict(list)
        for file in sorted((raw / "schools").glob("*.parquet")):
            found = duckdb.sql(f"from '{file}'")
            for cells in found.fetchall():
                row = dict(zip(found.columns, cells, strict=True))
                self.rows[row["region_code"], row["year"]].append(row)
        self.facts: dict[tuple[str, int, str, str, str], float] = {}
        for file in sorted((raw / "county_facts").glob("*.csv")):
            for f in _csv(file):
                key = (f["region_code"], int(f["year"]), f["stage"], f["segment"] or "all", f["measure_code"])
                self.facts[key] = float(f["value"])
        self.decisions = {
            (j["region_code"], int(j["year"]), j["assessment"], j["condition_no"]): j["decision"]
            for j in _csv(raw / "local" / "condition_judgements.csv")
        }

    @cache  # noqa: B019  one object for the whole comparison
    def year(self, region: str, year: int) -> "Year":
        return Year(self, region, year, self.rows.get((region, year), []))


def _csv(file: Path) -> list[dict[str, str]]:
    with file.open(encoding="utf-8", newline="") as source:
        return list(csv.DictReader(source))


@dataclass(eq=False)
class Year:
    """One county in one year. A sum is nan unless every unit that it is of reported it."""

    reports: Reports
    region: str
    year: int
    rows: list[Row]

    def ago(self, years: int) -> "Year":
        return self.reports.year(self.region, self.year - years)

    @cached_property
    def units(self) -> list[Row]:
        """Rows with pupils of a stage; what sections share stands divided among them."""
        parents = {row["school_id"]: row for row in self.rows if row["kind"] in SPLIT}
        units = []
        for row in self.rows:
            if row["kind"] in SPLIT:
                continue
            unit = {
                **row,
                "stage": {"kindergarten": "preschool", "teaching_point": "primary"}.get(row["kind"], row["kind"]),
            }
            unit["attached"] = unit["stage"] == "preschool" and row["parent_id"] is not None
            parent = parents.get(row["parent_id"])
            unit["school_kind"] = parent["kind"] if parent else row["kind"]
            unit["is_section"] = parent is not None
            units.append(unit)
        for parent_id, parent in parents.items():
            sections = [unit for unit in units if unit["parent_id"] == parent_id]
            whole = sum(unit["pupils"] * WEIGHT[unit["stage"]] for unit in sections)
            for unit in sections:
                for column in SHARED:
                    if unit[column] is None and parent[column] is not None:
                        unit[column] = parent[column] * unit["pupils"] * WEIGHT[unit["stage"]] / whole
        return units

    @cached_property
    def assessed(self) -> list[Row]:
        """Primary and junior schools and sections with pupils; points under 50 pupils are out."""
        return [
            u
            for u in self.units
            if u["stage"] in ("primary", "junior")
            and u["pupils"] > 0
            and not (u["kind"] == "teaching_point" and u["pupils"] < 50)
        ]

    def total(self, what: str | Amount, *stages: str, where: Where = lambda u: True) -> float:
        """The sum over units of the stages; of those that `where` holds for, which may be none."""
        units = [u for u in self.units if u["stage"] in stages]
        values = [u[what] if isinstance(what, str) else what(u) for u in units if where(u)]
        return nan if not units or None in values else float(sum(v for v in values if v is not None))

    def count(self, *stages: str, where: Where = lambda s: True) -> float:
        """Schools as a whole; teaching points are none."""
        schools = [
            row
            for row in self.rows
            if row["parent_id"] is None
            and row["kind"] != "teaching_point"
            and COUNTED_AT.get(row["kind"], row["kind"]) in stages
        ]
        return float(sum(where(school) for school in schools)) if schools else nan

    def fact(self, measure: str, stage: str = "all", segment: str = "all") -> float:
        return self.reports.facts.get((self.region, self.year, stage, segment, measure), nan)
