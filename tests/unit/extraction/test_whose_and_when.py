"""Whose target it is, what it measures where the clause leaves it out, and when it is due: small texts read by hand."""

import pytest

from dagster_project.extraction.resolve import reference
from tests.unit.extraction.reading import read

PLAN = "安化县教育发展“十三五”规划\n\n一、目标\n"
WORK = "泸溪县2021年教育工作要点\n\n一、任务\n"


def said(text: str, head: str = WORK) -> list[str]:
    """Each candidate as 'indicator | region | value | period'."""
    return [f"{c.indicator_zh} | {c.region_zh} | {c.value} | {c.period}" for c in read(text, head)]


def whose(title: str, rest: str = "一、任务\n新建幼儿园3所。") -> set[str]:
    return {c.region_zh for c in read(rest, f"{title}\n\n")}


@pytest.mark.parametrize(
    ("title", "region"),
    [
        ("白水县中小学布局优化调整方案", "白水县"),
        ("关于印发《常宁市教育事业发展“十四五”规划》的通知", "常宁市"),
        ("中共巴东县委 巴东县人民政府关于加快推进教育现代化的实施意见", "巴东县"),
        ("关于下达上饶市职业教育集团2017年招生计划的通知", "上饶市"),
        ("凤凰县沱江镇2021年学前教育工作计划", "沱江镇"),
        ("朝阳街道2022年教育工作计划", "朝阳街道"),
        ("合肥经济技术开发区2023年教育工作要点", "合肥经济技术开发区"),
        ("保定市徐水区2020年教育工作要点", "徐水区"),
        ("锡林郭勒盟教育局2020年工作要点", "锡林郭勒盟"),
        ("新疆生产建设兵团教育发展“十四五”规划", "新疆生产建设兵团"),
        ("XX区2023年教育工作要点", "XX区"),
    ],
)
def test_a_title_names_the_region_of_its_document(title: str, region: str) -> None:
    assert whose(title) == {region}


def test_a_title_may_leave_the_kind_of_its_region_to_the_text() -> None:
    assert whose("安吉教育高质量发展三年行动计划", "一、目标\n全县新建幼儿园3所,我县新增学位500个。") == {"安吉县"}


def test_a_speech_is_of_the_place_it_speaks_of_most() -> None:
    text = "同志们:\n建始教育稳步发展,建始人民重视教育。今年,全县要新建幼儿园6所。"
    assert whose("在全县教育工作会议上的讲话\n(2021年3月5日)", text) == {"建始县"}


def test_the_office_that_signs_tells_where_the_title_does_not() -> None:
    text = "一、目标\n全市新建学校10所。\n\n温岭市教育局\n2022年2月10日"
    assert whose("市教育局2022年工作要点", text) == {"温岭市"}


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("桥头、岩头两镇各新建幼儿园1所。", ["新建幼儿园数 | 桥头镇 | 1 | 2021", "新建幼儿园数 | 岩头镇 | 1 | 2021"]),
        ("盈浦、夏阳两街道分别新增学位5个和6个。", ["新增学位数 | 盈浦街道 | 5 | 2021", "新增学位数 | 夏阳街道 | 6 | 2021"]),
        ("桥头镇新建小学2所、初中1所。", ["新建小学数 | 桥头镇 | 2 | 2021", "新建初中数 | 桥头镇 | 1 | 2021"]),
        ("浦市中学、达岚中学各补充教师4名。", ["补充教师数 | 泸溪县·浦市中学 | 4 | 2021", "补充教师数 | 泸溪县·达岚中学 | 4 | 2021"]),
        ("县城新增学位1200个。", ["新增学位数 | 泸溪县县城 | 1200 | 2021"]),
        ("送教下乡培训教师300名。", ["送教下乡培训教师数 | 泸溪县 | 300 | 2021"]),
        ("其余4个乡镇各新建幼儿园1所。", ["新建幼儿园数 | 泸溪县其余4个乡镇 | 1 | 2021"]),
    ],
)  # fmt: skip
def test_places_and_schools_have_their_own_targets(text: str, asked: list[str]) -> None:
    assert said(text) == asked


def test_autonomous_counties_go_by_their_short_names() -> None:
    assert {"元江县", "延边州"} <= reference().names
    assert reference().region_code("元江县", 2021) == "530428"


