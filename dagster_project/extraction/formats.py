"""Files to text: every format through a well-kept library, every refusal with a name and a way out.

What a reader gives is a `Source`: the text as the format holds it, with the tables and headings that the format marks.
Cleaning and structure are the same for all of them.
"""

import io
import json
import re
import signal
import subprocess
import sys
from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from dagster_project.extraction import normalise, structure
from dagster_project.extraction.document import Document, Table
from dagster_project.extraction.structure import Grid
from dagster_project.ingest import limits, office
from dagster_project.ingest.problem import Problem, ShapeError
from dagster_project.settings import ROOT


@dataclass(frozen=True)
class Source:
    """A document's text as its format holds it. Spans count in `text`; `headings` are (start, end, level from 1)."""

    text: str
    kind: str = "txt"
    grids: tuple[Grid, ...] = ()
    headings: tuple[tuple[int, int, int], ...] = ()


class RefusedError(Exception):
    def __init__(self, rule: str, found: object = "", expected: object = ""):
        self.rule, self.found, self.expected = rule, found, expected
        super().__init__(rule)


def _hold(what: str, found: int, limit: int) -> None:
    if found > limit:
        raise RefusedError("over_limit", f"{found:,} {what}", f"{limit:,}")


def read(path: Path, name: str = "") -> Document:
    """The document in this file. `name` is what a refusal calls it. Raises ShapeError; FileNotFoundError."""
    try:
        return document(path.stem, source(path))
    except RefusedError as refused:
        problem = Problem.of(
            refused.rule, "documents", name or path.name, found=refused.found, expected=refused.expected
        )
        raise ShapeError([problem]) from refused


def document(name: str, found: Source) -> Document:
    """Clean and structure a text."""
    draft = normalise.clean(found.text, markdown=found.kind == "md")

    def span(start: int, end: int) -> tuple[int, int]:
        first = bisect_left(draft.origin, start)
        return first, max(first, bisect_left(draft.origin, end))

    grids = [
        Grid(grid.kind, tuple(tuple(span(*cell) for cell in row) for row in grid.rows), grid.header_rows)
        for grid in found.grids
    ]
    marked = structure.continued(draft.text, [table for grid in grids if (table := structure.table(grid))])
    tables = [*marked, *(table for table in structure.tables(draft.text) if not _covered(table, marked))]
    tables.sort(key=lambda table: table.start)
    headings = [(*span(start, end), level) for start, end, level in _headings(found)]
    sections = structure.sections(draft.text, tables, headings)
    return Document(
        name, found.text, draft.text, draft.origin, tuple(tables), tuple(sections), draft.notes(), draft.wide
    )


def _covered(table: Table, others: list[Table]) -> bool:
    found = bisect_left(others, table.end, key=lambda other: other.start)
    return bool(found) and others[found - 1].end > table.start


_MARKDOWN_HEADING = re.compile(r"^(#{1,6}) +(.+?)[ #]*$", re.MULTILINE)


def _headings(found: Source) -> Iterator[tuple[int, int, int]]:
    yield from found.headings
    if found.kind == "md":
        for match in _MARKDOWN_HEADING.finditer(found.text):
            yield match.start(2), match.end(2), len(match[1])


def source(path: Path) -> Source:
    """The file's text with what its format marks."""
    reader = _READERS.get(path.suffix.lower())
    if reader is None:
        raise RefusedError("document_type", path.suffix or path.name)
    _hold("字节 / bytes", path.stat().st_size, limits.TEXT_BYTES)
    data = path.read_bytes()
    if not data.strip(b"\0 \t\r\n"):
        raise RefusedError("document_empty")
    found = reader(data)
    if not found.text.strip():
        raise RefusedError("document_empty")
    _hold("字 / characters", len(found.text), limits.TEXT_LENGTH)
    # Halves of a character, which the fonts of a PDF may claim and nothing can store.
    return replace(found, text=re.sub("[\ud800-\udfff]", "\ufffd", found.text))


# --- plain text

_SAMPLE = 256 * 1024
# Bytes that no encoding explains: up to this share a text is read with U+FFFD in their places, and the notes say so.
_DAMAGE = 0.002
_PLAIN_MAGIC = (b"%PDF", b"PK\x03\x04", b"\xd0\xcf\x11\xe0")


