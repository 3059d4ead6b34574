"""Real targets beside real outcomes: the pairs worked out by hand get the verdict that was found by hand, targets with
figures of near years only stay undecided, and the verdicts on all shipped targets are counted.
"""

import csv
import re
from collections import Counter

import pytest

from dagster_project.settings import ROOT
from tests.conftest import Site
from tests.warehouse.verdicts import Row, query, verdicts

# document, region, indicator as printed, year, target, outcome in the target's unit, verdict.
PAIRS = [
    ("100000-2010-education-outline", "全国", "国家财政性教育经费占国内生产总值比例", 2012, ">= 4%", 4.28, "met"),
    ("100000-2014-preschool-second-plan", "全国", "学前教育三年毛入园率", 2016, ">= 75%", 77.4, "met"),
    ("100000-2016-compulsory-integration", "全国", "义务教育超大班额比例（66人以上）", 2018, "<= 2%", 0.5, "met"),
    ("100000-2011-children-outline", "全国", "九年义务教育巩固率", 2020, ">= 95%", 95.2, "met"),
    ("100000-2011-children-outline", "全国", "学前教育三年毛入园率", 2020, ">= 70%", 85.2, "met"),
    ("100000-2018-preschool-reform", "全国", "学前教育三年毛入园率", 2020, ">= 85%", 85.2, "met"),
    ("100000-2010-education-outline", "全国", "学前教育三年毛入园率", 2020, ">= 70.0%", 85.2, "met"),
    ("100000-2017-preschool-third-plan", "全国", "学前教育三年毛入园率", 2020, ">= 85%", 85.2, "met"),
    ("100000-2018-preschool-reform", "全国", "普惠性幼儿园覆盖率", 2020, ">= 80%", 84.74, "met"),
    ("100000-2017-preschool-third-plan", "全国", "普惠性幼儿园覆盖率", 2020, ">= 80%", 84.74, "met"),
    ("100000-2010-education-outline", "全国", "高中阶段教育毛入学率", 2020, ">= 90.0%", 91.2, "met"),
    ("100000-2017-senior-stage-plan", "全国", "高中阶段教育毛入学率", 2020, ">= 90%", 91.2, "met"),
    ("100000-2021-preschool-plan", "全国", "学前教育三年毛入园率", 2025, "> 90%", 92.9, "met"),
    ("100000-2021-preschool-plan", "全国", "普惠性幼儿园覆盖率", 2025, "> 85%", 91.49, "met"),
    ("100000-2021-county-senior-plan", "全国", "高中阶段教育毛入学率", 2025, ">= 92%", 92, "met"),
    ("110000-2018-preschool-third-plan", "北京市", "普惠性幼儿园覆盖率", 2020, ">= 80%", 87, "met"),
    ("110000-2018-preschool-third-plan", "北京市", "适龄儿童入园率", 2020, ">= 85%", 90, "met"),
    ("321100-2023-preschool-plan", "镇江市", "公办幼儿园覆盖率（在园幼儿）", 2025, ">= 65%", 71.5, "met"),
    ("321100-2023-preschool-plan", "镇江市", "普惠性幼儿园覆盖率", 2025, ">= 90%", 88.68, "missed"),
    ("321100-2023-preschool-plan", "镇江市", "省市优质幼儿园覆盖率", 2025, ">= 90%", 94.51, "met"),
    ("410000-2019-livelihood-tasks", "河南省", "新增幼儿园学位", 2019, "add 10万个", 14.29, "met"),
    ("410000-2019-livelihood-tasks", "河南省", "新建改扩建幼儿园", 2019, "add 1000所", 1108, "met"),
    ("410000-2017-education-plan", "河南省", "九年义务教育巩固率", 2020, ">= 96%", 96, "met"),
    ("410000-2017-education-plan", "河南省", "在园幼儿", 2020, ">= 450万人", 425.58, "missed"),
    ("410000-2017-education-plan", "河南省", "学前教育三年毛入园率", 2020, ">= 90%", 90.3, "met"),
    ("410000-2017-education-plan", "河南省", "高中阶段教育毛入学率", 2020, ">= 92%", 92.01, "met"),
    ("410000-2017-education-plan", "河南省", "高等教育毛入学率", 2020, ">= 50%", 51.86, "met"),
    ("430100-2018-inclusive-kindergartens", "长沙市", "普惠性幼儿园比例（按园数）", 2018, ">= 80%", 80.22, "met"),
    ("100000-2018-preschool-reform", "道县", "公办园在园幼儿占比", 2020, ">= 50%", 52.03, "met"),
    ("431124-2020-public-places", "道县", "新增公办园学位", 2020, "add 1467个", 1695, "met"),
    (
        "100000-2020-preschool-county-evaluation",
        "连南瑶族自治县",
        "县域公办园在园幼儿占比",
        2025,
        ">= 50%",
        75.08,
        "met",
    ),
    (
        "100000-2020-preschool-county-evaluation",
        "连南瑶族自治县",
        "县域学前教育三年毛入园率",
        2025,
        ">= 85%",
        101.81,
        "met",
    ),
    ("100000-2020-preschool-county-evaluation", "连南瑶族自治县", "县域普惠性幼儿园覆盖率", 2025, ">= 80%", 100, "met"),
]
# A figure of another year decides nothing: region, indicator, year, number, the nearest year and figure before it.
NEAR = [
    ("全国", "义务教育大班额比例（56人以上）", 2020, "5", 2019, 3.98),
    ("全国", "义务教育大班额比例（56人以上）", 2020, "5", 2019, 3.98),  # two plans say so
    ("全国", "公办园在园幼儿占比", 2020, "50", 2018, 43.3),
    ("河南省", "学前教育三年毛入园率", 2025, "93", 2023, 92.46),
    ("河南省", "普惠性幼儿园覆盖率", 2025, "85", 2023, 89.17),
    ("河南省", "九年义务教育巩固率", 2025, "96.4", 2023, 96.3),
    ("河南省", "高中阶段教育毛入学率", 2025, "93.5", 2021, 92.5),
    ("河南省", "高等教育毛入学率", 2025, "60", 2021, 53.13),
    ("长沙市", "普惠性幼儿园比例（按园数）", 2020, "80", 2018, 80.22),
]
# What cannot be judged is the same for every method.
UNDECIDED = {
    ("no_data", "no_value_for_target_year"): 12,
    ("no_data", "no_value_in_any_year"): 97,
    ("not_comparable", "region_not_bound"): 86,
    ("not_measurable", "no_measure"): 4,
    ("not_measurable", "no_number"): 4,
    ("not_measurable", "per_county_standard"): 4,
    ("redacted", "value_hidden"): 8,
}
# Every shipped target as of 2026-01-31; the 33 decided ones are the pairs above.
COUNTS = {
    "ladder": {
        ("met", "value_of_target_year"): 27,
        ("met", "held_every_year"): 1,
        ("met", "flow_reached"): 3,
        ("missed", "value_of_target_year"): 1,
        ("missed", "not_held_every_year"): 1,
    },
    "open_sdg": {
        ("achieved", "level"): 28,
        ("deterioration", "ratio"): 1,  # 河南 在园幼儿, fewer than in 2019, the first year with a figure
        ("undefined", "one_value_only"): 1,  # 镇江 普惠性幼儿园覆盖率
        ("undefined", "not_a_level"): 3,
    },
    "un_2023": {
        ("met_or_on_track", "level"): 28,
        ("stagnation_or_regression", "ratio"): 1,
        ("undefined", "one_value_only"): 1,
        ("undefined", "not_a_level"): 3,
    },
}


