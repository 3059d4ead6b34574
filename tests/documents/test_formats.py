"""Opening documents: the same text and tables from every format, and a named refusal with a way out for each that cannot.

The files are made here, with the libraries that read them where those can write.
"""

import io
import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import docx
import pytest
from docx.oxml import OxmlElement
from docx.oxml.ns import qn

from dagster_project.extraction import document
from dagster_project.extraction.document import Document
from dagster_project.ingest import limits
from dagster_project.ingest.problem import Problem, ShapeError

TEXT = "某市教育发展规划\n一、主要目标\n到2025年,学前教育毛入园率达到90%以上,九年义务教育巩固率保持在96%以上。\n"
ROWS = [
    ["指标", "单位", "2020年", "2025年"],
    ["学前教育毛入园率", "%", "85.2", "≥90"],
    ["平均受教育年限", "年", "10.8", "11.3"],
]


def read(folder: Path, name: str, data: bytes) -> Document:
    file = folder / name
    file.write_bytes(data)
    return document.read(file)


def refusal(folder: Path, name: str, data: bytes) -> Problem:
    with pytest.raises(ShapeError) as refused:
        read(folder, name, data)
    (problem,) = refused.value.problems
    assert problem.file == name
    assert problem.action_zh and problem.action_en
    return problem


def cells(found: Document, number: int = 0) -> list[list[str]]:
    return [[found.words(cell) for cell in row] for row in found.tables[number].rows]


# --- plain text


@pytest.mark.parametrize(
    "data",
    [
        TEXT.encode(),
        b"\xef\xbb\xbf" + TEXT.encode(),
        TEXT.encode("gb18030"),
        TEXT.encode("utf-16"),
        TEXT.replace("\n", "\r\n").encode(),
    ],
    ids=["utf-8", "mark", "gb18030", "utf-16", "crlf"],
)
def test_the_text_is_the_same_from_every_encoding(tmp_path: Path, data: bytes) -> None:
    found = read(tmp_path, "规划.txt", data)
    assert found.name == "规划"
    assert found.text == TEXT


def test_big5_is_told_from_gb18030_and_made_simplified(tmp_path: Path) -> None:
    data = "到2025年,學前教育毛入園率達到90%以上,著力擴大普惠性資源。\n".encode("big5")
    assert read(tmp_path, "规划.txt", data).text == "到2025年,学前教育毛入园率达到90%以上,着力扩大普惠性资源。\n"


def test_a_byte_that_got_lost_costs_one_character_and_is_told(tmp_path: Path) -> None:
    data = (TEXT * 50).encode().replace("园".encode(), "园".encode()[:2], 1)
    found = read(tmp_path, "规划.txt", data)
    assert found.original.count("\ufffd") == 1
    assert found.text.count("毛入园率") == 49
    assert "九年义务教育巩固率保持在96%以上" in found.text


@pytest.mark.parametrize(
    ("name", "data", "rule"),
    [
        ("规划.txt", b"", "document_empty"),
        ("规划.txt", b" \n\n", "document_empty"),
        ("规划.txt", bytes(range(256)) * 40, "document_encoding"),
        ("规划.txt", b"%PDF-1.7\n" + b"\xe2\xe3" * 100, "document_encoding"),
        ("规划.doc", b"\xd0\xcf\x11\xe0" + b"\0" * 600, "document_type"),
        ("规划.docx", b"\xd0\xcf\x11\xe0" + b"\0" * 600, "document_old_word"),
        ("规划.docx", b"PK\x03\x04 cut off", "document_broken"),
        ("规划.pdf", b"%PDF-1.7\ncut off", "document_broken"),
        ("规划.html", b"<html><script>var a = 1</script></html>", "document_empty"),
        ("规划.wps", b"x", "document_type"),
    ],
)
def test_what_cannot_be_read_is_refused_by_name(tmp_path: Path, name: str, data: bytes, rule: str) -> None:
    assert refusal(tmp_path, name, data).rule == rule


def test_a_file_over_the_stated_size_is_refused_before_it_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "TEXT_BYTES", 100)
    assert refusal(tmp_path, "规划.txt", b"a" * 101).rule == "over_limit"


# --- docx


def word(*paragraphs: str, change: Callable[[docx.document.Document], object] = lambda file: None) -> bytes:
    """A Word file of these paragraphs, changed by `change`."""
    file = docx.Document()
    for text in paragraphs:
        file.add_paragraph(text)
    change(file)
    target = io.BytesIO()
    file.save(target)
    return target.getvalue()