def decode(data: bytes) -> str:
    """Text from UTF-8, UTF-16 with its mark, GB18030 or Big5, whichever it is."""
    for mark, encoding in ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be")):
        if data.startswith(mark):
            return _tolerant(data[len(mark) :], encoding)
    if data.startswith(_PLAIN_MAGIC) or b"\0" in data:
        raise RefusedError("document_encoding", f"NUL, byte {data.find(0)}" if b"\0" in data else repr(data[:4]))
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        pass
    # Bytes above ASCII are mostly whole UTF-8 sequences: damaged UTF-8, which GB18030 would read as other characters.
    sample = data[:_SAMPLE]
    if len(re.findall(rb"[\xe3-\xe9][\x80-\xbf]{2}", sample)) > sample.decode("utf-8", "replace").count("\ufffd"):
        return _tolerant(data, "utf-8")
    return _tolerant(data, _two_byte(sample))


def _two_byte(sample: bytes) -> str:
    """GB18030 or Big5, by how natural the text is in each."""
    from charset_normalizer import from_bytes

    # A character cut at the end of the sample is no sign against either.
    whole = sample[: sample.rfind(b"\n") + 1] or sample
    best = from_bytes(whole, cp_isolation=["gb18030", "big5"]).best()
    return best.encoding if best else "gb18030"


def _tolerant(data: bytes, encoding: str) -> str:
    text = data.decode(encoding, "replace")
    lost = text.count("\ufffd")
    if lost > max(3, len(text) * _DAMAGE):
        raise RefusedError("document_encoding", f"{encoding}: {lost} U+FFFD")
    return text


def _read_text(data: bytes) -> Source:
    return Source(decode(data))


def _read_markdown(data: bytes) -> Source:
    return Source(decode(data), "md")


# --- a text put together piece by piece


class _Writer:
    """Text as it grows, with the spans of what is put in."""

    def __init__(self) -> None:
        self.pieces: list[str] = []
        self.length = 0
        self.grids: list[Grid] = []
        self.headings: list[tuple[int, int, int]] = []

    def put(self, text: str) -> tuple[int, int]:
        start = self.length
        self.pieces.append(text)
        self.length += len(text)
        return start, self.length

    def line(self, text: str, level: int = 0) -> None:
        start, end = self.put(text)
        if level:
            self.headings.append((start, end, level))
        self.put("\n")

    def table(self, kind: str, rows: list[list["_Piece"]], header_rows: int) -> None:
        """One line a row, cells parted by tabs; a cell that covers several places is written at the first."""
        spans: dict[int, tuple[int, int]] = {}
        grid = []
        for row in rows:
            places = []
            for number, cell in enumerate(row):
                if id(cell) not in spans:
                    if number:
                        self.put("\t")
                    spans[id(cell)] = self.put(" ".join(cell.text.split()))
                places.append(spans[id(cell)])
            self.put("\n")
            grid.append(tuple(places))
        self.grids.append(Grid(kind, tuple(grid), header_rows))

    def source(self, kind: str) -> Source:
        return Source("".join(self.pieces), kind, tuple(self.grids), tuple(self.headings))


@dataclass(eq=False)
class _Piece:
    """One cell as the format has it: merged cells are one object in several places."""

    text: str
    across: int = 1
    down: int = 1
    header: bool = False


_WIDEST = 200  # columns that a merged cell may claim


def _grid(rows: list[list[_Piece]]) -> list[list[_Piece]]:
    """Rows with every place filled: merged cells come again where they reach."""
    reaching: dict[int, tuple[_Piece, int]] = {}  # column -> cell from above, rows left
    grid = []
    count = 0
    for row in rows:
        places: list[_Piece] = []
        waiting = list(reversed(row))
        while waiting or len(places) in reaching:
            column = len(places)
            if column in reaching:
                cell, left = reaching.pop(column)
                if left > 1:
                    reaching[column] = cell, left - 1
                places.append(cell)
                continue
            cell = waiting.pop()
            for at in range(column, column + min(cell.across, _WIDEST)):
                places.append(cell)
                if cell.down > 1:
                    reaching[at] = cell, cell.down - 1
            _hold("格，一张表 / cells of a table", count + len(places), limits.TEXT_TABLE_CELLS)
        count += len(places)
        grid.append(places)
    return grid


# --- docx

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_SKIP_IN_RUN = {f"{_W}del", f"{_W}moveFrom", "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"}


