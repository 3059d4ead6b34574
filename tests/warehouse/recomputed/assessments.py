"""Both assessments of a county by their conditions, one by one, and the verdict that follows."""

from collections import Counter
from collections.abc import Callable, Iterable
from math import isnan, nan

from tests.warehouse.recomputed.indicators import INDICATORS
from tests.warehouse.recomputed.reports import Row, Year
from tests.warehouse.recomputed.resources import ENDING, SEVEN, schools, spread

PRESCHOOL, QUALITY = "preschool_universal_inclusive_2020", "compulsory_quality_balanced_2017"
# Conditions without a number, vetoes among them.
DECIDED = {
    PRESCHOOL: [*(f"2.{n}" for n in range(1, 10)), "3.5", "3.6", "3.7", "3.8"],
    QUALITY: ["2.1", "2.2", "2.10", "2.15b", "3.3", "3.5", "3.6", "3.7", "3.8", "veto.1", "veto.2", "veto.3", "veto.4"],
}
# What does not decide: local amounts, limits inside another condition, and what the rule of schools already holds.
NOT_DECIDING = {
    PRESCHOOL: {"2.c", "2.d", "2.e", "3.2a", "3.2b", "3.2c", "3.2d"},
    QUALITY: {*(f"1.{n}" for n in range(1, 8)), "1.rule.a", "1.rule.b"},
}
COMPARED: dict[str, Callable[[float, float], bool]] = {
    ">=": lambda v, limit: v >= limit - 1e-9 * max(1, abs(limit)),
    ">": lambda v, limit: v > limit + 1e-9 * max(1, abs(limit)),
    "<=": lambda v, limit: v <= limit + 1e-9 * max(1, abs(limit)),
    "<": lambda v, limit: v < limit - 1e-9 * max(1, abs(limit)),
}
COUNTY_CONDITIONS = {
    PRESCHOOL: [
        ("1.1", "kg_gross_enrol_rate", "preschool", ">=", 85),
        ("1.2", "kg_inclusive_coverage", "preschool", ">=", 80),
        ("1.3", "kg_public_share_children", "preschool", ">=", 50),
        ("2.a", "kg_township_public_central_coverage", "preschool", ">=", 100),
        ("2.b", "kg_dangerous_incident_count", "preschool", "<=", 0),
        ("2.c", "kg_public_funds_per_child", "preschool", ">=", 500),
        ("2.d", "kg_inclusive_subsidy_per_child", "preschool", ">=", 500),
        ("2.e", "kg_nonstaffed_pay_ratio", "preschool", ">=", 75),
        ("3.2", "kg_class_size_compliance", "preschool", ">=", 85),
        ("3.3", "kg_children_per_teacher", "preschool", "<=", 15),
        ("3.4", "kg_cert_rate", "preschool", ">=", 100),
        ("4.1", "kg_social_recognition", "preschool", ">", 85),
    ],
    QUALITY: [
        ("2.7", "special_public_funds_per_pupil", "special", ">=", 6000),
        ("2.8", "teacher_civil_pay_ratio", "compulsory", ">=", 1),
        ("2.9", "teacher_training_completion", "compulsory", ">=", 100),
        ("2.11a", "rotation_rate_eligible", "compulsory", ">=", 10),
        ("2.11b", "rotation_backbone_share", "compulsory", ">=", 20),
        ("2.12", "teacher_certificate_rate", "compulsory", ">=", 100),
        ("2.13a", "zoned_entry_rate_pri", "primary", ">=", 100),
        ("2.13b", "zoned_entry_rate_jun", "junior", ">=", 95),
        ("2.14", "good_senior_quota_share", "senior", ">=", 50),
        ("2.15", "migrant_public_share", "compulsory", ">=", 85),
        ("3.1", "jun_three_year_retention", "junior", ">=", 95),
        ("3.2", "disabled_enrol_rate", "special", ">=", 95),
        ("3.9a", "national_monitor_level3", "compulsory", ">=", 3),
        ("3.9b", "national_monitor_school_variance", "compulsory", "<", 0.15),
        ("4.1", "eq_social_recognition", "compulsory", ">=", 85),
        ("0.1", "eq_years_since_basic", "compulsory", ">=", 3),
    ],
}

Key = tuple[str, str]
Conditions = dict[Key, tuple[str, float]]


def conditions(y: Year, assessment: str) -> Conditions:
    """Status and value by number and code; the value of a school's condition is the furthest from the limit."""
    found: Conditions = {}
    for number, code, stage, comparator, limit in COUNTY_CONDITIONS[assessment]:
        value = INDICATORS[code, stage](y)
        found[number, code] = ("no_data" if isnan(value) else _status(COMPARED[comparator](value, limit)), value)
    found |= _kindergartens(y) if assessment == PRESCHOOL else _schools(y)
    for number in DECIDED[assessment]:
        decision = y.reports.decisions.get((y.region, y.year, assessment, number), "needs_judgement")
        found[number, "judgement"] = (decision, nan)
    return found


def verdict(found: Conditions, assessment: str) -> str:
    statuses = {status for (number, _), (status, _) in found.items() if number not in NOT_DECIDING[assessment]}
    for status, told in (("needs_judgement", "undecided"), ("not_met", "not_met"), ("no_data", "no_data")):
        if status in statuses:
            return told
    return "met"