def word_table(file: docx.document.Document, rows: Sequence[Sequence[str]] = ROWS) -> Any:
    table = file.add_table(len(rows), len(rows[0]))
    for row, texts in zip(table.rows, rows, strict=True):
        for cell, text in zip(row.cells, texts, strict=True):
            cell.text = text
    return table


def test_a_word_file_gives_its_paragraphs_and_tables_in_order(tmp_path: Path) -> None:
    found = read(tmp_path, "规划.docx", word(*TEXT.strip().split("\n"), change=word_table))
    assert found.text.startswith(TEXT)
    assert cells(found) == ROWS
    assert found.tables[0].kind == "docx"
    assert found.tables[0].header_rows == 0


def test_rows_that_word_repeats_on_each_page_are_the_heading(tmp_path: Path) -> None:
    def mark(file: docx.document.Document) -> None:
        properties = word_table(file).rows[0]._tr.get_or_add_trPr()
        properties.append(OxmlElement("w:tblHeader"))

    found = read(tmp_path, "规划.docx", word(change=mark))
    assert found.tables[0].header_rows == 1
    assert [cell.header for cell in found.tables[0].rows[0]] == [True] * 4
    assert not found.tables[0].rows[1][0].header


def test_merged_cells_stand_in_every_place_they_cover(tmp_path: Path) -> None:
    def merge(file: docx.document.Document) -> None:
        table = word_table(file, [["指标", "规划目标", ""], ["", "2023年", "2025年"], ["毛入园率", "88", "90"]])
        table.cell(0, 0).merge(table.cell(1, 0))
        table.cell(0, 1).merge(table.cell(0, 2))

    found = read(tmp_path, "规划.docx", word(change=merge))
    assert cells(found) == [["指标", "规划目标", "规划目标"], ["指标", "2023年", "2025年"], ["毛入园率", "88", "90"]]
    assert found.text.count("规划目标") == 1


def test_insertions_count_and_deletions_do_not(tmp_path: Path) -> None:
    def revise(file: docx.document.Document) -> None:
        paragraph = file.add_paragraph("达到")
        for tag, inner, text in (("w:del", "w:delText", "85%"), ("w:ins", "w:t", "90%")):
            change, run, words = OxmlElement(tag), OxmlElement("w:r"), OxmlElement(inner)
            words.text = text
            run.append(words)
            change.append(run)
            paragraph._p.append(change)
        paragraph.add_run("以上")

    assert "达到90%以上" in read(tmp_path, "规划.docx", word(change=revise)).text


def test_numbers_that_word_prints_itself_are_part_of_the_text(tmp_path: Path) -> None:
    def number(file: docx.document.Document) -> None:
        numbering = file.part.numbering_part.element
        form = numbering.makeelement(qn("w:abstractNum"), {qn("w:abstractNumId"): "99"})
        for at, text in enumerate(("%1、", "（%2）")):
            one = form.makeelement(qn("w:lvl"), {qn("w:ilvl"): str(at)})
            for tag, value in (("w:start", "1"), ("w:numFmt", "chineseCounting"), ("w:lvlText", text)):
                one.append(form.makeelement(qn(tag), {qn("w:val"): value}))
            form.append(one)
        numbering.insert(0, form)
        use = numbering.makeelement(qn("w:num"), {qn("w:numId"): "99"})
        use.append(form.makeelement(qn("w:abstractNumId"), {qn("w:val"): "99"}))
        numbering.append(use)
        for level, text in ((0, "主要目标"), (0, "主要任务"), (1, "学前教育"), (1, "义务教育"), (0, "保障措施")):
            properties = file.add_paragraph(text)._p.get_or_add_pPr()
            numbered = OxmlElement("w:numPr")
            for tag, value in (("w:ilvl", str(level)), ("w:numId", "99")):
                numbered.append(numbered.makeelement(qn(tag), {qn("w:val"): value}))
            properties.append(numbered)

    found = read(tmp_path, "规划.docx", word(change=number))
    assert [section.path for section in found.sections] == ["一", "二", "二/(一)", "二/(二)", "三"]
    assert found.original.split("\n")[3] == "（二）义务教育"