def _read_docx(data: bytes) -> Source:
    if data.startswith(b"\xd0\xcf\x11\xe0"):
        raise RefusedError("document_old_word")
    import docx

    try:
        office.look_through(io.BytesIO(data))
        opened = docx.Document(io.BytesIO(data))
        writer = _Writer()
        _put_blocks(writer, opened.element.body, _Styles(opened))
    except office.OfficeError as refused:
        raise RefusedError(refused.rule, refused.found, refused.expected) from refused
    except RefusedError:
        raise
    except Exception as error:  # a broken file fails anywhere in the zip, the XML or python-docx, with errors of each
        raise RefusedError("document_broken", f"{type(error).__name__}: {error}") from error
    return writer.source("docx")


def _put_blocks(writer: _Writer, body: Any, styles: "_Styles") -> None:
    for block in body:
        if block.tag == f"{_W}p":
            text, level = _paragraph(block), styles.level(block)
            writer.line(styles.mark(block) + text if text.strip() else text, level if text.strip() else 0)
        elif block.tag == f"{_W}tbl":
            rows, header_rows = _docx_rows(block)
            if len(rows) == 1 and len(rows[0]) == 1:  # a frame around text
                _put_blocks(writer, block.find(f"{_W}tr").find(f"{_W}tc"), styles)
            else:
                writer.table("docx", _grid(rows), header_rows)
        elif block.tag in {f"{_W}sdt", f"{_W}ins", f"{_W}smartTag", f"{_W}customXml", f"{_W}sdtContent"}:
            _put_blocks(writer, block, styles)


def _paragraph(paragraph: Any) -> str:
    """The text of a paragraph as shown: insertions in, deletions and old forms out."""
    pieces: list[str] = []
    waiting = [paragraph]
    while waiting:
        element = waiting.pop()
        if element.tag == f"{_W}t":
            pieces.append(element.text or "")
        elif element.tag == f"{_W}tab":
            pieces.append("\t")
        elif element.tag in {f"{_W}br", f"{_W}cr"}:
            pieces.append("\n")
        elif element.tag == f"{_W}noBreakHyphen":
            pieces.append("-")
        elif element.tag not in _SKIP_IN_RUN:
            waiting.extend(child for child in reversed(element) if child.tag != f"{_W}pPr" and child.tag != f"{_W}rPr")
    return "".join(pieces)


def _docx_rows(table: Any) -> tuple[list[list[_Piece]], int]:
    """Rows of cells with their reach, and how many leading rows Word repeats as heading."""
    rows: list[list[_Piece]] = []
    header_rows = 0
    above: dict[int, _Piece] = {}
    for row in table.iter(f"{_W}tr"):
        if next(row.iterancestors(f"{_W}tbl")) is not table:
            continue
        cells: list[_Piece] = []
        column = 0
        now: dict[int, _Piece] = {}
        for cell in row.iter(f"{_W}tc"):
            if next(cell.iterancestors(f"{_W}tr")) is not row:
                continue
            across = int(_value(cell, "gridSpan") or 1)
            merge = cell.find(f"{_W}tcPr/{_W}vMerge")
            going_on = merge is not None and merge.get(f"{_W}val", "continue") == "continue"
            if going_on and column in above:
                above[column].down += 1
                now[column] = above[column]
            else:
                text = "\n".join(_paragraph(paragraph) for paragraph in cell.iter(f"{_W}p"))
                piece = _Piece(text, across)
                cells.append(piece)
                now[column] = piece
            column += across
        above = now
        if header_rows == len(rows) and row.find(f"{_W}trPr/{_W}tblHeader") is not None:
            header_rows += 1
        rows.append(cells)
    return rows, header_rows


def _value(element: Any, name: str) -> str | None:
    found = element.find(f".//{_W}{name}")
    value: str | None = found.get(f"{_W}val") if found is not None else None
    return value


_HEADING_STYLE = re.compile(r"(?:heading|标题) ?([1-9])", re.IGNORECASE)
_COUNTING = {
    "chineseCounting": "han",
    "chineseCountingThousand": "han",
    "japaneseCounting": "han",
    "taiwaneseCountingThousand": "han",
    "ideographTraditional": "",
    "decimal": "digit",
    "decimalEnclosedCircle": "circle",
    "decimalEnclosedCircleChinese": "circle",
}


