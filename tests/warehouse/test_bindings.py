"""What two shipped documents hide is bound to a synthetic county, and their targets are judged by its figures; a decision
of people stands beside the verdict; the as-of date moves verdicts and nothing else does.
"""

import csv
import shutil
from pathlib import Path

import pytest

from dagster_project.publish import snapshot
from dagster_project.settings import ROOT
from tests.conftest import Site, new_site
from tests.warehouse.verdicts import Row, query, refresh, verdicts, write_crosswalk, write_figures

COUNTY = "999901"
AS_OF = "2022-06-30"
PLAN, TASKS = "002_9e4909ba5b85c168", "003_7c068f91f998bae7"
# The plan of three years is taken to run from 2020 to 2023; one of its articles, on dropping out, to be due in 2021.
# The list of tasks prints its year, 2013, and hides its place.
YEARS = [(PLAN, "", "plan_year", "2023"), (PLAN, "", "issue_year", "2020"), (PLAN, "二/(三)/6", "plan_year", "2021")]
BINDING = ("document_id", "article", "hidden", "bound_to", "decided_by", "reason")
JUDGEMENT = ("target_id", "decision", "decided_by", "reason", "valid_until")

# indicator, stage, segment, unit -> figures of the county by year. Received under its code, unless the shipped crosswalk
# has a pair for it.
FIGURES: dict[tuple[str, str, str, str], dict[int, float]] = {
    # For the tasks of 2013.
    ("rotation_rate_same_category", "compulsory", "teacher", "%"): {2013: 16},
    ("rotation_rate_same_category", "compulsory", "backbone_teacher", "%"): {2013: 14},
    ("rotation_rate_same_category", "compulsory", "school_leader", "%"): {2013: 14, 2014: 15.5},
    ("kg_built_year", "preschool", "all", "所"): {2013: 6},
    ("kg_estate_built_year", "preschool", "all", "所"): {2013: 6},
    ("kg_unlicensed_count", "preschool", "all", "所"): {2012: 9, 2013: 2},
    ("kg_prov_quality_created", "preschool", "all", "所"): {2013: 6},
    ("kg_prov_quality_share_kg", "preschool", "all", "%"): {2013: 68.5, 2014: 71},
    ("kg_teacher_college_rate", "preschool", "all", "%"): {2013: 91.2},
    ("kg_gross_enrol_rate", "preschool", "all", "%"): {2013: 96.9, 2020: 88, 2021: 90},
    ("daily_sport_hours", "all", "all", "小时/天"): {2013: 1},
    ("pri_built_year", "primary", "all", "所"): {2013: 1, 2014: 2},
    ("three_growths_one_rise", "all", "all", "个"): {2013: 1},
    # For the plan.
    ("nine_year_retention", "compulsory", "all", "%"): {2020: 95.0, 2021: 95.1},
    ("sen_gross_enrol_rate", "senior", "all", "%"): {2020: 85, 2021: 86},
    ("education_years_universal", "all", "all", "年"): {2021: 15},
    ("kg_township_public_central_coverage", "preschool", "all", "%"): {2020: 80, 2021: 88},
    ("kg_new_year", "preschool", "all", "所"): {2020: 10, 2021: 20},
    ("kg_demonstration_county_coverage", "preschool", "all", "%"): {2020: 60, 2021: 60},
    ("comp_super_large_classes", "compulsory", "all", "个"): {2020: 40, 2021: 25},
    ("sch_land_area", "all", "all", "平方米"): {2021: 478_200},
    ("project_civil_completion", "compulsory", "all", "%"): {2020: 60, 2021: 72},
    ("pri_dropout_rate", "primary", "all", "%"): {2021: 1.2},
    ("jun_dropout_rate", "junior", "all", "%"): {2021: 1.5},
    ("comp_poor_dropouts", "compulsory", "all", "人"): {2020: 0, 2021: 3},
    ("voc_demo_majors_bases", "vocational", "all", "个"): {2021: 8},
    ("voc_brand_majors", "vocational", "all", "个"): {2020: 2, 2021: 3},
    ("community_education_coverage", "all", "all", "%"): {2021: 35},
    ("labour_training_sessions", "vocational", "first_school", "期/年"): {2020: 1, 2021: 2},
    ("training_fund_share", "preschool", "all", "%"): {2021: 4.2},
    ("kg_teachers_per_class", "preschool", "private", ":1"): {2020: 1.6, 2021: 1.75},
    ("teacher_civil_pay_ratio", "compulsory", "all", ":1"): {2020: 0.98, 2021: 0.97},
    ("internet_school_share", "all", "all", "%"): {2021: 100},
    ("edu_budget_expenditure_growth", "all", "all", "%"): {2021: 2.5},
}
SHIPPED_PAIRS = {
    "kg_gross_enrol_rate": ("preschool", "gross_enrolment_rate"),
    "kg_teacher_college_rate": ("preschool", "teachers_junior_college_share"),
    "nine_year_retention": ("compulsory", "consolidation_rate"),
    "sen_gross_enrol_rate": ("senior", "gross_enrolment_rate"),
    "comp_super_large_classes": ("compulsory", "super_large_classes"),
}
DECIDED = {"met", "missed", "met_late", "on_track", "slightly_behind", "behind", "regressing", "not_due", "level_only"}

