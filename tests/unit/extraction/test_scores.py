"""How many labelled targets are found: the five documents, the documents of this project, and rewritten ones.

The scorer and the five documents stand outside the repository; without them these tests are skipped.
"""

import csv
import importlib.util
import itertools
import random
import re
from collections.abc import Iterable
from pathlib import Path
from types import ModuleType

import pytest

from dagster_project.extraction import document
from dagster_project.extraction.candidate import COLUMNS, Candidate
from dagster_project.extraction.document import Document
from dagster_project.extraction.extract import extract
from dagster_project.settings import ROOT

SHARED = ROOT.parent / "shared"
OWN = Path(__file__).parents[2] / "documents" / "development"
Row = dict[str, str]


@pytest.fixture(scope="module")
def scorer() -> ModuleType:
    path = next((p for p in (SHARED / "tools" / "score_extraction.py",) if p.exists()), None)
    if path is None:
        pytest.skip("the scorer ../shared/tools/score_extraction.py is not here")
    spec = importlib.util.spec_from_file_location("score_extraction", path)
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def labels(path: Path) -> list[Row]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def rows(found: Iterable[Candidate]) -> list[Row]:
    return [{name: str(getattr(one, name)) for name in COLUMNS} for one in found]


def five() -> tuple[list[Path], list[Row]]:
    if not (SHARED / "documents").is_dir():
        pytest.skip("the five documents of ../shared are not here")
    return sorted((SHARED / "documents").glob("*.txt")), labels(SHARED / "targets" / "five_documents.csv")


def own() -> tuple[list[Path], list[Row]]:
    return sorted(p for p in OWN.iterdir() if p.name != "labels.csv"), labels(OWN / "labels.csv")


def shares(scorer: ModuleType, gold: list[Row], pred: list[Row]) -> list[tuple[float, float]]:
    """Precision and recall at quantity, measure and full, as the scorer counts them."""
    pairs = scorer.pair_up(gold, pred)
    free = {i for i, row in enumerate(gold) if scorer.optional(row)}
    counted = len(pred) - len({pairs[i][0] for i in free if i in pairs})
    hits = [sum(i not in free and reached >= level for i, (_, reached) in pairs.items()) for level in (1, 2, 3)]
    return [(hit / max(1, counted), hit / max(1, len(gold) - len(free))) for hit in hits]


def f1(scorer: ModuleType, gold: list[Row], pred: list[Row]) -> list[float]:
    return [2 * p * r / max(1e-9, p + r) for p, r in shares(scorer, gold, pred)]


def test_the_five_documents(scorer: ModuleType) -> None:
    files, gold = five()
    (p1, r1), (_, r2), (_, r3) = shares(scorer, gold, rows(c for f in files for c in extract(document.read(f))))
    assert r1 == 1.0 and r2 >= 0.95 and r3 >= 0.95 and p1 >= 0.95


def test_the_documents_of_this_project(scorer: ModuleType) -> None:
    """Well on all of them together, no document left behind, and nothing in one that holds no target."""
    files, gold = own()
    found = {file.stem: rows(extract(document.read(file))) for file in files}
    for name, rows_of in found.items():
        mine = [row for row in gold if row["doc"] == name]
        if not mine:
            assert rows_of == [], f"{name} holds no target"
            continue
        for score, least in zip(f1(scorer, mine, rows_of), (0.7, 0.6, 0.5), strict=True):
            assert score >= least, name
    for score, least in zip(f1(scorer, gold, [r for rs in found.values() for r in rs]), (0.95, 0.9, 0.85), strict=True):
        assert score >= least


# -- rewritten documents: what is asked changes in words and labels alike, and the output must follow ---------------

_FIVES = ["九", "十", "十一", "十二", "十三", "十四", "十五"]
_PLACES = dict(zip(
    ["清远", "嘉兴", "隆回", "定西", "临泉", "达州", "吕梁", "曲靖", "汉中"],
    ["韶关", "湖州", "新宁", "平凉", "阜南", "广安", "晋中", "昭通", "安康"], strict=True,
))  # fmt: skip
_WORDS = [{}, {"不低于": "不少于"}, {"控制在": "不超过"}, {"不低于": "不少于", "控制在": "不超过"}]
_NUMBER = re.compile(r"(?<![\d.,:：—\-〔第])(?P<value>\d+(?:\.\d+)?)(?P<unit>%|‰|个百分点|所|名|个(?!百|人)|套|间|台)")