def test_a_word_file_that_unpacks_to_more_than_it_may_is_refused_unopened(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as parts:
        parts.writestr("word/document.xml", b"0" * 3_000_000)
    monkeypatch.setattr(limits, "UNPACKED_BYTES", 1_000_000)
    assert len(target.getvalue()) < 10_000
    assert refusal(tmp_path, "规划.docx", target.getvalue()).rule == "over_limit"


# --- html


def test_a_page_gives_its_text_and_tables_without_what_surrounds_them(tmp_path: Path) -> None:
    page = """<html><head><meta charset="gbk"><title>某市</title><style>p {}</style></head><body>
    <nav><a href="/">首页</a></nav><script>if (a < b) {}</script>
    <h1>某市教育发展规划</h1><h2>一、主要目标</h2>
    <p>到2025年,<b>学前教育</b>毛入园率<span>达到90%</span>以上,<br>九年义务教育巩固率保持在96%以上。</p>
    <table><thead><tr><th rowspan="2">指标</th><th colspan="2">目标</th></tr><tr><th>2023年</th><th>2025年</th></tr></thead>
    <tbody><tr><td>毛入园率</td><td>88</td><td>≥90</td></tr></tbody></table><footer>版权所有</footer></body></html>"""
    found = read(tmp_path, "规划.html", page.encode("gb18030"))
    assert found.text.startswith("某市教育发展规划\n一、主要目标\n到2025年,学前教育毛入园率达到90%以上,\n九年")
    assert "首页" not in found.text and "版权" not in found.text and "if" not in found.text
    assert cells(found) == [["指标", "目标", "目标"], ["指标", "2023年", "2025年"], ["毛入园率", "88", "≥90"]]
    assert (found.tables[0].kind, found.tables[0].header_rows) == ("html", 2)


def test_a_table_that_lays_out_a_page_is_no_table_of_figures(tmp_path: Path) -> None:
    page = f"<table><tr><td>左</td><td><p>{'到2025年达到90%以上。' * 40}</p></td></tr><tr><td>a</td><td>b</td></tr></table>"
    found = read(tmp_path, "规划.htm", page.encode())
    assert found.tables == ()
    assert "到2025年达到90%以上。" in found.text


def test_readings_above_the_characters_are_left_out(tmp_path: Path) -> None:
    page = "<p>深入<ruby>實<rp>(</rp><rt>shí</rt><rp>)</rp></ruby>施</p>"
    assert read(tmp_path, "规划.html", page.encode()).text == "深入实施\n"


def test_a_page_nested_deeper_than_can_be_followed_is_refused_not_cut(tmp_path: Path) -> None:
    assert "达到90%以上" in read(tmp_path, "规划.html", ("<div>" * 1_000 + "达到90%以上").encode()).text
    assert refusal(tmp_path, "规划.html", ("达到" + "<div>" * 50_000 + "90%以上").encode()).rule == "document_broken"


# --- md


def test_markdown_gives_headings_emphasis_and_tables(tmp_path: Path) -> None:
    page = """# 某市教育发展规划

## 主要目标

到2025年，**学前教育毛入园率**达到[90%](http://example.org/a)以上。某校达到**%以上。

| 指标 | 2025年 |
| --- | ---: |
| 毛入园率 | ≥90 |
"""
    found = read(tmp_path, "规划.md", page.encode())
    assert "到2025年,学前教育毛入园率达到90%以上。某校达到**%以上。" in found.text
    assert [(section.path, section.title) for section in found.sections] == [
        ("", "某市教育发展规划"),
        ("主要目标", "主要目标"),
    ]
    assert cells(found) == [["指标", "2025年"], ["毛入园率", "≥90"]]
    assert (found.tables[0].kind, found.tables[0].header_rows) == ("markdown", 1)


# --- pdf


def pdf(*pages: str, extra: str = "") -> bytes:
    """A PDF of these content streams, with a Chinese font that is named and not embedded; `extra` in the trailer."""
    objects = [
        "<</Type/Catalog/Pages 2 0 R>>",
        f"<</Type/Pages/Count {len(pages)}/Kids[{' '.join(f'{6 + at * 2} 0 R' for at in range(len(pages)))}]>>",
        "<</Type/Font/Subtype/Type0/BaseFont/STSong-Light/Encoding/UniGB-UCS2-H/DescendantFonts[4 0 R]>>",
        "<</Type/Font/Subtype/CIDFontType0/BaseFont/STSong-Light/FontDescriptor 5 0 R/DW 1000"
        "/CIDSystemInfo<</Registry(Adobe)/Ordering(GB1)/Supplement 2>>>>",
        "<</Type/FontDescriptor/FontName/STSong-Light/Flags 4/Ascent 880/Descent -120/FontBBox[0 -120 1000 880]>>",
    ]
    for at, content in enumerate(pages):
        objects.append(
            f"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents {7 + at * 2} 0 R/Resources<</Font<</F 3 0 R>>>>>>"
        )
        objects.append(f"<</Length {len(content)}>>stream\n{content}\nendstream")
    data, places = b"%PDF-1.4\n", []
    for number, text in enumerate(objects, start=1):
        places.append(len(data))
        data += f"{number} 0 obj\n{text}\nendobj\n".encode()
    table = "".join(f"{place:010d} 00000 n \n" for place in places)
    tail = f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n{table}trailer\n<</Size {len(objects) + 1}/Root 1 0 R{extra}>>\n"
    return data + f"{tail}startxref\n{len(data)}\n%%EOF".encode()


def at(left: float, base: float, text: str, size: int = 12) -> str:
    return f"BT /F {size} Tf {left} {base} Td <{text.encode('utf-16-be').hex()}> Tj ET\n"


def test_the_lines_of_a_pdf_become_sentences_again_across_its_pages(tmp_path: Path) -> None:
    first = [
        "　　到２０２５年，全市学前教育毛入园率达到百分之九十以上，普惠性幼儿",
        "园覆盖率稳定在百分之八十五以上，公办园在园幼儿占比保持在百分之五十以上，",
        "九年义务教育巩固率巩固提高，城乡差距进一步缩小，随迁子女入学条件更好，",
        "高中阶段教育毛入学率达到百分之九十五以上，残疾儿童少年入学率达到百分之",
    ]
    second = ["九十七以上，新增学位三万个。", "　　二是加强教师队伍建设。"]
    pages = (
        "".join(at(72, 780 - 20 * row, line) for row, line in enumerate(first)) + at(290, 40, "- 1 -", 9),
        "".join(at(72, 780 - 20 * row, line) for row, line in enumerate(second)) + at(290, 40, "- 2 -", 9),
    )
    found = read(tmp_path, "规划.pdf", pdf(*pages))
    assert found.text.split("\n")[0].endswith("残疾儿童少年入学率达到百分之九十七以上,新增学位三万个。")
    assert "普惠性幼儿园覆盖率" in found.text
    assert "- 1 -" not in found.text
    assert found.text.split("\n")[1] == "二是加强教师队伍建设。"


def test_a_ruled_table_in_a_pdf_is_read_cell_by_cell(tmp_path: Path) -> None:
    lefts, tops = (72, 222, 302, 382), (700, 670, 630, 600)
    lines = "".join(f"72 {y} m 382 {y} l S\n" for y in tops) + "".join(f"{x} 600 m {x} 700 l S\n" for x in lefts)
    words = at(76, 680, "指标") + at(226, 680, "2023年") + at(306, 680, "2025年")
    words += at(76, 654, "学前教育三年毛") + at(76, 638, "入园率（%）") + at(226, 646, "88") + at(306, 646, "≥90")
    words += at(76, 610, "新增学位（个）") + at(306, 610, "3000")
    found = read(
        tmp_path, "规划.pdf", pdf(at(72, 740, "专栏１　主要指标") + lines + words + at(72, 560, "二、主要任务"))
    )
    assert cells(found) == [
        ["指标", "2023年", "2025年"],
        ["学前教育三年毛入园率(%)", "88", "≥90"],
        ["新增学位(个)", "", "3000"],
    ]
    assert found.text.split("\n")[0] == "专栏1主要指标"
    assert found.sections[-1].path == "二"


def test_a_table_without_rules_in_a_pdf_keeps_its_columns(tmp_path: Path) -> None:
    content = "".join(
        at(left, 700 - 20 * row, text)
        for row, texts in enumerate(ROWS)
        for left, text in zip((72, 222, 272, 342), texts, strict=True)
    )
    assert cells(read(tmp_path, "规划.pdf", pdf(content))) == ROWS


def test_a_scan_is_told_from_a_pdf_with_text(tmp_path: Path) -> None:
    problem = refusal(tmp_path, "规划.pdf", pdf("0 0 100 100 re f\n"))
    assert problem.rule == "document_scanned"
    assert "OCR" in problem.text()


def test_a_pdf_with_a_password_is_told(tmp_path: Path) -> None:
    lock = f"/ID[<00><00>]/Encrypt<</Filter/Standard/V 1/R 2/P -4/O<{'11' * 32}>/U<{'22' * 32}>>>"
    assert refusal(tmp_path, "规划.pdf", pdf(at(72, 700, "达到"), extra=lock)).rule == "document_encrypted"
