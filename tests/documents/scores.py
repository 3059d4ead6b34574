"""What the extractor finds of the labelled documents, by document and by family, as a Markdown table.

    python -m tests.documents.scores FOLDER [FOLDER...]

A folder holds texts and their `labels.csv`. The scorer stands in `../shared/tools`, outside the repository.
"""

import csv
import importlib.util
import sys
from collections import defaultdict
from pathlib import Path
from types import ModuleType
from typing import Any

from dagster_project.extraction import document
from dagster_project.extraction.candidate import COLUMNS
from dagster_project.extraction.extract import extract
from dagster_project.settings import ROOT

SCORER = ROOT.parent / "shared" / "tools" / "score_extraction.py"
LEVELS = ("quantity", "measure", "full")
Row = dict[str, str]


def scorer() -> ModuleType:
    spec = importlib.util.spec_from_file_location("score_extraction", SCORER)
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def read(folder: Path) -> tuple[list[Row], list[Row]]:
    """Labels of a folder, and what the extractor gives for its texts."""
    with (folder / "labels.csv").open(encoding="utf-8-sig", newline="") as file:
        labels = list(csv.DictReader(file))
    texts = sorted(path for path in folder.iterdir() if path.suffix in {".txt", ".md", ".html", ".docx", ".pdf"})
    found = [one for path in texts for one in extract(document.read(path))]
    return labels, [{name: str(getattr(one, name)) for name in COLUMNS} for one in found]


def scored(labels: list[Row], found: list[Row]) -> dict[tuple[str, str], dict[str, Any]]:
    """By (kind, name), kind being document or family: required labels, hits a level and, by document, predictions."""
    score = scorer()
    pairs = score.pair_up(labels, found)
    optional = {index for index, label in enumerate(labels) if score.optional(label)}
    spared = {pairs[index][0] for index in optional if index in pairs}
    table: dict[tuple[str, str], dict[str, Any]] = defaultdict(lambda: {"labels": 0, "hits": [0, 0, 0], "found": 0})
    for index, label in enumerate(labels):
        if index in optional:
            continue
        reached = pairs[index][1] if index in pairs else 0
        for key in (("document", label["doc"][:3]), ("family", label.get("family", "")), ("all", "")):
            table[key]["labels"] += 1
            for level in range(reached):
                table[key]["hits"][level] += 1
    for index, one in enumerate(found):
        if index not in spared:
            for key in (("document", one["doc"][:3]), ("all", "")):
                table[key]["found"] += 1
    return table


def lines(table: dict[tuple[str, str], dict[str, Any]]) -> list[str]:
    """Recall by family; precision, recall and F1 by document and for all."""
    out = ["| family | labels | quantity | measure | full |", "| --- | --- | --- | --- | --- |"]
    for (kind, name), row in sorted(table.items(), key=lambda item: (-item[1]["labels"], item[0])):
        if kind == "family":
            shares = " | ".join(f"{hits / row['labels']:.3f}" for hits in row["hits"])
            out.append(f"| {name} | {row['labels']} | {shares} |")
    out += [
        "",
        "| document | labels | found | F1 quantity | F1 measure | F1 full |",
        "| --- | --- | --- | --- | --- | --- |",
    ]
    for (kind, name), row in sorted(table.items()):
        if kind in ("document", "all"):
            shares = " | ".join(f"{2 * hits / max(1, row['labels'] + row['found']):.3f}" for hits in row["hits"])
            out.append(f"| {name or 'all'} | {row['labels']} | {row['found']} | {shares} |")
    return out


if __name__ == "__main__":
    for argument in sys.argv[1:]:
        print(f"{argument}\n")
        print("\n".join(lines(scored(*read(Path(argument))))))
