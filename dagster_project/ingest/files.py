"""Which files under `raw/` are inputs, and what their bytes are. Nothing here opens a table."""

import hashlib
import re
from pathlib import Path

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
    return next((found for found in (own, common) if found.is_file()), None)


def companions(path: Path) -> list[Path]:
    """What stands beside a file and decides what is made of it: its sidecar and its mapping."""
    side = path.with_name(path.name + SIDECAR)
    return [found for found in (side, mapping_of(path)) if found is not None and found.exists()]


def inputs(raw: Path) -> list[Path]:
    """Every input file under `raw`, sorted; hidden folders are left alone too."""
    return sorted(
        path
        for path in raw.rglob("*")
        if path.is_file()
        and not is_left_alone(path)
        and not any(part.startswith(".") for part in path.relative_to(raw).parts)
    )


def is_document(relative: Path) -> bool:
    """Whether a path relative to `raw` lies in the folder of whole texts."""
    return relative.parts[:1] == (DOCUMENTS,)


def lost(raw: Path) -> list[Path]:
    """Files that a sidecar vouches for and that are not there."""
    vouched = (path.with_name(path.name.removesuffix(SIDECAR)) for path in raw.rglob(f"*{SIDECAR}"))
    return sorted(path for path in vouched if not path.exists() and not is_left_alone(path))


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