class _Styles:
    """What a Word file says of its paragraphs by style and numbering: heading levels, and marks Word prints itself."""

    def __init__(self, opened: Any):
        self._levels: dict[str, int] = {}
        self._numbered: dict[str, tuple[str, int]] = {}
        for style in opened.styles.element.iter(f"{_W}style"):
            key = style.get(f"{_W}styleId")
            named = _HEADING_STYLE.fullmatch((_value(style, "name") or "").strip())
            if named:
                self._levels[key] = int(named[1])
            number = _value(style, "numId")
            if number:
                self._numbered[key] = number, int(_value(style, "ilvl") or 0)
        self._forms = self._numbering(opened)
        self._counts: dict[str, list[int]] = {}

    @staticmethod
    def _numbering(opened: Any) -> dict[str, list[tuple[str, str, int]]]:
        """numId -> by level: kind of number, its text, its start."""
        try:
            root = opened.part.numbering_part.element
        except (KeyError, NotImplementedError):
            return {}
        abstract = {}
        for found in root.iter(f"{_W}abstractNum"):
            abstract[found.get(f"{_W}abstractNumId")] = [
                (_value(level, "numFmt") or "", _value(level, "lvlText") or "", int(_value(level, "start") or 1))
                for level in found.iter(f"{_W}lvl")
            ]
        return {
            number.get(f"{_W}numId"): abstract.get(_value(number, "abstractNumId") or "", [])
            for number in root.iter(f"{_W}num")
        }

    def level(self, paragraph: Any) -> int:
        """The heading level of a paragraph, 0 for text."""
        outline = paragraph.find(f"{_W}pPr/{_W}outlineLvl")
        if outline is not None and outline.get(f"{_W}val", "9") < "9":
            return int(outline.get(f"{_W}val")) + 1
        return self._levels.get(self._style(paragraph), 0)

    @staticmethod
    def _style(paragraph: Any) -> str:
        style = paragraph.find(f"{_W}pPr/{_W}pStyle")
        return style.get(f"{_W}val", "") if style is not None else ""

    def mark(self, paragraph: Any) -> str:
        """The number that Word prints before a paragraph and the file does not hold as text."""
        own = paragraph.find(f"{_W}pPr/{_W}numPr")
        number, level = self._numbered.get(self._style(paragraph), ("", 0))
        if own is not None:
            number, level = _value(own, "numId") or number, int(_value(own, "ilvl") or 0)
        forms = self._forms.get(number, [])
        if not 0 <= level < len(forms):
            return ""
        counts = self._counts.setdefault(number, [form[2] - 1 for form in forms])
        counts[level] += 1
        counts[level + 1 :] = [form[2] - 1 for form in forms[level + 1 :]]
        return (
            re.sub(r"%([1-9])", lambda match: _printed(forms, counts, int(match[1]) - 1), forms[level][1])
            if _COUNTING.get(forms[level][0])
            else ""
        )


def _printed(forms: list[tuple[str, str, int]], counts: list[int], level: int) -> str:
    if level >= len(forms):
        return ""
    count = max(counts[level], forms[level][2])
    kind = _COUNTING.get(forms[level][0], "digit")
    if kind == "circle" and count <= 20:
        return chr(ord("①") + count - 1)
    return _han(count) if kind == "han" else str(count)


def _han(count: int) -> str:
    digits = "〇一二三四五六七八九"
    if count >= 100:
        return str(count)
    tens, ones = divmod(count, 10)
    return ("" if tens < 2 else digits[tens]) + ("十" if tens else "") + (digits[ones] if ones or not tens else "")


# --- html

_HIDDEN = {
    "script",
    "style",
    "noscript",
    "template",
    "head",
    "nav",
    "footer",
    "button",
    "select",
    "textarea",
    "svg",
    "iframe",
    "rt",
    "rp",
    "object",
    "input",
}
_BLOCKS = {
    "address",
    "article",
    "aside",
    "blockquote",
    "body",
    "center",
    "dd",
    "div",
    "dl",
    "dt",
    "fieldset",
    "figcaption",
    "figure",
    "form",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "header",
    "hr",
    "li",
    "main",
    "ol",
    "p",
    "pre",
    "section",
    "table",
    "tbody",
    "td",
    "tfoot",
    "th",
    "thead",
    "tr",
    "ul",
}
_HEADINGS = {"h1", "h2", "h3", "h4", "h5", "h6"}
_CHARSET = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([A-Za-z0-9_-]{1,20})", re.IGNORECASE)
_PROLOG = re.compile(r"^\s*<\?xml[^>]{0,200}\?>")
_LONG_CELL = 400  # characters: a longer cell is a frame of the page, not of a table


