"""The order of a document: tables, numbering and headings, responsible units. It reads cleaned text and changes nothing.

A responsible-unit bracket is recognised here, by its place (the end of an item) and its words; its names are told
apart, the lead unit first. Who does what beyond that order is not read.
"""

import itertools
import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from dagster_project.extraction.document import Cell, Section, Table

_COUNT = "一二三四五六七八九十百零〇"
# A mark of numbering at the head of a line.
MARK = (
    rf"第[{_COUNT}\d]{{1,4}}(?:部分|[编篇章节条])|[{_COUNT}]{{1,4}}[、.]|\([{_COUNT}]{{1,4}}\)|\d{{1,2}}(?:\.\d{{1,2}}){{1,3}}(?=[ 　]?[\u4e00-\u9fff])"
    rf"|\d{{1,3}}[.、](?!\d)|\(\d{{1,3}}\)|\d{{1,2}}\)|[①-⑳]|附[件表录]\d{{0,2}}"
)


def columns(line: str) -> int:
    """The width of a line as a terminal shows it: a Chinese character takes two columns."""
    return len(line.encode("gb18030", "replace"))


# --- tables

_RULE = re.compile(r"[\s|:+\-=─━═┼┿╋┬┴├┤┌┐└┘┏┓┗┛┠┨┯┷│┃║]*[-─━═]{2,}[\s|:+\-=─━═┼┿╋┬┴├┤┌┐└┘┏┓┗┛┠┨┯┷│┃║]*")
_BARS = re.compile(r"[|│┃║]")
_PIECE = re.compile(r"\S+(?: \S+)*")
_CELL = 60  # characters of a cell in a table aligned by spaces; more is prose
_ALONE = 24  # characters of a line within such a table that is not divided
_OVER = "。;!?"
_ENDED = ("。", ",", ";")

_Span = tuple[int, int]


@dataclass(frozen=True)
class Grid:
    """A table as a format gives it: cells by row as spans, a merged cell in every place it covers."""

    kind: str
    rows: tuple[tuple[_Span, ...], ...]
    header_rows: int = 0


@dataclass
class _Block:
    """Neighbouring lines that look like a table: their spans, and the pieces of each."""

    barred: bool
    lines: list[_Span] = field(default_factory=list)
    pieces: list[list[_Span]] = field(default_factory=list)


def blocks(text: str) -> list[_Span]:
    """Where lines are laid out as tables, by bars or by spaces."""
    return [(block.lines[0][0], block.lines[-1][1]) for block in _blocks(text)]


def _blocks(text: str) -> Iterator[_Block]:
    if not any(sign in text for sign in ("  ", "\t", *"|│┃║")):
        return
    block: _Block | None = None
    alone: list[_Span] = []
    for start, end in _lines(text):
        line = text[start:end]
        barred = _barred(line)
        pieces = [] if barred else _pieces(line, start)
        if barred or len(pieces) > 1:
            if block and (block.barred != barred or (barred and alone)):
                yield from _whole(block)
                block = None
            block = block or _Block(barred)
            for span in alone if block.lines else ():
                block.lines.append(span)
                block.pieces.append([_trimmed(text, span)])
            alone = []
            block.lines.append((start, end))
            block.pieces.append(pieces)
        elif block and not block.barred and line.strip() and end - start <= _ALONE and line.rstrip()[-1] not in _OVER:
            alone.append((start, end))
            if len(alone) > 1:
                yield from _whole(block)
                block, alone = None, []
        elif block:
            yield from _whole(block)
            block, alone = None, []
    if block:
        yield from _whole(block)


def _lines(text: str) -> Iterator[_Span]:
    start = 0
    while start <= len(text):
        end = text.find("\n", start)
        end = len(text) if end < 0 else end
        yield start, end
        start = end + 1


def _trimmed(text: str, span: _Span) -> _Span:
    start, end = span
    part = text[start:end]
    bare = len(part.lstrip())
    return (end - bare, start + len(part.rstrip())) if bare else (start, start)


def _barred(line: str) -> bool:
    bars = len(_BARS.findall(line)) if "|" in line or "│" in line or "┃" in line or "║" in line else 0
    return bars > 1 or bool(line and not line[0].isalnum() and _RULE.fullmatch(line))


