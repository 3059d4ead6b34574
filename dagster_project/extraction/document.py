"""A policy document as the extraction sees it: cleaned text, the way back to the original, sections, tables, repairs.

Only shapes and lookups are here. All positions are character offsets, half open; unless a name says `original` they
count in `Document.text`.
"""

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from itertools import islice
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell of a table: its place in the text. A merged cell stands in every grid position it covers."""

    start: int
    end: int
    header: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """A table as a rectangular grid.

    `header_rows` counts the leading rows that the format marks as headings (Markdown's rule, html th, docx repeated
    heading rows); 0 where it marks none, as in text aligned by spaces and in PDF. `kind`: markdown, aligned, docx, html,
    pdf.
    """

    start: int
    end: int
    kind: str
    header_rows: int
    rows: tuple[tuple[Cell, ...], ...]


@dataclass(frozen=True, slots=True)
class Section:
    """One article in the document's own numbering, with everything under it.

    `path` joins the printed marks: 三/10, 二/(三)/6, 三/一是统筹项目推进; the nearest unnumbered heading where there is
    no number; empty for what stands before the first. `title` is the heading's words without the mark. `units` are the
    responsible units of the closing bracket, lead unit first, and `units_start`, `units_end` that bracket's place
    (both 0 where there is none). Behind a paragraph that counted within itself (一是 ... 二是 ...) the article around it
    goes on as one more section of the same path, so the last section that begins before a place is the innermost.
    """

    path: str
    title: str
    level: int
    start: int
    end: int
    units: tuple[str, ...] = ()
    units_start: int = 0
    units_end: int = 0


@dataclass(frozen=True, slots=True)
class Note:
    """What was repaired where.

    `rule` names the repair, `was` and `now` show it. A repair that is sure (full width, traditional, pinyin ...) is
    noted once with its `count`, at its first place; one that is a reading of damaged text (`sure` False) is noted each
    time. `start == end` where the repair left nothing in the text.
    """

    rule: str
    start: int
    end: int
    original_start: int
    original_end: int
    was: str
    now: str
    count: int = 1
    sure: bool = True


@dataclass(frozen=True, eq=False)
class Document:
    """A read and cleaned document.

    `name` is the file's name without ending. `original` is the text as the file's format holds it. `origin[i]` is the
    offset in `original` of the character `text[i]`, strictly increasing but inside a rewritten piece, where it does not
    fall. `sections` are in order of start, nested: a section ends where the next of its level or above begins.
    """

    name: str
    original: str
    text: str
    origin: "array[int]"
    tables: tuple[Table, ...] = ()
    sections: tuple[Section, ...] = ()
    notes: tuple[Note, ...] = ()
    # Place in the original -> end there, of those characters that stand for more than one original character.
    wide: dict[int, int] = field(default_factory=dict, repr=False)

    def original_span(self, start: int, end: int) -> tuple[int, int]:
        """The span in `original` that text[start:end] came from; an empty span gives an empty one."""
        if not 0 <= start <= end <= len(self.text):
            raise IndexError(f"{start}:{end} is not in a text of {len(self.text)} characters")
        if start == end:
            at = self.origin[start] if start < len(self.origin) else len(self.original)
            return at, at
        last = self.origin[end - 1]
        return self.origin[start], self.wide.get(last, last + 1)

    def section_at(self, place: int) -> Section | None:
        """The innermost section that holds this place; None in a document without any."""
        found = bisect_right(self.sections, place, key=lambda section: section.start)
        return self.sections[found - 1] if found else None

    def table_at(self, place: int) -> Table | None:
        """The table that holds this place, if any."""
        found = bisect_right(self.tables, place, key=lambda table: table.start)
        return self.tables[found - 1] if found and place < self.tables[found - 1].end else None

    def units_at(self, place: int) -> tuple[str, ...]:
        """The responsible units of the innermost section around this place that names any."""
        found = bisect_right(self.sections, place, key=lambda section: section.start)
        for section in reversed(self.sections[:found]):
            if section.units and place < section.end:
                return section.units
        return ()

    def words(self, part: Cell | Section) -> str:
        """The text of a cell or section."""
        return self.text[part.start : part.end]

    def doubts(self, start: int, end: int) -> Iterator[Note]:
        """The unsure repairs that text[start:end] crosses."""
        first = bisect_left(self._unsure, start, key=lambda note: note.end)
        for note in islice(self._unsure, first, None):
            if note.start >= end:
                return
            if note.end > start:
                yield note

    @cached_property
    def _unsure(self) -> list[Note]:
        return [note for note in self.notes if not note.sure]


def read(path: Path, name: str = "") -> Document:
    """The document in this file (txt, md, html, docx, pdf). `name` is what a refusal calls the file.

    Raises ShapeError where it cannot be read.
    """
    from dagster_project.extraction import formats

    return formats.read(path, name)


def from_text(name: str, text: str) -> Document:
    """A document from text in hand, cleaned and structured as a txt file would be."""
    from dagster_project.extraction import formats

    return formats.document(name, formats.Source(text))