# Judged by hand on 30 June 2022: every label whose indicator the county carries.
EXPECTED = {
    # The tasks: 2013 is long past.
    f"{TASKS}/三/1/1": ("met", "value_of_target_year"),  # 16 for 15
    f"{TASKS}/三/1/2": ("missed", "value_of_target_year"),  # 14 for 15
    f"{TASKS}/三/1/3": ("met_late", "later_value_holds"),  # 14 for 15, 15.5 a year later
    f"{TASKS}/三/2/1": ("met", "flow_reached"),  # 6 built for 5
    f"{TASKS}/三/2/2": ("missed", "value_of_target_year"),  # 6 for 3 to 5
    f"{TASKS}/三/2/3": ("missed", "value_of_target_year"),  # 2 left
    f"{TASKS}/三/2/4": ("met", "flow_reached"),  # 6 for 6
    f"{TASKS}/三/2/6": ("met_late", "later_value_holds"),  # 68.5 for 70, 71 a year later
    f"{TASKS}/三/2/8": ("met", "value_of_target_year"),  # 91.2 for 90
    f"{TASKS}/三/2/9": ("missed", "value_of_target_year"),  # 96.9 for 97
    f"{TASKS}/三/3/1": ("met", "value_of_target_year"),  # an hour
    f"{TASKS}/三/8/1": ("missed", "flow_short"),  # 1 built for 2, the second a year later
    f"{TASKS}/三/8/2": ("met", "flow_reached"),
    f"{TASKS}/三/9/1": ("met", "value_of_target_year"),  # yes
    # The plan: 2023 is ahead.
    f"{PLAN}/一/(二)/1": ("on_track", "pace"),  # 88, 90 for 92: 2 made, 1 needed
    f"{PLAN}/一/(二)/2": ("on_track", "pace"),  # 95.0, 95.1 for 95.3: 0.1 and 0.1
    f"{PLAN}/一/(二)/3": ("behind", "pace"),  # 85, 86 for 92: 1 and 3
    f"{PLAN}/一/(二)/5": ("met", "ahead_of_year"),
    f"{PLAN}/二/(二)/1/1": ("on_track", "pace"),  # 80, 88 for 100: 8 and 6
    f"{PLAN}/二/(二)/1/3": ("not_due", "counted_at_the_end"),  # 30 for 25, counted in 2023
    f"{PLAN}/二/(二)/1/5": ("not_due", "counted_at_the_end"),
    f"{PLAN}/二/(二)/3/1": ("behind", "pace"),  # 60, 60 for 100: none and 20
    f"{PLAN}/二/(三)/1/1": ("on_track", "pace"),  # 40, 25 for none: 15 and 12.5
    f"{PLAN}/二/(三)/2/4": ("met", "ahead_of_year"),  # 478,200 m² are 717.3 for 717 mu, to the digits printed
    f"{PLAN}/二/(三)/3/1": ("on_track", "pace"),  # 60, 72 for 90: 12 and 9
    f"{PLAN}/二/(三)/3/3": ("slightly_behind", "pace"),  # the same for 100: 12 and 14
    f"{PLAN}/二/(五)/2/1": ("level_only", "one_value_only"),  # 8 for 10
    f"{PLAN}/二/(五)/2/2": ("on_track", "pace"),  # 2, 3 for 4 to 5: 1 and 0.5
    f"{PLAN}/二/(五)/5/2": ("met", "ahead_of_year"),  # 35 for 30, in a county
    f"{PLAN}/二/(七)/4/1": ("met", "ahead_of_year"),  # the second course is held
    f"{PLAN}/二/(八)/2/1": ("level_only", "one_value_only"),  # 4.2 for 5
    f"{PLAN}/二/(八)/3/1": ("on_track", "pace"),  # 1.6, 1.75 for 2: 0.15 and 0.125
    f"{PLAN}/二/(八)/4/1": ("regressing", "pace"),  # 0.98, 0.97 for 100 per cent
    f"{PLAN}/二/(九)/1/1": ("met", "ahead_of_year"),
    f"{PLAN}/三/(二)/1": ("not_due", "counted_at_the_end"),  # growth, counted in 2023
    # Its article on dropping out: 2021 is past.
    f"{PLAN}/二/(三)/6/1": ("missed", "value_of_target_year"),  # 1.2 for 1
    f"{PLAN}/二/(三)/6/2": ("met", "value_of_target_year"),  # 1.5 for 1.5
    f"{PLAN}/二/(三)/6/3": ("missed", "value_of_target_year"),  # 3 for none
    f"{PLAN}/二/(三)/6/4": ("met", "value_of_target_year"),  # 95.1 for 95
}
JUDGED = [
    # In force to the last of its days, and one that is no longer.
    (f"{TASKS}/三/1/2", "视同达到", "2024-01-01"),
    (f"{TASKS}/三/2/3", "视同达到", "2022-06-29"),
]


