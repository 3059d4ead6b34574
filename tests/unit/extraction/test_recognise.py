"""What a sentence asks for, family by family, on small sentences read by hand."""

import pytest

from tests.unit.extraction.reading import asks, read


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("学前教育毛入园率不低于90%。", "学前教育毛入园率 >= 90 %"),
        ("学前教育毛入园率达到90%以上。", "学前教育毛入园率 >= 90 %"),
        ("学前教育毛入园率稳定在90%左右。", "学前教育毛入园率 = 90 %"),
        ("学前教育毛入园率力争突破90%。", "学前教育毛入园率 > 90 %"),
        ("小学辍学率控制在0.5%以内。", "小学辍学率 <= 0.5 %"),
        ("普通高中平均班额降到50人以下。", "普通高中平均班额 < 50 人"),
        ("择校生比例降至5%。", "择校生比例 <= 5 %"),
        ("城镇小区配套幼儿园移交率达到100%。", "城镇小区配套幼儿园移交率 = 100 %"),
        ("每年选派不少于200名教师到乡村学校支教。", "选派教师到乡村学校支教数 add 200 名"),
        ("创建省级示范高中2—3所。", "创建省级示范高中数 range 2-3 所"),
        ("教育园区用地扩充到3万亩。", "教育园区用地面积 >= 3 万亩"),
        ("生师比达到17:1。", "生师比 >= 17:1"),
    ],
)
def test_comparators(text: str, asked: str) -> None:
    assert asks(text) == [asked]


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("小学、初中辍学率分别控制在0.5%、1.2%以内。", ["小学辍学率 <= 0.5 %", "初中辍学率 <= 1.2 %"]),
        ("辍学率控制在国家规定的小学1%、初中1.5%范围内。", ["小学辍学率 <= 1 %", "初中辍学率 <= 1.5 %"]),
        ("巩固率、毛入学率分别达到98%以上和95%。", ["巩固率 >= 98 %", "毛入学率 >= 95 %"]),
        ("教师、校干年交流比例不低于15%。", ["教师年交流比例 >= 15 %", "校干年交流比例 >= 15 %"]),
        ("公办幼儿园和普惠性民办幼儿园占比保持80%以上。", ["公办幼儿园和普惠性民办幼儿园占比 >= 80 %"]),
        ("小学、初中净入学率均达到100%。", ["小学净入学率 = 100 %", "初中净入学率 = 100 %"]),
        ("创建省优质园6所、市优质园4所。", ["创建省优质园数 add 6 所", "创建市优质园数 add 4 所"]),
        ("创建150所文明校园和30所文化示范校。", ["创建文明校园数 add 150 所", "创建文化示范校数 add 30 所"]),
        ("生均图书小学达到20册、初中达到30册。", ["小学生均图书数 >= 20 册", "初中生均图书数 >= 30 册"]),
    ],
)
def test_parallel_lists_give_one_target_a_member(text: str, asked: list[str]) -> None:
    assert asks(text) == asked


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("按照每班2名专任教师、1名保育员的标准配备。", ["专任教师数 = 2 名/班", "保育员数 = 1 名/班"]),
        ("建设10个省级、30个市级实训基地。", ["建设省级实训基地数 add 10 个", "建设市级实训基地数 add 30 个"]),
        ("生均拨款标准不低于500元、不超过1000元。", ["生均拨款标准 range 500-1000 元"]),
        ("合格率达到95%以上、优良率达到50%以上。", ["合格率 >= 95 %", "优良率 >= 50 %"]),
        ("投资800万元,新建教学楼2栋。", ["新建教学楼投资 = 800 万元", "新建教学楼数 add 2 栋"]),
        ("遴选20所学校试点,2023年扩大到50所,2025年实现全覆盖。",
         ["遴选学校试点数 add 20 所", "遴选学校试点数 add 50 所", "学校试点覆盖率 = 100 %"]),
    ],
)  # fmt: skip
def test_what_a_clause_leaves_out_comes_from_its_neighbours(text: str, asked: list[str]) -> None:
    assert asks(text) == asked


