"""A file beside the ledger: a text, or a table of candidates that `zhibiao extract` wrote and a person edited."""

import re
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import MISSING, dataclass, fields, replace
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb

from dagster_project import build_file
from dagster_project.extraction.candidate import COLUMNS, COMPARATORS, KINDS, Candidate
from dagster_project.ingest import candidates, documents, files, readers
from dagster_project.ingest.candidates import Reviewed
from dagster_project.ingest.contract import Contract, load_contracts
from dagster_project.ingest.documents import Text
from dagster_project.ingest.load import load
from dagster_project.ingest.problem import Problem, ShapeError
from dagster_project.settings import Settings

_SOURCES = ("targets", "target_documents", "target_rejections", "indicator_formulas")
# What a spreadsheet saves.
_TABLES = {".csv", ".xlsx"}
_REQUIRED = ("doc", "indicator_zh", "comparator", "evidence")
_YEAR = re.compile(r"(?:19|20|21)\d\d")


class ReviewError(Exception):
    """What keeps a review from being done; the message says what to do."""


@dataclass(frozen=True)
class Ledger:
    """The ledger and what its rows are checked against, in a file of its own."""

    settings: Settings
    connection: duckdb.DuckDBPyConnection
    contracts: Mapping[str, Contract]


@contextmanager
def ledger(settings: Settings) -> Iterator[Ledger]:
    """The ledger as it stands in `raw/` now. Raises ReviewError where it would refuse a refresh."""
    contracts = _with_needs(_SOURCES)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "ledger.duckdb"
        build_file.start(path)
        with build_file.writing(path) as connection:
            report = load(connection, settings, datetime.now(), contracts=contracts)
            if report.refused:
                raise ReviewError("\n".join(problem.text() for problem in report.problems[:20]))
            yield Ledger(settings, connection, contracts)


def compare(known: Ledger, file: Path) -> list[Reviewed]:
    """The documents of a file beside the ledger. Raises ReviewError for a file that cannot be read."""
    if file.suffix.lower() in _TABLES:
        texts = list(_edited(known, file).values())
        whole = False
    else:
        texts = [_text(known.settings, file)]
        whole = files.is_document(_relative(known.settings, file))
    found = candidates.compare(known.connection, texts, known.settings.as_of, all_of_it=whole)
    mine = [one for one in found if one.text is not None]
    if file.suffix.lower() in _TABLES:
        # A table is a choice of candidates: what it leaves out says nothing.
        mine = [
            replace(one, comparisons=[c for c in one.comparisons if c.candidate is not None]) for one in mine
        ]  # fmt: skip
    return mine


def _with_needs(sources: tuple[str, ...]) -> dict[str, Contract]:
    everything = load_contracts()
    wanted = set(sources)
    for source in reversed(everything):  # each stands after what it needs
        if source in wanted:
            wanted |= everything[source].needs
    return {source: contract for source, contract in everything.items() if source in wanted}


def _relative(settings: Settings, file: Path) -> Path:
    return file.relative_to(settings.raw) if file.is_relative_to(settings.raw) else Path(file.name)


def _text(settings: Settings, file: Path) -> Text:
    if files.is_document(_relative(settings, file)):
        text = documents.read(settings, file)
        if text.problem:
            raise ReviewError(text.problem.text())
        return text
    try:
        return Text(file, file.name, candidates=tuple(documents.extract(file, settings.raw)))
    except ImportError:
        raise
    except Exception as error:  # as in a refresh: whatever a damaged file or a reader may raise
        raise ReviewError(Problem.of("unreadable_document", documents.SOURCE, file.name, found=error).text()) from error


# ---- a table of candidates


