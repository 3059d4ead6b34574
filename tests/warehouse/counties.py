"""Counties small enough to check by hand: what one hands in, one that passes both assessments, and how it is handed in."""

from dataclasses import dataclass, field
from typing import Any

from dagster_project.ingest.contract import load_contracts
from tests.conftest import Site

YEAR = 2024
PRESCHOOL = "preschool_universal_inclusive_2020"
QUALITY = "compulsory_quality_balanced_2017"


@dataclass
class County:
    """What a county hands in: schools by name, facts by (year, stage, segment, measure), conditions people decided."""

    code: str
    schools: dict[str, dict[str, Any]] = field(default_factory=dict)
    facts: dict[tuple[int, str, str, str], float] = field(default_factory=dict)
    decided: dict[tuple[str, str], str] = field(default_factory=dict)


def school(kind: str, pupils: int | None, area_type: str = "town", **columns: Any) -> dict[str, Any]:
    return {"kind": kind, "ownership": "public", "area_type": area_type, "pupils": pupils, **columns}


def kindergarten(ownership: str, each: int, children: int, staff: int) -> dict[str, Any]:
    return school(
        "kindergarten", children, ownership=ownership, classes=3 * each,
        classes_small=each, classes_small_within=each, classes_middle=each, classes_middle_within=each,
        classes_large=each, classes_large_within=each, classes_mixed=0, classes_mixed_within=0,
        teachers_fulltime=staff, teachers_certified=staff, heads=1, heads_certified=1,
        outdoor_play_area_sqm=4 * children, activity_area_sqm=8.17 * children, floor_area_sqm=10.44 * children,
        operating_grant_yuan=600 * children, subsidy_yuan=600 * children,
    )  # fmt: skip


def teachers(above: int, backbone: int, pe: int) -> dict[str, Any]:
    return {
        "teachers_fulltime": above, "teachers_certified": above, "teachers_postgraduate": 0, "teachers_bachelor": above,
        "teachers_college": 0, "teachers_backbone": backbone, "teachers_pe": pe, "teachers_music": 0, "teachers_art": 0,
        "teachers_arts": 0,
    }  # fmt: skip


def place(teaching: float, sports: float, equipment: float, networked: int, rooms: int) -> dict[str, Any]:
    return {
        "teaching_area_sqm": teaching, "sports_area_sqm": sports, "equipment_value_yuan": equipment,
        "networked_classrooms": networked, "music_rooms": rooms, "music_room_smallest_sqm": 96, "art_rooms": rooms,
        "art_room_smallest_sqm": 90, "operating_budget_yuan": 800_000, "training_spending_yuan": 40_000,
    }  # fmt: skip


_BANDS = ("le_25", "26_30", "31_35", "36_45", "46_50", "51_55", "56_65", "66_plus")


def classes(count: int, band: str, over: int = 0) -> dict[str, Any]:
    """Classes in one band of sizes, `over` of them instead among those of 66 and more."""
    bands = {f"classes_{name}": 0 for name in _BANDS}
    return {**bands, "classes": count, f"classes_{band}": count - over, "classes_66_plus": over}


def passing(code: str) -> County:
    """A county that passes both, on many limits exactly: 15 children a teacher, 96 m² a music room, 5 % for training."""
    schools = {
        "甲幼儿园": kindergarten("public", 1, 90, 6),
        "乙幼儿园": kindergarten("private_inclusive", 1, 60, 4),
        # On the standard in every resource, or a little above it.
        "甲小学": school("primary", 1000, **teachers(42, 10, 9), **place(4500, 7500, 2e6, 23, 3), **classes(25, "36_45")),
        "乙小学": school(
            "primary", 80, "village", funded_pupils=100, **teachers(4, 1, 1), **place(400, 640, 160_000, 2, 1),
            **classes(6, "le_25"),
        ),
        "甲初中": school(
            "junior", 1000, graduates=320, **teachers(53, 10, 9), **place(5800, 10_200, 2.5e6, 24, 2),
            **classes(20, "46_50"),
        ),
        # Of 500 and 400 pupils: 500 and 440 shares of what the school has.
        "九年制学校": school("nine_year", None, **place(5000, 8800, 2.2e6, 22, 2)),
        "小学部": school("primary", 500, parent_id="九年制学校", **teachers(21, 5, 5), **classes(12, "36_45")),
        "初中部": school("junior", 400, parent_id="九年制学校", graduates=130, **teachers(22, 4, 4), **classes(8, "46_50")),
        "特教学校": school("special", 30, operating_funds_yuan=180_000),
    }  # fmt: skip
    facts = {
        ("all", "all", "population_3_5"): 160, ("preschool", "all", "townships_public_central_kg"): 8,
        ("all", "all", "townships"): 8, ("preschool", "public", "average_pay_nonestablished"): 80_000,
        ("preschool", "public", "average_pay_established"): 100_000, ("preschool", "all", "survey_satisfied"): 86,
        ("preschool", "all", "survey_valid"): 100, ("preschool", "all", "major_incidents"): 0,
        ("compulsory", "all", "average_pay_teachers"): 90_000, ("all", "all", "average_pay_civil_servants"): 90_000,
        ("compulsory", "all", "teachers_360_hours"): 142, ("compulsory", "all", "teachers_rotated"): 44,
        ("compulsory", "all", "teachers_rotation_eligible"): 400, ("compulsory", "all", "teachers_backbone_rotated"): 10,
        ("primary", "all", "zoned_entrants"): 300, ("primary", "all", "entrants_zoned_base"): 300,
        ("junior", "all", "zoned_entrants"): 285, ("junior", "all", "entrants_zoned_base"): 300,
        ("senior", "all", "good_senior_places_allotted"): 250, ("senior", "all", "good_senior_places_planned"): 500,
        ("compulsory", "public", "migrant_eligible"): 80, ("compulsory", "all", "migrant_eligible"): 100,
        ("compulsory", "all", "migrant_purchased_places"): 5, ("special", "all", "disabled_enrolled"): 95,
        ("special", "all", "disabled_school_age"): 100, ("junior", "all", "cohort_transfers_in"): 0,
        ("junior", "all", "cohort_transfers_out"): 0, ("junior", "all", "cohort_deaths"): 0,
        ("compulsory", "all", "monitor_level"): 3, ("compulsory", "all", "score_variance_between"): 14,
        ("compulsory", "all", "score_variance_total"): 100, ("compulsory", "all", "survey_satisfied"): 85,
        ("compulsory", "all", "survey_valid"): 100, ("compulsory", "all", "assessment_year"): YEAR,
        ("compulsory", "all", "basic_balance_year"): YEAR - 3,
    }  # fmt: skip
    dated = {(YEAR, *key): value for key, value in facts.items()}
    dated |= {
        (YEAR - 1, "preschool", "all", "major_incidents"): 0,
        (YEAR - 3, "junior", "all", "enrolment_grade_7"): 460,
    }
    judged = {PRESCHOOL: [f"2.{n}" for n in range(1, 10)] + [f"3.{n}" for n in range(5, 9)]}
    judged[QUALITY] = [
        "2.1",
        "2.2",
        "2.10",
        "2.15b",
        "3.3",
        "3.5",
        "3.6",
        "3.7",
        "3.8",
        *(f"veto.{n}" for n in range(1, 5)),
    ]
    decided = {(assessment, no): "met" for assessment, numbers in judged.items() for no in numbers}
    return County(code, schools, dated, decided)


