"""The sidecar `<file>.source.yml`: who issued a file, where it was read, under which terms, and its hash."""

import re
from dataclasses import asdict, dataclass, fields
from datetime import date
from pathlib import Path

import yaml

from dagster_project.ingest import companion, files

CONFIDENCE = {
    "A": "数字在出处中直接读到 / the figure itself was read",
    "D": "由读到的数字加减一次得出 / follows by one addition or subtraction",
}

# Everything of a sidecar is published with the data.
SECRET = "网址含密码或令牌，请去掉 / an address holds a password or a token: take it out"
_SECRET = re.compile(
    r"://[^/\s@]*:[^/\s@]*@"
    r"|[?&#;][\w.-]*(?:token|secret|passw|pwd|passwd|signature|credential|api_?-?key|access_?-?key|session_?-?id)[\w.-]*=[^&\s]"
    r"|[?&#;](?:key|sig|auth|ticket|sid|sk|ak)=[^&\s]",
    re.IGNORECASE,
)


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
    data = companion.read(path_of(file))
    if not isinstance(data, dict):
        raise ValueError("YAML mapping expected / 应为键值形式")
    known = {field.name for field in fields(Sidecar)}
    if extra := sorted(str(key) for key in data.keys() - known):
        raise ValueError(f"unknown keys / 未知项: {', '.join(extra)}")
    if several := sorted(key for key, value in data.items() if not isinstance(value, str)):
        raise ValueError(f"应为一段文字 / a text is expected: {', '.join(several)}")
    texts = {key: value.strip() for key, value in data.items()}
    if secret := next((key for key, value in texts.items() if has_secret(value)), None):
        raise ValueError(f"{secret}: {SECRET}")
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


def has_secret(text: str) -> bool:
    """Whether a text holds an address with a password or a token in it."""
    return bool(_SECRET.search(text))


def text(sidecar: Sidecar) -> str:
    """The sidecar as it is written."""
    return str(yaml.safe_dump(asdict(sidecar), allow_unicode=True, sort_keys=False, width=200))


def write(file: Path, sidecar: Sidecar) -> Path:
    """Write the sidecar beside its file; returns its path."""
    target = path_of(file)
    target.write_text(text(sidecar), encoding="utf-8")
    return target
