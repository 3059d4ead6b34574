"""Word and Excel files as the archives they are, looked through before any library opens them.

The libraries unpack a part as large as it is and make an object of every tag, so both are counted first, by unpacking
piece by piece. Macros are refused, sheets of the old kind too, and what an office program never writes: declared
entities, untrue sizes.
"""

import re
import zipfile
from io import BytesIO
from pathlib import Path

from dagster_project.ingest import limits

_PIECE = 1 << 20
_ENTITIES = re.compile(rb"<!(?:DOCTYPE|ENTITY)", re.IGNORECASE)
# As parts, and as kinds of parts, whose names are free.
_MACROS = re.compile(r"vbaproject\.bin$|(^|[/\\])(macro|dialog)sheets[/\\]", re.IGNORECASE)
_MACRO_KINDS = re.compile(rb"vbaProject|macroEnabled|macrosheet|dialogsheet", re.IGNORECASE)
_KINDS = "[content_types].xml"
_SHEET = re.compile(r"^/?xl/(worksheets/[^/]*|sharedStrings)\.xml$", re.IGNORECASE)


class OfficeError(Exception):
    """A rule of `problem.MESSAGES` that the archive breaks, and what was found."""

    def __init__(self, rule: str, found: str, expected: str = ""):
        self.rule, self.found, self.expected = rule, found, expected
        super().__init__(f"{rule}: {found}")


def look_through(file: Path | BytesIO) -> None:
    """Look through every part. Raises OfficeError, and zipfile's errors for what is no whole archive."""
    with zipfile.ZipFile(file) as archive:
        parts = archive.infolist()
        _hold("压缩包内的文件 / parts", len(parts), limits.PARTS)
        _hold("解开后的字节 / bytes unpacked", sum(part.file_size for part in parts), limits.UNPACKED_BYTES)
        for part in parts:
            if _MACROS.search(part.filename):
                raise OfficeError("macros", part.filename)
        tags = dict.fromkeys((limits.SHEET_TAGS, limits.TEXT_TAGS, limits.OTHER_TAGS), 0)
        for part in parts:
            allowed = _tags_allowed(part.filename)
            # One byte more than it claims, or a part that is larger would pass for whole.
            declared, part.file_size = part.file_size, part.file_size + 1
            unpacked, end = 0, b""
            with archive.open(part) as content:
                while piece := content.read(_PIECE):
                    unpacked += len(piece)
                    # Without zeros text of two bytes a character reads like any other.
                    plain = end + piece.replace(b"\0", b"")
                    # A picture may declare what it likes: it is never read.
                    if _ENTITIES.search(plain) and not part.filename.lower().endswith(".svg"):
                        raise OfficeError("xml_entities", part.filename)
                    if part.filename.lower() == _KINDS and (kind := _MACRO_KINDS.search(plain)):
                        raise OfficeError("macros", f"{part.filename}: {kind[0].decode()}")
                    tags[allowed] += plain.count(b"<", len(end))
                    _hold(f"{part.filename} 的标记 / tags", tags[allowed], allowed)
                    end = plain[-15:]  # longer than what is looked for
            if unpacked != declared:
                raise zipfile.BadZipFile(f"{part.filename}: not of the size that the directory says")


def _tags_allowed(name: str) -> int:
    if _SHEET.search(name):
        return limits.SHEET_TAGS
    return limits.TEXT_TAGS if name.lower().lstrip("/").startswith("word/document") else limits.OTHER_TAGS


def _hold(what: str, found: int, limit: int) -> None:
    if found > limit:
        raise OfficeError("over_limit", f"{found:,} {what}", f"{limit:,}")
