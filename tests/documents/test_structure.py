"""Order: numbering of every kind, headings without numbers, tables laid out in text, responsible units."""

import pytest

from dagster_project.extraction import document, structure
from dagster_project.extraction.document import Document


def read(text: str) -> Document:
    return document.from_text("规划", text)


def paths(text: str) -> list[str]:
    return [section.path for section in read(text).sections]


def cells(found: Document, number: int = 0) -> list[list[str]]:
    return [[found.words(cell) for cell in row] for row in found.tables[number].rows]


# --- numbering


def test_the_path_is_the_documents_own_numbering() -> None:
    text = "某市教育规划\n一、总体要求\n(一)指导思想。甲。\n(二)目标。乙。\n二、任务\n(一)学前教育\n1.扩大资源。丙。\n2.提高质量。丁。\n(二)义务教育\n1.均衡。戊。\n"
    assert paths(text) == [
        "",
        "一",
        "一/(一)",
        "一/(二)",
        "二",
        "二/(一)",
        "二/(一)/1",
        "二/(一)/2",
        "二/(二)",
        "二/(二)/1",
    ]
    found = read(text)
    assert found.sections[0].title == "某市教育规划"
    at = found.text.index("丁")
    section = found.section_at(at)
    assert section and (section.path, section.title) == ("二/(一)/2", "提高质量")


def test_a_section_holds_what_is_under_it() -> None:
    found = read("一、任务\n(一)甲。\n(二)乙。\n二、保障\n丙。")
    spans = {section.path: found.words(section) for section in found.sections}
    assert spans["一"] == "一、任务\n(一)甲。\n(二)乙。\n"
    assert spans["一/(二)"] == "(二)乙。\n"
    assert spans["二"] == "二、保障\n丙。"


def test_a_count_may_go_on_through_all_chapters() -> None:
    assert paths("一、甲\n1.子。\n2.丑。\n二、乙\n3.寅。\n4.卯。") == ["一", "一/1", "一/2", "二", "二/3", "二/4"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("第一章 总则\n第一条 甲。\n第二条 乙。\n第二章 任务\n第三条 丙。", ["第一章", "第一章/第一条", "第一章/第二条", "第二章", "第二章/第三条"]),
        ("1.目标\n1.1总体目标\n1.2具体目标\n2.任务\n2.1学前教育", ["1", "1/1.1", "1/1.2", "2", "2/2.1"]),
        ("一、甲\n（1）子\n（2）丑\n①寅\n②卯", ["一", "一/(1)", "一/(2)", "一/(2)/①", "一/(2)/②"]),
        ("第一部分 甲\n一、子\n第二部分 乙\n一、丑", ["第一部分", "第一部分/一", "第二部分", "第二部分/一"]),
        ("一、甲\n附件1\n指标表\n附件2\n分工表", ["一", "附件1", "附件2"]),
        ("十、甲\n十一、乙\n二十、丙", ["十", "十一"]),
        ("一、甲\n第一,子。\n第二,丑。", ["一", "一/第一", "一/第二"]),
        ("三、甲\n2014年\n1.子\n2.丑\n2015年\n1.寅\n四、乙", ["三", "三/2014年", "三/2014年/1", "三/2014年/2", "三/2015年", "三/2015年/1", "四"]),
        ("三、甲\n(一)子\n1.丑\n专栏1 重点项目\n表2 指标\n2.寅\n(二)卯", ["三", "三/(一)", "三/(一)/1", "三/专栏1", "三/表2", "三/(一)/2", "三/(二)"]),
    ],
)  # fmt: skip
def test_every_kind_of_mark_is_known(text: str, expected: list[str]) -> None:
    assert paths(text) == expected


def test_marks_inside_a_paragraph_count_where_the_number_goes_on() -> None:
    text = (
        "工作材料。一、坚持党建为纲。要求如下。一是健全机制。甲。二是深化学习。乙。二、坚持质量为本。一是突出人才。丙。"
    )
    assert paths(text) == ["", "一", "一/一是健全机制", "一/二是深化学习", "二", "二/一是突出人才"]


def test_what_is_counted_within_a_paragraph_ends_with_it() -> None:
    found = read("一、甲\n(一)子。一是丑。二是寅。\n达到90%。\n(二)卯。")
    assert [section.path for section in found.sections] == [
        "一",
        "一/(一)",
        "一/(一)/一是丑",
        "一/(一)/二是寅",
        "一/(一)",
        "一/(二)",
    ]
    section = found.section_at(found.text.index("90%"))
    assert section and (section.path, section.title) == ("一/(一)", "子")


@pytest.mark.parametrize(
    "text",
    [
        "一、甲\n2025年达到90%。\n95.3万人受益。\n1.5亿元投入。",
        "一、甲\n按照(二)项规定办理。三、四年级学生。",
        "一、甲\n“三是三非”教育。他是二是三说不清。",
    ],
)
def test_figures_and_words_that_look_like_marks_are_none(text: str) -> None:
    assert paths(text) == ["一"]


def test_without_numbers_the_nearest_heading_is_the_path() -> None:
    text = "某市教育要点\n\n加快学前教育发展\n\n" + "推进幼儿园建设,增加普惠性资源,争取年底前全部达标。" * 3
    text += "\n\n促进义务教育均衡\n\n" + "推进学校标准化建设,缩小城乡差距,办好家门口的学校。" * 3
    found = read(text)
    assert [section.path for section in found.sections] == ["", "加快学前教育发展", "促进义务教育均衡"]
    section = found.section_at(found.text.index("缩小"))
    assert section and section.path == "促进义务教育均衡"


