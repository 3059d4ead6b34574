"""Which numbers of a clause are targets, with which value, unit and bound; what they are called is tested elsewhere."""

import pytest

from tests.unit.extraction.reading import read

PLAN = "嘉兴市教育局2021年工作要点\n一、主要目标\n"
WITH_PREAMBLE = "嘉兴市2021年学位建设实施方案\n{}\n一、目标任务\n新增学位500个。\n二、保障措施\n加强领导。\n"


def quantities(text: str, head: str = PLAN) -> list[str]:
    """Comparator, value and unit of each candidate, sorted; the unit without its "per"."""
    return sorted(
        f"{c.comparator} {c.value}{f'-{c.value_high}' if c.value_high else ''} {c.unit.split('/')[0]}".strip()
        for c in read(text, head)
    )


@pytest.mark.parametrize(
    "text",
    [
        "2020年,全市新增学位2.3万个,全年投入经费12亿元,年底全部通过验收。",
        "去年建成幼儿园12所,提前一年实现到2022年普惠率达到85%的目标。",
        "存在的突出问题是:部分班级班额超过60人,持证教师只占52%,大专以上不到三成。",
        "与2015年相比,在园幼儿增加2.3万人,毛入园率提高12个百分点。",
        "学校食堂全部实现明厨亮灶,覆盖率达到100%,受到省教育厅通报表扬。",
        "截至2021年3月,全市有幼儿园47所,公办园在园幼儿占比为31.8%。",
    ],
)
def test_what_was_done_or_is_stays_past_whatever_year_it_names(text: str) -> None:
    assert quantities(text) == []


def test_the_present_may_be_only_where_a_target_departs_from() -> None:
    text = "公办园占比由目前的41.2%提高到50%,普惠率不低于去年的85%。上年结转项目8月底前全部竣工并交付使用。"
    assert quantities(text) == ["= 100 %", ">= 50 %", ">= 85 %"]


def test_before_the_first_article_only_intent_makes_a_target() -> None:
    past = "全市新建学校54所,新增学位2.3万个,完成年度目标的115%,集团化办学覆盖面达到八成以上,群众获得感明显增强。"
    assert quantities("", WITH_PREAMBLE.format(past)) == ["add 500 个"]
    ahead = "根据上级部署,经研究,2021年我市将新建学校12所,为确保任务按期完成,结合工作实际,制定本实施方案。"
    assert quantities("", WITH_PREAMBLE.format(ahead)) == ["add 12 所", "add 500 个"]


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("报到率低于90%的,核减下一年度名额。", []),
        ("对近视率超过50%的学校,取消评优资格。", []),
        ("巩固率达不到95%的乡镇要限期整改。", []),
        ("服务半径超过2公里的村小予以保留。", []),
        ("学生人数在2000人以上的学校配备2名校医。", ["add 2 名"]),
        ("80%以上的学校配备校医。", [">= 80 %"]),
        ("土地出让收益按不低于10%的比例计提教育资金。", [">= 10 %"]),
    ],
)
def test_a_number_that_only_says_to_what_the_rest_applies(text: str, asked: list[str]) -> None:
    assert quantities(text) == asked


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("学校由223所整合到150所以内。", ["<= 150 所"]),
        ("城区平均班额由58人压到50人。", ["<= 50 人"]),
        ("基地由目前的11个增加到2025年的30个。", [">= 30 个"]),
        ("每百名学生拥有计算机由14台增加到18台。", [">= 18 台"]),
        ("招生计划较上年增加1000人。", ["grow 1000 人"]),
        ("寄宿生生活补助标准每生每天提高1元。", ["grow 1 元"]),
        ("学科类培训机构压减率达到90%以上。", [">= 90 %"]),
        ("学生肥胖率年均增幅控制在0.3个百分点以内。", ["<= 0.3 个百分点"]),
    ],
)
def test_changes_from_one_value_to_another_and_by_an_amount(text: str, asked: list[str]) -> None:
    assert quantities(text) == asked


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("小学、初中校际差异系数分别控制在0.50、0.45以内。", ["<= 0.45", "<= 0.5"]),
        ("普惠率≥88%,大班额比例≤1%。", ["<= 1 %", ">= 88 %"]),
        ("学校网络带宽不低于100兆。", [">= 100 兆"]),
        ("单程步行时间不超过半小时。", ["<= 0.5 小时"]),
        ("职业培训不少于在校生规模的1.2倍。", [">= 1.2 倍"]),
        ("参加体艺类项目的学生不低于参加总数的2/3。", [">= 66.67 %"]),
        ("租期不短于10年。", [">= 10 年"]),
        ("每个专业安排企业实践不少于4周。", [">= 4 周"]),
        ("小学每天睡眠达到10小时,初中9小时。", ["= 9 小时", ">= 10 小时"]),
    ],
)
def test_units_and_signs(text: str, asked: list[str]) -> None:
    assert quantities(text) == asked


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("具体名额为:南湖区310名、秀洲区190名,合计500名。", ["= 190 名", "= 310 名", "= 500 名"]),
        ("凤桥、余新、新丰三镇各新建幼儿园2所。", ["add 2 所"] * 3),
        ("海宁、平湖、桐乡等地各建成1所特色高中。", ["add 1 所"] * 3),
        ("海宁市、平湖市学前三年毛入园率不低于98%。", [">= 98 %"] * 2),
        ("新建幼儿园17所,其中南湖区5所、其余4个镇各3所。", ["add 17 所", "add 3 所", "add 5 所"]),
        ("海宁市、平湖市各撤并小学1所和初中1所。", ["add 1 所"] * 4),
        ("三年内认定示范园30所,2021年、2022年、2023年各10所。", ["add 10 所"] * 3 + ["add 30 所"]),
    ],
)
def test_each_member_of_a_list_and_no_count_of_the_list(text: str, asked: list[str]) -> None:
    assert quantities(text) == asked