def _read_html(data: bytes) -> Source:
    from lxml import etree, html

    text = _PROLOG.sub("", _decode_html(data))
    if not text.strip():
        raise RefusedError("document_empty")
    _hold("标记 / tags", text.count("<"), limits.TEXT_TAGS)
    parser = html.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True, huge_tree=True)
    try:
        root = html.document_fromstring(text.replace("\0", "").encode("utf-8", "replace"), parser=parser)
    except (etree.LxmlError, ValueError) as error:
        raise RefusedError("document_broken", error) from error
    stopped = parser.error_log.filter_types([etree.ErrorTypes.ERR_RESOURCE_LIMIT])
    if stopped:  # the parser stopped here, and what follows would be missing
        raise RefusedError("document_broken", stopped[0].message)
    writer = _Writer()
    _put_html(writer, etree.iterwalk(root, events=("start", "end")))
    return writer.source("html")


def _decode_html(data: bytes) -> str:
    named = _CHARSET.search(data[:4096])
    try:
        return decode(data)
    except RefusedError:
        if not named:
            raise
    try:  # the page knows better: an encoding that is none of ours
        return _tolerant(data, named[1].decode("ascii"))
    except LookupError as error:
        raise RefusedError("document_encoding", named[1].decode("ascii")) from error


def _put_html(writer: _Writer, walk: Any) -> None:
    """Write a page's blocks as lines, its tables of data as tables."""
    line: list[str] = []

    def close(level: int = 0) -> None:
        text = _flat("".join(line)).strip()
        line.clear()
        if text:
            writer.line(text, level)

    passed = None  # an element whose inside is not walked
    for event, element in walk:
        tag = element.tag
        if event == "start":
            rows = _html_rows(element) if tag == "table" else []
            if tag in _BLOCKS or tag == "br":
                close()
            if rows:
                writer.table("html", _grid(rows), _header_rows(element, rows))
            if rows or tag in _HIDDEN or _unseen(element):
                passed = element
                walk.skip_subtree()
            else:
                line.append(element.text or "")
            continue
        if element is not passed and tag in _BLOCKS:
            close(int(tag[1]) if tag in _HEADINGS else 0)
        passed = None
        line.append(element.tail or "")
    close()


# A line break in a page's source is a space, but none between Chinese characters.
_SOFT_BREAK = re.compile("(?<=[\u2e80-\uffef])[ \t]*[\r\n]+[ \t]*(?=[\u2e80-\uffef])")


def _flat(text: str) -> str:
    return re.sub(r"[ \t\r\n]+", " ", _SOFT_BREAK.sub("", text))


def _unseen(element: Any) -> bool:
    return "hidden" in element.attrib or "display:none" in (element.get("style") or "").replace(" ", "").lower()


def _html_rows(table: Any) -> list[list[_Piece]]:
    """The rows of a table of data; none where the table lays out a page."""
    if next(table.iterdescendants("table"), None) is not None:
        return []
    rows = []
    for row in table.iterdescendants("tr"):
        cells = [
            _Piece(_shown(cell), _reach(cell, "colspan"), _reach(cell, "rowspan"), cell.tag == "th")
            for cell in row.iterchildren("td", "th")
        ]
        if cells:
            rows.append(cells)
    filled = [cell for row in rows for cell in row if cell.text.strip()]
    if len(rows) < 2 or max(map(len, rows)) < 2 or any(len(cell.text) > _LONG_CELL for cell in filled):
        return []
    return rows


def _shown(element: Any) -> str:
    pieces: list[str] = []
    waiting: list[Any] = [element]
    while waiting:
        part = waiting.pop()
        if isinstance(part, str):
            pieces.append(part)
        elif isinstance(part.tag, str) and part.tag not in _HIDDEN:
            if part.tag in _BLOCKS or part.tag == "br":
                pieces.append(" ")
            waiting.extend(
                piece for child in reversed(part) for piece in (child.tail, child) if piece is not None and piece != ""
            )
            if part.text:
                waiting.append(part.text)
    return _flat("".join(pieces)).strip()


