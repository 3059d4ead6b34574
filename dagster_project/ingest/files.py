"""Which files under `raw/` are inputs, and what their bytes are. Nothing here opens a table."""

import hashlib
import os
import re
from collections.abc import Iterator
from pathlib import Path

from dagster_project.characters import HIDDEN
from dagster_project.ingest import limits

SIDECAR = ".source.yml"
MAPPING = ".mapping.yml"
# The mapping of all files of its folder that have none of their own.
FOLDER_MAPPING = "mapping.yml"
READABLE = {".csv", ".xlsx", ".parquet"}
# The folder of whole texts; everything else under `raw/` is tables.
DOCUMENTS = "documents"

# What editors, copy programs and file managers leave behind, and what explains a folder: never an input, never an error.
_LEFT_ALONE = re.compile(
    r"^(\..*|README(\.zh-CN)?\.md|~\$.*|~.*|.*~|.*\.(tmp|temp|part|partial|filepart|crdownload|download|swp|bak|lock)|Thumbs\.db|desktop\.ini)$",
    re.IGNORECASE,
)


def is_left_alone(path: Path) -> bool:
    """True for half-copied, temporary and system files, and for what only speaks of a file: sidecars and mappings."""
    return bool(_LEFT_ALONE.match(path.name)) or path.name.endswith((SIDECAR, MAPPING)) or path.name == FOLDER_MAPPING


def mapping_of(path: Path) -> Path | None:
    """The mapping file that holds for a file, if there is one."""
    own, common = path.with_name(path.name + MAPPING), path.with_name(FOLDER_MAPPING)
    return next((found for found in (own, common) if os.path.lexists(found)), None)


def companions(path: Path) -> list[Path]:
    """What stands beside a file and decides what is made of it: its sidecar and its mapping."""
    side = path.with_name(path.name + SIDECAR)
    return [found for found in (side, mapping_of(path)) if found and found.is_file() and not found.is_symlink()]


def companion_text(path: Path) -> str:
    """The text of a sidecar or mapping. Raises OSError, or ValueError for what is none: a link, a device, a large file."""
    if path.is_symlink() or (path.exists() and not (path.is_file() or path.is_dir())):
        raise ValueError("应为普通文件 / a plain file is expected, no link and no device")
    if (size := path.stat().st_size) > limits.COMPANION_BYTES:
        raise ValueError(f"过大 / too large: {size:,} > {limits.COMPANION_BYTES:,} bytes")
    return path.read_text(encoding="utf-8")


def inputs(raw: Path) -> list[Path]:
    """Every input file under `raw`, sorted; hidden folders are left alone too."""
    return sorted(path for path in _entries(raw) if path.is_file() and _why_not(path, raw) is None)


def unusable(raw: Path) -> dict[Path, str]:
    """What stands where an input could and is never opened, sorted, with the rule it breaks: a name with characters that
    do something, a link out of `raw`, to nowhere or in a circle, a pipe, a socket, a device.
    """
    found = {path: _why_not(path, raw) for path in sorted(_entries(raw))}
    return {path: rule for path, rule in found.items() if rule is not None}


def _entries(raw: Path) -> Iterator[Path]:
    return (
        path
        for path in raw.rglob("*")
        if not is_left_alone(path) and not any(part.startswith(".") for part in path.relative_to(raw).parts)
    )


def _why_not(path: Path, raw: Path) -> str | None:
    if path.is_dir():
        return None  # what is in it is asked; a link is told by `linked_folders`
    relative = path.relative_to(raw).as_posix()
    if (
        HIDDEN.search(relative)
        or "\n" in relative
        or "\t" in relative
        or len(os.fsencode(path.name)) > limits.NAME_BYTES
    ):
        return "bad_characters"
    if path.is_symlink():
        return None if _is_within(path, raw) else "link_out"
    return None if path.is_file() else "not_a_file"


def _is_within(link: Path, raw: Path) -> bool:
    try:
        return link.resolve(strict=True).is_relative_to(raw.resolve())
    except (OSError, RuntimeError):  # leads nowhere, or in a circle
        return False


def is_document(relative: Path) -> bool:
    """Whether a path relative to `raw` lies in the folder of whole texts."""
    return relative.parts[:1] == (DOCUMENTS,)


def lost(raw: Path) -> list[Path]:
    """Files that a sidecar vouches for and that are not there."""
    vouched = (path.with_name(path.name.removesuffix(SIDECAR)) for path in raw.rglob(f"*{SIDECAR}"))
    return sorted(path for path in vouched if not os.path.lexists(path) and not is_left_alone(path))


def linked_folders(raw: Path) -> list[Path]:
    """Folders that are links: they are not followed, since what they lead to is nobody's received input."""
    return sorted(path for path in raw.rglob("*") if path.is_symlink() and path.is_dir())


def sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def is_resting(path: Path, expected: tuple[int, int]) -> bool:
    """Whether size and time of change are still what they were before reading."""
    return stamp(path) == expected


def stamp(path: Path) -> tuple[int, int]:
    """Size in bytes and time of change in nanoseconds."""
    stat = path.stat()
    return stat.st_size, stat.st_mtime_ns
