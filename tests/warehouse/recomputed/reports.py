"""What a county reported, read from the raw files: its units of each stage, its schools as a whole, and county facts."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from math import isnan, nan
from pathlib import Path

import duckdb
import pandas as pd

SPLIT = ("nine_year", "complete_secondary", "twelve_year")
# Pupils of sections by which they share what their school has.
WEIGHT = {"primary": 1.0, "junior": 1.1, "senior": 1.1 * 1.2}
SHARED = (
    "land_area_sqm", "floor_area_sqm", "teaching_area_sqm", "sports_area_sqm", "music_rooms", "art_rooms",
    "equipment_value_yuan", "networked_classrooms", "terminals", "books", "operating_budget_yuan",
    "training_spending_yuan", "operating_funds_yuan", "budget_funds_yuan",
)  # fmt: skip

Where = Callable[[pd.DataFrame], pd.Series]


def ratio(above: float, below: float, scale: float = 1.0) -> float:
    """The quotient, nan where either is missing or nothing stands below the line."""
    return nan if isnan(above) or isnan(below) or below == 0 else scale * above / below


class Reports:
    """All school rows and facts of a raw folder, as they stand in the files."""

    def __init__(self, raw: Path) -> None:
        files = sorted((raw / "schools").glob("*.parquet"))
        self.rows = pd.concat([duckdb.sql(f"from '{file}'").df() for file in files], ignore_index=True)
        facts = pd.concat(
            [pd.read_csv(f, dtype={"region_code": str}) for f in sorted((raw / "county_facts").glob("*.csv"))]
        )
        facts["segment"] = facts["segment"].fillna("").replace("", "all")
        self.facts = {
            (f.region_code, f.year, f.stage, f.segment, f.measure_code): float(f.value) for f in facts.itertuples()
        }
        self.judgements = pd.read_csv(raw / "local" / "condition_judgements.csv", dtype=str)

    def year(self, region: str, year: int) -> "Year":
        rows = self.rows[(self.rows["region_code"] == region) & (self.rows["year"] == year)]
        return Year(self, region, year, rows)


@dataclass
class Year:
    """One county in one year. A sum is nan unless every unit that it is of reported the column."""

    reports: Reports
    region: str
    year: int
    rows: pd.DataFrame

    def ago(self, years: int) -> "Year":
        return self.reports.year(self.region, self.year - years)

    @cached_property
    def units(self) -> pd.DataFrame:
        """Rows with pupils of a stage; what sections share stands divided among them."""
        units = self.rows[~self.rows["kind"].isin(SPLIT)].copy()
        units["stage"] = units["kind"].replace({"kindergarten": "preschool", "teaching_point": "primary"})
        units["attached"] = units["parent_id"].notna() & (units["stage"] == "preschool")
        parents = self.rows[self.rows["kind"].isin(SPLIT)].set_index("school_id")
        units["school_kind"] = [
            parents["kind"].get(row.parent_id, row.kind) if row.parent_id else row.kind for row in units.itertuples()
        ]
        for parent, whole in parents.iterrows():
            of_school = units["parent_id"] == parent
            weighted = units.loc[of_school, "pupils"] * units.loc[of_school, "stage"].map(WEIGHT)
            for column in SHARED:
                part = whole[column] * weighted / weighted.sum()
                units[column] = units[column].astype(float)
                units.loc[of_school, column] = units.loc[of_school, column].fillna(part)
        return units

    @cached_property
    def assessed(self) -> pd.DataFrame:
        """Primary and junior schools and sections with pupils; points under 50 pupils are out."""
        u = self.units
        small_point = (u["kind"] == "teaching_point") & (u["pupils"] < 50)
        return u[u["stage"].isin(["primary", "junior"]) & (u["pupils"] > 0) & ~small_point]

    @cached_property
    def schools(self) -> pd.DataFrame:
        """Schools as a whole, counted at the highest stage they have."""
        schools = self.rows[self.rows["parent_id"].isna()].copy()
        schools["stage"] = schools["kind"].replace(
            {"kindergarten": "preschool", "teaching_point": "primary", "nine_year": "junior", "complete_secondary": "senior",
             "twelve_year": "senior"}
        )  # fmt: skip
        return schools

    def total(
        self, column: str | Callable[[pd.DataFrame], pd.Series], *stages: str, where: Where | None = None
    ) -> float:
        units = self.units[self.units["stage"].isin(stages)]
        if where is not None:
            units = units[where(units)]
        values = units[column] if isinstance(column, str) else column(units)
        return nan if values.isna().any() or len(values) == 0 else float(values.sum())

    def count(self, *stages: str, where: Where | None = None) -> float:
        """Schools; teaching points are none."""
        schools = self.schools[self.schools["stage"].isin(stages) & (self.schools["kind"] != "teaching_point")]
        return float(len(schools) if where is None else where(schools).sum()) if len(schools) else nan

    def fact(self, measure: str, stage: str = "all", segment: str = "all") -> float:
        return self.reports.facts.get((self.region, self.year, stage, segment, measure), nan)