def labels() -> list[Row]:
    rows: list[Row] = []
    for document in (PLAN, TASKS):
        with (ROOT / "raw" / "targets" / f"{document}.csv").open(encoding="utf-8", newline="") as file:
            rows += csv.DictReader(file)
    return rows


def bind(site: Site, *years: tuple[str, str, str, str]) -> None:
    """Every place the two documents hide is the county; what years they hide, as given."""
    places = sorted({(row["document_id"], row["region_zh"]) for row in labels()})
    bound = [(document, "", place, COUNTY) for document, place in places] + list(years)
    site.table(
        "local/bindings.csv", BINDING, [dict(zip(BINDING, (*row, "测试", "虚拟县"), strict=True)) for row in bound]
    )


def copied(site: Site, folder: Path) -> Site:
    shutil.copytree(site.raw, folder / "raw")
    shutil.copytree(site.home, folder / "home", symlinks=True)
    return Site(folder / "raw", folder / "home")


def ladder(site: Site) -> dict[str, tuple[str, str]]:
    return {
        target: (row["status"], row["reason_code"])
        for (target, method), row in verdicts(site).items()
        if method == "ladder"
    }


@pytest.fixture(scope="module")
def county(tmp_path_factory: pytest.TempPathFactory) -> Site:
    """The county with its figures, both documents bound to it, refreshed once; read only."""
    site = new_site(tmp_path_factory.mktemp("county"))
    shutil.copytree(ROOT / "raw" / "targets" / "registry", site.raw / "targets" / "registry")
    for document in (PLAN, TASKS):
        for name in (f"{document}.csv", f"{document}.csv.source.yml"):
            shutil.copy(ROOT / "raw" / "targets" / name, site.raw / "targets")
    region = {"region_code": COUNTY, "name_zh": "测试县", "level": "county", "parent_code": "450000", "sort_no": 9001,
              "origin": "synthetic"}  # fmt: skip
    site.table("local/regions.csv", (*region, "valid_from", "valid_to", "successor_code"), [region])
    own = [key for key in FIGURES if key[0] not in SHIPPED_PAIRS]
    write_crosswalk(
        site,
        [
            {"level": "县", "measure": f"{indicator} {stage} {segment}", "indicator_code": indicator, "stage": stage,
             "segment": segment, "base_unit": "次" if unit == "期/年" else "小时" if unit == "小时/天" else unit}
            for indicator, stage, segment, unit in own
        ],
    )  # fmt: skip
    rows: list[Row] = []
    for (indicator, stage, segment, unit), figures in FIGURES.items():
        level, measure = SHIPPED_PAIRS.get(indicator, ("县", f"{indicator} {stage} {segment}"))
        rows += (
            {"region_code": COUNTY, "region_zh": "测试县", "year": year, "level": level, "measure": measure,
             "value": value, "unit": unit}
            for year, value in figures.items()
        )  # fmt: skip
    write_figures(site, rows)
    bind(site, *YEARS)
    judged = [
        {"target_id": target, "decision": decision, "decided_by": "县教育局", "reason": "测试", "valid_until": until}
        for target, decision, until in JUDGED
    ]
    site.table("local/judgements.csv", JUDGEMENT, judged)
    refresh(site, AS_OF)
    return site


