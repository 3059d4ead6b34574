"""Names to the catalogue and the code book, on the shipped reference data."""

import pytest

from dagster_project.extraction.resolve import reference


@pytest.mark.parametrize(
    ("name", "unit", "code"),
    [
        ("九年义务教育巩固率", "%", "nine_year_retention"),
        ("学前三年毛入园率", "%", "kg_gross_enrol_rate"),
        ("公办园在园幼儿占比", "%", "kg_public_share_children"),
        ("初中辍学率", "%", "jun_dropout_rate"),
        ("小学专任教师本科及以上学历比例", "%", "pri_teacher_bachelor_rate"),
    ],
)
def test_a_name_that_leaves_no_doubt_has_its_code(name: str, unit: str, code: str) -> None:
    assert reference().indicator(name, unit).code == code


def test_a_name_that_several_stages_share_stays_open_and_says_why() -> None:
    found = reference().indicator("巩固率", "%")
    assert found.code == "" and found.note


def test_the_nearest_indicator_is_only_proposed_and_with_its_score() -> None:
    found = reference().indicator("市级文明校园评选数", "所")
    assert found.code == "" and found.proposed == "civilised_campus_created" and 0.5 <= found.score < 1


def test_no_indicator_is_proposed_where_none_is_near_or_the_unit_differs() -> None:
    assert reference().indicator("智能水表安装户数", "户").proposed == ""
    assert reference().indicator("九年义务教育巩固率", "元").code == ""


def test_a_region_has_the_code_of_its_time_inside_its_own_region() -> None:
    known = reference()
    assert known.region_code("嘉兴市", 2018) == "330400"
    assert known.region_code("南湖区", 2018, "330400") == "330402"
    assert known.region_code("全国", 2018) == "100000"
    assert known.region_code("X市", 2018) == ""
    assert known.region_code("鼓楼区", 2018) == "", "many cities have one"
    assert known.region_code("鼓楼区", 2018, "320100") == "320106"


@pytest.mark.parametrize(
    ("value", "unit", "base"),
    [("3", "万亩", ("30000", "亩")), ("18.6", "亿元", ("1860000000", "元")), ("50", "‰", ("5", "%")), ("1.5", "万个", ("15000", "个")), ("7", "座", ("7", "座"))],
)  # fmt: skip
def test_values_in_base_units(value: str, unit: str, base: tuple[str, str]) -> None:
    assert reference().base(value, unit) == base
