"""Worked examples of verdicts, each with its own as-of date, through the real models.

C1-C3, C8 and E1-E14 carry the letters under which the methods are worked out; the numbers beside them are done by hand.
One place a case; cases of one as-of date share a refresh.
"""

import csv
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest

from dagster_project.settings import ROOT
from tests.conftest import Site, new_site
from tests.warehouse.verdicts import Figures, Row, refresh, verdicts, write_crosswalk, write_figures, write_ledger

METHODS = ("ladder", "open_sdg", "un_2023")
# indicator -> stage, and the figures it is received or computed from.
SERIES: dict[str, tuple[str, list[Figures]]] = {
    "kg_gross_enrol_rate": ("preschool", [Figures("preschool", "gross_enrolment_rate")]),
    "kg_inclusive_coverage": ("preschool", [Figures("preschool", "enrolment_inclusive_share")]),
    "kg_private_share_children": ("preschool", [Figures("preschool", "enrolment_private_share")]),  # neither way better
    "kg_children_per_teacher": ("preschool", [Figures("preschool", "student_teacher_ratio", ":1")]),  # breaks in 2021
    "kg_places_added": ("preschool", [Figures("preschool", "places_added", "个")]),
    "kg_built_plan_period": ("preschool", [Figures("preschool", "kindergartens_built_plan_period", "所")]),
    "large_class_share": ("compulsory", [Figures("compulsory", "large_class_share")]),
    "super_large_class_share": ("compulsory", [Figures("compulsory", "super_large_class_share")]),
    "jun_pupils_per_teacher": ("junior", [Figures("junior", "student_teacher_ratio", ":1")]),
    "edu_budget_share": ("all", [Figures("finance", "budget_education_share")]),  # breaks in 2012 and 2015
    # Growth of allocations less growth of revenue: the one of the catalogue that may be below zero.
    "grow_alloc_vs_revenue": ("all", [Figures("local", "allocation", "元"), Figures("local", "revenue", "元")]),
    "edu_budget_expenditure_growth": ("all", [Figures("local", "budget_expenditure", "元")]),
    "special_class_fifteen": ("special", [Figures("local", "before", "个"), Figures("local", "after", "个")]),
}
CROSSWALK = [
    {"level": "local", "measure": measure, "measure_code": code, "stage": stage, "base_unit": unit}
    for measure, code, stage, unit in (
        ("allocation", "education_allocation", "all", "元"),
        ("revenue", "recurrent_revenue", "all", "元"),
        ("budget_expenditure", "budget_education_expenditure", "all", "元"),
        ("before", "special_preschool_provision", "special", "个"),
        ("after", "special_senior_provision", "special", "个"),
    )
]
# Verdicts that rest on a rule without a source of its own.
PROVISIONAL = {"pace", "growth_reached", "growth_short"}

Verdict = tuple[str, str] | tuple[str, str, float | None]  # status, reason, ratio of the method


@dataclass(frozen=True)
class Case:
    name: str
    figures: dict[int, Any]
    # Comparator, value, unit as printed, year it is due; `-` is none.
    target: str
    ladder: Verdict
    open_sdg: Verdict
    un_2023: Verdict
    indicator: str = "kg_gross_enrol_rate"
    issued: int = 0  # 0: the first year with a figure
    shows: dict[str, Any] = field(default_factory=dict)
    more: Row = field(default_factory=dict)

    @property
    def document(self) -> str:
        return f"plan-{self.issued or min(self.figures, default=2015)}"

    def ledger_row(self, region: str) -> Row:
        comparator, value, unit, year = ("" if part == "-" else part for part in self.target.split())
        low, _, high = value.partition("..")
        return {
            "document_id": self.document, "indicator_code": self.indicator, "stage": SERIES[self.indicator][0],
            "region_code": region, "comparator": comparator, "value": low, "value_high": high, "unit": unit,
            "target_year": year, "counted": "yes" if comparator == "add" else "no", **self.more,
        }  # fmt: skip

    def statistics(self, region: str) -> list[Row]:
        return [
            {"region_code": region, "year": year, "level": series.level, "measure": series.measure, "value": value,
             "unit": series.unit}
            for year, values in self.figures.items()
            for series, value in zip(
                SERIES[self.indicator][1], values if isinstance(values, tuple) else (values,), strict=True
            )
        ]  # fmt: skip


