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
_NO_ASIDE = re.compile(r"\s*(?:责任|牵头|配合|以下简称|下同|即|注|见|含|不含|试行|征求意见|暂行|详见|[A-Za-z\d.]{1,4}\s*$)")
_LONGEST_ASIDE = 300


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
        if mark.start() > begin:
            yield begin, mark.start()
        begin, depth = mark.end(), 0
    if end > begin:
        yield begin, end


def sentence(text: str, start: int, end: int) -> Sentence:
    """text[start:end] without its brackets and white space."""
    at: list[int] = []
    asides: list[tuple[int, int, int]] = []
    place = start
    for opened, closed in _brackets(text, start, end):
        at.extend(i for i in range(place, opened) if not text[i].isspace())
        if _NUMBER.search(text, opened + 1, closed) and not _NO_ASIDE.match(text, opened + 1, closed):
            asides.append((len(at), opened + 1, closed))
        place = closed + 1
    at.extend(i for i in range(place, end) if not text[i].isspace())
    return Sentence("".join(text[i] for i in at), at, start, end, tuple(asides))


def _brackets(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Outermost closed brackets: (place of the opening one, place of the closing one)."""
    depth, opened = 0, start
    for mark in re.finditer(r"[(（〔\[)）〕\]]", text[start:end]):
        if mark[0] in _OPEN:
            if depth == 0:
                opened = start + mark.start()
            depth += 1
        elif depth:
            depth -= 1
            if depth == 0:
                yield opened, start + mark.start()