def _reach(cell: Any, name: str) -> int:
    value = (cell.get(name) or "1").strip()
    return min(int(value), _WIDEST) if value.isdecimal() and int(value) else 1


def _header_rows(table: Any, rows: list[list[_Piece]]) -> int:
    """Leading rows within thead, or of th cells only."""
    head = table.find("thead")
    count = sum(1 for row in head.iterchildren("tr") if len(row)) if head is not None else 0
    while count < len(rows) and all(cell.header for cell in rows[count]):
        count += 1
    return min(count, len(rows))


# --- pdf

_PAGE_TEXT = 20  # characters a page: fewer, with pictures, is a scan
_UNMAPPED = 0.3  # share of characters whose meaning the fonts do not tell
_CELL_GAP = 0.8  # of a character's width, between pieces of a line
_WORD_GAP = 0.25
_TOUCH = 2.0  # points within which ruled lines meet
_RULES = 20_000  # ruled lines a page; more is a drawing
_CELLS = 5_000  # cells a table
_FRAME = 0.93  # of the page's height: a longer line frames the page


@dataclass(frozen=True, slots=True)
class _Glyph:
    """One printed character: where it stands (points, y upwards, on its base line) and how large it is."""

    char: str
    left: float
    right: float
    base: float
    size: float


@dataclass(frozen=True, slots=True)
class _Rule:
    """One ruled line: at a height (or an x), from one end to the other."""

    at: float
    first: float
    last: float


def _read_pdf(data: bytes) -> Source:
    """The text of a PDF, read in a process of its own: the library bounds neither what streams unpack to nor how often
    a page may draw another, so the operating system bounds memory and time.
    """
    memory, seconds = limits.PDF_BYTES_OF_MEMORY, limits.PDF_CPU_SECONDS
    command = [sys.executable, "-m", "dagster_project.extraction.confined", str(memory), str(seconds)]
    ended = subprocess.run(command, input=data, capture_output=True, cwd=ROOT)
    if ended.returncode in (-signal.SIGXCPU, -signal.SIGKILL):
        raise RefusedError("over_limit", f"{seconds} 秒以上 / seconds and more", f"{seconds}")
    if ended.returncode:
        told = ended.stderr.decode("utf-8", "replace").strip().splitlines()
        raise RefusedError("document_broken", told[-1] if told else f"signal {-ended.returncode}")
    gave = json.loads(ended.stdout)
    if "rule" in gave:
        raise RefusedError(**gave)
    grids = (
        Grid(kind, tuple(tuple((start, end) for start, end in row) for row in rows), header_rows)
        for kind, rows, header_rows in gave["grids"]
    )
    return Source(gave["text"], "pdf", tuple(grids))


def read_pdf_here(data: bytes) -> Source:
    """The text of a PDF, with whatever it takes. For `confined` only."""
    import logging

    from pdfminer.converter import PDFPageAggregator
    from pdfminer.pdfdocument import PDFDocument, PDFPasswordIncorrect
    from pdfminer.pdfinterp import PDFPageInterpreter, PDFResourceManager
    from pdfminer.pdfpage import PDFPage
    from pdfminer.pdfparser import PDFParser

    logging.getLogger("pdfminer").setLevel(logging.ERROR)  # it tells every oddity of a font
    writer = _Writer()
    pages, pictures = 0, False
    try:
        shared = PDFResourceManager()
        device = PDFPageAggregator(shared, laparams=None)
        interpreter = PDFPageInterpreter(shared, device)
        for page in PDFPage.create_pages(PDFDocument(PDFParser(io.BytesIO(data)))):
            interpreter.process_page(page)
            if pages:
                writer.put("\f")
            pages += 1
            _hold("字 / characters", writer.length, limits.TEXT_LENGTH)
            pictures = _put_page(writer, device.get_result()) or pictures
    except PDFPasswordIncorrect as error:
        raise RefusedError("document_encrypted") from error
    except (RefusedError, MemoryError):
        raise
    except Exception as error:  # a broken file fails anywhere, with errors of each layer
        raise RefusedError("document_broken", f"{type(error).__name__}: {error}") from error
    if not pages:
        raise RefusedError("document_broken", "0 页 / pages")
    found = writer.source("pdf")
    bare = re.sub(r"\s", "", found.text)
    if not bare or (pictures and len(bare) < _PAGE_TEXT * pages):
        raise RefusedError("document_scanned", f"{pages} 页 / pages, {len(bare)} 字 / characters")
    odd = sum(char == "\ufffd" or "\ue000" <= char <= "\uf8ff" or char < " " for char in bare)
    if odd > len(bare) * _UNMAPPED:
        raise RefusedError("document_unmapped", f"{odd}/{len(bare)}")
    return found