def _pieces(line: str, at: int) -> list[_Span]:
    """The pieces of a line between gaps; none where it is prose. Tabs part cells one by one, empty ones too."""
    if "  " not in line and "\t" not in line:
        return []
    if "\t" in line.strip():
        found, start = [], 0
        for cell in line.split("\t"):
            found.append(_trimmed_in(cell, at + start))
            start += len(cell) + 1
    else:
        found = [(at + match.start(), at + match.end()) for match in _PIECE.finditer(line)]
    if any(end - start > _CELL for start, end in found):
        return []
    ended = sum(line[end - at - 1 : end - at] in _ENDED for start, end in found if start < end)
    return [] if ended * 2 > len(found) else found


def _trimmed_in(cell: str, at: int) -> _Span:
    bare = cell.strip()
    start = at + len(cell) - len(cell.lstrip()) if bare else at
    return start, start + len(bare)


def _whole(block: _Block) -> Iterator[_Block]:
    """The block if it is a table: two divided lines or more, most with about as many pieces as the widest."""
    if block.barred:
        if len(block.lines) > 1:
            yield block
        return
    counts = [len(pieces) for pieces in block.pieces if len(pieces) > 1]
    most = max(counts, default=0)
    if len(counts) > 1 and sum(count * 2 > most for count in counts) * 2 > len(counts):
        yield block


def tables(text: str) -> list[Table]:
    """The tables that are laid out in the text by bars (Markdown, box drawing) or by spaces and tabs."""
    found = []
    for block in _blocks(text):
        table = _bar_table(text, block) if block.barred else _space_table(text, block)
        if table:
            found.append(table)
    return found


def table(grid: Grid) -> Table | None:
    """A table from the spans of its cells; rows are filled up to the widest with empty cells."""
    rows = [row for row in grid.rows if row]
    if not rows:
        return None
    width = max(map(len, rows))
    cells = tuple(
        tuple(
            Cell(start, end, number < grid.header_rows)
            for start, end in (*row, *[(row[-1][1], row[-1][1])] * (width - len(row)))
        )
        for number, row in enumerate(rows)
    )
    start = min(cell.start for row in cells for cell in row)
    end = max(cell.end for row in cells for cell in row)
    return Table(start, end, grid.kind, min(grid.header_rows, len(rows)), cells)


def continued(text: str, found: Sequence[Table]) -> list[Table]:
    """Tables with those that a page break cut in two put together: as wide, and nothing between them."""
    whole: list[Table] = []
    for table in found:
        last = whole[-1] if whole else None
        if (
            last
            and last.kind == table.kind == "pdf"
            and len(last.rows[0]) == len(table.rows[0])
            and not text[last.end : table.start].strip()
        ):
            whole[-1] = replace(last, end=table.end, rows=last.rows + table.rows)
        else:
            whole.append(table)
    return whole


def _bar_table(text: str, block: _Block) -> Table | None:
    rows: list[tuple[_Span, ...]] = []
    rules: list[int] = []
    for start, end in block.lines:
        line = text[start:end]
        if _RULE.fullmatch(line):
            rules.append(len(rows))
            continue
        first, last = _trimmed(text, (start, end))
        edges = [
            match.start()
            for match in _BARS.finditer(text, first, last)
            if text[match.start() - 1 : match.start()] != "\\"
        ]
        edges = edges if edges and edges[0] == first else [first - 1, *edges]
        edges = edges if edges[-1] == last - 1 and len(edges) > 1 else [*edges, last]
        rows.append(tuple(_trimmed(text, (a + 1, b)) for a, b in itertools.pairwise(edges)))
    inner = [rule for rule in rules if 0 < rule < len(rows)]
    if not rows or max(map(len, rows)) < 2:
        return None
    # A rule under the first lines marks them as heading; rules between all lines are only drawing.
    found = table(Grid("markdown", tuple(rows), inner[0] if len(inner) == 1 else 0))
    return replace(found, start=block.lines[0][0], end=block.lines[-1][1]) if found else None


def _space_table(text: str, block: _Block) -> Table | None:
    most = max(len(pieces) for pieces in block.pieces)
    grid = [tuple(pieces) for pieces in block.pieces]
    if not all("\t" in text[start:end].strip() for start, end in block.lines):
        rows = list(zip(block.lines, block.pieces, strict=True))
        full = [[_columns(text, line, piece) for piece in pieces] for line, pieces in rows if len(pieces) == most]
        stands = [
            (min(first for first, _ in column), max(last for _, last in column)) for column in zip(*full, strict=True)
        ]
        for number, (line, pieces) in enumerate(rows):
            if len(pieces) < most:
                grid[number] = _under(pieces, [_columns(text, line, piece) for piece in pieces], stands)
    found = table(Grid("aligned", tuple(grid)))
    return replace(found, start=block.lines[0][0], end=block.lines[-1][1]) if found else None


