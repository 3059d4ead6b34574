"""Both county assessments on counties small enough to check by hand, through the real models.

Every county begins as one that passes both; a case changes what it is about and nothing else. The numbers of the school
rule (W4) are those of the official example: 4.5, 1.2, 0.8, 4.6, 7.6, 2100 and 2.5 in a primary school of 1000 pupils.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import duckdb
import pytest

from dagster_project.ingest.contract import load_contracts
from tests.conftest import Site, new_site

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


def _school(kind: str, pupils: int | None, area_type: str = "town", **columns: Any) -> dict[str, Any]:
    return {"kind": kind, "ownership": "public", "area_type": area_type, "pupils": pupils, **columns}


def _kindergarten(ownership: str, classes: int, children: int, teachers: int) -> dict[str, Any]:
    return _school(
        "kindergarten", children, ownership=ownership, classes=3 * classes,
        classes_small=classes, classes_small_within=classes, classes_middle=classes, classes_middle_within=classes,
        classes_large=classes, classes_large_within=classes, classes_mixed=0, classes_mixed_within=0,
        teachers_fulltime=teachers, teachers_certified=teachers, heads=1, heads_certified=1,
        outdoor_play_area_sqm=4 * children, activity_area_sqm=8.17 * children, floor_area_sqm=10.44 * children,
        operating_grant_yuan=600 * children, subsidy_yuan=600 * children,
    )  # fmt: skip


def _teachers(above: int, backbone: int, pe: int) -> dict[str, Any]:
    return {
        "teachers_fulltime": above, "teachers_certified": above, "teachers_postgraduate": 0, "teachers_bachelor": above,
        "teachers_college": 0, "teachers_backbone": backbone, "teachers_pe": pe, "teachers_music": 0, "teachers_art": 0,
        "teachers_arts": 0,
    }  # fmt: skip


def _site(teaching: float, sports: float, equipment: float, networked: int, rooms: int) -> dict[str, Any]:
    return {
        "teaching_area_sqm": teaching, "sports_area_sqm": sports, "equipment_value_yuan": equipment,
        "networked_classrooms": networked, "music_rooms": rooms, "music_room_smallest_sqm": 96, "art_rooms": rooms,
        "art_room_smallest_sqm": 90, "operating_budget_yuan": 800_000, "training_spending_yuan": 40_000,
    }  # fmt: skip


_BANDS = ("le_25", "26_30", "31_35", "36_45", "46_50", "51_55", "56_65", "66_plus")


def _classes(count: int, band: str, over: int = 0) -> dict[str, Any]:
    """Classes in one band of sizes, `over` of them instead among those of 66 and more."""
    bands = {f"classes_{name}": 0 for name in _BANDS}
    return {**bands, "classes": count, f"classes_{band}": count - over, "classes_66_plus": over}


def passing(code: str) -> County:
    """A county that passes both, on many limits exactly: 15 children a teacher, 96 m² a music room, 5 % for training."""
    schools = {
        "甲幼儿园": _kindergarten("public", 1, 90, 6),
        "乙幼儿园": _kindergarten("private_inclusive", 1, 60, 4),
        # On the standard in every resource, or a little above it.
        "甲小学": _school("primary", 1000, **_teachers(42, 10, 9), **_site(4500, 7500, 2e6, 23, 3), **_classes(25, "36_45")),
        "乙小学": _school(
            "primary", 80, "village", funded_pupils=100, **_teachers(4, 1, 1), **_site(400, 640, 160_000, 2, 1),
            **_classes(6, "le_25"),
        ),
        "甲初中": _school(
            "junior", 1000, graduates=320, **_teachers(53, 10, 9), **_site(5800, 10_200, 2.5e6, 24, 2),
            **_classes(20, "46_50"),
        ),
        # Of 500 and 400 pupils: 500 and 440 shares of what the school has.
        "九年制学校": _school("nine_year", None, **_site(5000, 8800, 2.2e6, 22, 2)),
        "小学部": _school("primary", 500, parent_id="九年制学校", **_teachers(21, 5, 5), **_classes(12, "36_45")),
        "初中部": _school("junior", 400, parent_id="九年制学校", graduates=130, **_teachers(22, 4, 4), **_classes(8, "46_50")),
        "特教学校": _school("special", 30, operating_funds_yuan=180_000),
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
    dated |= {(YEAR - 1, "preschool", "all", "major_incidents"): 0, (YEAR - 3, "junior", "all", "enrolment_grade_7"): 460}
    judged = {PRESCHOOL: [f"2.{n}" for n in range(1, 10)] + [f"3.{n}" for n in range(5, 9)]}
    judged[QUALITY] = ["2.1", "2.2", "2.10", "2.15b", "3.3", "3.5", "3.6", "3.7", "3.8", *(f"veto.{n}" for n in range(1, 5))]
    decided = {(assessment, no): "met" for assessment, numbers in judged.items() for no in numbers}
    return County(code, schools, dated, decided)


def _as_is(county: County) -> None:
    pass


def _too_few_public_children(county: County) -> None:
    # 60 children of 150 in public kindergartens: 40 %; 15 more would make the half.
    county.schools["甲幼儿园"]["ownership"], county.schools["乙幼儿园"]["ownership"] = "private_inclusive", "public"


def _one_undecided(county: County) -> None:
    del county.decided[PRESCHOOL, "2.4"], county.decided[QUALITY, "veto.3"]
    # What the figures say does not settle what people have yet to decide.
    county.facts[YEAR, "preschool", "all", "survey_satisfied"] = 50


def _decided_against(county: County) -> None:
    county.decided[QUALITY, "veto.1"] = "not_met"


def _local_variants_missed(county: County) -> None:
    for school in county.schools.values():
        if school["kind"] == "kindergarten":
            school |= {"operating_grant_yuan": school["pupils"] * 300, "subsidy_yuan": school["pupils"] * 300}
    county.facts[YEAR, "preschool", "public", "average_pay_nonestablished"] = 50_000


def _one_of_seven(arts_pe: int, equipment: float) -> Callable[[County], None]:
    """甲小学 with the values of W4; the third and the sixth vary."""

    def change(county: County) -> None:
        county.schools["甲小学"] |= {
            **_teachers(45, 12, arts_pe), "teaching_area_sqm": 4600, "sports_area_sqm": 7600,
            "equipment_value_yuan": equipment * 1000, "networked_classrooms": 25,
        }  # fmt: skip
        county.facts[YEAR, "compulsory", "all", "teachers_360_hours"] = 145

    return change


def _an_incident_and_a_low_level(county: County) -> None:
    county.facts[YEAR - 1, "preschool", "all", "major_incidents"] = 1
    county.facts[YEAR, "compulsory", "all", "monitor_level"] = 2


def _one_school_a_stage(county: County) -> None:
    for name in ("乙小学", "九年制学校", "小学部", "初中部"):
        del county.schools[name]
    county.facts[YEAR - 3, "junior", "all", "enrolment_grade_7"] = 320


def _nobody_of_a_kind(county: County) -> None:
    for school in county.schools.values():
        if "teachers_backbone" in school:
            school["teachers_backbone"] = 0


def _facts_only(county: County) -> None:
    county.schools.clear()


def _not_reported(county: County) -> None:
    county.schools["甲小学"] |= {"music_rooms": None, "sports_area_sqm": None}
    del county.facts[YEAR, "compulsory", "all", "teachers_360_hours"]
    county.facts[YEAR, "compulsory", "all", "teachers_rotation_eligible"] = 0


def _school_by_school(county: County) -> None:
    """Each limit of a school, a class or a room missed by one school."""
    schools = county.schools
    schools["甲幼儿园"]["outdoor_play_area_sqm"] = 270  # 3 m² a child
    schools["甲幼儿园"]["classes_small_within"] = 0  # 5 of 6 classes: 83.33 %
    # 23 rooms per 100 and so on kept by growing with the pupils, so that only the size is missed.
    schools["甲小学"] |= {"pupils": 2001, **_teachers(85, 21, 19), **_site(9005, 15_008, 4_002_000, 47, 5), **_classes(45, "36_45", over=2)}
    schools["甲小学"] |= {"music_room_smallest_sqm": 95.5, "training_spending_yuan": 39_999}
    schools["小学部"] |= {"pupils": 1500, **_teachers(63, 15, 14), **_classes(34, "36_45")}
    schools["初中部"] |= {"pupils": 1001, **_teachers(54, 11, 10), **_classes(21, "46_50")}
    schools["九年制学校"] |= _site(14_000, 24_500, 6e6, 62, 4)  # 4 rooms for 55 classes
    schools["乙小学"]["funded_pupils"] = 80
    schools["特教学校"]["operating_funds_yuan"] = 179_999
    county.facts[YEAR, "compulsory", "all", "teachers_360_hours"] = 259


def _no_special_school_and_subjects(county: County) -> None:
    del county.schools["特教学校"]
    del county.facts[YEAR, "compulsory", "all", "monitor_level"]
    county.facts |= {(YEAR, "compulsory", "数学", "monitor_level"): 3, (YEAR, "compulsory", "语文", "monitor_level"): 2}


CASES: dict[str, tuple[str, Callable[[County], None]]] = {
    "passes both": ("430405", _as_is),
    "one condition short": ("430406", _too_few_public_children),
    "undecided": ("430407", _one_undecided),
    "decided against": ("430408", _decided_against),
    "local variants missed": ("430412", _local_variants_missed),
    "W4 at 0.8": ("430421", _one_of_seven(8, 2100)),
    "W4 at 0.7": ("430422", _one_of_seven(7, 2100)),
    "W4 at 0.8 with equipment 1900": ("430423", _one_of_seven(8, 1900)),
    "rules from memory": ("430424", _an_incident_and_a_low_level),
    "one school a stage": ("430426", _one_school_a_stage),
    "nobody of a kind": ("430481", _nobody_of_a_kind),
    "facts only": ("430482", _facts_only),
    "not reported": ("430502", _not_reported),
    "school by school": ("430503", _school_by_school),
    "no special school, two subjects": ("430511", _no_special_school_and_subjects),
}  # fmt: skip


def hand_in(site: Site, counties: list[County]) -> None:
    """Write what counties hand in as the files of a site, beside one published figure."""
    site.statistics(2018, {})
    columns = {name: [c.name for c in load_contracts()[name].columns] for name in ("schools", "county_facts", "condition_judgements")}
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


@pytest.fixture(scope="module")
def assessed(tmp_path_factory: pytest.TempPathFactory) -> Site:
    """Every case as a county of its own, refreshed once."""
    site = new_site(tmp_path_factory.mktemp("assessed"))
    counties = []
    for code, change in CASES.values():
        county = passing(code)
        change(county)
        counties.append(county)
    hand_in(site, counties)
    result = site.run("refresh")
    assert result.exit_code == 0, result.output
    return site


@pytest.fixture(scope="module")
def marts(assessed: Site) -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect(str(assessed.settings.served), read_only=True) as connection:
        yield connection
