"""Resources of assessed schools: how much each has, how they spread, and the rule a school must keep."""

from dataclasses import dataclass
from math import log, nan, sqrt

import numpy as np

from tests.warehouse.recomputed.indicators import plus
from tests.warehouse.recomputed.reports import Amount, Row, Year

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


_REPORTED: dict[str, Amount] = {
    "backbone_teachers": plus("teachers_backbone"),
    "teaching_area": plus("teaching_area_sqm"),
    "sports_area": plus("sports_area_sqm"),
    "equipment_value": plus("equipment_value_yuan"),
    "multimedia_rooms": plus("networked_classrooms"),
    "computers": plus("terminals"),
    "books": plus("books"),
    "teachers": plus("teachers_fulltime"),
    "mid_title_teachers": plus("teachers_mid_title"),
}


def amount(unit: Row, name: str) -> float | None:
    """What a unit has of a resource, None where it did not report it."""
    if name == "highqual_teachers":
        # Above the statutory qualification: college and higher in primary, bachelor and higher in junior schools.
        higher = ("teachers_college",) if unit["stage"] == "primary" else ()
        return plus("teachers_postgraduate", "teachers_bachelor", *higher)(unit)
    if name == "arts_pe_teachers":
        visiting = unit["visiting_arts_pe"] or 0 if 50 <= unit["pupils"] <= 99 else 0
        full_time = plus("teachers_pe", "teachers_music", "teachers_art", "teachers_arts")(unit)
        return None if full_time is None else full_time + visiting
    return _REPORTED[name](unit)


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
    units = [unit for unit in y.assessed if unit["stage"] == stage]
    amounts = [amount(unit, name) for unit in units]
    has = [a for a in amounts if a is not None]
    if len(has) < len(units) or sum(has) == 0:
        return Spread()
    pupils = [float(unit["pupils"]) for unit in units]
    urban = [unit["area_type"] == "urban" for unit in units]
    x = [SCALES[name] * a / p for a, p in zip(has, pupils, strict=True)]
    whole, n = sum(pupils), len(x)
    mean = SCALES[name] * sum(has) / whole
    plain = sum(x) / n
    found = Spread(mean)
    found.cv = sqrt(sum(p * (v - mean) ** 2 for p, v in zip(pupils, x, strict=True)) / whole) / mean
    found.cv_plain = sqrt(sum((v - plain) ** 2 for v in x) / n) / plain
    # All ordered pairs, as the definition has it.
    p, v = np.array(pupils), np.array(x)
    found.gini = float((np.outer(p, p) * np.abs(np.subtract.outer(v, v))).sum() / (2 * whole**2 * mean))
    found.theil = _theil(pupils, x)
    within = between = 0.0
    for group in (True, False):
        of_group = [
            (heads, value) for heads, value, is_urban in zip(pupils, x, urban, strict=True) if is_urban == group
        ]
        if not of_group:
            continue
        heads, values = [list(column) for column in zip(*of_group, strict=True)]
        of_mean = sum(h * x for h, x in zip(heads, values, strict=True)) / sum(heads)
        if of_mean == 0:
            continue
        within += sum(heads) * of_mean / (whole * mean) * _theil(heads, values)
        between += sum(heads) / whole * of_mean / mean * log(of_mean / mean)
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
    for unit in y.assessed:
        level = 0 if unit["stage"] == "primary" else 1
        values = {name: SCALES[name] * (amount(unit, name) or 0.0) / unit["pupils"] for name in SEVEN}
        shares = {name: 100 * values[name] / SEVEN[name][0][level] for name in SEVEN}
        met = sum(share >= 100 - 1e-9 for share in shares.values())
        found.append(School(unit["school_id"], unit["stage"], values, met, min(shares.values())))
    return found