def _columns(text: str, line: _Span, piece: _Span) -> _Span:
    first = columns(text[line[0] : piece[0]])
    return first, first + columns(text[piece[0] : piece[1]])


def _under(pieces: Sequence[_Span], places: Sequence[_Span], stands: Sequence[_Span]) -> tuple[_Span, ...]:
    """A row's fewer pieces, each in the column it stands under, in order; the others empty."""
    row: list[_Span] = []
    for number, (piece, (first, last)) in enumerate(zip(pieces, places, strict=True)):
        free = range(len(row), len(stands) - (len(pieces) - number) + 1)
        nearest = min(
            free, key=lambda at: (max(stands[at][0] - last, first - stands[at][1], 0), abs(stands[at][0] - first))
        )
        row += [(piece[0], piece[0])] * (nearest - len(row)) + [piece]
    return (*row, *[(row[-1][1], row[-1][1])] * (len(stands) - len(row)))


# --- numbering and headings

_VALUE = {char: value for value, char in enumerate("零一二三四五六七八九")} | {"〇": 0}


def counted(word: str) -> int:
    """The number that a mark counts: 十二, 21, ③; 0 where it counts nothing."""
    if word.isdecimal():
        return int(word)
    if "①" <= word <= "⑳":
        return ord(word) - ord("①") + 1
    total, last = 0, 0
    for char in word:
        if char in "十百":
            total, last = total + (last or 1) * (10 if char == "十" else 100), 0
        elif char in _VALUE:
            last = _VALUE[char]
        else:
            return 0
    return total + last


_PATTERNS = {
    "part": rf"第[{_COUNT}\d]{{1,4}}部分",
    "book": rf"第[{_COUNT}\d]{{1,4}}[编篇]",
    "chapter": rf"第[{_COUNT}\d]{{1,4}}章",
    "division": rf"第[{_COUNT}\d]{{1,4}}节",
    "clause": rf"第[{_COUNT}\d]{{1,4}}条",
    "ordinal": rf"第[{_COUNT}]{{1,3}}(?=[,、:])",
    "annex": r"附(?:件|表|录)\d{0,2}(?=[:. \n]|$|[\u4e00-\u9fff]{2})",
    "box": r"(?:专栏|表) ?\d{1,2}(?=[^。;\n]{0,40}$)",
    "year": r"20\d\d年(?=[^。,;\n\d]{0,8}$)",
    "han": rf"[{_COUNT}]{{1,4}}[、.]",
    "han_bracket": rf"\([{_COUNT}]{{1,4}}\)[、.]?",
    "decimal": r"\d{1,2}(?:\.\d{1,2}){1,3}(?= ?[\u4e00-\u9fff])",
    "digit": r"\d{1,3}(?:[.、](?!\d)|\. )",
    "digit_bracket": r"\(\d{1,3}\)|(?<![(\d])\d{1,2}\)",
    "circle": r"[①-⑳]",
    "first": rf"[{_COUNT}]{{1,2}}是(?=[\u4e00-\u9fff“])",
}
_AT_LINE = re.compile(
    r"^[ \t]*+(?:" + "|".join(f"(?P<{kind}>{pattern})" for kind, pattern in _PATTERNS.items()) + ")", re.MULTILINE
)
# Inside a paragraph a mark counts only where a sentence has ended and the number goes on: "...。二是..."
_INSIDE = re.compile(
    "(?<=[。;!?:”])(?:"
    + "|".join(
        f"(?P<{kind}>{_PATTERNS[kind]})"
        for kind in ("ordinal", "han", "han_bracket", "digit", "digit_bracket", "circle", "first")
    )
    + ")"
)
_BARE = re.compile(r"[第部分编篇章节条附件表录专栏年是()、. ]")
_TITLE = re.compile(r"[^。;:\n]{0,60}")
_HEADING = 40  # characters of an unnumbered heading
# Marks that name what they count: their numbers are not asked to go on.
_NAMED = {"part", "book", "chapter", "division", "clause", "annex", "box", "year"}
# A box stands under one of these, whatever was counted below it, and the count goes on behind it.
_ABOVE_BOX = {"part", "book", "chapter", "division", "han", "annex", "heading"}
_SKIPPED = 2  # numbers that a count may miss