def _put_page(writer: _Writer, page: Any) -> bool:
    """Write a page from top to bottom: lines, and ruled tables where they stand. Whether it holds pictures."""
    from pdfminer.layout import LTChar, LTCurve, LTFigure, LTImage

    glyphs: list[_Glyph] = []
    across: list[_Rule] = []
    down: list[_Rule] = []
    pictures = False
    waiting = list(page)[::-1]
    while waiting:
        item = waiting.pop()
        if isinstance(item, LTFigure):
            waiting.extend(list(item)[::-1])
        elif isinstance(item, LTChar):
            text = item.get_text()
            if abs(item.matrix[1]) < 0.01 and item.size > 0:  # slanted text is a water mark
                text = "\ufffd" if text.startswith("(cid:") else text
                glyphs.append(_Glyph(text, item.x0, item.x1, item.matrix[5], item.size))
        elif isinstance(item, LTCurve) and len(across) + len(down) < _RULES:
            _take_rules(item, across, down)
        elif isinstance(item, LTImage):
            pictures = True
    down = [rule for rule in down if rule.last - rule.first < page.height * _FRAME]
    margin = min((glyph.left for glyph in glyphs if not glyph.char.isspace()), default=0.0)
    tables = _ruled(across, down, glyphs) if across and down else []
    for _, rows, inside in tables:
        glyphs = [glyph for glyph in glyphs if glyph not in inside] if rows else glyphs
    waiting_tables = sorted((table for table in tables if table[1]), key=lambda table: table[0])
    for line in _print_lines(glyphs):
        while waiting_tables and waiting_tables[-1][0] > line[0].base:
            writer.table("pdf", waiting_tables.pop()[1], 0)
        writer.line(_printed_line(line, margin))
    while waiting_tables:
        writer.table("pdf", waiting_tables.pop()[1], 0)
    return pictures


def _take_rules(item: Any, across: list[_Rule], down: list[_Rule]) -> None:
    """A line, or a box: a thin one is a line, another is its four sides."""
    left, bottom, right, top = item.bbox
    if top - bottom <= _TOUCH < right - left:
        across.append(_Rule((bottom + top) / 2, left, right))
    elif right - left <= _TOUCH < top - bottom:
        down.append(_Rule((left + right) / 2, bottom, top))
    elif right - left > _TOUCH and item.stroke:
        across += _Rule(bottom, left, right), _Rule(top, left, right)
        down += _Rule(left, bottom, top), _Rule(right, bottom, top)


def _ruled(
    across: list[_Rule], down: list[_Rule], glyphs: list[_Glyph]
) -> list[tuple[float, list[list[_Piece]], set[_Glyph]]]:
    """Ruled tables: the height each begins at, its rows, the glyphs in it. Cells without a line between them are one."""
    found = []
    for box_across, box_down in _connected(across, down):
        heights = _distinct(rule.at for rule in box_across)[::-1]
        places = _distinct(rule.at for rule in box_down)
        if not 4 <= (len(heights) - 1) * (len(places) - 1) <= _CELLS:
            continue
        inside = {
            glyph
            for glyph in glyphs
            if places[0] < (glyph.left + glyph.right) / 2 < places[-1] and heights[-1] < _middle(glyph) < heights[0]
        }
        cells: dict[tuple[int, int], list[_Glyph]] = {}
        for glyph in inside:
            row = bisect_left(heights, -_middle(glyph), key=lambda height: -height) - 1
            column = bisect_left(places, (glyph.left + glyph.right) / 2) - 1
            cells.setdefault((row, column), []).append(glyph)
        rows: list[list[_Piece]] = []
        for row in range(len(heights) - 1):
            rows.append([])
            for column in range(len(places) - 1):
                text = _cell_text(cells.get((row, column), []))
                middle, height = (places[column] + places[column + 1]) / 2, (heights[row] + heights[row + 1]) / 2
                if row and not _parted(box_across, heights[row], middle):
                    piece = rows[row - 1][column]
                elif column and not _parted(box_down, places[column], height):
                    piece = rows[row][column - 1]
                else:
                    piece = _Piece("")
                piece.text += text
                rows[row].append(piece)
        if inside:
            found.append((heights[0], rows, inside))
    return found


