"""Several files of `raw/` replaced together: whole or not at all, whenever the process dies.

What is to be written is first laid ready in `raw/.review.new/`; renaming that folder to `raw/.review/` is the moment
from which it counts. The files are then moved to their places; what a kill leaves there is moved by whoever comes next.
"""

import os
import shutil
from collections.abc import Mapping
from pathlib import Path

from dagster_project.settings import Settings

_READY = ".review"


def is_pending(settings: Settings) -> bool:
    """Whether files that count already are not all in their places yet."""
    return (settings.raw / _READY).is_dir()


def put(settings: Settings, contents: Mapping[Path, bytes]) -> None:
    """Replace files under `raw/`, by their paths. The caller holds the lock."""
    finish(settings)
    unfinished = settings.raw / f"{_READY}.new"
    shutil.rmtree(unfinished, ignore_errors=True)
    for path, content in contents.items():
        staged = unfinished / path.relative_to(settings.raw)
        staged.parent.mkdir(parents=True, exist_ok=True)
        with staged.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
    os.replace(unfinished, settings.raw / _READY)
    finish(settings)


def finish(settings: Settings) -> None:
    """Move what counts already to its place; nothing to do where nothing is left. The caller holds the lock."""
    ready = settings.raw / _READY
    for staged in sorted(path for path in ready.rglob("*") if path.is_file()):
        place = settings.raw / staged.relative_to(ready)
        place.parent.mkdir(parents=True, exist_ok=True)
        os.replace(staged, place)
    shutil.rmtree(ready, ignore_errors=True)
