"""Policy documents that mean harm: each is set aside by a rule, within memory and time that the operating system holds."""

from collections.abc import Callable
from pathlib import Path

import pytest

from dagster_project.ingest import limits
from dagster_project.ingest.problem import Problem
from tests import hostile
from tests.bounded import read_text, within

FONT = b"/Font << /F1 << /Type /Font /Subtype /Type1 /BaseFont /Helvetica >> >>"
SHOWN = b"BT /F1 12 Tf 72 700 Td (95 percent by 2025 is what the plan of the county says) Tj ET"


def written(path: Path, content: str | bytes) -> Path:
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def refusal(path: Path, megabytes: int = 512) -> Problem:
    problem = within(read_text, path, megabytes)[0]
    assert isinstance(problem, Problem), problem
    return problem


# ---- DOCX


def test_the_document_without_a_bomb_is_read(tmp_path: Path) -> None:
    data = hostile.word("<w:p><w:r><w:t>达到95%</w:t></w:r></w:p>")
    assert within(read_text, written(tmp_path / "规划.docx", data)) == "达到95%\n"


@pytest.mark.parametrize(
    ("bomb", "rule"),
    [
        (lambda: hostile.with_bomb(hostile.word("<w:p/>"), "word/media/a.png", 2000), "over_limit"),
        (lambda: hostile.with_bomb(hostile.word("<w:p/>"), "word/media/a.png", 2000, declared=1000), "document_broken"),
        (lambda: hostile.word("<w:p/>" * 5_000_001), "over_limit"),
        (lambda: hostile.word("<w:sdt>" * 3000 + "</w:sdt>" * 3000), "document_broken"),
        (lambda: hostile.word("<w:p><w:r><w:t>&j;</w:t></w:r></w:p>", hostile.LAUGHS), "xml_entities"),
        (lambda: hostile.word("<w:p><w:r><w:t>&a;</w:t></w:r></w:p>", hostile.STEALS), "xml_entities"),
    ],
    ids=["unpacks to gigabytes", "says it is small", "tags", "nested", "laughs", "steals"],
)
def test_a_bomb_in_a_word_file_is_refused_before_it_goes_off(
    tmp_path: Path, bomb: Callable[[], bytes], rule: str
) -> None:
    assert refusal(written(tmp_path / "规划.docx", bomb()), megabytes=128).rule == rule


# ---- HTML and text


@pytest.mark.parametrize(
    ("content", "rule"),
    [
        ("<div>" * 200_000 + "达到", "document_broken"),
        ("<b>" * 5_000_001, "over_limit"),
        (
            "<table><tr>"
            + "<td colspan=200 rowspan=65534>x" * 20
            + "</tr>"
            + "<tr><td>1</td></tr>" * 2_000
            + "</table>",
            "over_limit",
        ),
    ],
    ids=["nested", "tags", "spans"],
)
def test_a_page_without_end_is_refused(tmp_path: Path, content: str, rule: str) -> None:
    assert refusal(written(tmp_path / "规划.html", content)).rule == rule


def test_entities_of_a_page_are_not_replaced_and_nothing_is_fetched(tmp_path: Path) -> None:
    for head in (hostile.LAUGHS, hostile.STEALS):
        text = within(read_text, written(tmp_path / "规划.html", f"{head}<body><p>&a;&j;达到95%</p></body>"))
        assert isinstance(text, str)
        assert "达到95%" in text and len(text) < 100 and "root:" not in text


def test_a_text_without_end_is_refused(tmp_path: Path) -> None:
    assert refusal(written(tmp_path / "规划.txt", "甲" * (limits.TEXT_LENGTH + 1))).rule == "over_limit"


def test_a_sparse_file_is_refused_unread(tmp_path: Path) -> None:
    assert refusal(hostile.sparse(tmp_path / "规划.txt", 1 << 40, b"x"), megabytes=16).rule == "over_limit"


def test_what_text_can_do_besides_showing_is_gone_from_it(tmp_path: Path) -> None:
    page = "<p>&#xD800;达到\u202e95%\u200b以上\x1b[31m&#27;]8;;http://x&#7;</p><script>alert(1)</script>"
    text = within(read_text, written(tmp_path / "规划.html", page))
    assert not set(text) & {"\ud800", "\u202e", "\u200b", "\x1b", "\x07"} and "alert" not in text


# ---- PDF


@pytest.fixture
def hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """The limits of a PDF small enough to be met in a test."""
    monkeypatch.setattr(limits, "PDF_CPU_SECONDS", 1)
    monkeypatch.setattr(limits, "PDF_BYTES_OF_MEMORY", 400 << 20)


def forms() -> bytes:
    """A page that draws a form four times, which draws a form four times, which …"""
    content = [
        hostile.stream(
            b"/X Do " * 4 if number < 24 else SHOWN,
            b"/Type /XObject /Subtype /Form /BBox [0 0 9 9] /Resources << %s /XObject << /X %d 0 R >> >>"
            % (FONT, number + 1),
        )
        for number in range(5, 25)
    ]
    return hostile.pdf_of_one_page(hostile.stream(b"/X Do"), *content, resources=b"/XObject << /X 5 0 R >>")


def page_again(count: int) -> bytes:
    """A document that names the same page again and again."""
    return hostile.pdf(
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [%s] /Count %d >>" % (b" 3 0 R" * count, count),
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << %s >> >>" % FONT,
        hostile.stream(SHOWN),
    )


@pytest.mark.usefixtures("hurried")
@pytest.mark.parametrize(
    "data",
    [
        lambda: hostile.pdf_of_one_page(hostile.stream(hostile.spaces(1000), b"/Filter /FlateDecode"), resources=FONT),
        forms,
        lambda: page_again(1_000_000),
    ],
    ids=["stream", "forms", "pages"],
)
def test_a_pdf_bomb_ends_at_the_limits_of_its_process(tmp_path: Path, data: Callable[[], bytes]) -> None:
    file = written(tmp_path / "规划.pdf", data())
    (problem,) = read_text(file)
    assert isinstance(problem, Problem) and problem.rule == "over_limit", problem


@pytest.mark.usefixtures("hurried")
def test_a_pdf_in_a_circle_is_read_once_and_no_file_that_it_names_is_opened(tmp_path: Path) -> None:
    circle = hostile.pdf(
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [2 0 R 3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << %s >> >>" % FONT,
        hostile.stream(SHOWN),
    )
    text = read_text(written(tmp_path / "规划.pdf", circle))
    assert isinstance(text, str) and text.count("2025") == 1
    # A character map that is a path: an old pdfminer unpickled what it led to.
    named = (
        b"/Font << /F1 << /Type /Font /Subtype /Type0 /BaseFont /A /Encoding /..#2f..#2fevil /DescendantFonts [] >> >>"
    )
    (problem,) = read_text(
        written(tmp_path / "规划.pdf", hostile.pdf_of_one_page(hostile.stream(SHOWN), resources=named))
    )
    assert isinstance(problem, Problem)