@pytest.mark.parametrize(
    ("word", "number"),
    [
        ("三", 3),
        ("十", 10),
        ("十二", 12),
        ("二十", 20),
        ("三十一", 31),
        ("一百零二", 102),
        ("21", 21),
        ("③", 3),
        ("甲", 0),
    ],
)
def test_marks_are_counted(word: str, number: int) -> None:
    assert structure.counted(word) == number


# --- responsible units


@pytest.mark.parametrize(
    ("bracket", "units"),
    [
        ("〔责任单位:市教育局、市财政局,各县(市、区)人民政府〕", ("市教育局", "市财政局", "各县(市、区)人民政府")),
        ("（责任单位：市教育局、市编办、市住建委，甲县和乙市人民政府）", ("市教育局", "市编办", "市住建委", "甲县人民政府", "乙市人民政府")),
        ("〔市委组织部、市教育局党组,各县(市、区)教育局党组,排第一为牵头单位,下同〕", ("市委组织部", "市教育局党组", "各县(市、区)教育局党组")),
        ("〔市、县(市、区)教育局〕", ("市、县(市、区)教育局",)),
        ("(市教育局牵头,市财政局、市人社局配合)", ("市教育局", "市财政局", "市人社局")),
        ("[牵头单位:省教育厅;配合单位:省财政厅、省人力资源社会保障厅]", ("省教育厅", "省财政厅", "省人力资源社会保障厅")),
        ("\n责任单位：市教育局、市财政局", ("市教育局", "市财政局")),
        ("(含民办学校、特殊教育学校)", ()),
        ("(见附件)", ()),
        ("", ()),
    ],
)  # fmt: skip
def test_the_bracket_that_closes_an_item_names_its_units(bracket: str, units: tuple[str, ...]) -> None:
    found = read(f"一、任务\n1.扩大资源。新建幼儿园3所。{bracket}\n2.提高质量。达到90%。")
    assert found.units_at(found.text.index("3所")) == units
    assert found.units_at(found.text.index("90%")) == ()
    section = found.section_at(found.text.index("3所"))
    assert section
    assert structure.unit_names(found.text[section.units_start : section.units_end]) == units


def test_a_table_may_stand_behind_the_bracket() -> None:
    found = read(
        "一、任务\n达到90%。(牵头单位:市教育局;配合单位:市财政局)\n表1 指标\n| 甲 | 乙 |\n|---|---|\n| 1 | 2 |\n二、保障\n丙。"
    )
    assert found.units_at(found.text.index("90%")) == ("市教育局", "市财政局")


# --- tables


def test_a_markdown_table_has_its_rows_and_its_heading() -> None:
    found = read(
        "前文。\n| 指标 | 2020年 | 2025年 |\n|---|:---:|---|\n| 毛入园率 | 85 | ≥90 |\n| 巩固率 |  | 96以上 |\n后文。"
    )
    assert cells(found) == [["指标", "2020年", "2025年"], ["毛入园率", "85", "≥90"], ["巩固率", "", "96以上"]]
    table = found.tables[0]
    assert (table.kind, table.header_rows) == ("markdown", 1)
    assert found.table_at(found.text.index("≥90")) is table
    assert found.table_at(found.text.index("后文")) is None


def test_a_table_drawn_with_lines_is_read() -> None:
    text = "┌────┬────┐\n│指标│2025年│\n├────┼────┤\n│毛入园率│≥90│\n├────┼────┤\n│巩固率│96│\n└────┴────┘"
    assert cells(read(text)) == [["指标", "2025年"], ["毛入园率", "≥90"], ["巩固率", "96"]]


def test_a_table_aligned_by_spaces_keeps_empty_cells_in_their_columns() -> None:
    text = """专栏 主要指标
指标                  单位    2020年   2025年   属性
学前教育毛入园率      %       85.2     ≥90      预期性
新增学位              个               30000    约束性
义务教育
巩固率                %       95.2     96以上   约束性
后文是一个很长的句子,说明上面的指标。"""
    found = read(text)
    assert cells(found) == [
        ["指标", "单位", "2020年", "2025年", "属性"],
        ["学前教育毛入园率", "%", "85.2", "≥90", "预期性"],
        ["新增学位", "个", "", "30000", "约束性"],
        ["义务教育", "", "", "", ""],
        ["巩固率", "%", "95.2", "96以上", "约束性"],
    ]
    assert (found.tables[0].kind, found.tables[0].header_rows) == ("aligned", 0)


def test_a_table_aligned_by_full_width_spaces_or_tabs_is_read() -> None:
    assert cells(read("指标　　2020年　　2025年\n毛入园率　　85　　90")) == [
        ["指标", "2020年", "2025年"],
        ["毛入园率", "85", "90"],
    ]
    assert cells(read("指标\t2020年\t2025年\n毛入园率\t\t90")) == [["指标", "2020年", "2025年"], ["毛入园率", "", "90"]]


@pytest.mark.parametrize(
    "text",
    [
        "发布时间  2020年2月5日  来源  某站\n正文是一个句子,达到90%以上。",
        "某市教育局  某市财政局\n二〇二五年一月一日",
        "全市达到90%以上,  其中公办园达到50%以上;  " * 3
        + "\n"
        + "全市达到95%以上,  其中公办校达到60%以上;  " * 3
        + "。" * 40,
    ],
)
def test_prose_with_wide_spaces_is_no_table(text: str) -> None:
    assert read(text).tables == ()


def test_numbers_in_a_table_are_no_articles() -> None:
    text = "一、目标\n| 序号 | 指标 |\n|---|---|\n| 1. | 毛入园率 |\n| 2. | 巩固率 |\n二、任务\n甲。"
    assert paths(text) == ["一", "二"]
