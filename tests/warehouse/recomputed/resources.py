"""Resources of assessed schools: how much each has, how they spread, and the rule a school must keep."""

from dataclasses import dataclass
from math import isnan, log, nan, sqrt

import pandas as pd

from tests.warehouse.recomputed.reports import Year

# The seven in the order of the measure of 2017: standards for primary and junior, scale of the value.
SEVEN = {
    "highqual_teachers": ((4.2, 5.3), 100), "backbone_teachers": ((1.0, 1.0), 100), "arts_pe_teachers": ((0.9, 0.9), 100),
    "teaching_area": ((4.5, 5.8), 1), "sports_area": ((7.5, 10.2), 1), "equipment_value": ((2000.0, 2500.0), 1),
    "multimedia_rooms": ((2.3, 2.4), 100),
}  # fmt: skip
# The eight of the basic balance of 2012: four of the seven, and four more.
EIGHT = (
    "teaching_area",
    "sports_area",
    "equipment_value",
    "computers",
    "books",
    "teachers",
    "highqual_teachers",
    "mid_title_teachers",
)
SCALES = {
    **{name: scale for name, (_, scale) in SEVEN.items()},
    "computers": 100,
    "books": 1,
    "teachers": 100,
    "mid_title_teachers": 100,
}
ENDING = {"primary": "pri", "junior": "jun"}


def amounts(units: pd.DataFrame, name: str, stage: str) -> pd.Series:
    """What each unit has of a resource."""
    simple = {
        "backbone_teachers": "teachers_backbone", "teaching_area": "teaching_area_sqm", "sports_area": "sports_area_sqm",
        "equipment_value": "equipment_value_yuan", "multimedia_rooms": "networked_classrooms", "computers": "terminals",
        "books": "books", "teachers": "teachers_fulltime", "mid_title_teachers": "teachers_mid_title",
    }  # fmt: skip
    if name in simple:
        return units[simple[name]].astype(float)
    if name == "highqual_teachers":
        columns = ["teachers_postgraduate", "teachers_bachelor", *(["teachers_college"] if stage == "primary" else [])]
        return units[columns].sum(axis=1, skipna=False).astype(float)
    subjects = units[["teachers_pe", "teachers_music", "teachers_art", "teachers_arts"]].sum(axis=1, skipna=False)
    visiting = units["visiting_arts_pe"].fillna(0).where(units["pupils"].between(50, 99), 0)
    return (subjects + visiting).astype(float)


@dataclass
class Spread:
    """How a resource spreads among the assessed units of a stage; nan where it has no meaning."""

    mean: float = nan
    cv: float = nan
    cv_plain: float = nan
    gini: float = nan
    theil: float = nan
    within: float = nan
    between: float = nan
    max_min: float = nan


def spread(y: Year, name: str, stage: str) -> Spread:
    units = y.assessed[y.assessed["stage"] == stage]
    has = list(amounts(units, name, stage))
    pupils = [float(p) for p in units["pupils"]]
    urban = list(units["area_type"] == "urban")
    if not has or any(isnan(a) for a in has) or sum(has) == 0:
        return Spread()
    x = [SCALES[name] * a / p for a, p in zip(has, pupils, strict=True)]
    whole, n = sum(pupils), len(x)
    mean = SCALES[name] * sum(has) / whole
    plain = sum(x) / n
    found = Spread(mean)
    found.cv = sqrt(sum(p * (v - mean) ** 2 for p, v in zip(pupils, x, strict=True)) / whole) / mean
    found.cv_plain = sqrt(sum((v - plain) ** 2 for v in x) / n) / plain
    found.gini = sum(
        pi * pj * abs(xi - xj) for pi, xi in zip(pupils, x, strict=True) for pj, xj in zip(pupils, x, strict=True)
    ) / (2 * whole**2 * mean)
    found.theil = _theil(pupils, x)
    within = between = 0.0
    for group in (True, False):
        of_group = [(p, v) for p, v, u in zip(pupils, x, urban, strict=True) if u is group or u == group]
        if not of_group:
            continue
        p, v = [list(column) for column in zip(*of_group, strict=True)]
        of_mean = sum(a * b for a, b in zip(p, v, strict=True)) / sum(p)
        if of_mean == 0:
            continue
        within += sum(p) * of_mean / (whole * mean) * _theil(p, v)
        between += sum(p) / whole * of_mean / mean * log(of_mean / mean)
    found.within, found.between = within, between
    found.max_min = max(x) / min(v for v in x if v > 0)
    return found


def _theil(weights: list[float], x: list[float]) -> float:
    whole = sum(weights)
    mean = sum(w * v for w, v in zip(weights, x, strict=True)) / whole
    return sum(w / whole * v / mean * log(v / mean) for w, v in zip(weights, x, strict=True) if v > 0)


@dataclass
class School:
    """One assessed unit under the rule: values of the seven, how many are met, the worst as a share of its standard."""

    school_id: str
    stage: str
    values: dict[str, float]
    met: int
    worst_pct: float

    @property
    def passes(self) -> bool:
        # Six of seven, and what is missed is not below 85 %.
        return self.met >= 6 and self.worst_pct >= 85 - 1e-9


def schools(y: Year) -> list[School]:
    found = []
    for level, stage in enumerate(("primary", "junior")):
        units = y.assessed[y.assessed["stage"] == stage]
        table = {name: SCALES[name] * amounts(units, name, stage) / units["pupils"] for name in SEVEN}
        for at, school_id in zip(units.index, units["school_id"], strict=True):
            values = {name: float(table[name][at]) for name in SEVEN}
            shares = {name: 100 * values[name] / SEVEN[name][0][level] for name in SEVEN}
            met = sum(share >= 100 - 1e-9 for share in shares.values())
            found.append(School(school_id, stage, values, met, min(shares.values())))
    return found