def test_values_whose_subjects_are_not_found_say_so() -> None:
    found = read("新建校舍面积分别为18.5万、12万平方米。")
    assert [c.value for c in found] == ["18.5", "12"]
    assert all("并列数值与对象个数不等" in c.note and c.confidence < 0.7 for c in found)


def test_lists_of_places_with_two_tasks_each() -> None:
    found = read("新建小学9所,新增学位8000个。南湖区5所4500个、秀洲区4所3500个。")
    assert [(c.region_zh, c.value) for c in found] == [
        ("嘉兴市", "9"), ("嘉兴市", "8000"), ("南湖区", "5"), ("南湖区", "4500"), ("秀洲区", "4"), ("秀洲区", "3500"),
    ]  # fmt: skip


def test_a_ground_is_a_baseline() -> None:
    (found,) = read("在2020年公办园占比48%的基础上,到2025年达到55%。")
    assert (found.indicator_zh, found.baseline, found.baseline_year, found.value) == ("公办园占比", "48", "2020", "55")


def test_crossed_pairs_keep_what_they_start_from() -> None:
    found = read("小学和初中教师本科学历比例由2020年的71.3%、88.6%提高到80%、93%。")
    assert [(c.indicator_zh, c.baseline, c.value, c.baseline_year) for c in found] == [
        ("小学教师本科学历比例", "71.3", "80", "2020"),
        ("初中教师本科学历比例", "88.6", "93", "2020"),
    ]


def test_parts_within_parts() -> None:
    found = read("新建公办幼儿园10所,其中新建6所(甲镇3所、乙镇2所),改扩建4所。".replace("新建公办", "新建、改扩建公办"))
    assert [(c.indicator_zh, c.value, c.region_zh) for c in found] == [
        ("新建、改扩建公办幼儿园数", "10", "嘉兴市"),
        ("新建公办幼儿园数", "6", "嘉兴市"),
        ("新建公办幼儿园数", "3", "甲镇"),
        ("新建公办幼儿园数", "2", "乙镇"),
        ("改扩建公办幼儿园数", "4", "嘉兴市"),
    ]


def test_each_named_place_has_its_own_target() -> None:
    found = read("南湖区、秀洲区、平湖市分别新建3所、8所、5所公办幼儿园。")
    assert [(c.region_zh, c.value, c.region_code) for c in found] == [
        ("南湖区", "3", "330402"), ("秀洲区", "8", "330411"), ("平湖市", "5", "330482"),
    ]  # fmt: skip
    assert [(c.region_zh, c.value) for c in read("南湖区、秀洲区各新建1所小学,其余各县(市)至少新建2所。")] == [
        ("南湖区", "1"), ("秀洲区", "1"), ("嘉兴市其余各县", "2"),
    ]  # fmt: skip


def test_a_path_is_one_target_a_year() -> None:
    found = read("公办园在园幼儿占比2021年、2022年、2023年分别达到52%、54%、56%。")
    assert [(c.value, c.period) for c in found] == [("52", "2021"), ("54", "2022"), ("56", "2023")]
    found = read("到2022年,毛入园率达到90%;2023年达到92%,2025年达到95%。")
    assert [(c.indicator_zh, c.value, c.period) for c in found] == [
        ("毛入园率", "90", "2022"), ("毛入园率", "92", "2023"), ("毛入园率", "95", "2025"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("教育投入年均增长不低于6%。", "教育投入年均增长率 grow 6 %/年"),
        ("本科率提高6.8个百分点以上。", "本科率提高幅度 grow 6.8 个百分点"),
        ("近视率年均下降0.5个百分点以上。", "近视率年均降幅 grow -0.5 个百分点/年"),
        ("科研经费比2020年翻一番。", "科研经费增长率 grow 100 %"),
        ("教育支出逐年只增不减。", "教育支出增长率 grow 0 %"),
    ],
)
def test_points_are_not_percent_and_a_fall_is_negative(text: str, asked: str) -> None:
    assert asks(text) == [asked]


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("确保2023年80%以上的学校达到标准。", "学校达到标准比例 >= 80 %"),
        ("新增教育经费的七成用于农村。", "新增教育经费用于农村比例 >= 70 %"),
        ("学校按照公用经费总额的5%安排教师培训经费。", "学校教师培训经费占公用经费总额比例 = 5 %"),
        ("特教津贴按基本工资的25%发放。", "特教津贴占基本工资比例 = 25 %"),
        ("骨干教师占交流总数的五分之一以上。", "骨干教师占交流总数比例 >= 20 %"),
    ],
)
def test_shares_that_name_their_whole(text: str, asked: str) -> None:
    assert asks(text) == [asked]


