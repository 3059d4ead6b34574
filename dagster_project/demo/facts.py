"""County facts that no school reports: population, surveys, pay, rotation, money of the county, as rows of records.

Each figure stands to what the county's schools report as the county's levels say, so that a level is what comes out.
"""

import math
from collections import Counter
from collections.abc import Iterable
from typing import Any

from dagster_project.demo.county import County

Row = dict[str, Any]

NOTE = "合成数据，非真实数字 / synthetic, no real figure"
SOURCE = "合成县情 / synthetic county facts"
_STAGE = {"kindergarten": "preschool", "teaching_point": "primary"}
_SUMMED = (
    "pupils", "children_large", "pupils_school_age", "entrants", "graduates", "disabled_pupils",
    "migrant_children", "teachers_fulltime",
)  # fmt: skip
# Yuan a head and year.
_PAY, _PER_PUPIL = 78_000.0, 11_000.0


def before(county: County, first: int) -> list[Row]:
    """Figures of the year before the first one, from which growth is reckoned."""
    year = first - 1
    rows = _money(county, year, first)
    return [*rows, _row(county.code, year, "preschool", "major_incidents", county.level("kg_incidents"))]


def of_year(county: County, first: int, year: int, schools: Iterable[Row]) -> list[Row]:
    """All facts of a county and year, beside the rows its schools reported for that year."""
    total: Counter[tuple[str, str]] = Counter()
    for school in schools:
        if "pupils" in school:
            kind = str(school["kind"])
            stage = _STAGE.get(kind, kind)
            for column in _SUMMED:
                total[stage, column] += school.get(column, 0)

    def heads(stage: str, column: str = "pupils") -> int:
        return total[stage, column]

    level = county.level
    children, compulsory = heads("preschool"), heads("primary") + heads("junior")
    rows: list[Row] = []

    def fact(stage: str, measure: str, value: float, segment: str = "") -> None:
        rows.append(_row(county.code, year, stage, measure, value, segment))

    aged = {
        "population_3_5": children / level("kg_gross"),
        "population_5": heads("preschool", "children_large") / level("kg_last_year"),
        "population_primary_official": heads("primary") / 1.004,
        "population_12_14": heads("junior") / 1.006,
        "population_15_17": (heads("senior") + heads("vocational")) / level("sen_gross"),
    }
    for measure, people in aged.items():
        fact("all", measure, round(people))
        fact("all", measure, round(people * 0.471), "female")
        fact("all", measure, round(people) - round(people * 0.471), "male")
    fact("all", "population_primary_school_age", round(heads("primary", "pupils_school_age") / 0.9996))
    fact("all", "population_6_14", round(compulsory / 1.002))
    fact("all", "population_junior_graduation_age", round(heads("junior", "graduates") / 0.986))
    fact("all", "population_18_22", round(compulsory * 0.5))
    fact("all", "population_16_59", round(compulsory * 6.2))
    fact("all", "population_total", round(compulsory * 9.6))
    fact("all", "working_age_schooling_years_total", round(compulsory * 6.2 * 10.4))
    fact("all", "new_labour", round(compulsory * 0.11))
    fact("all", "new_labour_schooling_years_total", round(compulsory * 0.11 * 13.7))
    for column, measure in (("pupils", "enrolment"), ("entrants", "entrants")):
        # No school of the county is one for skilled workers.
        fact("senior_stage", measure, heads("senior", column) + heads("vocational", column))
        fact("vocational", f"{measure}_incl_technician", heads("vocational", column))
    fact("compulsory", "not_enrolled", round(compulsory * 0.0004))
    fact("higher", "students_all_forms", round(compulsory * 0.5 * 0.58))
    fact("higher", "entrants", round(heads("senior", "graduates") * 0.91))

    townships = 10
    fact("all", "townships", townships)
    fact("preschool", "townships_public_central_kg", round(townships * level("townships_covered")))
    fact("preschool", "estate_kg_due", 5)
    fact("preschool", "estate_kg_handed_over", round(5 * level("estate_handed_over")))
    fact("preschool", "major_incidents", level("kg_incidents"))
    fact("preschool", "average_pay_established", round(_PAY * 0.9), "public")
    fact("preschool", "average_pay_nonestablished", round(_PAY * 0.9 * level("kg_nonestablished_pay")), "public")
    for stage, satisfied in (("preschool", "kg_satisfied"), ("compulsory", "compulsory_satisfied")):
        fact(stage, "survey_valid", 2_000)
        fact(stage, "survey_satisfied", round(2_000 * level(satisfied)))

    known = sum(heads(stage, "disabled_pupils") for stage in ("primary", "junior", "special"))
    fact("special", "disabled_enrolled", known)
    fact("special", "disabled_school_age", round(known / level("disabled_enrolled")))
    fact("special", "special_preschool_provision", 1)
    fact("special", "special_senior_provision", 1)
    migrants = heads("primary", "migrant_children") + heads("junior", "migrant_children")
    fact("compulsory", "migrant_eligible", migrants)
    fact("compulsory", "migrant_eligible", round(migrants * level("migrant_public")), "public")
    fact("compulsory", "migrant_purchased_places", round(migrants * level("migrant_purchased")))
    for stage in ("primary", "junior"):
        base = round(heads(stage, "entrants") * 0.7)
        fact(stage, "entrants_zoned_base", base)
        fact(stage, "zoned_entrants", round(base * level(f"zoned_{stage}")))
    quota = round(heads("senior", "entrants") * 0.5)
    fact("senior", "good_senior_places_planned", quota)
    fact("senior", "good_senior_places_allotted", round(quota * level("good_senior_quota")))

    teachers = heads("primary", "teachers_fulltime") + heads("junior", "teachers_fulltime")
    eligible = max(10, round(teachers * 0.4))
    rotated = max(4, round(eligible * level("rotated")))
    rotated_backbone = math.ceil(rotated * level("rotated_backbone"))
    fact("compulsory", "teachers_rotation_eligible", eligible)
    fact("compulsory", "teachers_rotated", rotated)
    fact("compulsory", "teachers_backbone_rotated", rotated_backbone)
    fact("compulsory", "staff_category", teachers)
    fact("compulsory", "staff_category_rotated", rotated)
    fact("compulsory", "teachers_360_hours", round(teachers * level("trained")))
    fact("compulsory", "monitor_level", level("monitor_level"))
    fact("compulsory", "score_variance_between", round(9_600 * level("score_variance"), 2))
    fact("compulsory", "score_variance_total", 9_600)
    fact("compulsory", "assessment_year", year)
    fact("compulsory", "basic_balance_year", first - 1)

    # One county: recognised or not.
    fact("all", "counties", 1)
    fact("compulsory", "counties_recognised_basic", 1)
    fact("compulsory", "counties_recognised_quality", int(year - first > 8 and not county.edge_cases))
    fact("preschool", "counties_recognised_preschool", int(year - first > 5 and not county.edge_cases))

    fact("compulsory", "civil_area_planned", 60_000)
    fact("compulsory", "civil_area_completed", 57_300)
    fact("compulsory", "equipment_value_planned", 24_000_000)
    fact("compulsory", "equipment_value_purchased", 22_900_000)
    fact("all", "communities", 48)
    fact("all", "communities_with_education", 41)
    fact("all", "places_new_schools", 900)
    fact("all", "places_enlarged", 480)
    fact("all", "places_added", 1_380)
    fact("all", "places_withdrawn", 350)
    for stage in ("preschool", "primary", "junior"):
        fact(stage, "children_expected", round(heads(stage) * 1.015))
        fact(stage, "government_expenditure", round(heads(stage) * _grown(_PER_PUPIL, 0.05, year - first)))
    for stage in ("senior", "vocational"):
        fact(stage, "government_expenditure", round(heads(stage) * _grown(_PER_PUPIL * 1.4, 0.05, year - first)))
    return rows + _money(county, year, first)


