"""Small documents for the tests of the extraction, and how their candidates are shown: short, one line each."""

from dagster_project.extraction import document
from dagster_project.extraction.candidate import Candidate
from dagster_project.extraction.extract import extract

HEAD = "嘉兴市“十四五”教育事业发展规划\n(2021—2025年)\n一、主要目标\n"


def read(text: str, head: str = HEAD) -> list[Candidate]:
    return extract(document.from_text("test", f"{head}{text}\n"))


def asks(text: str, head: str = HEAD) -> list[str]:
    """Each candidate as 'indicator comparator value[-high] unit'."""
    return [
        " ".join(
            f"{c.indicator_zh} {c.comparator} {c.value}{f'-{c.value_high}' if c.value_high else ''} {c.unit}".split()
        )
        for c in read(text, head)
    ]