@pytest.mark.parametrize(
    ("text", "asked", "kind"),
    [
        ("实现乡镇公办中心幼儿园全覆盖。", "乡镇公办中心幼儿园覆盖率 = 100 %", "implied"),
        ("实现示范幼儿园县县全覆盖。", "示范幼儿园县域覆盖率 = 100 %", "implied"),
        ("使每一所普通高中达到办学标准。", "普通高中达到办学标准比例 = 100 %", "implied"),
        ("坚决取缔无证幼儿园。", "无证幼儿园数 eliminate 0 所", "implied"),
        ("全面消除66人以上的超大班额。", "超大班额班级数 eliminate 0 个", "explicit"),
        ("杜绝重大校园安全责任事故。", "重大校园安全责任事故数 eliminate 0 起", "implied"),
        ("教师工资收入不低于当地公务员工资收入水平。", "教师工资收入与公务员之比 >= 100 %", "implied"),
        ("地方教育附加全部用于教育事业。", "地方教育附加用于教育事业比例 = 100 %", "implied"),
        ("小学辍学率为0。", "小学辍学率 = 0 %", "explicit"),
    ],
)
def test_what_is_only_understood(text: str, asked: str, kind: str) -> None:
    assert asks(text) == [asked]
    assert [c.kind for c in read(text)] == [kind]


def test_hidden_values_years_and_places() -> None:
    head = "X县教育局**年工作要点\n一、主要任务\n"
    found = read(
        "新增学位X个,学前三年毛入园率达到XX%。X镇、X乡分别新建2所、1所公办幼儿园,我县X年毛入学率达到95%。", head
    )
    assert [(c.region_zh, c.value, c.kind) for c in found] == [
        ("X县", "", "redacted"), ("X县", "", "redacted"), ("X镇", "2", "explicit"), ("X乡", "1", "explicit"),
        ("X县", "95", "explicit"),
    ]  # fmt: skip
    assert found[-1].year_hidden and found[-1].period == ""


def test_a_place_may_have_lost_its_suffix() -> None:
    found = read("各县(市、区)新建10所农村学校,其中,X县3所、X3所、X区4所。")
    assert [(c.region_zh, c.value) for c in found] == [("嘉兴市各县", "10"), ("X县", "3"), ("X", "3"), ("X区", "4")]


def test_a_date_alone_is_a_target_without_a_number() -> None:
    (found,) = read("中心幼儿园改建工程2023年8月底前竣工。")
    assert (found.comparator, found.value, found.deadline) == ("<=", "", "2023-08")
    assert read("新增学位800个,2023年9月建成投用。")[0].deadline == "2023-09"


def test_a_quoted_target_is_of_the_region_that_set_it() -> None:
    found = read("国家提出,到2023年全国巩固率达到95%以上。我市的目标是:到2023年,巩固率达到98%。")
    assert [(c.region_zh, c.region_code, c.value) for c in found] == [
        ("全国", "100000", "95"),
        ("嘉兴市", "330400", "98"),
    ]


def test_responsible_units_are_named_lead_first() -> None:
    (found,) = read("1.扩大资源。新建小学3所。〔责任单位:市教育局、市财政局,各县(市、区)人民政府〕")
    assert found.responsible_units == "市教育局;市财政局;各县(市、区)人民政府"