def test_every_label_whose_indicator_the_county_carries_is_decided(county: Site) -> None:
    found = ladder(county)
    carried = {(indicator, stage, segment) for indicator, stage, segment, _ in FIGURES}
    assert EXPECTED.keys() == {
        row["target_id"] for row in labels() if (row["indicator_code"], row["stage"], row["segment"]) in carried
    }
    assert {target: found[target] for target in EXPECTED} == EXPECTED
    # At least twenty by level or pace alone, not counting `not_due` and `level_only`.
    statuses = [status for status, _ in EXPECTED.values()]
    assert set(statuses) == DECIDED
    assert sum(status not in ("not_due", "level_only") for status in statuses) >= 20
    # The others lack a figure, a number or an indicator: no place and no year is missing any more.
    others = {found[row["target_id"]] for row in labels() if row["target_id"] not in EXPECTED}
    assert others == {
        ("no_data", "no_value_in_any_year"), ("not_measurable", "no_measure"), ("redacted", "value_hidden"),
        ("not_measurable", "no_number"),
    }  # fmt: skip


def test_a_bound_target_is_served_with_its_place_and_year_and_says_they_were_hidden(county: Site) -> None:
    found = query(
        county,
        """select target_id, region_code, region_zh, region_hidden, target_year, year_hidden from marts.fct_target
        where target_id in (?, ?, ?) order by target_id""",
        f"{PLAN}/一/(二)/1", f"{PLAN}/二/(三)/6/1", f"{TASKS}/三/2/1",
    )  # fmt: skip
    assert [tuple(row.values()) for row in found] == [
        (f"{PLAN}/一/(二)/1", COUNTY, "X市", True, 2023, True),
        (f"{PLAN}/二/(三)/6/1", COUNTY, "X市", True, 2021, True),
        (f"{TASKS}/三/2/1", COUNTY, "区东部地区", True, 2013, False),
    ]
    assert query(county, "select origin from marts.dim_region where region_code = ?", COUNTY) == [
        {"origin": "synthetic"}
    ]


