"""Figures that are no targets: facts, forecasts, definitions, names, numbers of documents and telephones."""

import pytest

from tests.unit.extraction.reading import asks


@pytest.mark.parametrize(
    "text",
    [
        "截至2020年底,全市毛入园率达到98.2%,新建幼儿园30所。",
        "“十三五”期间,新增学位7.8万个,大班额比例由12.6%下降到0.9%。",
        "2019年,高考一本上线率首次突破30%。",
        "五年来,公办园占比从32%提高到51%,增长19个百分点。",
        "去年新建幼儿园6所,投入资金3800万元。",
        "目前,全市幼儿园专任教师持证率为82%。",
        "全市已建成示范校35所。",
        "改造了学校12所。",
        "原定2020年实现的毛入学率95%目标已完成。",
        "预计到2025年,小学在校生达到18.6万人,需教师1.2万名。",
        "城区学位缺口约1.2万个。",
        "大班额是指班额在56人以上的班级。",
        "深入实施“1358”工程和“2+1”活动,落实“双线四包”。",
        "贯彻国办发〔2018〕75号文件精神。",
        "联系电话:0573-82815678,邮编314000。",
        "依托两所国家级示范性职校带动发展,做好六个方面的工作。",
        "支持3至6岁儿童就近入园,探索九年一贯制办学。",
        "落实《学前教育三年行动计划(2021—2023年)》。",
        "对考核不合格的学校扣减10%的绩效工资。",
        "稳步提高教师待遇,开齐开足体育课程。",
    ],
)
def test_no_target(text: str) -> None:
    assert asks(text) == []


def test_facts_and_targets_in_one_paragraph_are_told_apart() -> None:
    text = "2020年新建小学3所。到2023年再新建小学5所。目前全市有初中60所,今后五年新建初中4所。"
    assert asks(text) == ["新建小学数 add 5 所", "新建初中数 add 4 所"]


def test_a_part_that_looks_back_gives_nothing_a_part_that_looks_ahead_does() -> None:
    head = "隆回县教育局2018年工作总结和2019年工作打算\n"
    text = "一、2018年工作成效\n新建幼儿园14所,巩固率达到96%。\n二、2019年工作打算\n新建幼儿园9所,巩固率达到97%。"
    assert asks(text, head) == ["新建幼儿园数 add 9 所", "巩固率 >= 97 %"]


def test_a_review_holds_no_target_unless_it_names_a_year_ahead() -> None:
    head = "东台市教育局2020年工作总结\n"
    assert asks("一、普及水平\n新建幼儿园32所,毛入园率达到99%。", head) == []
    assert asks("一、普及水平\n到2025年,毛入园率达到99%。", head) == ["毛入园率 >= 99 %"]
