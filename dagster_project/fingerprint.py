"""Fingerprints: whether inputs or code are the bytes they were. Only names and bytes count, never times."""

import hashlib
from collections.abc import Iterable
from pathlib import Path

from dagster_project.characters import spelled
from dagster_project.ingest import files, limits
from dagster_project.settings import ROOT

_CODE = {
    "dagster_project": ("*.py", "*.yml", "*.html", "*.css", "*.js", "*.json"),
    "dbt": ("*.sql", "*.yml", "*.md"),
    "expectations": ("*.yml",),
}


def of_files(paths: Iterable[Path], base: Path) -> str:
    """One sha256 over the files' names (relative to `base`) and contents."""
    total = hashlib.sha256()
    for path in sorted(paths):
        total.update(f"{path.relative_to(base).as_posix()}\0{_bytes(path)}\n".encode())
    return total.hexdigest()


def _bytes(path: Path) -> str:
    # What is refused for its size is not read to the end for this either.
    size = path.stat().st_size
    return files.sha256(path) if size <= limits.TABLE_BYTES else f"{size} bytes"


def of_inputs(raw: Path) -> str:
    """All inputs under `raw` with their sidecars and mappings, and what is never opened, by its name."""
    found = files.inputs(raw)
    known = of_files({*found, *(companion for path in found for companion in files.companions(path))}, raw)
    refused = {spelled(str(path.relative_to(raw))): rule for path, rule in files.unusable(raw).items()}
    return hashlib.sha256(f"{known}{refused}".encode()).hexdigest() if refused else known


def of_extractor(raw: Path) -> str:
    """Everything that decides which candidates a text gives: the extraction, the tables it looks names up in, pinned versions."""
    code = [
        path
        for path in (ROOT / "dagster_project" / "extraction").rglob("*")
        if path.is_file() and path.suffix != ".pyc"
    ]
    names = [path for path in (raw / "reference").glob("*.csv") if not files.is_left_alone(path)]
    both = of_files([*code, ROOT / "requirements.lock"], ROOT) + of_files(names, raw)
    return hashlib.sha256(both.encode()).hexdigest()


def of_code() -> str:
    """Everything that decides what a refresh computes and shows: Python, models, expectations, the page, pinned versions."""
    paths = [
        path
        for room, kinds in _CODE.items()
        for kind in kinds
        for path in (ROOT / room).rglob(kind)
        if "target" not in path.relative_to(ROOT).parts and "logs" not in path.relative_to(ROOT).parts
    ]
    return of_files([*paths, ROOT / "requirements.lock"], ROOT)
