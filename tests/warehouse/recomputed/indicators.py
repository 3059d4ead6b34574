"""Indicators of the catalogue by their definitions: one function of a county's year each, keyed by code and stage."""

from collections.abc import Callable
from math import isnan, nan

from tests.warehouse.recomputed.reports import Amount, Row, Where, Year, ratio

Definition = Callable[[Year], float]


def plus(*columns: str) -> Amount:
    """The sum of a row's columns, missing where one of them is."""

    def amount(row: Row) -> float | None:
        cells = [row[column] for column in columns]
        return None if None in cells else sum(cells)

    return amount


def public(row: Row) -> bool:
    return row["ownership"] == "public"


def inclusive_private(row: Row) -> bool:
    return row["ownership"] == "private_inclusive"


def own(row: Row) -> bool:
    """Kindergartens of their own, without classes attached to schools."""
    return not row["attached"]


def yes(column: str) -> Where:
    return lambda row: row[column] == "yes"


def children(y: Year) -> float:
    return y.total("pupils", "preschool")


def compulsory(y: Year, column: str) -> float:
    return y.total(column, "primary", "junior")


def mean_of_autumns(y: Year, stage: str) -> float:
    return (y.total("pupils", stage) + y.ago(1).total("pupils", stage)) / 2


over_56 = plus("classes_56_65", "classes_66_plus")


def dropouts(y: Year, stage: str) -> float:
    """Terminology form: suspended, left, and moved away without arriving."""
    return y.total(plus("suspended", "left_school", "transfers_not_arrived"), stage)


def moved(y: Year, first: int, last: int) -> tuple[float, float, float]:
    """In, out and died of the cohort that left the last grade this year, over its years from the first grade on."""
    into = out = died = 0.0
    for grade in range(first, last + 1):
        then = y.ago(last - grade)
        stage = "primary" if grade <= 6 else "junior"
        into += then.total(f"transfers_in_grade_{grade}", stage)
        out += then.total(f"transfers_out_grade_{grade}", stage)
        died += then.total(f"deaths_grade_{grade}", stage)
    return into, out, died


def retention(y: Year, first: int, last: int) -> float:
    """Graduates of the cohort, transfers in taken off and transfers out put back, over its intake less its dead."""
    into, out, died = moved(y, first, last)
    leaving, entering = ("primary" if last <= 6 else "junior"), ("primary" if first <= 6 else "junior")
    intake = y.ago(last - first + 1).total(f"pupils_grade_{first}", entering)
    return ratio(y.total("graduates", leaving) - into + out, intake - died, 100)


def growth(y: Year, measure: str, stage: str = "all") -> float:
    return 100 * (ratio(y.fact(measure, stage), y.ago(1).fact(measure, stage)) - 1)


def allocation_gap(y: Year) -> float:
    before = y.ago(1)
    return 100 * (
        ratio(y.fact("education_allocation"), before.fact("education_allocation"))
        - ratio(y.fact("recurrent_revenue"), before.fact("recurrent_revenue"))
    )


def budget_share(y: Year) -> float:
    return ratio(y.fact("budget_education_funds"), y.fact("budget_expenditure"), 100)


def flag(*holds: float | bool) -> float:
    return nan if any(isinstance(h, float) and isnan(h) for h in holds) else float(all(holds))


def _positive(value: float) -> float | bool:
    return nan if isnan(value) else value > 0


def three_growths(y: Year) -> float:
    measures = ("per_pupil_education_funds", "per_pupil_operating_funds", "average_pay_teachers")
    return flag(_positive(allocation_gap(y)), *(_positive(growth(y, measure)) for measure in measures))


def two_no_decrease(y: Year) -> float:
    pairs = [(y.fact(m), y.ago(1).fact(m)) for m in ("budget_education_expenditure", "per_pupil_budget_funds")]
    return nan if any(isnan(x) for pair in pairs for x in pair) else float(all(now >= before for now, before in pairs))


def fifteen_years(y: Year) -> float:
    """Against the national standards: 85 in preschool, 95 retained, 90 at the senior stage."""
    values = [INDICATORS[key](y) for key in (("kg_gross_enrol_rate", "preschool"), ("nine_year_retention", "compulsory"), ("sen_gross_enrol_rate", "senior"))]  # fmt: skip
    return (
        nan if any(isnan(v) for v in values) else float(all(v >= s for v, s in zip(values, (85, 95, 90), strict=True)))
    )