def _status(holds: bool) -> str:
    return "met" if holds else "not_met"


def _each(values: Iterable[float], comparator: str, limit: float) -> tuple[str, float]:
    """Every unit must hold; without one, nothing fails."""
    values = list(values)
    if not values:
        return "met", nan
    worst = min(values) if comparator == ">=" else max(values)
    return _status(COMPARED[comparator](worst, limit)), worst


def _classes(units: list[Row], over: Callable[[Row], int]) -> tuple[str, float]:
    """No class over the limit."""
    return _status(sum(over(unit) for unit in units) == 0), nan


def _kindergartens(y: Year) -> Conditions:
    units = [unit for unit in y.units if unit["stage"] == "preschool"]
    own = [unit for unit in units if not unit["attached"] and unit["pupils"] > 0]
    areas = (
        ("3.1a", "kg_outdoor_area_per_child", "outdoor_play_area_sqm", 4),
        ("3.1b", "kg_activity_area_per_child", "activity_area_sqm", 8.17),
        ("3.1c", "kg_building_area_per_child", "floor_area_sqm", 10.44),
    )
    found = {
        (number, code): _each([unit[column] / unit["pupils"] for unit in own], ">=", limit)
        for number, code, column, limit in areas
    }
    for number, age in (("3.2a", "small"), ("3.2b", "middle"), ("3.2c", "large"), ("3.2d", "mixed")):
        found[number, "kg_class_size_compliance"] = _classes(
            units, lambda unit, age=age: unit[f"classes_{age}"] - unit[f"classes_{age}_within"]
        )
    return found


def _schools(y: Year) -> Conditions:
    found: Conditions = {}
    ruled = schools(y)
    for level, stage in enumerate(("primary", "junior")):
        of_stage = [school for school in ruled if school.stage == stage]
        for n, (name, (standards, _)) in enumerate(SEVEN.items(), start=1):
            code = f"eq_{name}_{ENDING[stage]}"
            found[f"1.{n}", code] = _each([school.values[name] for school in of_stage], ">=", standards[level])
            cv = spread(y, name, stage).cv
            status = "no_data" if isnan(cv) else _status(COMPARED["<="](cv, (0.5, 0.45)[level]))
            found[f"1.cv.{n}", f"eq_cv_{ENDING[stage]}"] = (status, cv)
    found["1.rule.a", "eq_school_indicators_met"] = _each([float(school.met) for school in ruled], ">=", 6)
    found["1.rule.b", "eq_school_worst_ratio"] = _each([school.worst_pct for school in ruled], ">=", 85)
    passing = sum(school.passes for school in ruled)
    found["1.rule.c", "eq_county_school_pass_rate"] = (_status(passing == len(ruled)), 100 * passing / len(ruled))

    # Schools as a whole, sections together: rooms and the training budget are the school's.
    rows = {row["school_id"]: row for row in y.rows}
    classes: Counter[str] = Counter()
    for unit in y.assessed:
        classes[unit["parent_id"] if unit["is_section"] else unit["school_id"]] += unit["classes"]
    for part, number, area_number, least in (("music", "2.3a", "2.3c", 96), ("art", "2.3b", "2.3d", 90)):
        code = f"{part}_rooms_per_12"
        found[number, code] = _each([12 * rows[s][f"{part}_rooms"] / n for s, n in classes.items()], ">=", 1)
        smallest = [rows[s][f"{part}_room_smallest_sqm"] for s in classes if rows[s][f"{part}_rooms"] > 0]
        found[area_number, code] = _each(smallest, ">=", least)
    shares = [100 * rows[s]["training_spending_yuan"] / rows[s]["operating_budget_yuan"] for s in classes]
    found["3.4", "training_fund_share"] = _each(shares, ">=", 5)

    primary = [unit for unit in y.units if unit["stage"] == "primary"]
    junior = [unit for unit in y.units if unit["stage"] == "junior"]
    combined: Counter[str] = Counter()
    single = []
    for unit in primary + junior:
        if unit["school_kind"] in ("nine_year", "twelve_year"):
            combined[unit["parent_id"]] += unit["pupils"]
        else:
            single.append(float(unit["pupils"]))
    found["2.4a", "school_scale_compliance"] = _each(single, "<=", 2000)
    found["2.4b", "school_scale_compliance"] = _each([float(pupils) for pupils in combined.values()], "<=", 2500)
    found["2.5a", "pri_class_compliance"] = _classes(primary, lambda unit: unit["classes_46_50"] + _over_50(unit))
    found["2.5b", "jun_class_compliance"] = _classes(junior, _over_50)
    small = [
        float(unit["funded_pupils"])
        for unit in primary
        if 0 < unit["pupils"] < 100 and (unit["kind"] == "teaching_point" or unit["area_type"] == "village")
    ]
    found["2.6", "small_school_funding_floor"] = _each(small, ">=", 100)
    return found


def _over_50(unit: Row) -> int:
    return unit["classes_51_55"] + unit["classes_56_65"] + unit["classes_66_plus"]
