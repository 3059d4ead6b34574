"""Whole texts in `raw/documents/` to candidates: find, vouch, read, extract, remember.

A text is extracted once: its candidates are stored under `<home>/extracted/` by the bytes of the file and the version of
the extractor, and taken from there as long as both are the same. A text that cannot be used is told and set aside; the
others go on, since nothing is judged from a text before a person reviewed what it gave.
"""

import hashlib
import json
import os
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path

from dagster_project import fingerprint
from dagster_project.extraction.candidate import Candidate
from dagster_project.ingest import files, limits, sidecar
from dagster_project.ingest.problem import Problem, ShapeError
from dagster_project.settings import Settings

SOURCE = "documents"
KINDS = (".txt", ".md", ".html", ".htm", ".docx", ".pdf")


@dataclass(frozen=True)
class Text:
    """One file of `raw/documents/`: what was vouched for it, its candidates, and whether they were in the store.

    `version` is what they follow from: name and bytes of the file, and the extractor. With a `problem` it was set aside and has neither.
    """

    path: Path
    name: str
    sha256: str = ""
    about: sidecar.Sidecar | None = None
    candidates: tuple[Candidate, ...] = ()
    version: str = ""
    reused: bool = False
    problem: Problem | None = None


def extract(path: Path, raw: Path, name: str = "") -> list[Candidate]:
    """Candidates of one file (`name` in messages), its names looked up in `raw/reference/`.

    Raises ShapeError for a text that cannot be used, and whatever else reader and extractor raise.
    """
    from dagster_project.extraction import document
    from dagster_project.extraction.extract import extract as of_document
    from dagster_project.extraction.resolve import reference

    return of_document(document.read(path, name), reference(raw / "reference"))


def found(raw: Path) -> list[Path]:
    """Every text under `raw/documents/`, sorted."""
    return [path for path in files.inputs(raw) if files.is_document(path.relative_to(raw))]


def read_all(settings: Settings) -> list[Text]:
    """Every text and its candidates; what the store holds of others is dropped."""
    paths = found(settings.raw)
    version = fingerprint.of_extractor(settings.raw) if paths else ""
    texts: list[Text] = []
    stems: dict[str, str] = {}
    for path in paths:
        name = settings.raw_name(path)
        first = stems.setdefault(path.stem, name)
        if first != name:
            texts.append(Text(path, name, problem=_problem("document_twice", name, found=first)))
            continue
        texts.append(read(settings, path, version))
    lost = [path for path in files.lost(settings.raw) if files.is_document(path.relative_to(settings.raw))]
    for path in lost:
        name = settings.raw_name(path)
        texts.append(Text(path, name, problem=_problem("missing_file", name, expected=Path(name).name)))
    for path, rule in files.unusable(settings.raw).items():
        if files.is_document(path.relative_to(settings.raw)):
            name = settings.raw_name(path)
            texts.append(Text(path, name, problem=_problem(rule, name)))
    _forget_others(settings, {text.version for text in texts})
    return texts


def read(settings: Settings, path: Path, version: str = "") -> Text:
    """One vouched-for text and its candidates, from the store if its bytes and the extractor are those it was stored for."""
    name = settings.raw_name(path)

    def aside(rule: str, **details: object) -> Text:
        return Text(path, name, problem=_problem(rule, name, **details))

    if path.suffix.lower() not in KINDS:
        return aside("document_type", found=path.suffix or path.name)
    try:
        before = files.stamp(path)
        if before[0] > limits.TEXT_BYTES:
            return aside("over_limit", found=f"{before[0]:,} bytes", expected=f"{limits.TEXT_BYTES:,}")
        about = sidecar.read(path)
        digest = files.sha256(path)
    except FileNotFoundError:
        return aside("no_sidecar", expected=sidecar.path_of(path).name)
    except ValueError as error:
        return aside("bad_sidecar", expected=sidecar.path_of(path).name, found=error)
    except OSError as error:
        return aside("unreadable", found=error.strerror or error)
    if digest != about.sha256:
        return aside("hash_mismatch", found=f"{about.sha256[:12]}… ≠ {digest[:12]}…")
    key = _key(path, digest, version or fingerprint.of_extractor(settings.raw))
    stored = _store(settings) / f"{key}.json"
    candidates = _stored(stored)
    if candidates is not None:
        return Text(path, name, digest, about, candidates, key, reused=True)
    try:
        candidates = tuple(extract(path, settings.raw, name))
    except ShapeError as refused:
        return Text(path, name, problem=refused.problems[0])
    except ImportError:
        raise  # a library is missing: nothing is wrong with the text
    except Exception as error:  # whatever a damaged file or a reader may raise: the other texts go on
        return aside("unreadable_document", found=" ".join(str(error).split()) or type(error).__name__)
    if not files.is_resting(path, before):
        return aside("still_written")
    _write(stored, candidates)
    return Text(path, name, digest, about, candidates, key)


def _problem(rule: str, name: str, **details: object) -> Problem:
    return Problem.of(rule, SOURCE, name, **details)  # type: ignore[arg-type]


# ---- the store


def _store(settings: Settings) -> Path:
    return settings.home / "extracted"


def _key(path: Path, digest: str, version: str) -> str:
    """Name and bytes of the text (a candidate says its document's name), and the extractor's version."""
    return hashlib.sha256(f"{path.name}\0{digest}\0{version}".encode()).hexdigest()


def _stored(path: Path) -> tuple[Candidate, ...] | None:
    try:
        return tuple(Candidate(**entry) for entry in json.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return None  # not there, or of no use: it is made anew


def _write(path: Path, candidates: Iterable[Candidate]) -> None:
    """Whole or not at all: whoever reads the store never sees a half."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_suffix(".tmp")
    temporary.write_text(json.dumps([asdict(c) for c in candidates], ensure_ascii=False), encoding="utf-8")
    os.replace(temporary, path)


def _forget_others(settings: Settings, keys: set[str]) -> None:
    for path in _store(settings).glob("*"):
        if path.stem not in keys:
            path.unlink(missing_ok=True)