@dataclass(frozen=True)
class _Mark:
    """A mark of numbering, or an article that it has opened. `inside`: within a paragraph."""

    start: int
    end: int
    kind: str
    label: str
    value: int
    inside: bool = False


def _marks(text: str) -> list[_Mark]:
    """What may be a mark of numbering, in the order of the text."""
    found: dict[int, _Mark] = {}
    for pattern in (_AT_LINE, _INSIDE):
        for match in pattern.finditer(text):
            kind = match.lastgroup or ""
            start, word = match.start(kind), match[kind]
            bare = _BARE.sub("", word)
            label = word.replace(" ", "") if kind in _NAMED else f"({bare})" if kind.endswith("bracket") else bare
            value = counted(bare)
            if kind == "first":
                label = word + _title(text, match.end())
            elif kind == "ordinal":
                label = word
            elif kind == "decimal":
                label, value = word, int(word.rpartition(".")[2])
            found.setdefault(start, _Mark(start, match.end(), kind, label, value, pattern is _INSIDE))
    return sorted(found.values(), key=lambda mark: mark.start)


def sections(text: str, tables: Sequence[Table] = (), headings: Iterable[tuple[int, int, int]] = ()) -> list[Section]:
    """The document's articles, nested by its own numbering.

    `headings`: (start, end, level from 1) of the lines that the format marks as headings. They make sections where
    they bear no number and are not the document's title; without numbering and marked headings, short lines between
    paragraphs are the headings.
    """
    inside = [(table.start, table.end) for table in tables]
    marks = [mark for mark in _marks(text) if not _within(inside, mark.start)]
    numbered = {mark.start for mark in marks}
    marked = [
        _Mark(start, end, "heading", text[start:end].strip(), level)
        for start, end, level in headings
        if start < end and not _within(inside, start) and numbered.isdisjoint(range(start, min(end, start + 4)))
    ]
    if (
        marked
        and all(mark.value > marked[0].value for mark in marked[1:])
        and not any(mark.start < marked[0].start for mark in marks)
    ):
        marked = marked[1:]  # the title
    opened = [*_Counting(text).sections(sorted([*marks, *marked], key=lambda mark: mark.start))]
    if not any(section.level for section in opened):
        opened = [*_headed(text, inside)]
    first = Section("", _first_line(text), 0, 0, len(text))
    return _with_units(text, _nested([first, *opened] if not opened or opened[0].start else opened, len(text)), inside)


def _within(spans: Sequence[_Span], place: int) -> bool:
    found = bisect_right(spans, place, key=lambda span: span[0])
    return bool(found) and place < spans[found - 1][1]


def _last_before(spans: Sequence[_Span], place: int) -> _Span | None:
    found = bisect_right(spans, place, key=lambda span: span[0])
    return spans[found - 1] if found and spans[found - 1][0] < place else None


def _first_line(text: str) -> str:
    found = re.search(r"[^\s][^\n]{0,79}", text)
    return found[0].strip() if found else ""