class _Rewrite:
    """What a seed changes, in a text and in its labels alike: numbers, years, places, comparators."""

    def __init__(self, seed: int) -> None:
        self.shift, self.words = seed, _PLACES | _WORDS[seed % len(_WORDS)]

    def number(self, m: re.Match[str]) -> str:
        """Percentages move by tenths, counts by whole numbers; 0, 1 and 100 stay what they are."""
        value = float(m["value"])
        if value in (0, 1, 100):
            return m["value"]
        if m["unit"] in ("%", "‰", "个百分点"):
            return f"{value + self.shift / 10:.10g}" if value < 99 else m["value"]
        return m["value"] if "." in m["value"] else str(int(value) + self.shift)

    def text(self, text: str) -> str:
        text = _NUMBER.sub(lambda m: self.number(m) + m["unit"], text)
        text = re.sub(r"20[012]\d(?!\d)", lambda m: str(int(m[0]) + 5), text)
        text = re.sub(r"(?<=“)(?:十[一二三四]|九|十)(?=五”)", lambda m: _FIVES[_FIVES.index(m[0]) + 1], text)
        for old, new in self.words.items():
            text = text.replace(old, new)
        return text

    def label(self, row: Row) -> Row:
        moved = {m["value"]: self.number(m) for m in _NUMBER.finditer(row["evidence"])}
        value = {
            name: re.sub(r"[\d.]+", lambda m: moved.get(m[0], m[0]), row[name]) for name in ("value", "value_high")
        }
        period = re.sub(r"\d{4}", lambda m: str(int(m[0]) + 5), row["period"])
        return (
            row
            | value
            | {"period": period}
            | {name: self.text(row[name]) for name in ("evidence", "region_zh", "indicator_zh")}
        )


def _reordered(read: Document, seed: int) -> str:
    """The text with its innermost articles in another order under each heading."""
    text, chosen = read.text, random.Random(seed)
    leaves = [
        s for i, s in enumerate(read.sections) if i + 1 == len(read.sections) or read.sections[i + 1].start >= s.end
    ]
    by_parent: dict[str, list[tuple[int, int]]] = {}
    for leaf in leaves:
        if not any(leaf.start <= t.start < leaf.end for t in read.tables):
            by_parent.setdefault(leaf.path.rpartition("/")[0], []).append((leaf.start, leaf.end))
    for parent, spans in sorted(by_parent.items(), key=lambda item: -item[1][0][0]):
        if parent and len(spans) > 1 and all(a[1] == b[0] for a, b in itertools.pairwise(spans)):
            pieces = [text[a:b].rstrip("\n") + "\n" for a, b in spans]
            chosen.shuffle(pieces)
            text = text[: spans[0][0]] + "".join(pieces) + text[spans[-1][1] :]
    return text


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_the_output_follows_a_rewritten_document(scorer: ModuleType, seed: int) -> None:
    files, gold = own()
    if (SHARED / "documents").is_dir():
        more, labelled = five()
        files, gold = more + files, labelled + gold
    asked = followed = 0
    for file in files:
        mine = [row for row in gold if row["doc"][:3] == file.name[:3]]
        if file.suffix not in (".txt",) or not mine:
            continue
        before = document.read(file)
        pairs = scorer.pair_up(mine, rows(extract(before)))
        rewrite = _Rewrite(seed)
        text = rewrite.text(_reordered(before, seed))
        moved = [rewrite.label(row) for row in mine]
        after = scorer.pair_up(moved, rows(extract(document.from_text(file.stem, text))))
        for i, (_, level) in pairs.items():
            if level == 3 and not scorer.optional(mine[i]):
                asked += 1
                followed += i in after and after[i][1] == 3
    assert asked > 300 or not SHARED.is_dir()
    assert followed >= 0.95 * asked, f"{followed} of {asked}"