@pytest.mark.parametrize(
    ("text", "region"),
    [
        ("国家要求教师每五年参加培训不少于360学时。", "全国"),
        ("到2025年全国九年义务教育巩固率达到96%。", "全国"),
        ("省里要求各地教师培训经费占比不低于5%。", "湖南省"),
        ("省教育厅下达我县特岗教师招聘指标150名。", "泸溪县"),
    ],
)
def test_who_asks_for_it(text: str, region: str) -> None:
    assert [c.region_zh for c in read(text, WORK)] == [region]


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        (
            "学前三年毛入园率达到80%,其中牧区达到70%,旗所在地达到90%。",
            [
                "学前三年毛入园率 | 泸溪县 | 80 | 2021",
                "学前三年毛入园率 | 泸溪县牧区 | 70 | 2021",
                "学前三年毛入园率 | 泸溪县旗所在地 | 90 | 2021",
            ],
        ),
        (
            "乡村教师生活补助也要提标,每人每月不低于300元。",
            ["乡村教师生活补助 | 泸溪县 | 300 | 2021"],
        ),
        (
            "举办校长培训班3期,每期40人。",
            ["举办校长培训班期数 | 泸溪县 | 3 | 2021", "校长培训班每期人数 | 泸溪县 | 40 | 2021"],
        ),
        ("投资1.2亿元,新建县第四小学。", ["新建县第四小学投资 | 泸溪县 | 1.2 | 2021"]),
        ("逐步降低班额,起始年级小学不超过45人。", ["起始年级小学班额 | 泸溪县 | 45 | 2021"]),
        (
            "培训名额按教师数核定,各乡镇具体任务为:浦市镇30名、武溪镇20名。",
            ["培训名额数 | 浦市镇 | 30 | 2021", "培训名额数 | 武溪镇 | 20 | 2021"],
        ),
        (
            "建设幼儿园6个,新增学位700个。其中,浦市镇3个、武溪镇1个、其余2个乡镇各1个。",
            [
                "建设幼儿园数 | 泸溪县 | 6 | 2021",
                "新增学位数 | 泸溪县 | 700 | 2021",
                "建设幼儿园数 | 浦市镇 | 3 | 2021",
                "建设幼儿园数 | 武溪镇 | 1 | 2021",
                "建设幼儿园数 | 泸溪县其余2个乡镇 | 1 | 2021",
            ],
        ),
        ("中职学校布局进一步优化,由8所整合到5所以内。", ["中职学校数 | 泸溪县 | 5 | 2021"]),
        ("新增4个班120个学位。", ["新增班数 | 泸溪县 | 4 | 2021", "新增学位数 | 泸溪县 | 120 | 2021"]),
    ],
)
def test_a_name_is_taken_from_where_the_text_says_it(text: str, asked: list[str]) -> None:
    assert said(text) == asked


@pytest.mark.parametrize(
    ("text", "years"),
    [
        ("到2018年,毛入园率达到80%。新建幼儿园8所。", ["2018", "2018"]),
        ("新建小学6所,力争到2018年覆盖率达到80%。新建幼儿园8所。", ["2016-2020", "2018", "2016-2020"]),
        ("2016年新建小学6所,2018年新建小学8所。新建幼儿园8所。", ["2016", "2018", "2016-2020"]),
        ("2016年至2020年,依次新建小学1所、2所、3所、4所、5所。", ["2016", "2017", "2018", "2019", "2020"]),
        ("第一阶段(2016年3月—8月):遴选示范校10所。", ["2016"]),
        ("2017年,新建幼儿园8所。当年培训教师60名。", ["2017", "2017"]),
        ("双师型教师比例由2015年的40%提高到2018年的50%、2020年的60%。", ["2018", "2020"]),
    ],
)
def test_what_a_time_holds_for(text: str, years: list[str]) -> None:
    assert [c.period for c in read(text, PLAN)] == years


def test_items_under_a_year_are_of_that_year() -> None:
    text = "2017年,建设幼儿园5所。其中:\n1.马路镇:新建幼儿园2所;\n2.奎溪镇:新建幼儿园3所。"
    assert [(c.region_zh, c.period) for c in read(text, PLAN)] == [
        ("安化县", "2017"), ("马路镇", "2017"), ("奎溪镇", "2017"),
    ]  # fmt: skip


def test_next_year_is_the_one_after_where_the_text_says_this_year() -> None:
    assert [c.period for c in read("今年新建小学3所,明年新建小学4所。", WORK)] == ["2021", "2022"]


def test_within_years_of_a_yearly_plan() -> None:
    assert [c.period for c in read("三年内,品牌专业达到18个。", WORK)] == ["2021-2023"]


def test_a_row_of_a_table_names_its_units_lead_first() -> None:
    table = "| 任务 | 目标值 | 牵头单位 | 配合单位 |\n|---|---|---|---|\n| 九年义务教育巩固率 | 98% | 县教育局 | 县财政局、县民政局 |\n"
    assert [c.responsible_units for c in read(table, WORK)] == ["县教育局;县财政局;县民政局"]