@pytest.fixture(scope="module")
def judged(shipped: Site) -> dict[tuple[str, str], Row]:
    return verdicts(shipped)


@pytest.fixture(scope="module")
def ledger() -> dict[str, Row]:
    files = sorted((ROOT / "raw" / "targets").glob("*.csv"))
    return {
        row["target_id"]: row for path in files for row in csv.DictReader(path.read_text(encoding="utf-8").splitlines())
    }


def number(printed: str) -> tuple[str, str, str, float]:
    """Comparator, value and unit of a target as printed, and base units in one of its units."""
    found = re.fullmatch(r"(\S+) ([\d.]+)(.*)", printed)
    assert found is not None
    comparator, value, unit = found.groups()
    return comparator, value, unit, 10_000 if unit.startswith("万") else 1


@pytest.mark.parametrize(
    ("document", "region", "indicator", "year", "target", "outcome", "verdict"),
    [pytest.param(*pair, id=f"{pair[1]} {pair[2]} {pair[3]} {pair[4]} {pair[0]}") for pair in PAIRS],
)
def test_a_real_target_gets_the_verdict_of_its_real_outcome(
    judged: dict[tuple[str, str], Row],
    ledger: dict[str, Row],
    document: str,
    region: str,
    indicator: str,
    year: int,
    target: str,
    outcome: float,
    verdict: str,
) -> None:
    comparator, value, unit, factor = number(target)
    (target_id,) = (
        key
        for key, row in ledger.items()
        if (
            row["document_id"],
            row["region_zh"],
            row["indicator_zh"],
            row["target_year"],
            row["comparator"],
            row["value"],
            row["unit"],
        )
        == (document, region, indicator, str(year), comparator, value, unit)
    )
    row = judged[target_id, "ladder"]
    assert (row["status"], row["actual_year"], row["provisional"]) == (verdict, year, False)
    assert row["judged_value"] == pytest.approx(outcome * factor, rel=1e-9)
    shortfall = (float(value) - outcome) * factor * (-1 if comparator == "<=" else 1)
    assert row["gap"] == pytest.approx(shortfall, rel=1e-9, abs=1e-9)