def _money(county: County, year: int, first: int) -> list[Row]:
    """Money of the county and yearly pay: what grows from year to year."""
    t = year - first
    size = county.schools * 4_000_000.0
    growth, pupil = county.level("allocation_growth"), county.level("per_pupil_growth")
    pay = _grown(_PAY, 0.045, t)
    allocation, spending = _grown(size, growth, t), _grown(size * 5.2, growth - 0.012, t)
    gdp = _grown(size * 30, 0.055, t)
    figures = {
        ("all", "education_allocation"): allocation,
        ("all", "recurrent_revenue"): _grown(size * 3.1, county.level("revenue_growth"), t),
        ("all", "budget_education_funds"): allocation * 1.02,
        ("all", "budget_education_expenditure"): allocation * 1.01,
        ("all", "fiscal_education_funds"): allocation * 1.25,
        ("all", "budget_expenditure"): spending,
        ("all", "gdp"): gdp,
        ("all", "gdp_per_capita"): _grown(58_000.0, 0.05, t),
        ("all", "per_pupil_education_funds"): _grown(_PER_PUPIL * 1.3, pupil, t),
        ("all", "per_pupil_budget_funds"): _grown(_PER_PUPIL, pupil, t),
        ("all", "per_pupil_operating_funds"): _grown(2_400.0, pupil, t),
        ("all", "average_pay_teachers"): pay,
        ("compulsory", "average_pay_teachers"): pay,
        ("all", "average_pay_civil_servants"): pay / county.level("pay_to_civil"),
    }
    return [_row(county.code, year, stage, measure, round(value, 2)) for (stage, measure), value in figures.items()]


def _grown(amount: float, rate: float, years: int) -> float:
    return amount * (1 + rate) ** years


def _row(region: str, year: int, stage: str, measure: str, value: float, segment: str = "") -> Row:
    return {
        "region_code": region, "year": year, "stage": stage, "segment": segment, "measure_code": measure,
        "value": value, "source_zh": SOURCE, "note": NOTE,
    }  # fmt: skip
