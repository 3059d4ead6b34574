"""Cleaning: every kind of damage seen in scraped, scanned and shared documents, and the way back from each place.

The sentences are made up; the damage is made the way it arises where a codec can make it.
"""

import csv

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dagster_project.extraction import document
from dagster_project.extraction.document import Document
from dagster_project.settings import ROOT

SHARED = ROOT.parent / "shared"
needs_shared = pytest.mark.skipif(not (SHARED / "documents").exists(), reason="the policy documents are not here")


def clean(text: str) -> str:
    return document.from_text("规划", text).text


def back(found: Document, words: str) -> str:
    """What the original has where the text has these words."""
    start = found.text.index(words)
    first, last = found.original_span(start, start + len(words))
    return found.original[first:last]


def rules(found: Document) -> set[str]:
    return {note.rule for note in found.notes}


# --- characters


def test_full_width_becomes_half_width_and_chinese_marks_stay() -> None:
    found = document.from_text("规划", "到２０２５年，毛入园率≥９０％（公办Ａ类“示范”园、《办法》）。")
    assert found.text == "到2025年,毛入园率≥90%(公办A类“示范”园、《办法》)。"
    assert back(found, "2025年,毛") == "２０２５年，毛"


@pytest.mark.parametrize(
    ("traditional", "simplified"),
    [
        ("著力解決，沿著方向，著重抓好，隨著發展", "着力解决,沿着方向,着重抓好,随着发展"),
        ("成效顯著，著名學校，編著教材，專著十部", "成效显著,著名学校,编著教材,专著十部"),
        ("乾淨整潔，乾隆年間，徵求意見，計畫", "干净整洁,乾隆年间,征求意见,计划"),
        ("後勤，皇后，裡程碑，系統，關係，範圍，規範", "后勤,皇后,里程碑,系统,关系,范围,规范"),
    ],
)
def test_traditional_becomes_simplified(traditional: str, simplified: str) -> None:
    assert clean(traditional) == simplified


def test_a_simplified_text_keeps_its_words() -> None:
    assert clean("成效显著,合著《教育论》,所著颇丰") == "成效显著,合著《教育论》,所著颇丰"


def test_radicals_that_pdf_fonts_give_are_characters() -> None:
    assert clean("⼀年级⻓期⺠办⽣均") == "一年级长期民办生均"


def test_what_does_not_show_is_gone() -> None:
    assert (
        clean("\ufeff达\u200b到\xad90%\u2060以上\u00a0，&nbsp;其中&ldquo;公办&rdquo;园") == "达到90%以上,其中“公办”园"
    )


# --- readings


@pytest.mark.parametrize(
    "text",
    [
        "實(shí)施學(xué)前教育",
        "實（shí）施學（xué）前教育",
        "實shí施學xué前教育",
        "實(ㄕˊ)施學(ㄒㄩㄝˊ)前教育",
        "實(音shí)施學(xué )前教育",
        "實(shi\u0301)施學(xue\u0301)前教育",
    ],
)
def test_readings_put_in_by_scrapers_are_taken_out(text: str) -> None:
    found = document.from_text("规划", text)
    assert found.text == "实施学前教育"
    assert back(found, "学前") in text


def test_a_reading_in_the_light_tone_goes_only_where_others_stand() -> None:
    assert clean("學(xué)生們(men)，習(xí)慣，機(jī)制") == "学生们,习惯,机制"
    assert clean("建设智慧平台(app)和资源库(ku),接入率达到100%") == "建设智慧平台(app)和资源库(ku),接入率达到100%"


def test_latin_words_in_brackets_stay() -> None:
    assert clean("推进科学教育(STEM)和物联网(IoT),覆盖率(%)达到90") == "推进科学教育(STEM)和物联网(IoT),覆盖率(%)达到90"


# --- bytes out of step

TELLS = (
    "確保學校開展教育。確保義務教育。學校考試招生制度，錄取模式，模式創新。各縣域內學校。學前教育。任務。学校规模。\n"
)


def cut(text: str, before: str) -> str:
    """The text as a GBK reader sees it when the first byte of `before` stands alone: all that follows is one byte off."""
    first, rest = text.split(before, 1)
    data = (before + rest).encode("gbk")
    end = data.index(b",") if b"," in data else len(data)
    shown = data[1:end].decode("gbk", "replace").replace("\ufffd", "?") + data[end:].decode("gbk")
    return first + "?" + shown


