"""Texts for the tests of what becomes of candidates, and a stand-in that reads them: one candidate a line, its fields
separated by bars. What a real text gives is for the tests of the extraction.
"""

from collections import Counter
from pathlib import Path

import pytest

from dagster_project.extraction.candidate import Candidate
from dagster_project.ingest import documents
from tests.conftest import Site

# article | indicator | code | region | region code | comparator | value | unit | year | clause
LINE = "一/1|小学生师比|pri_pupils_per_teacher|全国|100000|<=|17|:1|2019|小学生师比不高于17:1"


def line(**changes: str) -> str:
    """A line of a text: a real and measurable target, with some fields of it changed."""
    names = ("article", "indicator_zh", "indicator_code", "region_zh", "region_code", "comparator", "value", "unit",
             "target_year", "evidence")  # fmt: skip
    fields = dict(zip(names, LINE.split("|"), strict=True))
    assert changes.keys() <= fields.keys()
    return "|".join({**fields, **changes}.values())


def candidates(name: str, text: str) -> list[Candidate]:
    found: list[Candidate] = []
    numbers: Counter[str] = Counter()
    for printed in text.splitlines():
        article, indicator, code, region, region_code, comparator, value, unit, year, clause = printed.split("|")
        numbers[article] += 1
        start = text.index(printed)
        found.append(
            Candidate(
                doc=name, article=article, indicator_zh=indicator, indicator_code=code, subject_zh="", region_zh=region,
                region_code=region_code, comparator=comparator, value=value, value_high="", baseline="", unit=unit,
                period=year, deadline="", level="小学", kind="explicit", responsible_units="教育局", evidence=clause,
                char_start=start, char_end=start + len(printed), confidence=0.9,
                note="" if code else "指标未定", ordinal=numbers[article], target_year=year, source_start=start,
                source_end=start + len(printed),
            )
        )  # fmt: skip
    return found


class StandIn:
    """Takes the extractor's place and keeps count of what it was asked to read."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.read: list[str] = []
        monkeypatch.setattr(documents, "extract", self)

    def __call__(self, path: Path, raw: Path, name: str = "") -> list[Candidate]:
        self.read.append(path.name)
        text = path.read_text(encoding="utf-8")
        if text.startswith("scanned"):
            raise ValueError("没有文字层 / no text layer")
        return candidates(path.stem, text)


def put(site: Site, name: str, *lines: str) -> Path:
    """A vouched-for text in `raw/documents/`."""
    file = site.raw / "documents" / name
    file.parent.mkdir(exist_ok=True)
    file.write_text("\n".join(lines), encoding="utf-8")
    return site.vouch(file)