def test_pace_and_gap_of_a_bound_target_are_in_the_units_of_its_indicator(county: Site) -> None:
    found = {target: row for (target, method), row in verdicts(county).items() if method == "ladder"}
    columns = ("base_year", "base_value", "actual_value", "gap", "actual_pace", "required_pace", "progress_ratio")
    for target, expected in {
        # The base is the year of issue, not 2013.
        f"{PLAN}/一/(二)/1": (2020, 88, 90, 2, 2, 1, 2),
        f"{PLAN}/二/(三)/1/1": (2020, 40, 25, 25, 15, 12.5, 1.2),
        # A ratio: 100 % printed are 1.
        f"{PLAN}/二/(八)/4/1": (2020, 0.98, 0.97, 0.03, -0.01, 0.015, -2 / 3),
        # 717 mu of 666.67 square metres each.
        f"{PLAN}/二/(三)/2/4": (2021, 478_200, 478_200, 0, None, None, None),
    }.items():
        values = tuple(found[target][column] for column in columns)
        assert values == tuple(
            value if value is None else pytest.approx(value, rel=1e-6, abs=1e-9) for value in expected
        )


def test_without_bindings_the_reason_says_whether_place_or_year_is_missing(
    county: Site, shipped: Site, tmp_path: Path
) -> None:
    unbound = ladder(shipped)
    assert {unbound[target] for target in EXPECTED} == {("not_comparable", "region_not_bound")}
    only_places = copied(county, tmp_path)
    bind(only_places)
    refresh(only_places, AS_OF)
    found = ladder(only_places)
    assert {target: found[target] for target in EXPECTED} == {
        target: ("not_comparable", "year_not_bound") if target.startswith(PLAN) else verdict
        for target, verdict in EXPECTED.items()
    }


def test_a_decision_stands_beside_the_verdict_and_never_over_it(county: Site) -> None:
    found = {
        row["target_id"]: (row["status"], row["judgement"], row["judgement_by"], row["judgement_in_force"])
        for (_, method), row in verdicts(county).items() if method == "ladder" and row["judgement"] is not None
    }  # fmt: skip
    assert found == {
        f"{TASKS}/三/1/2": ("missed", "视同达到", "县教育局", True),
        f"{TASKS}/三/2/3": ("missed", "视同达到", "县教育局", False),
    }


def test_the_as_of_date_alone_moves_verdicts_and_publishes_only_then(county: Site, tmp_path: Path) -> None:
    site = copied(county, tmp_path)
    before = site.served()
    # The last day of the plan's year: nothing is past that was not, nothing is published.
    told = site.run("refresh", "--as-of", "2023-12-31")
    assert told.exit_code == 0 and "无变化，未发布" in told.output, told.output
    assert site.served() == before
    assert query(site, "select cast(as_of as varchar) as as_of from meta.build") == [{"as_of": AS_OF}]
    # The day after, what was ahead is past, and no value of 2023 is there; but 30 kindergartens were built for 25.
    refresh(site, "2024-01-01")
    moved = site.served()
    assert moved != before
    assert query(site, "select cast(as_of as varchar) as as_of from meta.build") == [{"as_of": "2024-01-01"}]
    ahead = {target for target in EXPECTED if target.startswith(PLAN) and not target.startswith(f"{PLAN}/二/(三)/6")}
    found = ladder(site)
    assert {target: found[target] for target in EXPECTED} == {
        target: ("no_data", "no_value_for_target_year") if target in ahead else verdict
        for target, verdict in EXPECTED.items()
    } | {f"{PLAN}/二/(二)/1/3": ("met", "flow_reached")}
    # A decision holds to the end of its last day.
    in_force = query(
        site,
        "select distinct target_id, judgement_in_force from marts.mart_target_attainment where judgement is not null",
    )
    assert {row["target_id"]: row["judgement_in_force"] for row in in_force} == {
        JUDGED[0][0]: True,
        JUDGED[1][0]: False,
    }
    # The same bytes and the same day give the same rows.
    rows = verdicts(site)
    contents = snapshot.contents(site.settings.served)
    refresh(site, "2024-01-01", "--full")
    assert site.served() != moved
    assert verdicts(site) == rows
    assert snapshot.contents(site.settings.served) == contents
