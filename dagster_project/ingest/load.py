"""All inputs to `raw.*`: find, vouch, read, check, store, and say what became of each file. The one entry is `load`."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from pathlib import Path

import duckdb
import pandas as pd

from dagster_project import build_file
from dagster_project.ingest import files, limits, mapping, readers, sidecar
from dagster_project.ingest.contract import Contract, load_contracts, row_sql, year_of_file
from dagster_project.ingest.problem import Problem, ShapeError
from dagster_project.settings import Settings

# More broken rows than a person reads; all of them stand in quality.quarantine.
_TOLD = 1000


class Outcome(StrEnum):
    """The five outcomes of checking a source, each with one consequence."""

    BAD_SHAPE = "bad_shape"
    ALL_VALID = "all_valid"
    SOME_INVALID_REFUSED = "some_invalid_refused"
    SOME_INVALID_QUARANTINED = "some_invalid_quarantined"
    ALL_INVALID = "all_invalid"

    @property
    def refuses(self) -> bool:
        return OUTCOMES[self].refuses


@dataclass(frozen=True)
class Consequence:
    """Whether an outcome refuses the refresh, what it means, and what becomes of the source, in words."""

    refuses: bool
    meaning_zh: str
    meaning_en: str
    consequence_zh: str
    consequence_en: str


_REFUSED = ("拒绝刷新", "the refresh is refused")
OUTCOMES = {
    Outcome.ALL_VALID: Consequence(False, "全部合格", "all valid", "继续", "go on"),
    Outcome.SOME_INVALID_QUARANTINED: Consequence(
        False, "部分行不合格，该来源允许隔离", "some rows are not valid, and the source may be partial",
        "隔离这些行，其余继续", "those rows are quarantined, the others go on",
    ),
    Outcome.SOME_INVALID_REFUSED: Consequence(
        True, "部分行不合格，该来源不允许隔离", "some rows are not valid, and the source may not be partial", *_REFUSED
    ),
    Outcome.ALL_INVALID: Consequence(True, "没有一行合格", "no row is valid", *_REFUSED),
    Outcome.BAD_SHAPE: Consequence(
        True, "有文件无法读取或不合约定", "a file cannot be read or breaks its contract", *_REFUSED
    ),
}  # fmt: skip


@dataclass
class SourceReport:
    """What became of one source: its outcome, files read, rows kept and rows held back, and the problems told."""

    contract: Contract
    outcome: Outcome = Outcome.ALL_VALID
    file_count: int = 0
    row_count: int = 0
    held_back: int = 0
    problems: list[Problem] = field(default_factory=list)


@dataclass
class LoadReport:
    """All sources of one load, and the files under `raw/` that no source reads."""

    sources: dict[str, SourceReport]
    unread: list[str]

    @property
    def refused(self) -> bool:
        return any(report.outcome.refuses for report in self.sources.values())

    @property
    def problems(self) -> list[Problem]:
        return [problem for report in self.sources.values() for problem in report.problems]


def load(
    connection: duckdb.DuckDBPyConnection,
    settings: Settings,
    loaded_at: datetime,
    tell: Callable[[SourceReport], None] = lambda report: None,
    contracts: dict[str, Contract] | None = None,
    served: Path | None = None,
) -> LoadReport:
    """Load every source into `raw.<source>` of an open build file; all files are checked even if one is refused.

    `served` is a whole database that readers were shown: what an append-only source held there must still be there.
    The sources are the product's unless `contracts` (ordered as `load_contracts` orders them) says otherwise.
    A raw table holds the file's text columns plus `_file`, `_row` (as a spreadsheet counts, header is 1),
    `_sha256`, `_loaded_at`. Nothing is raised for bad input: the report carries it.
    """
    contracts = load_contracts() if contracts is None else contracts
    found = files.inputs(settings.raw)
    owned = {path: _owner(contracts, path.relative_to(settings.raw)) for path in found}
    unusable = files.unusable(settings.raw)
    lost = {path: _owner(contracts, path.relative_to(settings.raw)) for path in [*files.lost(settings.raw), *unusable]}
    reports: dict[str, SourceReport] = {}
    sound: set[str] = set()
    for contract in contracts.values():
        mine = [path for path, owner in owned.items() if owner is contract]
        gone = [path for path, owner in lost.items() if owner is contract]
        report = _load_source(
            connection, settings, contract, mine, {path: unusable.get(path) for path in gone}, loaded_at, sound
        )
        if served is not None and contract.append_only:
            _check_append_only(connection, contract, report, served)
        if not report.outcome.refuses:
            sound.add(contract.source)
        reports[contract.source] = report
        tell(report)
    unread = [
        path
        for path, owner in (owned | lost).items()
        if owner is None and not files.is_document(path.relative_to(settings.raw))
    ] + files.linked_folders(settings.raw)
    return LoadReport(reports, [settings.raw_name(path) for path in unread])


def _owner(contracts: dict[str, Contract], relative: Path) -> Contract | None:
    return next((contract for contract in contracts.values() if contract.owns(relative)), None)


def _load_source(
    connection: duckdb.DuckDBPyConnection,
    settings: Settings,
    contract: Contract,
    paths: list[Path],
    gone: dict[Path, str | None],
    loaded_at: datetime,
    sound: set[str],
) -> SourceReport:
    report = SourceReport(contract)
    for path, unusable in gone.items():
        name = settings.raw_name(path)
        report.problems.append(Problem.of(unusable or "missing_file", contract.source, name, expected=Path(name).name))
    if not paths and not gone and contract.required:
        expected = " | ".join(f"raw/{pattern}.csv" for pattern in contract.files[:1])
        report.problems.append(Problem.of("missing_file", contract.source, expected, expected=expected))
    columns = ", ".join(f"{column.name} text" for column in contract.columns)
    connection.execute(
        f"create or replace table {contract.table} "
        f"({columns}, _file text, _row bigint, _sha256 text, _loaded_at timestamp)"
    )
    for path in paths:
        name = settings.raw_name(path)
        connection.begin()  # a file is taken whole or not at all
        try:
            report.row_count += _take_file(connection, path, name, contract, loaded_at)
        except (ShapeError, OSError, readers.UNREADABLE) as error:
            connection.rollback()
            report.problems += _refused(error, contract.source, name)
        else:
            connection.commit()
            report.file_count += 1
    shape_problems = report.problems.copy()
    if shape_problems:
        report.outcome = Outcome.BAD_SHAPE
    if report.file_count:
        _check_rows(connection, contract, report, settings, sound)
    record(connection, shape_problems)
    return report


def _refused(error: Exception, source: str, name: str) -> list[Problem]:
    """Why a file was not taken: told by the reader, or by the system (no permission, gone since it was listed)."""
    if isinstance(error, ShapeError):
        return error.problems
    found = getattr(error, "strerror", None) or " ".join(str(error).split())
    return [Problem.of("unreadable", source, name, found=found)]


def _take_file(
    connection: duckdb.DuckDBPyConnection, path: Path, name: str, contract: Contract, loaded_at: datetime
) -> int:
    """A vouched-for file into its raw table and `meta.input_file`; returns its rows. Raises ShapeError."""
    source = contract.source

    def refuse(rule: str, **details: object) -> ShapeError:
        return ShapeError([Problem.of(rule, source, name, **details)])  # type: ignore[arg-type]

    if path.suffix.lower() not in files.READABLE:
        raise refuse("unsupported_file", found=path.suffix or path.name)
    before = files.stamp(path)
    if before[0] > limits.TABLE_BYTES:
        raise refuse("over_limit", found=f"{before[0]:,} bytes", expected=f"{limits.TABLE_BYTES:,}")
    try:
        about = sidecar.read(path)
    except FileNotFoundError:
        raise refuse("no_sidecar", expected=sidecar.path_of(path).name) from None
    except ValueError as error:
        raise refuse("bad_sidecar", expected=sidecar.path_of(path).name, found=error) from error
    digest = files.sha256(path)
    if digest != about.sha256:
        raise refuse("hash_mismatch", found=f"{about.sha256[:12]}… ≠ {digest[:12]}…")
    if contract.by_year and year_of_file(name) is None:
        raise refuse("bad_file_name")
    by = mapping.of(path, contract, name)
    table = readers.read(connection, path, source, name, by.skip_rows, by.header_rows, by.separator)
    cells = by.cells(table.headings, contract, name)
    taken = ", ".join(cells.get(column.name, "''") for column in contract.columns)
    count = 0
    into = f"insert into {contract.table} select {taken}, ?, _row, ?, ? from piece"
    for piece in table.pieces:  # noqa: B007 - DuckDB reads it by name
        ((rows,),) = connection.execute(into, [name, digest, loaded_at]).fetchall()
        count += rows
    if not files.is_resting(path, before):
        raise refuse("still_written")
    connection.execute(
        "insert into meta.input_file values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [name, source, digest, before[0], count, about.title, about.issuer, about.read_from, about.terms,
         about.retrieved, about.confidence, about.note, str(Path(name).with_name(by.path.name)) if by.path else ""],
    )  # fmt: skip
    return count


def _check_rows(
    connection: duckdb.DuckDBPyConnection,
    contract: Contract,
    report: SourceReport,
    settings: Settings,
    sound: set[str],
) -> None:
    """Judge the rows of a loaded source; quarantine the bad ones only where the contract consents to it and the source is
    not refused for its shape.
    """
    own = {contract.source}
    connection.execute(f"create or replace temp table broken as {row_sql(contract, settings.as_of, sound | own)}")
    (bad_rows,) = _one(connection, "select count(*) from (select distinct _file, _row from broken)")
    if not bad_rows:
        return
    if report.outcome is not Outcome.BAD_SHAPE:
        report.outcome = Outcome.ALL_INVALID if bad_rows == report.row_count else of_bad_rows(contract)
    report.held_back = bad_rows
    worded = _worded(connection, contract)  # noqa: F841 - DuckDB reads it by name
    connection.execute(
        """
        insert into quality.quarantine by name
        select ? as source, b._file as file, b._row as row_no, b.column_name, b.rule, b.value, ? as consequence,
               w.reason_zh, w.reason_en, w.action_zh, w.action_en
        from broken as b join worded as w on w.rule = b.rule and w.expected = b.expected
        """,
        [contract.source, "refused" if report.outcome.refuses else "quarantined"],
    )
    told = connection.execute(
        f"""select source, file, rule, reason_zh, reason_en, action_zh, action_en, row_no, column_name, value
        from quality.quarantine where source = ? and row_no is not null
        order by file, row_no, column_name limit {_TOLD}""",
        [contract.source],
    ).fetchall()
    report.problems += [Problem(*row) for row in told]
    if report.outcome is Outcome.SOME_INVALID_QUARANTINED:
        connection.execute(f"delete from {contract.table} where (_file, _row) in (select (_file, _row) from broken)")
        report.row_count -= bad_rows


def of_bad_rows(contract: Contract) -> Outcome:
    """The outcome for a source of which some rows are bad."""
    consents = contract.partial == "quarantine"
    return Outcome.SOME_INVALID_QUARANTINED if consents else Outcome.SOME_INVALID_REFUSED


def _check_append_only(
    connection: duckdb.DuckDBPyConnection, contract: Contract, report: SourceReport, served: Path
) -> None:
    """Refuse a source that lost or changed a row which readers have been shown."""
    # The rows of a file that could not be taken are not lost; the file itself is already told of.
    untaken = sorted({problem.file for problem in report.problems if problem.row is None})
    with build_file.beside(connection, served, "served"):
        known = {
            name
            for (name,) in connection.execute(
                """select column_name from duckdb_columns()
                where database_name = 'served' and schema_name = 'raw' and table_name = ?""",
                [contract.source],
            ).fetchall()
        }
        kept = [column for column in contract.append_only if column in known]
        if not kept or not set(contract.key) <= known:
            return  # a snapshot from before this source
        before = ", ".join(f"s.{column}" for column in kept)
        differs = " or ".join(f"s.{column} is distinct from t.{column}" for column in kept)
        same_key = " and ".join(f"s.{column} = t.{column}" for column in contract.key)
        found = connection.execute(
            f"""select t._file, t._row, s._file, concat_ws(', ', {before}) from served.raw.{contract.source} as s
            left join {contract.table} as t on {same_key}
            where (t._row is null or {differs}) and not list_contains(?, s._file) order by s._file, s._row""",
            [untaken],
        ).fetchall()
    if not found:
        return
    problems = [
        Problem.of("served_row_lost" if row is None else "served_row_changed", contract.source, file or old_file, row=row,
                   column=contract.key[-1], expected=said)
        for file, row, old_file, said in found
    ]  # fmt: skip
    report.problems += problems
    if not report.outcome.refuses:
        report.outcome = Outcome.SOME_INVALID_REFUSED
        connection.execute("update quality.quarantine set consequence = 'refused' where source = ?", [contract.source])
    report.held_back += len(problems)
    record(connection, problems)


def _worded(connection: duckdb.DuckDBPyConnection, contract: Contract) -> pd.DataFrame:
    """The words for each (rule, expected) that occurs among the broken rows."""
    own = {rule.name: rule for rule in contract.rules}
    lines = []
    for rule, expected in connection.execute("select distinct rule, expected from broken").fetchall():
        words = own.get(rule) or Problem.of(rule, contract.source, "", expected=expected)
        lines.append((rule, expected, words.reason_zh, words.reason_en, words.action_zh, words.action_en))
    return pd.DataFrame(
        lines, columns=["rule", "expected", "reason_zh", "reason_en", "action_zh", "action_en"], dtype=str
    )


def record(connection: duckdb.DuckDBPyConnection, problems: list[Problem], consequence: str = "refused") -> None:
    """Problems into quality.quarantine."""
    for problem in problems:
        connection.execute(
            "insert into quality.quarantine values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            [problem.source, problem.file, problem.row, problem.column, problem.rule, problem.value, consequence,
             problem.reason_zh, problem.reason_en, problem.action_zh, problem.action_en],
        )  # fmt: skip


def _one(connection: duckdb.DuckDBPyConnection, query: str) -> tuple[int, ...]:
    row = connection.execute(query).fetchone()
    assert row is not None
    return row