def nothing(reason: str, status: str = "undefined") -> dict[str, Verdict]:
    """What both growth methods say where growth has no meaning."""
    return {"open_sdg": (status, reason), "un_2023": (status, reason)}


def all_say(status: str, reason: str) -> dict[str, Verdict]:
    return dict.fromkeys(METHODS, (status, reason))


REACHED: dict[str, Verdict] = {"open_sdg": ("achieved", "level"), "un_2023": ("met_or_on_track", "level")}
ONE = nothing("one_value_only")
MET, MISSED = ("met", "value_of_target_year"), ("missed", "value_of_target_year")
AHEAD = ("met", "ahead_of_year")

CASES: dict[str, list[Case]] = {
    "2019-06-30": [
        Case("E3 a target of zero: 1.5 a year made, 0.5 needed", {2016: 4.0, 2018: 1.0}, "<= 0 % 2020",
             ("on_track", "pace", 3), indicator="super_large_class_share", **nothing("zero_target"),
             shows={"gap": 1, "actual_pace": 1.5, "required_pace": 0.5}),
        Case("down to none, printed without a unit", {2016: 4.0, 2018: 3.0}, "eliminate 0 - 2020",
             ("behind", "pace", 0.5 / 1.5), indicator="super_large_class_share", **nothing("zero_target"),
             shows={"gap": 3, "actual_pace": 0.5, "required_pace": 1.5}),
        Case("E4 a base of zero: 1 a year made, 1.5 needed", {2016: 0, 2018: 2}, ">= 5 % 2020",
             ("slightly_behind", "pace", 2 / 3), indicator="kg_inclusive_coverage", **nothing("zero_base"),
             shows={"gap": 3}),
        Case("E5 from -1.0 to +0.5 points, to reach 2", {2016: (1000, 1000), 2017: (1000, 1010), 2018: (1005, 1010)},
             ">= 2 百分点 2020", ("on_track", "pace", 2), indicator="grow_alloc_vs_revenue", issued=2017,
             **nothing("signs_differ"), shows={"base_value": -1, "actual_value": 0.5, "gap": 1.5, "required_pace": 0.75}),
        Case("below zero throughout: from -2 by -1.5 to -1, to reach -0.5",
             {2015: (1000, 1000), 2016: (980, 1000), 2017: (965.3, 1000), 2018: (955.647, 1000)}, ">= -0.5 百分点 2020",
             ("on_track", "pace", 2), ("on_track", "ratio", 1), ("met_or_on_track", "ratio", 1),
             indicator="grow_alloc_vs_revenue", shows={"base_value": -2, "actual_value": -1, "base_year": 2016}, issued=2016),
        Case("E13 above a range: to the nearer end", {2016: 9, 2018: 8}, "range 5..7 :1 2020", ("on_track", "pace", 1),
             indicator="jun_pupils_per_teacher", **nothing("range_target"), shows={"gap": 1, "actual_pace": 0.5}),
        Case("E13 below a range", {2016: 4.5, 2018: 4}, "range 5..7 :1 2020", ("regressing", "pace", -0.5),
             indicator="jun_pupils_per_teacher", **nothing("range_target"), shows={"gap": 1, "actual_pace": -0.25}),
        Case("E13 inside a range", {2016: 9, 2018: 7}, "range 5..7 :1 2020", AHEAD, indicator="jun_pupils_per_teacher",
             **REACHED, shows={"gap": 0, "required_pace": None}),
        Case("E14 no: there is no speed", {2017: (0, 0), 2018: (1, 0)}, "= 1 个 2020", ("level_only", "yes_or_no"),
             ("undefined", "yes_or_no"), ("stagnation_or_regression", "yes_or_no"), indicator="special_class_fifteen"),
        Case("E14 yes, asked for without a number", {2018: (1, 1)}, "= - - 2020", AHEAD,
             indicator="special_class_fifteen", **REACHED, more={"note": "只有是否"}, shows={"target_value": 1}),
    ],
    "2021-12-31": [
        Case("C1", {2015: 75, 2020: 85}, ">= 90 % 2025", ("on_track", "pace", 2.0), ("on_track", "ratio", 1.377687),
             ("met_or_on_track", "ratio", 1.422222),
             # E10: no value between base and latest is allowed and said.
             shows={"gap": 5, "gap_unit": "pp", "actual_pace": 2, "required_pace": 1, "base_value": 75, "sparse": True}),
        Case("C2", {2015: 80, 2018: 82, 2020: 83}, ">= 95 % 2025", ("behind", "pace", 0.25), ("limited", "ratio", 0.426339),
             ("acceleration_needed", "ratio", 0.4075),
             shows={"gap": 12, "actual_pace": 0.6, "required_pace": 2.4, "sparse": False}),
        Case("C3", {2018: 12, 2021: 8}, "<= 5 % 2025", ("on_track", "pace", 1.777778), ("on_track", "ratio", 1.075342),
             ("met_or_on_track", "ratio", 1.048701), indicator="large_class_share",
             shows={"gap": 3, "actual_pace": 4 / 3, "required_pace": 0.75}),
        Case("C8", {2018: 99.2, 2021: 99.4}, ">= 99.5 % 2025", ("on_track", "pace", 2.666667),
             ("on_track", "ratio", 1.556525), ("met_or_on_track", "ratio", 1.557647), shows={"gap": 0.1}),
        Case("E1 base past the target, now below it", {2015: 97, 2020: 94}, ">= 95 % 2025", ("regressing", "pace", -3),
             ("deterioration", "ratio", -3.009524), ("undefined", "base_past_target", 2.953608),
             shows={"gap": 1, "actual_pace": -0.6, "required_pace": 0.2}),
        Case("E2 base past the target and still past it", {2015: 97, 2020: 96}, ">= 95 % 2025", AHEAD, **REACHED,
             shows={"gap": -1, "actual_pace": -0.2, "required_pace": None}),
        Case("E6 one value", {2020: 85}, ">= 90 % 2025", ("level_only", "one_value_only"), **ONE,
             shows={"gap": 5, "required_pace": 1, "actual_pace": None, "sparse": False}),
        Case("E9 at the number, asked for more", {2015: 75, 2020: 90}, "> 90 % 2025", ("on_track", "pace", None),
             ("on_track", "ratio", 2.018399), ("met_or_on_track", "ratio", 2.2), shows={"gap": 0, "required_pace": 0}),
        Case("E9 at the number, asked for no less", {2015: 75, 2020: 90}, ">= 90 % 2025", AHEAD, **REACHED),
        Case("E11 base at the target, worse since", {2015: 95, 2020: 94}, ">= 95 % 2025", ("regressing", "pace", -1),
             ("deterioration", "ratio", None), ("undefined", "required_change_zero", None)),
        Case("no change at all", {2015: 80, 2020: 80}, ">= 95 % 2025", ("behind", "pace", 0), ("limited", "ratio", 0),
             ("stagnation_or_regression", "ratio", 0)),
        Case("a little behind", {2015: 75, 2020: 80}, ">= 86 % 2025", ("slightly_behind", "pace", 0.833333),
             ("moderate", "ratio", 0.942770), ("acceleration_needed", "ratio", 0.939394)),
        Case("fallen to zero", {2015: 20, 2020: 0}, ">= 40 % 2025", ("regressing", "pace", -0.5),
             ("deterioration", "ratio", -13.932726), ("stagnation_or_regression", "ratio", -1)),
        Case("a base stated in the plan goes before the received one", {2015: 74, 2020: 80}, ">= 86 % 2025",
             ("on_track", "pace", 1.388889), ("on_track", "ratio", 1.191355), ("met_or_on_track", "ratio", 1.213518),
             more={"baseline": "70", "baseline_year": "2014"}, shows={"base_value": 70, "base_year": 2014}),
        Case("issued in the year of the latest value: the base is the one before", {2015: 75, 2020: 82, 2021: 85},
             ">= 90 % 2025", ("on_track", "pace", 2.4), ("on_track", "ratio", 1.946809),
             ("met_or_on_track", "ratio", 2.017307), issued=2021, shows={"base_year": 2020}),
        Case("no value at all", {}, ">= 90 % 2025", **all_say("no_data", "no_value_in_any_year")),
        Case("the value of the year is there and short, its last day is today", {2015: 80, 2021: 94}, ">= 95 % 2021",
             ("behind", "target_year_value_short"), ("moderate", "ratio", 0.937591), ("acceleration_needed", "ratio", 14 / 15)),
        Case("due in November: past, and short", {2015: 80, 2021: 94}, ">= 95 % 2021", MISSED,
             ("moderate", "ratio", 0.937591), ("acceleration_needed", "ratio", 14 / 15), more={"deadline": "2021-11"}),
        Case("due in November: past, and reached", {2015: 80, 2021: 96}, ">= 95 % 2021", MET, **REACHED,
             more={"deadline": "2021-11"}),
        Case("due in November: past, without a value of the year", {2015: 80, 2020: 96}, ">= 95 % 2021",
             **all_say("no_data", "no_value_for_target_year"), more={"deadline": "2021-11"}),
        Case("due in December: not past on its last day", {2015: 80, 2020: 96}, ">= 95 % 2021", AHEAD, **REACHED,
             more={"deadline": "2021-12"}),
        Case("due on a day that has passed", {2021: 94}, ">= 95 % 2021", MISSED, **ONE, more={"deadline": "2021-12-30"}),
        Case("a deadline in words leaves the end of the year", {2021: 94}, ">= 95 % 2021",
             ("behind", "target_year_value_short"), **ONE, more={"deadline": "秋季开学前"}),
        Case("added places are counted at the end", {2020: 2000}, "add 1000 个 2025", ("not_due", "counted_at_the_end"),
             indicator="kg_places_added", **nothing("not_a_level"), shows={"actual_pace": None}),
        Case("so is what is marked so", {2020: 95}, ">= 90 % 2025", ("not_due", "counted_at_the_end"), **REACHED,
             more={"counted": "yes"}),
        Case("so is growth on the year before", {2019: 80, 2020: 95}, "grow 2 % 2025", ("not_due", "counted_at_the_end"),
             **nothing("not_a_level")),
        Case("a standing standard that holds", {2020: 95}, ">= 90 % -", ("met", "standing_level_holds"), **REACHED),
        Case("a standing standard that does not", {2015: 80, 2020: 85}, ">= 90 % -", ("level_only", "no_target_year"),
             **nothing("no_target_year"), shows={"gap": 5, "required_pace": None}),
        Case("held so far", {2018: 81, 2020: 80}, ">= 80 % 2025", AHEAD, **REACHED, more={"hold": "yes"}),
        Case("not held in a year since: lost whatever comes", {2018: 81, 2019: 79, 2020: 82}, ">= 80 % 2025",
             ("missed", "not_held_every_year"), **REACHED, more={"hold": "yes"}),
        Case("a pace across a break", {2019: 16, 2021: 15}, "<= 12 :1 2025", indicator="kg_children_per_teacher",
             **all_say("not_comparable", "series_break"), shows={"actual_pace": None, "required_pace": 0.75, "base_value": 16}),
        Case("a level behind a break needs no other", {2019: 16, 2021: 11}, "<= 12 :1 2025", AHEAD,
             indicator="kg_children_per_teacher", **REACHED),
        Case("a standard of each county is not judged on its prefecture", {2020: 95}, ">= 90 % -",
             **all_say("not_measurable", "per_county_standard"), more={"per_county": "yes"}, shows={"gap": None}),
        Case("but on a county it is", {2020: 95}, ">= 90 % -", ("met", "standing_level_holds"), **REACHED,
             more={"per_county": "yes", "region_code": "130102"}),
        Case("the value is hidden", {2020: 95}, ">= - % 2025", **all_say("redacted", "value_hidden"),
             more={"kind": "redacted"}),
        Case("no number", {2020: 95}, ">= - - 2025", **all_say("not_measurable", "no_number"), more={"note": "只有方向"}),
        Case("no measure", {2020: 95}, ">= 90 % 2025", **all_say("not_measurable", "no_measure"),
             more={"indicator_code": "", "indicator_note": "没有指标能对应"}),
    ],
    "2024-06-30": [
        Case("E7 past its year, without a value of it", {2015: 80, 2023: 94}, ">= 95 % 2020",
             **all_say("no_data", "no_value_for_target_year"),
             shows={"earlier_year": 2015, "earlier_value": 80, "later_year": 2023, "later_value": 94, "actual_value": None,
                    "gap": None, "actual_pace": None, "required_pace": None}),
        Case("E7 nor is one decided by a later value that holds", {2015: 80, 2018: 90, 2023: 96}, ">= 95 % 2020",
             **all_say("no_data", "no_value_for_target_year"), shows={"earlier_year": 2018, "later_value": 96}),
        Case("E8 missed in its year and reached later", {2015: 80, 2020: 94, 2022: 96}, ">= 95 % 2020",
             ("met_late", "later_value_holds"), ("moderate", "ratio", 0.937424), ("acceleration_needed", "ratio", 14 / 15),
             shows={"actual_value": 94, "actual_year": 2020, "gap": 1, "later_year": 2022, "actual_pace": 2.8}),
        Case("missed in its year and still below", {2015: 80, 2020: 90, 2022: 94}, ">= 95 % 2020", MISSED,
             ("moderate", "ratio", 0.681668), ("acceleration_needed", "ratio", 2 / 3), shows={"gap": 5, "required_pace": None}),
        Case("reached in its year and lost later", {2015: 80, 2020: 95, 2022: 90}, ">= 95 % 2020", MET, **REACHED),
        Case("84.96 does not reach 85", {2020: 84.96}, ">= 85 % 2020", MISSED, **ONE, shows={"gap": 0.04}),
        Case("E9 equal, >=", {2015: 75, 2020: 90}, ">= 90 % 2020", MET, **REACHED, shows={"gap": 0}),
        Case("E9 equal, >", {2015: 75, 2020: 90}, "> 90 % 2020", MISSED, ("on_track", "ratio", 1),
             ("met_or_on_track", "ratio", 1), shows={"gap": 0}),
        Case("E9 equal, <=", {2015: 12, 2020: 5}, "<= 5 % 2020", MET, **REACHED, indicator="large_class_share"),
        Case("E9 equal, <", {2015: 12, 2020: 5}, "< 5 % 2020", MISSED, ("on_track", "ratio", 1),
             ("met_or_on_track", "ratio", 1), indicator="large_class_share"),
        Case("E12 two per cent on 90 are 91.8", {2020: 91.85}, "grow 2 % 2020", MET, **REACHED,
             more={"baseline": "90", "baseline_year": "2015"}, shows={"target_value": 91.8, "gap": -0.05}),
        Case("E12 two points on 90 are 92", {2020: 91.85}, "grow 2 百分点 2020", MISSED, ("moderate", "ratio", 0.925607),
             ("acceleration_needed", "ratio", 0.925), more={"baseline": "90", "baseline_year": "2015"},
             shows={"target_value": 92, "gap": 0.15}),
        Case("growth on a base before a break", {2016: 15.5}, "grow 1 百分点 2016", indicator="edu_budget_share",
             **all_say("not_comparable", "series_break"), more={"baseline": "14", "baseline_year": "2014"}),
        Case("growth without a base is on the year before", {2019: 90, 2020: 91.8}, "grow 2 % 2020",
             ("met", "growth_reached"), **nothing("not_a_level"), shows={"judged_value": 2, "gap": 0}),
        Case("growth in per cent of a count", {2019: 1000, 2020: 1030}, "grow 2 % 2020", ("met", "growth_reached"),
             indicator="kg_places_added", **nothing("not_a_level"),
             shows={"target_value": 2, "judged_value": 3, "gap": -1, "gap_unit": "pp"}),
        Case("growth in points without a base", {2019: 90, 2020: 91.9}, "grow 2 百分点 2020", ("missed", "growth_short"),
             **nothing("not_a_level"), shows={"judged_value": 1.9, "gap": 0.1}),
        Case("growth without the year before", {2018: 80, 2020: 95}, "grow 2 % 2020", ("no_data", "no_base_value"),
             **nothing("not_a_level")),
        Case("growth over the year of a break", {2010: 13, 2014: 14, 2015: 16}, "grow 1 百分点 2015",
             ("not_comparable", "series_break"), indicator="edu_budget_share", **nothing("not_a_level")),
        Case("a growth rate is itself the growth", {2019: 100, 2020: 104}, "grow 3 % 2020", ("met", "growth_reached"),
             indicator="edu_budget_expenditure_growth", **nothing("not_a_level"), shows={"judged_value": 4, "gap": -1}),
        Case("added within one year, printed in ten thousands", {2020: 1200}, "add 0.1 万个 2020",
             ("met", "flow_reached"), indicator="kg_places_added", **nothing("not_a_level"),
             shows={"target_value": 1000, "judged_value": 1200, "gap": -200}),
        Case("added over three years", {2018: 300, 2019: 300, 2020: 300, 2021: 900}, "add 1000 个 2020",
             ("missed", "flow_short"), indicator="kg_places_added", **nothing("not_a_level"),
             shows={"judged_value": 900, "gap": 100}),
        Case("reached though a year is missing", {2017: 700, 2018: 500, 2020: 500}, "add 1000 个 2020",
             ("met", "flow_reached"), indicator="kg_places_added", issued=2018, **nothing("not_a_level"),
             shows={"judged_value": 1000}),
        Case("short while a year is missing", {2018: 300, 2020: 300}, "add 1000 个 2020", ("no_data", "flow_years_missing"),
             indicator="kg_places_added", **nothing("not_a_level"), shows={"gap": 400}),
        Case("the printed total stands alone", {2020: 1100}, "add 1000 个 2020", ("met", "flow_reached"),
             indicator="kg_places_added", issued=2018, **nothing("not_a_level"), shows={"judged_value": 1100}),
        Case("the total of a plan is added to nothing", {2018: 300, 2020: 900}, "add 1000 所 2020",
             ("missed", "flow_short"), indicator="kg_built_plan_period", **nothing("not_a_level"),
             shows={"judged_value": 900, "gap": 100}),
        Case("nothing added is known within the period", {2016: 500}, "add 1000 个 2020",
             ("no_data", "no_value_for_target_year"), indicator="kg_places_added", issued=2018, **nothing("not_a_level")),
        Case("held from issue to its year", {2017: 70, 2018: 81, 2019: 80, 2020: 83, 2021: 70}, ">= 80 % 2020",
             ("met", "held_every_year"), issued=2018, **REACHED, more={"hold": "yes"}),
        Case("lost on the way", {2018: 81, 2019: 79, 2020: 82}, ">= 80 % 2020", ("missed", "not_held_every_year"),
             **REACHED, more={"hold": "yes"}),
        Case("lost in the year itself, no matter what came later", {2018: 81, 2020: 79, 2021: 85}, ">= 80 % 2020",
             ("missed", "not_held_every_year"), ("deterioration", "ratio"), ("undefined", "base_past_target"),
             more={"hold": "yes"}),
        Case("held as far as known, but not known of its year", {2018: 81, 2019: 82, 2021: 83}, ">= 80 % 2020",
             **all_say("no_data", "no_value_for_target_year"), more={"hold": "yes"}),
        Case("E13 inside", {2020: 5}, "range 5..7 :1 2020", MET, indicator="jun_pupils_per_teacher", **REACHED,
             shows={"gap": 0}),
        Case("E13 above", {2018: 9, 2020: 8}, "range 5..7 :1 2020", MISSED, indicator="jun_pupils_per_teacher",
             **nothing("range_target"), shows={"gap": 1}),
        Case("E13 below and inside only later", {2020: 4, 2021: 6}, "range 5..7 :1 2020", ("met_late", "later_value_holds"),
             indicator="jun_pupils_per_teacher", **nothing("range_target"), shows={"gap": 1}),
        Case("E14 yes", {2020: (1, 1)}, "= 1 个 2020", MET, indicator="special_class_fifteen", **REACHED),
        Case("E14 no", {2020: (1, 0)}, "= 1 个 2020", MISSED, ("undefined", "yes_or_no"),
             ("stagnation_or_regression", "yes_or_no"), indicator="special_class_fifteen"),
        Case("equal to, and more is better", {2020: 95}, "= 90 % 2020", MET, indicator="kg_inclusive_coverage", **REACHED,
             shows={"gap": -5}),
        Case("equal to, and less is better", {2020: 4}, "= 5 % 2020", MET, indicator="large_class_share", **REACHED),
        Case("equal to, and less was asked than there is", {2020: 6}, "= 5 % 2020", MISSED, indicator="large_class_share",
             **ONE, shows={"gap": 1}),
        Case("equal at the printed digits where neither side is better", {2020: 45.4}, "= 45 % 2020", MET,
             indicator="kg_private_share_children", **REACHED, shows={"gap": 0}),
        Case("not equal where neither side is better", {2018: 44, 2020: 45.6}, "= 45 % 2020", MISSED,
             indicator="kg_private_share_children", **nothing("no_direction"), shows={"gap": 0.6}),
    ],
}  # fmt: skip