def _edited(known: Ledger, file: Path) -> dict[str, Text]:
    """The candidates of a table by document; what its columns do not say is taken from the text, if that is here."""
    settings = known.settings
    try:
        table = readers.read(known.connection, file, "candidates", file.name)
        columns = ", ".join(f"c{number}" for number in range(len(table.headings)))
        rows = [line for piece in table.pieces for line in piece.project(f"_row, {columns}").fetchall()]
    except ShapeError as error:
        raise ReviewError(str(error)) from error
    problems = [
        Problem.of("unknown_column", "candidates", file.name, column=column, expected=", ".join(COLUMNS))
        for column in table.headings
        if column not in COLUMNS
    ]
    problems += [
        Problem.of(
            "missing_column",
            "candidates",
            file.name,
            column=name,
            expected=name,
            found=", ".join(table.headings),
        )
        for name in _REQUIRED
        if name not in table.headings
    ]
    if problems:
        raise ReviewError("\n".join(problem.text() for problem in problems))
    here = {path.stem: path for path in documents.found(settings.raw)}
    texts: dict[str, Text] = {}
    left: dict[str, list[Candidate]] = {}
    found: dict[str, list[Candidate]] = {}
    for number, *values in rows:
        cells = dict(zip(table.headings, values, strict=True))
        problems += _problems(cells, file.name, number)
        doc = cells["doc"]
        if doc not in found:
            text = documents.read(settings, here[doc]) if doc in here else None
            if text is not None and text.problem:
                raise ReviewError(text.problem.text())
            texts[doc] = text or Text(Path(f"{doc}.txt"), doc)
            left[doc], found[doc] = list(texts[doc].candidates), []
        if not problems:
            found[doc].append(_candidate(cells, left[doc], found[doc]))
    if problems:
        raise ReviewError("\n".join(problem.text() for problem in problems[:20]))
    return {doc: replace(text, candidates=tuple(found[doc])) for doc, text in texts.items()}


def _problems(cells: dict[str, str], name: str, row: int) -> list[Problem]:
    def told(rule: str, column: str, expected: str = "") -> Problem:
        return Problem.of(
            rule, "candidates", name, row=row, column=column, value=cells.get(column, ""), expected=expected
        )

    found = [told("required", column) for column in _REQUIRED if not cells[column]]
    for column, allowed in (("comparator", COMPARATORS), ("kind", KINDS)):
        if cells.get(column) and cells[column] not in allowed:
            found.append(told("not_in_list", column, ", ".join(allowed)))
    for column in ("char_start", "char_end", "confidence"):
        if not re.fullmatch(r"\d*(\.\d+)?", cells.get(column, "")):
            found.append(told("not_a_number", column))
    return found


def _candidate(cells: dict[str, str], left: list[Candidate], before: list[Candidate]) -> Candidate:
    """A line as a candidate: on the one of the text that it was made from, or else from its own words."""
    span = (cells.get("article", ""), cells["evidence"], cells.get("char_start", ""))
    made_from = [c for c in left if (c.article, c.evidence, str(c.char_start)) == span]
    made_from = [
        c for c in made_from if c.indicator_zh == cells["indicator_zh"] and c.value == cells.get("value")
    ] or made_from
    period = cells.get("period", "")
    if made_from:
        old = made_from[0]
        left.remove(old)
        year = old.target_year if old.period == period else _last_year(period)
        return replace(old, **{**_typed(cells), "target_year": year})
    plain = {field.name: "" if field.default is MISSING else field.default for field in fields(Candidate)}
    number = 1 + sum(c.article == span[0] for c in before)
    return Candidate(
        **{**plain, "kind": "explicit", "char_start": 0, "char_end": 0, "confidence": 1.0, **_typed(cells)},
        ordinal=number,
        target_year=_last_year(period) or _last_year(cells.get("deadline", "")),
        year_hidden="X" in period.upper() or "*" in period,
        recurs=period.startswith("每"),
    )


def _typed(cells: dict[str, str]) -> dict[str, Any]:
    typed: dict[str, Any] = dict(cells)
    for name in ("char_start", "char_end"):
        if name in cells:
            typed[name] = int(float(cells[name] or 0))
    if "confidence" in cells:
        typed["confidence"] = float(cells["confidence"] or 1)
    if not cells.get("kind"):
        typed.pop("kind", None)
    return typed


def _last_year(text: str) -> str:
    years = _YEAR.findall(text)
    return years[-1] if years else ""
