"""Names to the catalogue: indicators by alias and stage, regions with their history, units to base units.

Reads raw/reference only; the ledger and its targets are no source of names.
"""

import csv
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from dagster_project.settings import ROOT


@dataclass(frozen=True, slots=True)
class Resolved:
    code: str = ""
    proposed: str = ""
    score: float = 0.0
    note: str = ""


# Names of the code book that are words in every other text.
_WORDS = frozenset(("城区", "郊区", "新区", "矿区", "市区", "市中区", "市辖区", "县", "省直辖县级行政区划", "自治区直辖县级行政区划"))


class Reference:
    def __init__(self, folder: Path) -> None:
        self.names = frozenset()
        with (folder / "regions.csv").open(encoding="utf-8-sig", newline="") as file:
            self.rows = list(csv.DictReader(file))
        self.names = frozenset(r["name_zh"] for r in self.rows if r["level"] != "nation") - _WORDS

    def indicator(self, name: str, unit: str, comparator: str) -> Resolved:
        return Resolved()

    def region_code(self, name: str, year: int | None, within: str = "") -> str:
        return ""

    def region_name(self, code: str) -> str:
        return ""


@lru_cache(maxsize=4)
def reference(folder: Path = ROOT / "raw" / "reference") -> Reference:
    return Reference(folder)
