"""Files to text: every format through a well-kept library, every refusal with a name and a way out."""

from array import array
from dataclasses import dataclass
from pathlib import Path

from dagster_project.extraction.document import Document


@dataclass(frozen=True)
class Source:
    """Text as a file's format holds it."""

    text: str


def read(path: Path) -> Document:
    """The document in this file."""
    return document(path.stem, Source(path.read_text(encoding="utf-8-sig")))


def document(name: str, source: Source) -> Document:
    """Clean and structure a text."""
    return Document(name, source.text, source.text, array("I", range(len(source.text))))