class _Counting:
    """Follows the numbering through a document: which articles are open, and whether a mark counts on."""

    def __init__(self, text: str):
        self.text = text
        self.open: list[_Mark] = []
        self.last: dict[str, int] = {}  # the last value of a kind anywhere: some count through all chapters
        self.behind_box: list[_Mark] | None = None

    def sections(self, marks: Iterable[_Mark]) -> Iterator[Section]:
        """The sections that the marks open; ends are set later."""
        for mark in marks:
            still_open, paragraph = self._still_open(mark.start)
            above = self._above(mark, still_open)
            if above is None:
                continue
            yield from self._rest(still_open, paragraph, mark.start)
            if mark.kind == "box":
                self.behind_box = self.behind_box or still_open
            else:
                self.behind_box = None
            self.open = [*above, mark]
            self.last[mark.kind] = mark.value
            title = mark.label if mark.kind == "heading" else _title(self.text, mark.end)
            yield self._section(self.open, title, mark.start)
        yield from self._rest(*self._still_open(len(self.text)), len(self.text))

    @staticmethod
    def _section(opened: list[_Mark], title: str, start: int) -> Section:
        return Section("/".join(mark.label for mark in opened), title, len(opened), start, start)

    def _still_open(self, place: int) -> tuple[list[_Mark], int]:
        """The articles open at a place, and where the paragraph began that closed others; 0 where none did.

        What was counted within a paragraph of an article ends with it.
        """
        outer = [mark for mark in self.open if not mark.inside]
        if outer and self.open[-1].inside and (end := self.text.find("\n", self.open[-1].start, place)) >= 0:
            return outer, end + 1
        return self.open, 0

    def _rest(self, still_open: list[_Mark], paragraph: int, place: int) -> Iterator[Section]:
        """The article around a paragraph that has ended goes on up to this place."""
        if paragraph and self.text[paragraph:place].strip():
            yield self._section(still_open, _title(self.text, still_open[-1].end), paragraph)

    def _above(self, mark: _Mark, opened: list[_Mark]) -> list[_Mark] | None:
        """The articles that the mark's own stands under; None where it does not count on."""
        if self.behind_box is not None and mark.kind != "box":
            opened = self.behind_box
        if mark.kind == "heading":
            return [one for one in opened if one.kind == "heading" and one.value < mark.value]
        if mark.kind == "annex":
            return []
        if mark.kind == "box":
            return [one for one in opened if one.kind in _ABOVE_BOX]
        if not mark.inside and mark.kind != "first":
            opened = [one for one in opened if one.kind != "first"]
        if mark.kind == "decimal":  # 95.3万 may begin a line too
            counts = mark.value == 1 or any(one.label == _before(mark.label) for one in opened)
            return _above_decimal(opened, mark.label) if counts else None
        depth = next((at for at, one in enumerate(opened) if one.kind == mark.kind), None)
        if mark.kind not in _NAMED and not self._goes_on(mark, opened[depth].value if depth is not None else None):
            return None
        return opened if depth is None else opened[:depth]

    def _goes_on(self, mark: _Mark, beside: int | None) -> bool:
        """Whether a number follows the one beside it, or begins; at the head of a line it may also miss some."""
        expected = 1 if beside is None else beside + 1
        if mark.inside:
            return mark.value == expected or (mark.value == 1 and mark.kind == "first")
        anywhere = self.last.get(mark.kind)
        if mark.kind == "first":
            return mark.value in (1, expected, (anywhere or 0) + 1)
        if anywhere is None or mark.value in (1, expected, anywhere + 1):  # an excerpt may begin anywhere
            return mark.value > 0
        return beside is not None and 0 < mark.value - expected <= _SKIPPED


def _title(text: str, start: int) -> str:
    found = _TITLE.match(text, start)
    return found[0].strip() if found else ""


def _before(label: str) -> str:
    """The mark that comes before 2.3: 2.2."""
    head, _, last = label.rpartition(".")
    return f"{head}.{int(last) - 1}"


def _above_decimal(opened: list[_Mark], label: str) -> list[_Mark]:
    """The articles above 2.3: it stands under 2 or beside 2.2."""
    deep = (at for at, one in enumerate(opened) if one.kind == "decimal" and one.label.count(".") >= label.count("."))
    return opened[: next(deep, len(opened))]


def _headed(text: str, inside: Sequence[_Span]) -> Iterator[Section]:
    """Unnumbered headings: short lines without an end mark, before a paragraph or another heading."""
    lines = [_trimmed(text, span) for span in _lines(text)]
    lines = [(start, end) for start, end in lines if start < end and not _within(inside, start)]
    long = sum(end - start > _HEADING for start, end in lines)
    if not long:
        return
    for number, (start, end) in enumerate(lines[:-1]):
        if number and end - start <= _HEADING and text[end - 1] not in "。;,!?:…、↓—" and text[start] not in "“(《-":
            title = text[start:end]
            yield Section(title, title, 1, start, start)


def _nested(opened: list[Section], end: int) -> list[Section]:
    """The sections with their ends: where the next of the same level or above begins."""
    ends = [end] * len(opened)
    waiting: list[int] = []
    for number, section in enumerate(opened):
        while waiting and opened[waiting[-1]].level >= section.level:
            ends[waiting.pop()] = section.start
        waiting.append(number)
    return [replace(section, end=stop) for section, stop in zip(opened, ends, strict=True)]


# --- responsible units