def judge(folder: Site, as_of: str) -> dict[str, dict[str, Row]]:
    """Every case of an as-of date through one refresh: name -> method -> verdict."""
    with (ROOT / "raw" / "reference" / "regions.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    followed = {row["successor_code"] for row in rows}
    # Places whose borders are not known to have changed.
    places = [
        row["region_code"]
        for row in rows
        if row["level"] == "prefecture"
        and not row["valid_from"] + row["valid_to"]
        and row["region_code"] not in followed
    ]
    cases = CASES[as_of]
    placed = [(case, case.more.get("region_code", place)) for case, place in zip(cases, places, strict=False)]
    assert len({place for _, place in placed}) == len(cases)
    documents = {case.document: int(case.document.removeprefix("plan-")) for case in cases}
    write_ledger(folder, documents, [case.ledger_row(place) for case, place in placed])
    write_crosswalk(folder, CROSSWALK)
    write_figures(folder, (row for case, place in placed for row in case.statistics(place)))
    refresh(folder, as_of)
    found = verdicts(folder)
    by_place: dict[str, dict[str, Row]] = {}
    for (_, method), row in found.items():
        by_place.setdefault(row["region_code"], {})[method] = row
    return {case.name: by_place[place] for case, place in placed}


Judged = dict[str, dict[str, Row]]


@pytest.fixture(scope="module")
def judged(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Judged]:
    """The verdicts of an as-of date, made when first asked for; what cannot be made is not tried again."""
    known: dict[str, Judged] = {}

    def of(as_of: str) -> Judged:
        if as_of not in known:
            known[as_of] = {}
            known[as_of] = judge(new_site(tmp_path_factory.mktemp(as_of)), as_of)
        return known[as_of]

    return of


@pytest.mark.parametrize(
    ("as_of", "case"), [pytest.param(day, case, id=case.name) for day, cases in CASES.items() for case in cases]
)
def test_a_worked_example(judged: Callable[[str], Judged], as_of: str, case: Case) -> None:
    found = judged(as_of)[case.name]
    assert found.keys() == set(METHODS)
    for method in METHODS:
        status, reason, *ratio = getattr(case, method)
        row = found[method]
        assert (method, row["status"], row["reason_code"]) == (method, status, reason)
        assert row["provisional"] == (method == "ladder" and reason in PROVISIONAL)
        for expected in ratio:
            assert (method, row["progress_ratio"]) == (method, expected and pytest.approx(expected, abs=1e-6))
        if status in ("no_data", "not_comparable", "not_measurable", "redacted"):
            assert row["progress_ratio"] is None
    for column, value in case.shows.items():
        exact = value is None or isinstance(value, str | bool)
        assert (column, found["ladder"][column]) == (column, value if exact else pytest.approx(value, abs=1e-6))