def assorted() -> list[County]:
    """One county that passes, and one of which there is something to be said: every status, a school that passes by the
    rule of 85 %, one that fails, a class too large, a figure that is missing, a condition nobody decided.
    """
    county = passing("430503")
    county.schools["甲幼儿园"] |= {"outdoor_play_area_sqm": 270, "classes_small_within": 0}
    county.schools["甲小学"] |= {**teachers(42, 10, 8), **classes(25, "36_45", over=1)}
    county.schools["甲初中"] |= {**teachers(53, 9, 8), "training_spending_yuan": 39_000}
    county.facts[YEAR, "preschool", "public", "average_pay_nonestablished"] = 50_000
    del county.facts[YEAR, "compulsory", "all", "teachers_rotation_eligible"]
    del county.decided[QUALITY, "3.8"]
    return [passing("430502"), county]


def remarkable() -> County:
    """A county with something to remark of most schools, a column that one did not report, facts beside sums, and
    figures that were published of it (云岩区, in the shipped data).
    """
    schools = {
        "甲幼儿园": kindergarten("public", 1, 90, 6),
        "乙幼儿园": kindergarten("private", 1, 60, 4),
        "甲小学": school("primary", 600, "urban", places_usable=560, **teachers(30, 6, 6), **classes(14, "36_45"), terminals=60),
        "乙小学": school("primary", 0, "town", **teachers(1, 0, 0), **classes(0, "le_25"), terminals=5),
        "丙教学点": school("teaching_point", 31, "village", teachers_fulltime=3, **classes(3, "le_25"), terminals=4),
        "丁小学": school("primary", 60, "village", teachers_fulltime=5, **classes(2, "26_30")),
        "甲初中": school("junior", 300, "urban", **teachers(24, 5, 4), **classes(7, "36_45"), equipment_value_yuan=0, terminals=30),
    }  # fmt: skip
    facts = {
        (YEAR, "preschool", "all", "enrolment"): 30_600.0, (YEAR, "primary", "all", "enrolment"): 700.0,
        (YEAR, "primary", "all", "classes"): 19.0, (YEAR, "all", "all", "townships"): 8.0,
    }  # fmt: skip
    return County("520103", schools, facts)


def hand_in(site: Site, counties: list[County]) -> None:
    """Write what counties hand in as the files of a site."""
    columns = {
        name: [c.name for c in load_contracts()[name].columns]
        for name in ("schools", "county_facts", "condition_judgements")
    }
    rows = [
        {
            "year": YEAR, "region_code": county.code, "school_id": f"{county.code}-{name}", "name_zh": name,
            **{column: "" if value is None else value for column, value in school.items()},
            "parent_id": f"{county.code}-{school['parent_id']}" if "parent_id" in school else "",
        }
        for county in counties
        for name, school in county.schools.items()
    ]  # fmt: skip
    site.table(f"schools/{YEAR}.csv", columns["schools"], rows)
    for year in sorted({key[0] for county in counties for key in county.facts}):
        rows = [
            {
                "region_code": county.code, "year": year, "stage": stage, "segment": segment, "measure_code": measure,
                "value": value, "source_zh": "测试",
            }
            for county in counties
            for (of_year, stage, segment, measure), value in county.facts.items()
            if of_year == year
        ]  # fmt: skip
        site.table(f"county_facts/{year}.csv", columns["county_facts"], rows)
    rows = [
        {
            "region_code": county.code, "year": YEAR, "assessment": assessment, "condition_no": number,
            "decision": decision, "decided_by": "评估组", "decided_on": "2025-03-01", "evidence": "现场核查",
        }
        for county in counties
        for (assessment, number), decision in county.decided.items()
    ]  # fmt: skip
    site.table("local/condition_judgements.csv", columns["condition_judgements"], rows)
