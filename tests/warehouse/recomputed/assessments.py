"""Both assessments of a county by their conditions, one by one, and the verdict that follows."""

from collections.abc import Callable
from math import isnan, nan

import pandas as pd

from tests.warehouse.recomputed.indicators import INDICATORS
from tests.warehouse.recomputed.reports import Year
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
    decided = y.reports.judgements
    mine = decided[
        (decided["region_code"] == y.region) & (decided["year"] == str(y.year)) & (decided["assessment"] == assessment)
    ]
    decisions = dict(zip(mine["condition_no"], mine["decision"], strict=True))
    found |= {(number, "judgement"): (decisions.get(number, "needs_judgement"), nan) for number in DECIDED[assessment]}
    return found


def verdict(found: Conditions, assessment: str) -> str:
    statuses = {status for (number, _), (status, _) in found.items() if number not in NOT_DECIDING[assessment]}
    for status, told in (("needs_judgement", "undecided"), ("not_met", "not_met"), ("no_data", "no_data")):
        if status in statuses:
            return told
    return "met"


def _status(holds: bool) -> str:
    return "met" if holds else "not_met"


def _each(values: pd.Series, comparator: str, limit: float) -> tuple[str, float]:
    """Every unit must hold; without one, nothing fails."""
    if len(values) == 0:
        return "met", nan
    worst = values.min() if comparator == ">=" else values.max()
    return _status(COMPARED[comparator](float(worst), limit)), float(worst)


def _classes(over: pd.Series) -> tuple[str, float]:
    return _status(over.sum() == 0), nan


def _kindergartens(y: Year) -> Conditions:
    units = y.units[y.units["stage"] == "preschool"]
    own = units[~units["attached"] & (units["pupils"] > 0)]
    areas = (
        ("3.1a", "kg_outdoor_area_per_child", "outdoor_play_area_sqm", 4),
        ("3.1b", "kg_activity_area_per_child", "activity_area_sqm", 8.17),
        ("3.1c", "kg_building_area_per_child", "floor_area_sqm", 10.44),
    )
    found = {(number, code): _each(own[column] / own["pupils"], ">=", limit) for number, code, column, limit in areas}
    for number, age in zip(("3.2a", "3.2b", "3.2c", "3.2d"), ("small", "middle", "large", "mixed"), strict=True):
        found[number, "kg_class_size_compliance"] = _classes(units[f"classes_{age}"] - units[f"classes_{age}_within"])
    return found


def _schools(y: Year) -> Conditions:
    found: Conditions = {}
    ruled = schools(y)
    for level, stage in enumerate(("primary", "junior")):
        of_stage = [school for school in ruled if school.stage == stage]
        for n, (name, (standards, _)) in enumerate(SEVEN.items(), start=1):
            code = f"eq_{name}_{ENDING[stage]}"
            found[f"1.{n}", code] = _each(pd.Series([s.values[name] for s in of_stage]), ">=", standards[level])
            cv = spread(y, name, stage).cv
            found[f"1.cv.{n}", f"eq_cv_{ENDING[stage]}"] = (
                "no_data" if isnan(cv) else _status(COMPARED["<="](cv, (0.5, 0.45)[level])),
                cv,
            )
    found["1.rule.a", "eq_school_indicators_met"] = _each(pd.Series([s.met for s in ruled]), ">=", 6)
    found["1.rule.b", "eq_school_worst_ratio"] = _each(pd.Series([s.worst_pct for s in ruled]), ">=", 85)
    passing = 100 * sum(s.passes for s in ruled) / len(ruled)
    found["1.rule.c", "eq_county_school_pass_rate"] = (_status(all(s.passes for s in ruled)), passing)

    # Schools as a whole, sections together: rooms and the training budget are the school's.
    assessed = y.assessed
    whole = assessed["parent_id"].fillna(assessed["school_id"])
    rows = y.rows.set_index("school_id").loc[list(whole.unique())]
    classes = assessed.groupby(whole)["classes"].sum()
    for part, room, least in (("music", "2.3a", 96), ("art", "2.3b", 90)):
        code = f"{part}_rooms_per_12"
        found[room, code] = _each(12 * rows[f"{part}_rooms"] / classes.reindex(rows.index), ">=", 1)
        counted = rows[rows[f"{part}_rooms"] > 0]
        found[{"music": "2.3c", "art": "2.3d"}[part], code] = _each(counted[f"{part}_room_smallest_sqm"], ">=", least)
    found["3.4", "training_fund_share"] = _each(
        100 * rows["training_spending_yuan"] / rows["operating_budget_yuan"], ">=", 5
    )

    units = y.units[y.units["stage"].isin(["primary", "junior"])]
    combined = units["school_kind"].isin(["nine_year", "twelve_year"])
    found["2.4a", "school_scale_compliance"] = _each(units[~combined]["pupils"], "<=", 2000)
    found["2.4b", "school_scale_compliance"] = _each(units[combined].groupby("parent_id")["pupils"].sum(), "<=", 2500)
    over = ["classes_51_55", "classes_56_65", "classes_66_plus"]
    primary, junior = (units[units["stage"] == stage] for stage in ("primary", "junior"))
    found["2.5a", "pri_class_compliance"] = _classes(primary[["classes_46_50", *over]].sum(axis=1))
    found["2.5b", "jun_class_compliance"] = _classes(junior[over].sum(axis=1))
    small = primary[
        primary["pupils"].between(1, 99) & ((primary["kind"] == "teaching_point") | (primary["area_type"] == "village"))
    ]
    found["2.6", "small_school_funding_floor"] = _each(small["funded_pupils"], ">=", 100)
    return found