_CLOSING = {"〕": "〔", ")": "(", "】": "【", "]": "["}
_BRACKET = 600  # characters of a bracket of units
_LINE_CLOSED = re.compile(r"[〕)】\]](?=[。;]?[ \t]*(?:\n|\Z))")
_PARAGRAPHS = 8  # paragraphs of an article that are looked at for one
_ROLE = re.compile(
    r"(?:责任|牵头|配合|参与|参加|负责|主办|承办|协办|主责|实施|落实)(?:单位|部门|科室|处室)?(?:、(?:责任|配合|参与)(?:单位|部门))?[:：]"
)
_UNIT = re.compile(
    r"(?:局|委|办|厅|部|政府|学校|中心|公司|党组|工委|党委|会|院|站|处|科|科室|室|集团|大学|学院|单位|部门|中学|小学|幼儿园|园区|街道|乡镇|园区管委会)$"
)
# Where no word says that these are the ones responsible, only offices are taken for that.
_OFFICE = re.compile(r"^(?![含见如即不]).*(?:局|委|委员会|办|办公室|厅|[^内外]部|政府|党组|工委|党委|公司|集团)$")
_ASIDE = re.compile(
    r"[,;、]?(?:排|列)(?:名)?(?:在)?第一.*|[,;]?下同$|按职责分工(?:负责)?|(?:分别|共同|按职责)?(?:牵头负责|牵头|负责落实|负责|配合|参与|参加|落实|承担)$|^由"
)
_SHARED = re.compile(r"^(.+[县市区旗盟州])和(.+?[县市区旗盟州])((?:人民)?政府|教育局|.{1,6}局)$")
_LEVELS = {"省", "市", "县", "区", "自治区", "各县", "各市", "市县", "镇", "乡", "乡镇"}
_UNIT_LINE = re.compile(rf"^[ \t]*+(?:{_ROLE.pattern})[^\n]{{2,300}}$", re.MULTILINE)


def _with_units(text: str, found: list[Section], inside: Sequence[_Span]) -> list[Section]:
    """The sections with the units that their own text (before the next mark) closes with, or its last paragraph that does."""
    named: list[Section] = []
    lines = [match.start() + 1 for match in _LINE_CLOSED.finditer(text)]
    for number, section in enumerate(found):
        stop = min(found[number + 1].start if number + 1 < len(found) else section.end, section.end)
        span = _closing_units(text, section.start, stop, inside)
        closed = bisect_right(lines, stop) - 1
        while (
            span is None
            and closed >= 0
            and lines[closed] > section.start
            and closed > bisect_right(lines, stop) - 1 - _PARAGRAPHS
        ):
            span = _closing_units(text, section.start, lines[closed], ())
            closed -= 1
        if span:
            section = replace(section, units=unit_names(text[slice(*span)]), units_start=span[0], units_end=span[1])
        named.append(section)
    return named


def _closing_units(text: str, start: int, end: int, inside: Sequence[_Span]) -> _Span | None:
    while start < end and (table := _last_before(inside, end)) and not text[table[1] : end].strip():
        end = max(start, table[0])  # a table may stand behind the bracket
    start = max(start, end - _BRACKET)
    end = start + len(text[start:end].rstrip().rstrip("。;"))
    if end == start:
        return None
    line = text.rfind("\n", start, end) + 1
    if line > start and _UNIT_LINE.match(text, line, end):
        return line, end
    if text[end - 1] not in _CLOSING:
        return None
    depth = 0
    for at in range(end - 1, start - 1, -1):
        depth += (text[at] in _CLOSING) - (text[at] in _CLOSING.values())
        if not depth:
            inner = text[at + 1 : end - 1]
            names = unit_names(inner)
            said = _ROLE.search(inner) or "牵头" in inner or "负责" in inner
            units = sum(bool((_UNIT if said else _OFFICE).search(name)) for name in names)
            return (at + 1, end - 1) if names and units * 3 >= len(names) * (1 if said else 2) else None
    return None


def _split(text: str) -> list[str]:
    """Pieces between commas that stand outside brackets."""
    pieces, depth, last = [], 0, 0
    for at, char in enumerate(text):
        depth += (char in "(（") - (char in ")）")
        if not depth and char in "、,;，；":
            pieces.append(text[last:at])
            last = at + 1
    return [piece.strip() for piece in (*pieces, text[last:]) if piece.strip()]


def _bare(name: str) -> str:
    return _ASIDE.sub("", _ROLE.sub("", name)).strip(" 。:：")


def unit_names(text: str) -> tuple[str, ...]:
    """The units that a bracket names, in its order: the lead unit is the first.

    A和B人民政府 is both governments; 市、县(市、区)教育局 stays one.
    """
    found: list[str] = []
    level = ""
    for piece in _split(text):
        name = _bare(piece)
        if not name:
            continue
        if name in _LEVELS:
            level += name + "、"
            continue
        shared = _SHARED.match(name)
        found += [shared[1] + shared[3], shared[2] + shared[3]] if shared else [level + name]
        level = ""
    return tuple(found)