def test_a_run_that_lost_step_is_read_again() -> None:
    damaged = cut("高中階段學校考試招生錄取模式,試點", "校考")
    assert "考試" not in damaged
    found = document.from_text("要点", TELLS + damaged)
    line = found.text.split("\n")[1]
    assert line == "高中阶段学校考试招生录取模式,试点"
    (note,) = [note for note in found.notes if note.rule == "lost_bytes"]
    assert not note.sure
    assert list(found.doubts(note.start, note.end)) == [note]
    assert back(found, "校考试招生录取模式") == damaged[5:-3]


def test_the_second_byte_may_be_a_letter_that_shows() -> None:
    found = document.from_text("要点", TELLS + cut("確保縣域內學校達標", "保縣"))
    assert found.text.split("\n")[1] == "确保县域内学校达标"


def test_a_reading_inside_a_character_is_taken_out_of_it() -> None:
    # 學 is the bytes 8C 57, the second of them a W: a reading was put between the two, and its bracket was swallowed.
    found = document.from_text("要点", TELLS + "中心區(qū)域?qū)W前教育")
    assert found.text.split("\n")[1] == "中心区域学前教育"


def test_what_the_document_does_not_tell_is_not_made_up() -> None:
    line = document.from_text("要点", TELLS + cut("扣好人生第一粒扣子,試點", "粒扣")).text.split("\n")[1]
    assert line.startswith("扣好人生第一") and line.endswith(",试点")
    assert set(line) <= set("扣好人生第一粒扣子,试点?圩\ufffd")


@pytest.mark.parametrize("text", ["努力奋斗了么?\n日前", "真的吗??好的", "什么?!是", "学校?家长?教育局?", "问?a问"])
def test_a_question_is_a_question(text: str) -> None:
    assert clean(TELLS + text).endswith(text)


# --- pages


@pytest.mark.parametrize(
    "mark",
    [
        "\n- 12 -\n",
        "\n\n— 12 —\n\n",
        "\n第12页 共30页\n",
        "\n12/30\n",
        "第 12 页 共 30 页",
        " - 12 - ",
        "\f",
        "\n12\n\f",
        "\nPage 12 of 30\n",
    ],
)
@pytest.mark.parametrize(
    ("before", "after"),
    [("到2025年,全市学前教育毛入园率", "达到90%以上。"), ("到2025年,全市九年义务教育巩固率达到9", "5.3%以上。")],
)
def test_a_page_mark_inside_a_sentence_or_number_leaves_no_trace(mark: str, before: str, after: str) -> None:
    text = before + mark + after
    if mark == "\n12\n\f":  # a bare number counts pages only where it goes on counting
        text = f"甲。\n10\n\f乙。\n11\n\f{text}"
    found = document.from_text("规划", text)
    assert before + after in found.text
    assert back(found, (before + after)[-12:]).startswith((before + after)[-12:][:4])


def test_a_date_with_wide_dashes_is_no_page_mark() -> None:
    assert clean("于2025 - 12 - 31前完成") == "于2025-12-31前完成"


def test_a_page_mark_between_paragraphs_leaves_the_break() -> None:
    assert clean("一是达到90%以上。\n- 3 -\n二是达到95%以上。") == "一是达到90%以上。\n二是达到95%以上。"
    assert (
        clean("三、保障措施和组织实施的有关要求\n- 3 -\n(一)加强领导")
        == "三、保障措施和组织实施的有关要求\n(一)加强领导"
    )


def test_a_page_counted_like_an_item_is_known_by_the_pages_around_it() -> None:
    filling = "坚持以人民为中心的发展思想,深化改革,补齐短板," * 3
    text = f"{filling}达到\n— 2 —\n90%以上。\n{filling}今明两年新\n3、增学位1500个。\n{filling}达到\n第 4 页 共 6 页\n95%以上。"
    assert "今明两年新增学位1500个" in clean(text)
    assert "新\n3、增" in clean(text.replace("— 2 —", "").replace("第 4 页 共 6 页", ""))


def test_a_banner_that_comes_with_every_page_goes_with_its_number() -> None:
    pages = [f"到202{at}年,全市学前教育毛入园率\n- {at} -\n某市教育发展规划\n达到9{at}%以上。\n" for at in range(1, 5)]
    text = clean("".join(pages))
    assert "某市教育发展规划" not in text
    assert "到2023年,全市学前教育毛入园率达到93%以上。" in text