def senior_stage(y: Year, column: str) -> float:
    return y.total(column, "senior", "vocational")


def kg_teachers(y: Year) -> float:
    """Teachers of attached classes are counted from 2021 on."""
    return y.total("teachers_fulltime", "preschool", where=own if y.year < 2021 else lambda u: True)


def kg_share(column: str, where: Where) -> Definition:
    return lambda y: ratio(y.total(column, "preschool", where=where), children(y), 100)


def kg_count_share(where: Where) -> Definition:
    return lambda y: ratio(y.count("preschool", where=where), y.count("preschool"), 100)


def of_facts(measure: str, other: str, stage: str, scale: float = 100, other_stage: str | None = None) -> Definition:
    return lambda y: ratio(y.fact(measure, stage), y.fact(other, other_stage or stage), scale)


def of_columns(above: str | Amount, below: str, stage: str, scale: float = 100) -> Definition:
    return lambda y: ratio(y.total(above, stage), y.total(below, stage), scale)


def per_pupil(column: str, stage: str) -> Definition:
    return lambda y: ratio(y.total(column, stage), mean_of_autumns(y, stage))


INDICATORS: dict[tuple[str, str], Definition] = {
    # Preschool.
    ("kg_gross_enrol_rate", "preschool"): lambda y: ratio(children(y), y.fact("population_3_5"), 100),
    ("kg_net_enrol_rate", "preschool"): lambda y: ratio(y.total("pupils_age_3_5", "preschool"), y.fact("population_3_5"), 100),
    ("kg_last_year_participation", "preschool"): lambda y: ratio(y.total("children_large", "preschool"), y.fact("population_5"), 100),
    ("kg_inclusive_coverage", "preschool"): kg_share("pupils", lambda u: public(u) or inclusive_private(u)),
    ("kg_public_share_children", "preschool"): kg_share("pupils", public),
    ("kg_inclusive_share_kg", "preschool"): kg_count_share(lambda s: public(s) or inclusive_private(s)),
    ("kg_public_share_kg", "preschool"): kg_count_share(public),
    ("kg_private_share_kg", "preschool"): kg_count_share(lambda s: not public(s)),
    ("kg_standardised_share", "preschool"): kg_count_share(yes("is_standardised")),
    ("kg_prov_quality_share_kg", "preschool"): kg_count_share(yes("is_prov_quality")),
    ("kg_quality_share_children", "preschool"): kg_share("pupils", yes("is_quality")),
    ("kg_township_public_central_coverage", "preschool"): of_facts("townships_public_central_kg", "townships", "preschool", other_stage="all"),
    ("kg_community_handover_rate", "preschool"): of_facts("estate_kg_handed_over", "estate_kg_due", "preschool"),
    ("kg_class_size_compliance", "preschool"): of_columns(plus("classes_small_within", "classes_middle_within", "classes_large_within", "classes_mixed_within"), "classes", "preschool"),
    ("kg_children_per_teacher", "preschool"): lambda y: ratio(children(y), kg_teachers(y)),
    ("kg_children_per_staff", "preschool"): of_columns("pupils", "staff", "preschool", 1),
    ("kg_children_per_care_staff", "preschool"): lambda y: ratio(children(y), y.total(plus("teachers_fulltime", "care_nurses"), "preschool")),
    ("kg_class_staffing_rate", "preschool"): of_columns("classes_two_one_staffed", "classes", "preschool"),
    ("kg_cert_rate", "preschool"): lambda y: ratio(y.total(plus("heads_certified", "teachers_certified"), "preschool"), y.total(plus("heads", "teachers_fulltime"), "preschool"), 100),
    ("kg_outdoor_area_per_child", "preschool"): of_columns("outdoor_play_area_sqm", "pupils", "preschool", 1),
    ("kg_activity_area_per_child", "preschool"): of_columns("activity_area_sqm", "pupils", "preschool", 1),
    ("kg_building_area_per_child", "preschool"): of_columns("floor_area_sqm", "pupils", "preschool", 1),
    ("kg_public_funds_per_child", "preschool"): lambda y: ratio(y.total("operating_grant_yuan", "preschool", where=public), y.total("pupils", "preschool", where=public)),
    ("kg_inclusive_subsidy_per_child", "preschool"): lambda y: ratio(y.total("subsidy_yuan", "preschool", where=inclusive_private), y.total("pupils", "preschool", where=inclusive_private)),
    ("kg_nonstaffed_pay_ratio", "preschool"): lambda y: ratio(y.fact("average_pay_nonestablished", "preschool", "public"), y.fact("average_pay_established", "preschool", "public"), 100),
    ("kg_social_recognition", "preschool"): of_facts("survey_satisfied", "survey_valid", "preschool"),
    ("kg_dangerous_incident_count", "preschool"): lambda y: y.fact("major_incidents", "preschool") + y.ago(1).fact("major_incidents", "preschool"),
    ("kg_budget_per_pupil", "preschool"): per_pupil("budget_funds_yuan", "preschool"),
    # Who is enrolled.
    ("pri_net_enrol_rate", "primary"): lambda y: ratio(y.total("pupils_school_age", "primary"), y.fact("population_primary_school_age"), 100),
    ("pri_gross_enrol_rate", "primary"): lambda y: ratio(y.total("pupils", "primary"), y.fact("population_primary_official"), 100),
    ("jun_gross_enrol_rate", "junior"): lambda y: ratio(y.total("pupils", "junior"), y.fact("population_12_14"), 100),
    ("comp_gross_enrol_rate", "compulsory"): lambda y: ratio(compulsory(y, "pupils"), y.fact("population_6_14"), 100),
    ("out_of_school_rate", "compulsory"): of_facts("not_enrolled", "population_6_14", "compulsory", other_stage="all"),
    ("disabled_enrol_rate", "special"): of_facts("disabled_enrolled", "disabled_school_age", "special"),
    ("migrant_public_share", "compulsory"): lambda y: ratio(y.fact("migrant_eligible", "compulsory", "public") + y.fact("migrant_purchased_places", "compulsory"), y.fact("migrant_eligible", "compulsory"), 100),
    ("zoned_entry_rate_pri", "primary"): of_facts("zoned_entrants", "entrants_zoned_base", "primary"),
    ("zoned_entry_rate_jun", "junior"): of_facts("zoned_entrants", "entrants_zoned_base", "junior"),
    ("good_senior_quota_share", "senior"): of_facts("good_senior_places_allotted", "good_senior_places_planned", "senior"),
    ("sen_gross_enrol_rate", "senior"): lambda y: ratio(senior_stage(y, "pupils"), y.fact("population_15_17"), 100),
    ("voc_entrant_share", "vocational"): lambda y: ratio(y.total("entrants", "vocational"), senior_stage(y, "entrants"), 100),
    ("voc_enrol_share", "vocational"): lambda y: ratio(y.total("pupils", "vocational"), senior_stage(y, "pupils"), 100),
    ("he_gross_enrol_rate", "higher"): of_facts("students_all_forms", "population_18_22", "higher", other_stage="all"),
    ("sen_to_he_progression", "senior"): lambda y: ratio(y.fact("entrants", "higher"), y.total("graduates", "senior"), 100),
    # Cohorts.
    ("pri_to_jun_progression", "primary"): lambda y: ratio(y.total("entrants", "junior"), y.total("graduates", "primary"), 100),
    ("jun_to_sen_progression", "junior"): lambda y: ratio(senior_stage(y, "entrants"), y.total("graduates", "junior"), 100),
    ("nine_year_retention", "compulsory"): lambda y: ratio(y.total("pupils_grade_9", "junior"), y.ago(8).total("pupils_grade_1", "primary"), 100),
    ("nine_year_retention_adj", "compulsory"): lambda y: retention(y, 1, 9),
    ("pri_six_year_retention", "primary"): lambda y: retention(y, 1, 6),
    ("jun_three_year_retention", "junior"): lambda y: retention(y, 7, 9),
    **{("annual_retention", stage): of_columns("pupils_year_end", "pupils_year_start", stage) for stage in ("primary", "junior", "senior")},
    ("pri_dropout_rate", "primary"): lambda y: ratio(dropouts(y, "primary"), y.ago(1).total("pupils", "primary"), 100),
    ("jun_dropout_rate", "junior"): lambda y: ratio(dropouts(y, "junior"), y.ago(1).total("pupils", "junior"), 100),
    ("comp_dropout_rate", "compulsory"): lambda y: ratio(dropouts(y, "primary") + dropouts(y, "junior"), compulsory(y.ago(1), "pupils"), 100),
    ("comp_completion_rate", "compulsory"): lambda y: ratio(y.total("graduates", "junior"), y.fact("population_junior_graduation_age"), 100),
    # Classes and sizes.
    ("large_class_share", "compulsory"): lambda y: ratio(y.total(over_56, "primary", "junior"), compulsory(y, "classes"), 100),
    ("super_large_class_share", "compulsory"): lambda y: ratio(compulsory(y, "classes_66_plus"), compulsory(y, "classes"), 100),
    ("pri_class_compliance", "primary"): of_columns(plus("classes_le_25", "classes_26_30", "classes_31_35", "classes_36_45"), "classes", "primary"),
    ("jun_class_compliance", "junior"): of_columns(plus("classes_le_25", "classes_26_30", "classes_31_35", "classes_36_45", "classes_46_50"), "classes", "junior"),
    ("sen_large_class_share", "senior"): of_columns(over_56, "classes", "senior"),
    **{("avg_class_size", stage): of_columns("pupils", "classes", stage, 1) for stage in ("preschool", "primary", "junior", "senior", "vocational", "special")},
    ("music_rooms_per_12", "compulsory"): lambda y: ratio(compulsory(y, "music_rooms"), compulsory(y, "classes"), 12),
    ("art_rooms_per_12", "compulsory"): lambda y: ratio(compulsory(y, "art_rooms"), compulsory(y, "classes"), 12),
    # Teachers.
    **{(f"{code}_pupils_per_teacher", stage): of_columns("pupils", "teachers_fulltime", stage, 1) for code, stage in (("pri", "primary"), ("jun", "junior"), ("sen", "senior"))},
    **{(f"{code}_pupils_per_staff", stage): of_columns("pupils", "staff", stage, 1) for code, stage in (("pri", "primary"), ("jun", "junior"), ("sen", "senior"))},
    **{("teacher_qualified_rate", stage): of_columns("teachers_qualified", "teachers_fulltime", stage) for stage in ("primary", "junior", "senior", "vocational", "special")},
    **{("backbone_teacher_rate", stage): of_columns("teachers_backbone", "teachers_fulltime", stage) for stage in ("primary", "junior", "senior")},
    ("pri_teacher_bachelor_rate", "primary"): of_columns(plus("teachers_postgraduate", "teachers_bachelor"), "teachers_fulltime", "primary"),
    ("jun_teacher_bachelor_rate", "junior"): of_columns(plus("teachers_postgraduate", "teachers_bachelor"), "teachers_fulltime", "junior"),
    ("teacher_certificate_rate", "compulsory"): lambda y: ratio(compulsory(y, "teachers_certified"), compulsory(y, "teachers_fulltime"), 100),
    ("teacher_training_completion", "compulsory"): lambda y: ratio(y.fact("teachers_360_hours", "compulsory"), compulsory(y, "teachers_fulltime"), 100),
    ("rotation_rate_eligible", "compulsory"): of_facts("teachers_rotated", "teachers_rotation_eligible", "compulsory"),
    ("rotation_backbone_share", "compulsory"): of_facts("teachers_backbone_rotated", "teachers_rotated", "compulsory"),
    ("rotation_rate_same_category", "compulsory"): of_facts("staff_category_rotated", "staff_category", "compulsory"),
    ("teacher_civil_pay_ratio", "compulsory"): of_facts("average_pay_teachers", "average_pay_civil_servants", "compulsory", 1, "all"),
    # Vocational schools.
    ("voc_progression_rate", "vocational"): of_columns("graduates_progressing", "graduates", "vocational"),
    ("voc_dual_certificate_rate", "vocational"): of_columns("graduates_certified", "graduates", "vocational"),
    ("voc_dual_teacher_rate", "vocational"): of_columns("teachers_dual", "teachers_specialised", "vocational"),
    # Money.
    ("edu_fiscal_gdp_share", "all"): of_facts("fiscal_education_funds", "gdp", "all"),
    ("edu_budget_share", "all"): budget_share,
    **{(f"{code}_budget_per_pupil", stage): per_pupil("budget_funds_yuan", stage) for code, stage in (("pri", "primary"), ("jun", "junior"), ("sen", "senior"), ("voc", "vocational"))},
    **{(f"{code}_public_funds_per_pupil", stage): per_pupil("operating_funds_yuan", stage) for code, stage in (("pri", "primary"), ("jun", "junior"), ("sen", "senior"))},
    ("special_public_funds_per_pupil", "special"): of_columns("operating_funds_yuan", "pupils", "special", 1),
    ("training_fund_share", "compulsory"): lambda y: ratio(compulsory(y, "training_spending_yuan"), compulsory(y, "operating_budget_yuan"), 100),
    ("grow_alloc_vs_revenue", "all"): allocation_gap,
    ("grow_per_pupil", "all"): lambda y: growth(y, "per_pupil_education_funds"),
    ("grow_public_funds", "all"): lambda y: growth(y, "per_pupil_operating_funds"),
    ("grow_teacher_pay", "all"): lambda y: growth(y, "average_pay_teachers"),
    ("three_growths", "all"): three_growths,
    ("budget_share_rise", "all"): lambda y: budget_share(y) - budget_share(y.ago(1)),
    ("three_growths_one_rise", "all"): lambda y: flag(_positive(three_growths(y)), _positive(budget_share(y) - budget_share(y.ago(1)))),
    ("two_no_decrease", "all"): two_no_decrease,
    **{("gov_exp_per_student_gdppc", stage): lambda y, stage=stage: ratio(ratio(y.fact("government_expenditure", stage), y.total("pupils", stage)), y.fact("gdp_per_capita"), 100) for stage in ("preschool", "primary", "junior", "senior", "vocational")},
    # Health, governance, projects.
    **{(code, stage): of_columns(above, below, stage) for code, above, below in (("physique_pass_rate", "fitness_pass", "fitness_tested"), ("physique_good_rate", "fitness_good", "fitness_tested"), ("myopia_rate", "pupils_myopic", "pupils_screened")) for stage in ("primary", "junior", "senior")},
    ("eq_social_recognition", "compulsory"): of_facts("survey_satisfied", "survey_valid", "compulsory"),
    ("eq_years_since_basic", "compulsory"): lambda y: y.fact("assessment_year", "compulsory") - y.fact("basic_balance_year", "compulsory"),
    ("national_monitor_level3", "compulsory"): lambda y: y.fact("monitor_level", "compulsory"),
    ("national_monitor_school_variance", "compulsory"): of_facts("score_variance_between", "score_variance_total", "compulsory", 1),
    **{(code, stage): lambda y, flagged=flagged, stage=stage: ratio(y.count(stage, where=yes(flagged)), y.count(stage), 100) for code, flagged in (("law_governed_school_share", "is_law_standard"), ("internet_school_share", "has_broadband")) for stage in ("junior", "senior")},
    ("new_places", "all"): lambda y: y.fact("places_new_schools") + y.fact("places_enlarged"),
    ("net_new_places", "all"): lambda y: y.fact("places_added") - y.fact("places_withdrawn"),
    **{("place_demand_ratio", stage): lambda y, stage=stage: ratio(y.total("places_usable", stage), y.fact("children_expected", stage), 100) for stage in ("preschool", "primary", "junior")},
    ("project_civil_completion", "compulsory"): of_facts("civil_area_completed", "civil_area_planned", "compulsory"),
    ("project_equipment_completion", "compulsory"): of_facts("equipment_value_purchased", "equipment_value_planned", "compulsory"),
    ("community_education_coverage", "all"): of_facts("communities_with_education", "communities", "all"),
    ("special_class_fifteen", "special"): lambda y: flag(y.fact("special_preschool_provision", "special") == 1, y.fact("special_senior_provision", "special") == 1),
    ("new_labour_schooling_years", "all"): of_facts("new_labour_schooling_years_total", "new_labour", "all", 1),
    ("working_age_schooling_years", "all"): of_facts("working_age_schooling_years_total", "population_16_59", "all", 1),
    ("fifteen_year_universal", "all"): fifteen_years,
}  # fmt: skip