def _middle(glyph: _Glyph) -> float:
    return glyph.base + glyph.size * 0.35


def _parted(rules: list[_Rule], at: float, across: float) -> bool:
    return any(abs(rule.at - at) <= _TOUCH and rule.first - _TOUCH <= across <= rule.last + _TOUCH for rule in rules)


def _distinct(values: Iterable[float]) -> list[float]:
    found: list[float] = []
    for value in sorted(values):
        if not found or value - found[-1] > _TOUCH:
            found.append(value)
    return found


def _connected(across: list[_Rule], down: list[_Rule]) -> Iterator[tuple[list[_Rule], list[_Rule]]]:
    """Ruled lines that hang together: those whose extents overlap from top to bottom of the page."""
    uprights = sorted(down, key=lambda rule: -rule.last)
    while uprights:
        top, bottom = uprights[0].last, uprights[0].first
        box: list[_Rule] = []
        while uprights and uprights[0].last >= bottom - _TOUCH:
            bottom = min(bottom, uprights[0].first)
            box.append(uprights.pop(0))
        yield [rule for rule in across if bottom - _TOUCH <= rule.at <= top + _TOUCH], box


def _print_lines(glyphs: list[_Glyph]) -> list[list[_Glyph]]:
    """The glyphs by line from top to bottom, each from left to right, without those printed twice for weight."""
    lines: list[list[_Glyph]] = []
    for glyph in sorted(glyphs, key=lambda glyph: -glyph.base):
        if lines and lines[-1][0].base - glyph.base <= 0.4 * min(glyph.size, lines[-1][0].size):
            lines[-1].append(glyph)
        else:
            lines.append([glyph])
    found = []
    for line in lines:
        kept: list[_Glyph] = []
        for glyph in sorted(line, key=lambda glyph: glyph.left):
            twice = kept and kept[-1].char == glyph.char and glyph.left - kept[-1].left < 0.3 * glyph.size
            if not twice:
                kept.append(glyph)
        if any(not glyph.char.isspace() for glyph in kept):
            found.append(kept)
    return found


def _cell_text(glyphs: list[_Glyph]) -> str:
    return "".join("".join(text for text, _ in _print_pieces(line)) for line in _print_lines(glyphs))


def _print_pieces(line: list[_Glyph], cell_gap: float = float("inf")) -> list[tuple[str, float]]:
    """A line's text, parted where a gap is as wide as between cells, each piece with its left end."""
    pieces: list[tuple[str, float]] = []
    reached, spaced = 0.0, 0.0
    for glyph in line:
        if glyph.char.isspace():  # one typed space parts words, a row of them cells
            spaced += glyph.right - glyph.left
            continue
        gap = glyph.left - reached - (spaced if spaced < 2 * glyph.size else 0)
        if not pieces or gap > cell_gap * glyph.size:
            pieces.append((glyph.char, glyph.left))
        else:
            space = " " if spaced or gap > _WORD_GAP * glyph.size else ""
            pieces[-1] = pieces[-1][0] + space + glyph.char, pieces[-1][1]
        reached, spaced = glyph.right, 0.0
    return pieces


def _printed_line(line: list[_Glyph], margin: float) -> str:
    """The line as a text shows it: its indent kept, pieces parted by wide gaps at their columns, as in a table."""
    pieces = _print_pieces(line, _CELL_GAP)
    em = sorted(glyph.size for glyph in line)[len(line) // 2]
    printed = "  " if pieces[0][1] - margin > em else ""
    if len(pieces) == 1:
        return printed + pieces[0][0]
    for text, first in pieces:
        column = round((first - margin) / em * 2)
        printed += " " * max(2 if printed.strip() else 0, column - structure.columns(printed)) + text
    return printed


_READERS: dict[str, Callable[[bytes], Source]] = {
    ".txt": _read_text,
    ".md": _read_markdown,
    ".markdown": _read_markdown,
    ".html": _read_html,
    ".htm": _read_html,
    ".docx": _read_docx,
    ".pdf": _read_pdf,
}