def test_pages_that_a_site_counts_like_a_list_are_joined() -> None:
    filling = "坚持以人民为中心的发展思想,深化改革,补齐短板," * 9
    text = f"1、{filling}新增学\n2、位3000个。{filling}投入1\n3、5亿元。{filling}"
    found = document.from_text("规划", text)
    assert "新增学位3000个" in found.text
    assert "投入15亿元" in found.text
    assert (
        clean("1、新增学位3000个。\n2、投入15亿元。\n3、加强领导。")
        == "1、新增学位3000个。\n2、投入15亿元。\n3、加强领导。"
    )


def test_a_site_may_count_pages_that_hold_lists_of_their_own() -> None:
    filling = "坚持以人民为中心的发展思想,深化改革,补齐短板," * 9
    text = f"1、{filling}\n1、甲。\n2、乙。{filling}新增学\n2、位3000个。{filling}投入1\n3、5亿元。{filling}"
    assert "新增学位3000个" in clean(text)
    assert "投入15亿元" in clean(text)
    assert "\n1、甲。\n2、乙。" in clean(text)


def test_lines_of_a_printed_page_become_paragraphs_again() -> None:
    lines = [
        "    到2025年,全市学前教育毛入园率达到90%以上,普惠性幼儿园覆盖率稳定在85%以",
        "上,公办园在园幼儿占比保持在50%以上,九年义务教育巩固率达到96%以上,高中阶段教",
        "育毛入学率达到95%以上,新增学位三万个,残疾儿童少年入学率达到97%以上,让每个孩",
        "子都有学上。",
        "    加强教师队伍建设,中小学专任教师中本科以上学历比例达到98%以上,骨干教师比例",
        "达到20%以上。",
    ]
    assert clean("\n".join(lines)).split("\n") == [
        "".join(line.strip() for line in lines[:4]),
        "".join(line.strip() for line in lines[4:]),
    ]


# --- scanners


def test_a_circle_for_zero_in_a_year_is_a_zero() -> None:
    assert clean("到二○二五年和二0三0年,达到九成") == "到二〇二五年和二〇三〇年,达到九成"


@pytest.mark.parametrize(
    ("read", "meant"),
    [
        ("到2O25年达到9l%以上", "到2025年达到91%以上"),
        ("新建l2所,投入1OO亿元,增长O.5%", "新建12所,投入100亿元,增长0.5%"),
        ("坚持公平的原贝L推进", "坚持公平的原则推进"),
        ("坚持公平的原贝IJ推进", "坚持公平的原则推进"),
        ("中小学省均公用经费提高到1000元", "中小学生均公用经费提高到1000元"),
        ("做好控掇保学工作", "做好控辍保学工作"),
        ("健全家长学校、学长委员会", "健全家长学校、家长委员会"),
    ],
)
def test_what_a_scanner_misread_is_put_right_and_doubted(read: str, meant: str) -> None:
    found = document.from_text("规划", read)
    assert found.text == meant
    assert all(note.rule == "misread" and not note.sure for note in found.notes)
    assert found.notes


@pytest.mark.parametrize(
    "text",
    [
        "高于省均水平10个百分点",
        "超过省均5个百分点",
        "推广O2O模式和4A级校园",
        "接入5G和Wi-Fi6",
        "X年达到X%",
        "IB课程和A1类",
        "爱国o奋斗",
    ],
)
def test_what_is_right_stays(text: str) -> None:
    assert clean(text) == text


# --- sites


def test_what_sites_put_around_a_document_goes() -> None:
    found = document.from_text(
        "规划",
        "相关文章\n某市教育发展规划\n发布时间:2020-02-05 12:36:44   来源:文档库   \n字号:\n正文,时间:2025年底前完成。\n"
        "导语:规划一文来源于网友上传,不代表本站观点,欢迎参考。\n达到90%以上。\n本文来源:https://example.org/a.html\n"
        "《某市教育发展规划.doc》\n将本文的Word文档下载到电脑,方便收藏和打印\n推荐度:\n点击下载文档\n文档为doc格式",
    )
    assert [line for line in found.text.split("\n") if line] == [
        "某市教育发展规划",
        "正文,时间:2025年底前完成。",
        "达到90%以上。",
    ]
    assert rules(found) >= {"share_site"}


