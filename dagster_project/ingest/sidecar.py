"""The sidecar `<file>.source.yml`: who issued a file, where it was read, under which terms, and its hash."""

from dataclasses import asdict, dataclass, fields
from datetime import date
from pathlib import Path

import yaml

from dagster_project.ingest import files

CONFIDENCE = {
    "A": "数字在出处中直接读到 / the figure itself was read",
    "D": "由读到的数字加减一次得出 / follows by one addition or subtraction",
}


@dataclass(frozen=True)
class Sidecar:
    """What is known of a file. All texts but `note` are required; `retrieved` is an ISO date."""

    title: str
    issuer: str
    read_from: str
    terms: str
    retrieved: str
    sha256: str
    confidence: str
    note: str = ""


def path_of(file: Path) -> Path:
    return file.with_name(file.name + files.SIDECAR)


def read(file: Path) -> Sidecar:
    """The sidecar of a file.

    Raises FileNotFoundError without one, ValueError (saying what is wrong) for one that cannot be used.
    """
    try:
        data = yaml.safe_load(path_of(file).read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise
    except yaml.MarkedYAMLError as error:
        line = f"line {error.problem_mark.line + 1}: " if error.problem_mark else ""
        raise ValueError(f"{line}{error.problem}") from error
    except (yaml.YAMLError, OSError, UnicodeDecodeError) as error:
        raise ValueError(" ".join(str(error).split())) from error
    if not isinstance(data, dict):
        raise ValueError("YAML mapping expected / 应为键值形式")
    known = {field.name for field in fields(Sidecar)}
    if extra := sorted(str(key) for key in data.keys() - known):
        raise ValueError(f"unknown keys / 未知项: {', '.join(extra)}")
    texts = {key: str(value).strip() for key, value in data.items() if value is not None}
    if missing := sorted(known - {"note"} - {key for key, text in texts.items() if text}):
        raise ValueError(f"empty or missing / 空缺: {', '.join(missing)}")
    try:
        texts["retrieved"] = date.fromisoformat(texts["retrieved"]).isoformat()
    except ValueError:
        raise ValueError(f"retrieved: {texts['retrieved']!r} is no ISO date / 应为 2026-01-31 的形式") from None
    if texts["confidence"] not in CONFIDENCE:
        raise ValueError(f"confidence: {texts['confidence']!r}, use {' or '.join(CONFIDENCE)}")
    # Some tools print the hash in capitals.
    return Sidecar(**{**texts, "sha256": texts["sha256"].lower()})


def text(sidecar: Sidecar) -> str:
    """The sidecar as it is written."""
    return str(yaml.safe_dump(asdict(sidecar), allow_unicode=True, sort_keys=False, width=200))


def write(file: Path, sidecar: Sidecar) -> Path:
    """Write the sidecar beside its file; returns its path."""
    target = path_of(file)
    target.write_text(text(sidecar), encoding="utf-8")
    return target
