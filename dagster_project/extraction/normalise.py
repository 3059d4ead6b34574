"""Cleaning a document's text: what scrapers, converters, scanners and share sites did to it is undone, place by place.

Every step is a rule that yields edits of the text it is given; `Draft` applies them and keeps the way back to the
original. A rule reads the text once; what it looks at around a place is bounded, so the whole is linear in the text.
Numbering, tables and units are found in `structure.py`.
"""

import html
import itertools
import re
import unicodedata
from array import array
from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache
from operator import ne

import opencc

from dagster_project.extraction import structure
from dagster_project.extraction.document import Note

# (start, end, what stands there instead), in order, not overlapping.
Edit = tuple[int, int, str]
Rule = Callable[[str], Iterable[Edit]]

# A repair shown in a note is cut to this many characters.
_SHOWN = 60


@dataclass
class Draft:
    """A text being cleaned. `origin` and `wide` are as in Document, the places in `repairs` count in the original."""

    original: str
    text: str = ""
    origin: "array[int]" = field(default_factory=lambda: array("I"))
    wide: dict[int, int] = field(default_factory=dict)
    # rule, start and end in the original, was, now, count, sure
    repairs: list[tuple[str, int, int, str, str, int, bool]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.text = self.original
        self.origin = array("I", range(len(self.original)))

    def place(self, at: int) -> int:
        """Where in the cleaned text this place of the original is, or what follows it if it is gone."""
        return bisect_left(self.origin, at)

    def notes(self) -> tuple[Note, ...]:
        """The repairs in the order of the text."""
        found = (
            Note(rule, self.place(start), self.place(end), start, end, was[:_SHOWN], now[:_SHOWN], count, sure)
            for rule, start, end, was, now, count, sure in self.repairs
        )
        return tuple(sorted(found, key=lambda note: (note.start, note.original_start, note.rule)))

    def _back(self, start: int, end: int) -> tuple[int, int]:
        first, last = self.origin[start], self.origin[end - 1]
        return first, self.wide.get(last, last + 1)

    def swap(self, rule: str, text: str) -> None:
        """Take a text that differs character by character only; noted once with the number of changes."""
        if text == self.text:
            return
        changed = bytes(map(ne, self.text, text))
        at = changed.find(1)
        start, end = self._back(at, at + 1)
        self.repairs.append((rule, start, end, self.text[at], text[at], changed.count(1), True))
        self.text = text

    def apply(self, name: str, rule: Rule, each: bool = False, sure: bool = True) -> None:
        """Carry out a rule's edits; noted one by one (`each`, or not `sure`) or once with their number."""
        each = each or not sure
        old, origin, pieces, done, count = self.origin, array("I"), [], 0, 0
        for start, end, now in rule(self.text):
            first, last = self._back(start, end)
            if each or not count:
                self.repairs.append((name, first, last, self.text[start:end], now, 1, sure))
            count += 1
            pieces.append(self.text[done:start])
            origin += old[done:start]
            if now:
                pieces.append(now)
                if len(now) == end - start:
                    origin += old[start:end]
                else:
                    origin.extend(old[start + (end - start) * at // len(now)] for at in range(len(now)))
                    if origin[-1] + 1 != last:
                        self.wide[origin[-1]] = last
            done = end
        if not count:
            return
        pieces.append(self.text[done:])
        origin += old[done:]
        if not each and count > 1:
            self.repairs[-1] = (*self.repairs[-1][:5], count, sure)
        self.text, self.origin = "".join(pieces), origin


def clean(text: str, markdown: bool = False) -> Draft:
    """The text with its damage undone. `markdown`: emphasis, links and heading marks of that format are taken off."""
    draft = Draft(text)
    draft.apply("reading", _readings)
    draft.apply("lost_bytes", _lost_bytes, sure=False)
    draft.swap("traditional", _simplified(draft.text))
    draft.swap("full_width", draft.text.translate(_half_width()))
    draft.apply("entity", _entities)
    draft.apply("invisible", _invisible)
    draft.apply("reading", _readings)
    if markdown:
        draft.apply("markdown", _markdown)
    draft.apply("share_site", _share_site, each=True)
    draft.apply("page_mark", _page_marks)
    draft.apply("zero", _zeros)
    draft.apply("misread", _misread, sure=False)
    draft.apply("layout", _layout)
    return draft


# --- characters


@cache
def _half_width() -> dict[int, str]:
    """Full-width, compatibility and radical forms to the characters they stand for, one for one."""
    blocks = ((0x2F00, 0x2FE0), (0xF900, 0xFB00), (0xFE30, 0xFE70), (0xFF01, 0xFFE7), (0x2F800, 0x2FA20))
    table = {
        code: plain
        for first, last in blocks
        for code in range(first, last)
        if len(plain := unicodedata.normalize("NFKC", chr(code))) == 1 and plain != chr(code)
    }
    # Radicals that PDF fonts give for whole characters and Unicode does not fold.
    table |= {ord(a): b for a, b in zip(_RADICALS[::2], _RADICALS[1::2], strict=True)}
    table |= dict.fromkeys((0xA0, 0x1680, *range(0x2000, 0x200B), 0x202F, 0x205F, 0x3000), " ")
    table |= dict.fromkeys((0x2010, 0x2011, 0x2012, 0x2212), "-")
    return table | {0x2236: ":", 0x301C: "~", 0x2028: "\n", 0x2029: "\n", 0x85: "\n", 0x0B: "\n"}


_RADICALS = "⺠民⺟母⺝月⺎兀⺒巳⺓幺⺛旡⺶羊⺷羊⻀卤⻁虎⻄西⻅见⻆角⻉贝⻋车⻓长⻔门⻘青⻙韦⻚页⻛风⻜飞⻝食⻢马⻣骨⻤鬼⻥鱼⻦鸟⻧卤⻨麦⻩黄⻬齐⻮齿⻰龙⻳龟"


@cache
def _converter() -> opencc.OpenCC:
    return opencc.OpenCC("t2s")


# 著 as in 著名 stays, everything else in a traditional text is 着, which the conversion does not tell apart.
_WRITTEN = re.compile(r"(?<![显名专原论编译遗巨合昭卓土拙大所等新旧近撰较执])著(?![名作述称书者录文有《])")
_AROUND = 40


def _simplified(text: str) -> str:
    now = _converter().convert(text)
    if len(now) != len(text):  # a word whose simplified form is longer or shorter: character by character instead
        odd = {ord(char): _converter().convert(char) for char in set(text)}
        now = text.translate({code: char for code, char in odd.items() if len(char) == 1})
    pieces, done = [], 0
    for match in _WRITTEN.finditer(now):
        at = match.start()
        near = slice(max(0, at - _AROUND), at + _AROUND)
        if text[near] != now[near]:
            pieces += [now[done:at], "着"]
            done = at + 1
    return "".join([*pieces, now[done:]])


_ENTITY = re.compile(r"&(?:[a-zA-Z]{2,8}|#\d{2,6}|#[xX][0-9a-fA-F]{2,5});")


def _entities(text: str) -> Iterator[Edit]:
    for match in _ENTITY.finditer(text):
        plain = html.unescape(match[0]).translate(_half_width())
        if plain != match[0]:
            yield match.start(), match.end(), plain


# Controls, joiners, marks of direction and byte order; a page break is a mark of its own.
_INVISIBLE = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\xad\u061c\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff]+|\r\n?|[\u2028\u2029]"
)


def _invisible(text: str) -> Iterator[Edit]:
    for match in _INVISIBLE.finditer(text):
        yield match.start(), match.end(), "\n" if match[0] in ("\r", "\r\n", "\u2028", "\u2029") else ""


# --- readings


_HAN = "\u3400-\u9fff\U00020000-\U0003ffff"
_TONED = "āáǎàēéěèīíǐìōóǒòūúǔùǖǘǚǜḿńňǹ\u0300\u0301\u0304\u030c"
_LETTER = f"a-zA-Zɑɡü·'’ {_TONED}"
_READING = re.compile(
    rf"[(（](?:音|读音|读作|读)?[:：]?[{_LETTER}]{{0,30}}[{_TONED}][{_LETTER}]{{0,30}}[)）]"  # 學(xué)
    rf"|[a-zɑɡü]{{0,4}}[{_TONED}][a-zɑɡü{_TONED}]{{0,5}}(?![a-zA-Z])"  # 學xué
    r"|[(（][\u3105-\u312f\u02ca\u02c7\u02cb\u02d9 ]{1,24}[)）]"  # 學(ㄒㄩㄝˊ)
)
_SOUNDED = re.compile(rf"[{_TONED}\u3105-\u312f]")
# Readings in the light tone look like any word in brackets: taken off only in a text that is full of readings.
_LIGHT = re.compile(
    r"[(（](?:[bpmfdtnlgkhjqxrzcsyw]|[zcs]h)?"
    r"(?:[aeo]|ai|ei|ao|ou|an|en|ang|eng|ong|er|i|ia|ie|iao|iu|ian|in|iang|ing|iong|u|ua|uo|uai|ui|uan|un|uang|ue|v|ve)"
    r"[1-5]?[)）]"
)
_FULL_OF_READINGS = 3


def _readings(text: str) -> Iterator[Edit]:
    if not _SOUNDED.search(text):
        return
    found = [match.span() for match in _READING.finditer(text)]
    if len(found) >= _FULL_OF_READINGS:
        found += [match.span() for match in _LIGHT.finditer(text)]
        found.sort()
    for start, end in found:
        if start and "\u3400" <= text[start - 1] <= "\U0003ffff":
            yield start, end, ""


# --- bytes lost in a two-byte encoding

# A text in GBK that was cut or searched byte by byte loses its step: a lone first byte becomes "?" (or U+FFFD), and
# what follows is read one byte off, until an ASCII byte or the end of the piece brings it back in step. The half of
# the first character that was lost, and that of the last, are chosen by what stands elsewhere in the document.
_LOST = re.compile(f"(?<=[{_HAN}”》、。])[?？\ufffd](?=[?？!！\ufffd]?[a-zA-Z{_TONED}{_HAN}])")
_LOST_TRIES = 200
_LOST_RUN = 64
_LOST_STATES = 60
_KNOWN_TEXT = 400_000
# An inserted reading whose bracket, or the second byte before it, was swallowed: 任?wù), 域?qū)W
_SWALLOWED = re.compile(rf"[a-z{_TONED}]{{1,7}}[)）]")
_MARKS = "“”‘’、。《》〈〉【】〔〕·—…"
_PLACEHOLDER = "\ufffd"
_STANDS_OUT = 0.08


@cache
def _common() -> frozenset[str]:
    """Characters that a policy text may well hold: GB2312's first level, their traditional forms, Chinese marks."""
    level1 = {
        bytes((first, second)).decode("gb2312", "ignore") for first in range(0xB0, 0xD8) for second in range(0xA1, 0xFF)
    }
    every = [chr(code) for code in range(0x4E00, 0xA000)]
    plain = _converter().convert("\n".join(every)).split("\n")
    forms = {char for char, simple in zip(every, plain, strict=True) if simple in level1}
    return frozenset((level1 | forms | set(_MARKS)) - {""})


def _pair(first: int, second: int) -> str:
    """The character of two GBK bytes if a policy text may hold it, else nothing."""
    char = bytes((first, second)).decode("gbk", "ignore")
    return char if len(char) == 1 and (char in _common() or "！" <= char <= "～") else ""


@cache
def _of_second(second: int) -> tuple[str, ...]:
    return tuple(char for first in range(0x81, 0xFF) if (char := _pair(first, second)))


@cache
def _of_first(first: int, seconds: range = range(0x40, 0xFF)) -> tuple[str, ...]:
    return tuple(char for second in seconds if (char := _pair(first, second)))


class _Known:
    """What stands in a document, for choosing between readings of damaged text."""

    def __init__(self, text: str):
        text = text[:_KNOWN_TEXT]
        self.single = Counter(text)
        self.double = Counter(map("".join, itertools.pairwise(text)))

    def fill(self, before: str, places: tuple[tuple[str, ...], ...], after: str) -> str:
        """The characters that the document has elsewhere in this order; U+FFFD where none stands out."""
        chars: list[str] = []
        for at, choices in enumerate(places):
            if len(chars) > at:
                continue
            left = chars[-1] if chars else before
            following = places[at + 1] if at + 1 < len(places) else (after,)
            if len(choices) > 1 and len(following) > 1:  # two unknown ones: as a pair, or each by its neighbour
                pairs = ((one, two) for one in choices for two in following if self.double[one + two])
                two_at_once = self._best({one + two: self.double[one + two] / self.single[one] for one, two in pairs})
                right = places[at + 2][0] if at + 2 < len(places) else after
                chars += two_at_once or (
                    self._best({char: self._share(left, char, "") for char in choices}) or _PLACEHOLDER,
                    self._best({char: self._share("", char, right) for char in following}) or _PLACEHOLDER,
                )
            elif len(choices) > 1:
                right = following[0]
                chars.append(self._best({char: self._share(left, char, right) for char in choices}) or _PLACEHOLDER)
            else:
                chars += choices
        return "".join(chars)

    def _share(self, left: str, char: str, right: str) -> float:
        """How much of what follows `left`, and of what precedes `right`, is this character."""
        follows, precedes = self.double.get(left + char), self.double.get(char + right)
        share = 0.1 if char in "。！？" and right == "”" else 0.0
        if follows:
            share += follows / self.single[left]
        if precedes:
            share += precedes / self.single[right]
        return share

    @staticmethod
    def _best(share: dict[str, float]) -> str:
        ranked = sorted(share.items(), key=lambda item: (-item[1], item[0]))[:2]
        if not ranked or ranked[0][1] < _STANDS_OUT or (ranked[0][1] < 2 * ranked[-1][1] and len(ranked) > 1):
            return ""
        return ranked[0][0]


def _bytes(char: str) -> bytes:
    """A character's bytes before it was made half width."""
    return chr(ord(char) + 0xFEE0).encode("gbk") if "!" <= char <= "~" else char.encode("gbk", "ignore")


@dataclass(frozen=True)
class _Reading:
    """One way to read a run of shifted text: possible characters place by place, and where it is back in step."""

    end: int
    places: tuple[tuple[str, ...], ...]
    vanished: int


def _in_step(text: str, start: int) -> Iterator[_Reading]:
    """All plausible readings of the shifted run after the lost byte at `start`, the likely ones first."""
    # place in the text, waiting first byte (None: lost), characters so far, pairs that vanished
    todo: list[tuple[int, int | None, tuple[tuple[str, ...], ...], int]] = [(start + 1, None, (), 0)]
    for _ in range(_LOST_STATES):
        if not todo:
            return
        at, first, places, vanished = todo.pop()
        if at >= len(text) or at - start > _LOST_RUN:
            continue
        char = text[at]
        if "@" <= char <= "~":  # an ASCII byte that is the second half of a character
            whole = _of_second(ord(char)) if first is None else tuple(_pair(first, ord(char)))
            if whole:
                yield _Reading(at + 1, (*places, whole), vanished)
            elif first is not None and vanished < 2:
                yield _Reading(
                    at + 1, (*places, _of_first(first, range(0xF8, 0xFF)), _of_second(ord(char))), vanished + 1
                )
        if char in "?？\ufffd" and first is not None:  # the piece ends within a character
            swallowed = _SWALLOWED.match(text, at + 1)
            yield _Reading(swallowed.end() if swallowed else at + 1, (*places, _of_first(first)), vanished)
        pair = _bytes(char)
        if len(pair) != 2:
            continue
        # Undefined pairs (a user's own area) vanish without a trace: F8..FE, A1..FE.
        if first is not None and vanished < 2 and (hidden := _of_first(first, range(0xF8, 0xFF))):
            todo.append((at + 1, pair[1], (*places, hidden, _of_second(pair[0])), vanished + 1))
        whole = _of_second(pair[0]) if first is None else tuple(_pair(first, pair[0]))
        if whole:
            todo.append((at + 1, pair[1], (*places, whole), vanished))


def _lost_bytes(text: str) -> Iterator[Edit]:
    known: _Known | None = None
    done = 0
    for tries, match in enumerate(_LOST.finditer(text)):
        if tries == _LOST_TRIES:
            return
        start = match.start()
        if start < done or not _odd(text[start + 1 : start + 9]):
            continue
        known = known or _Known(text)
        repaired = _inserted(text, start, known) or _shifted(text, start, known)
        if repaired:
            yield repaired
            done = repaired[1]


def _odd(run: str) -> bool:
    """Whether something stands here that would not follow a question mark: another, a rare character, a letter."""
    run = run.split("\n")[0]
    return run[:1] in "?？!！\ufffd" or any(char not in _common() and (char.isalpha() or char in "∧∨") for char in run)


def _inserted(text: str, start: int, known: _Known) -> Edit | None:
    """A reading that was put between the two bytes of a character: 域?qū)W前 is 域學前."""
    reading = _SWALLOWED.match(text, start + 1)
    if not reading or not any(char in _TONED for char in reading[0]):
        return None
    second = text[reading.end() : reading.end() + 1]
    if not "@" <= second <= "~":
        return None
    after = text[reading.end() + 1 : reading.end() + 2]
    return start, reading.end() + 1, known.fill(text[start - 1], (_of_second(ord(second)),), after)


def _shifted(text: str, start: int, known: _Known) -> Edit | None:
    best: tuple[float, int, str] | None = None
    for reading in _in_step(text, start):
        if not all(reading.places):
            continue
        before = text[start - 1]
        now = known.fill(before, reading.places, text[reading.end : reading.end + 1])
        if reading.vanished:  # what looks whole may span what vanished
            now = "".join(char if known.single[char] else _PLACEHOLDER for char in now)
        gain = _familiar(before + now, known, 0) - _familiar(text[start - 1 : reading.end], known, 1)
        if gain > 0.25 and (best is None or (gain, reading.end) > best[:2]):
            best = gain, reading.end, now
    return (start, best[1], best[2]) if best else None


def _familiar(run: str, known: _Known, own: int) -> float:
    """How far the document's other text vouches for a run: the mean over its characters and their pairs, 0 to 2.

    `own`: how often the run itself is counted in what is known.
    """
    pairs = ["".join(pair) for pair in itertools.pairwise(run)]
    single = sum(char in _common() and known.single[char] > own for char in run)
    double = sum(known.double[pair] > own and not set(pair) - _common() for pair in pairs)
    return single / len(run) + double / max(1, len(pairs))


# --- marks of formats and sites

_HEADING_MARK = re.compile(r"^#{1,6} +(?=\S)|^> ?(?=\S)", re.MULTILINE)
# Emphasis opens before a word and closes behind one; ** may also be a hidden figure: 达到**%以上, 新建**所.
_EMPHASIS = re.compile(
    r"(\*\*|__)(?=[\w“《])(?!(?<=\w[*_]{2})[所个年人名万亿元项班套门件])([^*_\n]{1,200}?)(?:(?<=\w)\1|(?<=[”》。,;:!?%)])\1(?!\w))"
)
_LINK = re.compile(r"!?\[([^\]\n]{0,200})\]\((?:[^()\s]{1,400})\)")


def _markdown(text: str) -> Iterator[Edit]:
    found: list[Edit] = [(match.start(), match.end(), "") for match in _HEADING_MARK.finditer(text)]
    for match in _EMPHASIS.finditer(text):
        found += (match.start(), match.start(2), ""), (match.end(2), match.end(), "")
    for match in _LINK.finditer(text):
        found += (match.start(), match.start(1), ""), (match.end(1), match.end(), "")
    yield from _apart(sorted(found))


def _apart(edits: Iterable[Edit]) -> Iterator[Edit]:
    """Sorted edits without those that begin inside an earlier one."""
    done = 0
    for edit in edits:
        if edit[0] >= done and edit[0] < edit[1]:
            yield edit
            done = edit[1]


# Whole lines that sites put around a document.
_SITE_LINES = (
    r"相关(?:文章|推荐|阅读|文档)|推荐阅读|猜你喜欢|热门(?:文章|推荐)|返回(?:顶部|首页)|(?:打印|关闭)(?:本页|窗口)|扫一扫.{0,60}"
    r"|(?:来源网址|本文(?:来源|地址|链接)|原文(?:链接|地址)|转载请注明|文章来源):.{0,200}"
    r"|(?:发布|更新|发表)?(?:时间|日期): ?\d{4}[-/.年]\d{1,2}[-/.月]\d{1,2}日?(?: +\d{1,2}:\d{2}(?::\d{2})?)?(?: .{0,80})?"
    r"|(?:来源|作者|编辑|责任编辑|浏览次数|浏览量|阅读量?|点击数?|字号|字体):.{0,30}"
    r"|导语:.{0,200}网友上传.{0,200}|.{0,100}(?:来源于网友上传|不代表本站观点).{0,100}"
    r"|《[^》\n]{1,80}\.(?:docx?|pdf|wps|txt)》|将本文的Word文档下载到电脑.{0,40}|推荐度:?[☆★]*|点击下载文档|文档为(?:doc|docx|pdf|wps)格式"
    r"|.{0,60}(?:版权所有|备案号|ICP备|公网安备|Copyright).{0,100}|(?:当前|您(?:现在)?的?)位置:.{0,100}"
    r"|[上下]一[篇页]:.{0,100}|分享[到至]:?.{0,30}|【?字体:.{0,20}|【(?:打印|关闭)】.{0,20}"
)
_SITE = re.compile(
    rf"^[ \t]*+(?:{_SITE_LINES})[ \t]*(?:\n|\Z)|《[^》\n]{{1,80}}》由会员分享,可在线阅读[^\n]{{0,120}}?上搜索。?\n?",
    re.MULTILINE,
)


def _share_site(text: str) -> Iterator[Edit]:
    return ((match.start(), match.end(), "") for match in _SITE.finditer(text) if match[0])


# --- pages

_PAGE_LINE = re.compile(
    r"^[ \t\f]*+(?:第 ?\d{1,4} ?页(?:[,/、 ]{0,2}共 ?\d{1,4} ?页)?|[-—–―·~] ?\d{1,4} ?[-—–―·~]|\d{1,4} ?/ ?\d{1,4}"
    r"|[Pp]age ?\d{1,4}(?: of \d{1,4})?)[ \t\f]*$|\f",
    re.MULTILINE,
)
# Behind the mark a space goes with it, before it the space belongs to what ends there and goes with the layout.
_PAGE_INLINE = re.compile(
    r"(?:第 ?\d{1,4} ?页[,/、 ]{0,2}共 ?\d{1,4} ?页|[Pp]age ?\d{1,4} of \d{1,4}| ?(?P<dash>[-—–]) \d{1,4} [-—–](?![\d-])) ?"
)
_NUMBER_LINE = re.compile(r"^[ \t\f]*+(\d{1,3})[ \t\f]*$", re.MULTILINE)
_NUMBERED_PAGE = re.compile(r"^[ \t]*+(\d{1,3})、", re.MULTILINE)
_NUMBERED_PAGE_LENGTH = 150
_NUMBER = re.compile(r"\d+")
_LONG_LINE = 40
_BANNER = 40
# A sentence is over after these; after a closing bracket or quote it may be.
_OVER = "。!?;:…！？；："
_BEGINS = re.compile(structure.MARK + r"|[|#]")


def _goes_on(before: str, after: str) -> bool:
    """Whether the sentence that ends in `before` continues in `after`: a break between them has no meaning."""
    before, after = before[-80:].rstrip(), after[:80].lstrip()
    if any("  " in line or "\t" in line for line in (before[before.rfind("\n") + 1 :].lstrip(), after.split("\n")[0])):
        return False  # rows of a table
    if not before or not after or before[-1] in _OVER or _BEGINS.match(after):
        return False
    if before[-1].isdigit() and after[0] in "0123456789.%‰万亿":
        return True
    return len(before) - before.rfind("\n") > 15 and before[-1] not in "〕】]"


def _page_marks(text: str) -> Iterator[Edit]:
    pages = _numbered_pages(text)
    if pages:
        yield from pages
        return
    lines = sorted({*(match.span() for match in _PAGE_LINE.finditer(text)), *_number_lines(text)})
    lines = sorted([*lines, *_counted_pages(text, lines)])
    marks = _together(text, _with_banners(text, _together(text, lines)))
    inside = [(*match.span(), "") for match in _PAGE_INLINE.finditer(text) if not _is_date(text, match)]
    found: list[Edit] = []
    for start, end in marks:
        before, after = _last_word(text, start), _next_word(text, end)
        joined = _goes_on(text[max(0, before - 80) : before], text[after : after + 80])
        if not joined:  # the next line keeps its indent: it may be a row of a table
            after = max(text.rfind(sign, end, after) + 1 for sign in "\n\f") or end
        found.append((before, after, "" if joined or not before or after == len(text) else "\n"))
    yield from _apart(sorted([*found, *inside], key=lambda edit: (edit[0], -edit[1])))


def _is_date(text: str, match: re.Match[str]) -> bool:
    """Whether - 12 - stands between figures of its own, as in 2025 - 12 - 31 or 9- 12 -."""
    if not match["dash"]:
        return False
    before = text[max(0, match.start() - 2) : match.start()]
    return before[-1:].isdigit() and (
        match[0][0] != " " or (before.isdigit() and text[match.end() : match.end() + 1].isdigit())
    )


def _together(text: str, marks: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Marks with nothing but space between them as one."""
    found: list[tuple[int, int]] = []
    for start, end in marks:
        if found and not text[found[-1][1] : start].strip():
            found[-1] = found[-1][0], max(found[-1][1], end)
        else:
            found.append((start, end))
    return found


_WORD = re.compile(r"\S")
_FAR = 1_000


def _last_word(text: str, at: int) -> int:
    """The end of the last word before this place."""
    while at:
        first = max(0, at - _FAR)
        bare = len(text[first:at].rstrip())
        at = first + bare
        if bare:
            break
    return at


def _next_word(text: str, at: int) -> int:
    match = _WORD.search(text, at)
    return match.start() if match else len(text)


def _number_lines(text: str) -> list[tuple[int, int]]:
    """Lines of a bare number that count pages: each one more than the one before, at least three."""
    found = [(int(match[1]), match.span()) for match in _NUMBER_LINE.finditer(text)]
    run: list[tuple[int, tuple[int, int]]] = []
    kept: list[tuple[int, int]] = []
    for number, span in [*found, (-1, (0, 0))]:
        if run and number != run[-1][0] + 1:
            if len(run) >= 3:
                kept += [place for _, place in run]
            run = []
        run.append((number, span))
    return kept


def _counted_pages(text: str, marks: list[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """Marks like 3、 inside a sentence that count pages: those between the marks of page 2 and page 4, or beside one."""
    numbers = [(start, int(number[0])) for start, end in marks if (number := _NUMBER.search(text, start, end))]
    if not numbers:
        return
    for match in _NUMBERED_PAGE.finditer(text):
        before = _last_word(text, match.start())
        at = bisect_left(numbers, (match.start(), 0))
        expected = {number + 1 for _, number in numbers[max(0, at - 1) : at]}
        expected |= {number - 1 for _, number in numbers[at : at + 1]}
        cut = before - text.rfind("\n", 0, before) > _LONG_LINE and text[before - 1] not in _OVER
        if cut and int(match[1]) in expected:
            yield match.span()


def _with_banners(text: str, marks: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """The page marks with the lines beside them that come again at three pages or more."""
    beside: list[tuple[int, int]] = []
    for start, end in marks:
        before = _last_word(text, start)
        first = text.rfind("\n", max(0, before - _BANNER - 1), before) + 1
        if first and before > first:
            beside.append((first, before))
        after = _next_word(text, end)
        last = text.find("\n", after, after + _BANNER + 1)
        if last > after:
            beside.append((after, last))
    words = {span: text[slice(*span)].strip() for span in beside}
    often = Counter(words.values())
    banners = {span for span, word in words.items() if often[word] >= 3 and word and word[-1] not in _OVER}
    return sorted({*marks, *banners})


def _numbered_pages(text: str) -> list[Edit]:
    """Pages that a site counts as 1、 2、 at the head of long lines cut anywhere: not a list, whose items end."""
    marks: dict[int, list[tuple[int, int, bool]]] = {}  # number -> where the text before it ends, its end, is it cut
    for match in _NUMBERED_PAGE.finditer(text):
        before = _last_word(text, match.start())
        cut = bool(before) and text[before - 1] not in _OVER
        marks.setdefault(int(match[1]), []).append((before, match.end(), cut))
    pages: list[tuple[int, int, bool]] = []
    for number in itertools.count(1):
        following = [
            mark for mark in marks.get(number, ()) if not pages or mark[0] - pages[-1][1] >= _NUMBERED_PAGE_LENGTH
        ]
        if not following:
            break
        pages.append(next((mark for mark in following if mark[2] or number == 1), following[0]))
    if len(pages) < 2 or sum(cut for _, _, cut in pages[1:]) * 2 < len(pages) - 1:
        return []
    first = text.rfind("\n", 0, pages[0][1]) + 1
    edits = [(first, pages[0][1], ""), *((start, end, "" if cut else "\n") for start, end, cut in pages[1:])]
    return edits


# --- characters misread by a scanner

# A sign that must be there, the misread place (its first group is what is wrong), and what it must be: a scanner
# splits or confuses shapes, and the context proves it.
_MISREADINGS = tuple(
    (sign, re.compile(pattern), now)
    for sign, pattern, now in (
        ("贝", r"(贝(?:[LlU]|[I1l!][J〕]))(?![a-zA-Z])", "则"),
        ("禾", r"(禾(?:U|[I1l!]J))(?![a-zA-Z])", "利"),
        ("歹", r"(歹(?:U|[I1l!]J))(?![a-zA-Z])", "列"),
        ("至", r"[得达直看受做提遇签](至(?:U|[I1l!]J))(?![a-zA-Z])", "到"),
        ("另", r"(另(?:U|[I1l!]J))(?![a-zA-Z])", "别"),
        ("弓", r"(弓[I|l1])(?=[导进领发])", "引"),
        ("省均", r"[学中园育职校](省)均(?=公用|一般公共|公共|教育|预算|经费|拨款|补助|仪器|图书|校舍)", "生"),
        ("掇", r"控(掇)", "辍"),
        ("掇", r"(掇)学", "辍"),
        ("学长委员会", r"(学)长委员会", "家"),
    )
)

# Digits that a scanner takes for letters: l and I for 1, O and o for 0, in a number that is otherwise one.
_DIGIT_SIGN = re.compile(r"[0-9][lIOo|]|[lI|][0-9]|O\.[0-9]")
_DIGITS = re.compile(rf"(?<![a-zA-Z\d])[\dlI|O][\dlIOo|.]*[\dlIOo|](?=[%‰{_HAN}~—\-,。、;:)(）”年]|$)", re.MULTILINE)
_DIGIT = str.maketrans("lI|Oo", "11100")


# A circle or a letter for the zero of a year in Chinese numerals: 二○二五年
_YEAR = re.compile(r"[一二三四五六七八九][○ΟО0Oo〇零一二三四五六七八九]{2,3}(?=年)")
_ZERO = str.maketrans("○ΟО0Oo", "〇〇〇〇〇〇")


def _zeros(text: str) -> Iterator[Edit]:
    for match in _YEAR.finditer(text):
        now = match[0].translate(_ZERO)
        if now != match[0]:
            yield match.start(), match.end(), now


def _misread(text: str) -> Iterator[Edit]:
    found: list[Edit] = []
    if _DIGIT_SIGN.search(text):
        for match in _DIGITS.finditer(text):
            now = match[0].translate(_DIGIT)
            if (
                now != match[0]
                and any(char.isdigit() for char in match[0])
                and not re.match(r"[Oo][^.]|.*\.$", match[0])
            ):
                found.append((match.start(), match.end(), now))
    for sign, pattern, now in _MISREADINGS:
        if sign in text:
            found += ((*match.span(1), now) for match in pattern.finditer(text))
    yield from _apart(sorted(found))


# --- spaces and line breaks

_SPACES = re.compile(r"[ \t]+")
_LETTER_SPACED = re.compile(rf"(?<![{_HAN}])[{_HAN}](?: [{_HAN}](?![{_HAN}])){{3,}}")
_WRAP = 160  # columns; no printed line is wider
_NARROW, _STEP = 30, 4
_WRAPPED_LINES = 4
_FULL = 0.85  # of that width a line must fill before a break is one of layout


def _layout(text: str) -> Iterator[Edit]:
    """Indents and spaces that carry no meaning, and line breaks inside sentences. Lines of tables stay as they are."""
    fixed = iter([*structure.blocks(text), (len(text) + 1, len(text) + 1)])
    block = next(fixed)
    wrap = _wrap_width(text)
    start = 0
    while start <= len(text):
        stop = text.find("\n", start)
        stop = len(text) if stop < 0 else stop
        while block[1] <= start:
            block = next(fixed)
        if block[0] <= start < block[1]:
            start = stop + 1
            continue
        line = text[start:stop]
        if " " in line or "\t" in line:
            yield from _line_spaces(line, start)
        start = stop + 1
        if not wrap or stop >= len(text) or block[0] <= start < block[1]:
            continue
        following = text[start : start + 80]
        if (
            structure.columns(line.rstrip()) >= wrap * _FULL
            and not following[:1].isspace()
            and _goes_on(line, following)
        ):
            yield stop, start, ""


def _wrap_width(text: str) -> int:
    """The width at which a layout broke the lines of this text; 0 where lines are paragraphs."""
    lines = [bare for line in text.splitlines() if (bare := line.rstrip())]
    if len(lines) < _WRAPPED_LINES or sum(len(line) > _WRAP for line in lines) * 4 > len(lines):
        return 0
    widths = [structure.columns(line) for line in lines]
    steps = Counter(width // _STEP for width in widths if _NARROW <= width <= _WRAP)
    usual = max(steps, key=lambda step: (steps[step - 1] + steps[step] + steps[step + 1], step), default=0) * _STEP
    full = [line for line, width in zip(lines, widths, strict=True) if width >= usual * _FULL]
    longer = sum(width > usual + 2 * _STEP for width in widths)  # lines that went on over a page are joined by now
    cut = sum(line[-1] not in _OVER for line in full)
    wrapped = usual and longer * 4 <= len(full) and len(full) * 5 >= len(lines) * 2 and cut * 5 >= len(full) * 3
    return usual if wrapped else 0


def _line_spaces(line: str, at: int) -> Iterator[Edit]:
    spaced = [match.span() for match in _LETTER_SPACED.finditer(line)]
    for match in _SPACES.finditer(line):
        first, last = match.span()
        left, right = line[first - 1 : first], line[last : last + 1]
        inside = any(a < first and last < b for a, b in spaced)
        if not left or not right or inside or not _apart_words(left, right):
            yield at + first, at + last, ""
        elif match[0] != " ":
            yield at + first, at + last, " "


def _apart_words(left: str, right: str) -> bool:
    """Whether a space between these two means something: between words of one script, or two numbers."""
    if left.isascii() and right.isascii():
        return left.isalnum() and right.isalnum()
    return left.isalpha() and right.isalpha() and not left.isascii() and not right.isascii()