def test_a_site_line_before_the_text_takes_no_text_with_it() -> None:
    head = "《某市会议材料.docx》由会员分享,可在线阅读,更多相关《某市会议材料.docx(5页珍藏版)》请在某文库上搜索。"
    assert clean(head + "某市将新增学位3000个。") == "某市将新增学位3000个。"


# --- spaces


def test_spaces_between_figures_and_words_go_and_those_between_words_stay() -> None:
    assert clean("到 2025 年,毛入园率达到 90 % 以上") == "到2025年,毛入园率达到90%以上"
    assert clean("某市教育局 某市财政局") == "某市教育局 某市财政局"
    assert clean("教 育 发 展 规 划") == "教育发展规划"
    assert clean("接入 Wi Fi 6") == "接入Wi Fi 6"


# --- the whole

PIECES = st.sampled_from(
    ["到", "２０２５年", "，", "學(xué)", "著力", "顯著", " ", "　", "\n", "\r\n", "- 3 -", "\n12\n", "\f", "90%", "１：１５", "(", "〔",
     "一、", "(二)", "第3页 共9页", "|", "\t", "贝L", "1O", "&nbsp;", "\u200b", "?", "\ufffd", "！", "h", "W", "“", "”", "。", "—", "囌", "*", "X市",
     "相关文章\n", "責(zé)任單位:市教育局", "𠮷", "附件1", "āb", "习", "省均"]
)  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(st.lists(PIECES, max_size=40).map("".join) | st.text(max_size=60))
def test_every_span_leads_back_to_its_place(text: str) -> None:
    found = document.from_text("规划", text)
    assert found.original == text
    assert len(found.origin) == len(found.text)
    origin = list(found.origin)
    assert origin == sorted(origin)
    repaired = [(note.original_start, note.original_end) for note in found.notes if not note.sure]
    for at, char in enumerate(found.text):
        first, last = found.original_span(at, at + 1)
        assert 0 <= first < last <= len(text)
        inside = any(start <= first < end for start, end in repaired)
        assert inside or char in "\n 着" or clean(text[first:last]) in (char, "") or char == text[first]
    whole = found.original_span(0, len(found.text))
    assert whole[0] <= whole[1] <= len(text)


@settings(max_examples=100, deadline=None)
@given(st.lists(PIECES, max_size=30).map("".join))
def test_the_same_text_gives_the_same_document(text: str) -> None:
    one, two = document.from_text("规划", text), document.from_text("规划", text)
    assert (one.text, one.origin, one.notes, one.sections, one.tables) == (
        two.text,
        two.origin,
        two.notes,
        two.sections,
        two.tables,
    )


@pytest.mark.parametrize(
    "text",
    [
        "(" * 100_000,
        "(中" * 50_000 + "中)" * 50_000,
        "〔责任单位:市教育局、" * 20_000,
        "到2025年达到90%以上," * 70_000,
        "??囌好" * 50_000,
        "|" * 200_000,
        "\f" * 200_000,
        " " * 200_000,
        "一、" * 100_000,
        "*" * 200_000,
        "- 1 -\n" * 30_000,
        "a\tb\n" * 30_000,
        "ā" * 200_000,
    ],
    ids=lambda text: repr(text[:8]),
)
def test_long_runs_of_anything_are_read_to_the_end(text: str) -> None:
    found = document.from_text("规划", text + "\n达到90%以上。")
    assert found.text.endswith("达到90%以上。")


@needs_shared
def test_the_evidence_of_the_labels_stands_in_the_cleaned_documents() -> None:
    read = {path.stem: document.read(path) for path in sorted((SHARED / "documents").glob("*.txt"))}
    with (SHARED / "targets" / "five_documents.csv").open(encoding="utf-8", newline="") as file:
        labels = list(csv.DictReader(file))
    for label in labels:
        found = read[label["doc"]]
        start = found.text.find(label["evidence"])
        assert start >= 0, label["evidence"]
        places = [at for at in range(len(found.text)) if found.text.startswith(label["evidence"], at)]
        sections = [section.path for at in places if (section := found.section_at(at))]
        assert label["article"] in sections
        assert label["responsible_units"] in {";".join(found.units_at(at)) for at in places}


@needs_shared
def test_cleaning_a_clean_document_changes_nothing() -> None:
    for path in sorted((SHARED / "documents").glob("*.txt")):
        text = document.read(path).text
        assert clean(text) == text
