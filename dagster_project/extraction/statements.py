"""A text cut into sentences and clauses, each character keeping its place: what brackets hold is set aside.

Policy sentences put breakdowns, definitions and lists of places into brackets; read in line they would tear the clause
apart. `Sentence.text` has no brackets; `Sentence.asides` are those with a number in them. One pass, linear.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

_MARKS = re.compile(r"[。；;！!？?\n(（〔\[)）〕\]]")
_OPEN, _CLOSE = frozenset("(（〔["), frozenset(")）〕]")
_NUMBER = re.compile(r"\d|[一二两三四五六七八九十百]+(?:所|名|个|间|人|万|成)|分之|[Xx*×＊]\s*(?:所|名|个|%)")
# Brackets that only explain a word: read or not, they hold no target.
_NO_ASIDE = re.compile(
    r"\s*(?:责任|牵头|配合|以下简称|下同|即|注|见|含(?![^)）\d]{1,16}\d+\s*(?:所|名|个|人|间|万|%|亿))|不含|试行|征求意见|暂行|详见|[A-Za-z\d.]{1,4}\s*$)"
)
_LONGEST_ASIDE = 300
_LONGEST = 2000
_SPACE = re.compile(r"\s")
_BRACKET = re.compile(r"[(（〔\[)）〕\]]")


@dataclass(frozen=True, slots=True)
class Sentence:
    """`text` without brackets; `at[i]` is the place of `text[i]` in the whole text; `end` is behind the last one."""

    text: str
    at: list[int]
    start: int
    end: int
    asides: tuple[tuple[int, int, int], ...]
    """(place in `text`, start and end in the whole text) of each bracket with a number in it."""

    def span(self, start: int, end: int) -> tuple[int, int]:
        """The span of text[start:end] in the whole text, brackets inside it included."""
        return self.at[start], self.at[end - 1] + 1


def sentences(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """The sentences of text[start:end], ended by 。；！？ or a line's end; marks inside brackets end none."""
    depth, begin = 0, start
    for mark in _MARKS.finditer(text, start, end):
        c = mark[0]
        if c == "\n":
            depth = 0
        elif c in _OPEN:
            depth += 1
            continue
        elif c in _CLOSE:
            depth = max(0, depth - 1)
            continue
        elif depth and mark.start() - begin < _LONGEST_ASIDE:
            continue
        yield from _pieces(text, begin, mark.start())
        begin, depth = mark.end(), 0
    yield from _pieces(text, begin, end)


def _pieces(text: str, begin: int, end: int) -> Iterator[tuple[int, int]]:
    """A sentence whole, or in pieces where it is longer than any that people write."""
    while end - begin > _LONGEST:
        comma = max(text.rfind(",", begin, begin + _LONGEST), text.rfind("，", begin, begin + _LONGEST))
        cut = comma + 1 if comma > begin else begin + _LONGEST
        yield begin, cut
        begin = cut
    if end > begin:
        yield begin, end


def sentence(text: str, start: int, end: int) -> Sentence:
    """text[start:end] without its brackets and white space."""
    at: list[int] = []
    asides: list[tuple[int, int, int]] = []
    place = start

    def take(begin: int, stop: int) -> None:
        if _SPACE.search(text, begin, stop) is None:
            at.extend(range(begin, stop))
        else:
            at.extend(i for i in range(begin, stop) if not text[i].isspace())

    for opened, closed in _brackets(text, start, end):
        take(place, opened)
        if _NUMBER.search(text, opened + 1, closed) and not _NO_ASIDE.match(text, opened + 1, closed):
            asides.append((len(at), opened + 1, closed))
        place = closed + 1
    take(place, end)
    whole = text[start:end] if len(at) == end - start else "".join([text[i] for i in at])
    return Sentence(whole, at, start, end, tuple(asides))


def _brackets(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Outermost closed brackets: (place of the opening one, place of the closing one)."""
    depth, opened = 0, start
    for mark in _BRACKET.finditer(text, start, end):
        if mark[0] in _OPEN:
            if depth == 0:
                opened = mark.start()
            depth += 1
        elif depth:
            depth -= 1
            if depth == 0:
                yield opened, mark.start()