def test_a_value_of_a_near_year_decides_nothing_and_is_shown(
    judged: dict[tuple[str, str], Row], ledger: dict[str, Row]
) -> None:
    found = [
        (
            row["region_zh"],
            row["indicator_zh"],
            int(row["target_year"]),
            row["value"],
            verdict["earlier_year"],
            pytest.approx(verdict["earlier_value"]),
        )
        for target_id, row in ledger.items()
        for verdict in [judged[target_id, "ladder"]]
        if verdict["reason_code"] == "no_value_for_target_year"
    ]
    for near in NEAR:
        assert near in found
        found.remove(near)
    # And three of which no figures were listed by hand: none of the year either.
    assert sorted(row[:3] for row in found) == [
        ("全国", "义务教育超大班额（66人以上）", 2020),
        ("全国", "公办园在园幼儿占比", 2025),
        ("江西省", "学前教育三年毛入园率", 2020),
    ]
    for (_, _), verdict in judged.items():
        if verdict["reason_code"] == "no_value_for_target_year":
            assert (verdict["status"], verdict["actual_value"], verdict["gap"]) == ("no_data", None, None)


def test_the_verdicts_on_all_shipped_targets_are_these(judged: dict[tuple[str, str], Row]) -> None:
    found: dict[str, Counter[tuple[str, str]]] = {method: Counter() for method in COUNTS}
    for row in judged.values():
        found[row["method"]][row["status"], row["reason_code"]] += 1
    assert found == {method: {**UNDECIDED, **decided} for method, decided in COUNTS.items()}


def test_every_target_has_one_verdict_a_method_and_a_reason_of_its_rules(
    shipped: Site, judged: dict[tuple[str, str], Row], ledger: dict[str, Row]
) -> None:
    assert judged.keys() == {(target, method) for target in ledger for method in COUNTS}
    rules = {
        (row["method"], row["status"], row["reason_code"], row["name_zh"]): row["confidence"]
        for row in query(shipped, "select * from marts.verdict_rule")
    }
    for row in judged.values():
        confidence = rules[row["method"], row["status"], row["reason_code"], row["reason_zh"]]
        assert row["provisional"] == (confidence == "B")


def test_what_cannot_be_judged_is_seen_in_the_ledger(
    judged: dict[tuple[str, str], Row], ledger: dict[str, Row]
) -> None:
    """The first of these that holds: hidden value, no number, no measure, hidden region, a standard of counties."""
    with (ROOT / "raw" / "reference" / "indicators.csv").open(encoding="utf-8", newline="") as file:
        flags = {
            row["indicator_code"] for row in csv.DictReader(file) if row["unit"] == "flag"
        }  # a yes needs no number
    expected = {}
    for target_id, row in ledger.items():
        if row["kind"] == "redacted":
            expected[target_id] = "value_hidden"
        elif not row["value"] and row["comparator"] != "eliminate" and row["indicator_code"] not in flags:
            expected[target_id] = "no_number"
        elif not row["indicator_code"]:
            expected[target_id] = "no_measure"
        elif not row["region_code"]:
            expected[target_id] = "region_not_bound"
        elif row["per_county"] == "yes":
            expected[target_id] = "per_county_standard"
    for method in COUNTS:
        found = {
            target: row["reason_code"]
            for (target, of), row in judged.items()
            if of == method and row["status"] in ("redacted", "not_measurable", "not_comparable")
        }
        assert found == expected