def test_items_count_what_the_line_above_them_counts() -> None:
    text = "建设幼儿园6所,其中:\n1.凤桥镇:新建2所,改建1所;\n2.余新镇:新建3所。"
    assert quantities(text) == ["add 1 所", "add 2 所", "add 3 所", "add 6 所"]


def test_brackets_tell_sizes_and_parts() -> None:
    assert quantities("新建市第三幼儿园(12个班、学位360个)。") == ["= 12 个班", "= 360 个"]
    assert quantities("新开办幼儿园22所(含公办19所、民办3所)。") == ["add 19 所", "add 22 所", "add 3 所"]


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("无证幼儿园6月底前全部取缔到位。", ["eliminate 0 所"]),
        ("剩余的37个大班额班级,年内全部消化到位。", ["eliminate 0 个"]),
        ("学生因贫辍学一例也不允许发生。", ["eliminate 0 名"]),
        ("不让一名学生因贫失学。", ["eliminate 0 名"]),
        ("中小学空编年内全部补齐。", ["= 100 %"]),
        ("22所薄弱学校全部完成改造。", ["= 100 %"]),
        ("宽带网络通到每一所教学点。", ["= 100 %"]),
        ("督学责任区覆盖所有中小学校。", ["= 100 %"]),
        ("把每一所幼儿园建成放心工程。", []),
        ("以百分之百的热情投身教育事业。", []),
    ],
)
def test_all_of_a_thing_and_none_of_it(text: str, asked: list[str]) -> None:
    assert quantities(text) == asked


def test_the_head_of_a_column_rules_over_what_its_cells_look_like() -> None:
    table = (
        "| 工作任务 | 2020年完成情况 | 2021年目标 |\n|---|---|---|\n"
        "| 普惠性幼儿园覆盖率 | 91.3% | 稳定在92%以上 |\n"
        "| 教师补充 | 公开招聘1846人 | 招引教师1500名 |\n"
        "| 大班额占比 | 1.4%,较上年下降0.9个百分点 | 0.8%以内 |\n"
    )
    assert quantities(table) == ["<= 0.8 %", ">= 92 %", "add 1500 名"]