@pytest.mark.parametrize(
    ("words", "period", "deadline"),
    [
        ("到2023年底,", "2023", "2023-12"),
        ("2022年9月前,", "2022", "2022-09"),
        ("“十四五”期间,", "2021-2025", ""),
        ("", "2021-2025", ""),
        ("每年", "每年(2021-2025)", ""),
    ],
)
def test_when_a_target_is_due(words: str, period: str, deadline: str) -> None:
    (found,) = read(f"{words}培训教师3000名。")
    assert (found.period, found.deadline) == (period, deadline)


def test_next_year_in_a_work_plan_is_the_year_it_plans() -> None:
    (found,) = read("明年新建小学3所。", "嘉兴市教育局2024年工作要点\n一、任务\n")
    assert found.period == "2024"


def test_a_heading_that_repeats_a_number_of_its_article_is_no_second_target() -> None:
    assert asks("1.新建10所农村学校。各地新建10所农村学校,落实建设资金。") == ["新建农村学校数 add 10 所"]
    assert asks("1.新建10所农村学校。加快建设进度。") == ["新建农村学校数 add 10 所"]


def test_members_of_a_class_take_their_measure_from_the_one_before() -> None:
    assert asks("小学生每天睡眠不少于10小时，初中生9小时，高中生8小时。") == [
        "小学生睡眠时间 >= 10 小时",
        "初中生睡眠时间 >= 9 小时",
        "高中生睡眠时间 >= 8 小时",
    ]
    assert [line.split()[0] for line in asks("生活补助每人每月一类不低于600元、二类不低于400元、三类不低于300元。")][
        1:
    ] == [
        "二类生活补助",
        "三类生活补助",
    ]


def test_a_fall_by_half_and_a_limited_growth() -> None:
    assert asks("英语教师缺额减少一半；教师平均年龄下降2岁。") == [
        "英语教师缺额降幅 grow -50 %",
        "教师平均年龄降幅 grow -2 岁",
    ]
    assert asks("肥胖率年均增幅控制在0.2个百分点以内。") == ["肥胖率年均增幅 <= 0.2 个百分点/年"]


def test_places_without_their_kind_and_areas_that_get_a_number_each() -> None:
    assert [c.region_zh for c in read("嘉善、海盐、平湖各新建幼儿园3所。")] == ["嘉善", "海盐", "平湖"]
    assert [(c.region_zh, c.value) for c in read("老城片区、高铁片区分别规划建设初中1所、2所。")] == [
        ("老城片区", "1"),
        ("高铁片区", "2"),
    ]


def test_sizes_of_a_building_named_in_a_clause_without_numbers() -> None:
    assert asks("迁建嘉兴三中初中部，占地90亩，可容纳学生2400人。") == [
        "嘉兴三中初中部占地面积 = 90 亩",
        "嘉兴三中初中部容纳学生数 = 2400 人",
    ]


def test_a_school_that_opens_a_clause_is_whose_target_it_is() -> None:
    found = read("嘉善中学高考本科上线率较2020年提高6个百分点，在校生稳定在3000人左右。")
    assert [c.region_zh for c in found] == ["嘉兴市·嘉善中学"] * 2


def test_a_sum_for_each_of_those_counted() -> None:
    assert asks("资助困难家庭大学新生900名，每人5000元。")[1] == "困难家庭大学新生资助标准 = 5000 元/人"


def test_no_one_out_of_school() -> None:
    assert [line.split()[1:] for line in asks("不让一名学生因贫失学。")] == [["eliminate", "0", "名"]]


def test_numbers_behind_a_colon_that_take_what_stands_before_it() -> None:
    assert asks("为1.8万名寄宿生每人每年补助伙食费：小学800元、初中1200元。") == [
        "小学寄宿生补助伙食费 = 800 元",
        "初中寄宿生补助伙食费 = 1200 元",
    ]


def test_lessons_a_week_by_year_groups() -> None:
    assert asks("小学一至三年级每周体育课5节，四年级以上及初中每周不少于4节，高中每周3节。") == [
        "小学一至三年级体育课数 = 5 节",
        "四年级以上及初中体育课数 >= 4 节",
        "高中体育课数 = 3 节",
    ]
