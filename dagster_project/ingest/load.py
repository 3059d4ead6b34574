"""All inputs to `raw.*`: find, vouch, read, check, store, and say what became of each file. The one entry is `load`."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from pathlib import Path

import duckdb
import pandas as pd

from dagster_project.ingest import files, readers, sidecar
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
        return self not in (Outcome.ALL_VALID, Outcome.SOME_INVALID_QUARANTINED)


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
    lost = {path: _owner(contracts, path.relative_to(settings.raw)) for path in files.lost(settings.raw)}
    reports: dict[str, SourceReport] = {}
    sound: set[str] = set()
    for contract in contracts.values():
        mine = [path for path, owner in owned.items() if owner is contract]
        gone = [path for path, owner in lost.items() if owner is contract]
        report = _load_source(connection, settings, contract, mine, gone, loaded_at, sound)
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
    gone: list[Path],
    loaded_at: datetime,
    sound: set[str],
) -> SourceReport:
    report = SourceReport(contract)
    for path in gone:
        name = settings.raw_name(path)
        report.problems.append(Problem.of("missing_file", contract.source, name, expected=path.name))
    frames = []
    for path in paths:
        name = settings.raw_name(path)
        try:
            frame, about = _read_file(path, name, contract)
        except ShapeError as error:
            report.problems += error.problems
            continue
        except OSError as error:  # no permission, or gone since it was listed
            found = error.strerror or error
            report.problems.append(Problem.of("unreadable", contract.source, name, found=found))
            continue
        frames.append(frame.assign(_loaded_at=loaded_at))
        connection.execute(
            "insert into meta.input_file values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            [name, contract.source, about.sha256, path.stat().st_size, len(frame), about.title, about.issuer,
             about.read_from, about.terms, about.retrieved, about.confidence, about.note],
        )  # fmt: skip
    if not paths and not gone and contract.required:
        expected = " | ".join(f"raw/{pattern}.csv" for pattern in contract.files[:1])
        report.problems.append(Problem.of("missing_file", contract.source, expected, expected=expected))
    report.file_count = len(frames)
    shape_problems = len(report.problems)
    _store(connection, contract, frames)
    report.row_count = sum(map(len, frames))
    if frames:
        _check_rows(connection, contract, report, settings, sound)
    if shape_problems:
        report.outcome = Outcome.BAD_SHAPE
        record(connection, report.problems[:shape_problems])
    return report


def _read_file(path: Path, name: str, contract: Contract) -> tuple[pd.DataFrame, sidecar.Sidecar]:
    """A vouched-for file as contract columns plus `_file`, `_row`, `_sha256`. Raises ShapeError."""
    source = contract.source

    def refuse(rule: str, **details: object) -> ShapeError:
        return ShapeError([Problem.of(rule, source, name, **details)])  # type: ignore[arg-type]

    if path.suffix.lower() not in files.READABLE:
        raise refuse("unsupported_file", found=path.suffix or path.name)
    before = files.stamp(path)
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
    table = _named(readers.read(path, source, name), contract, name)
    if not files.is_resting(path, before):
        raise refuse("still_written")
    return table.assign(_file=name, _row=table.index, _sha256=digest), about


def _named(table: pd.DataFrame, contract: Contract, name: str) -> pd.DataFrame:
    """The table under the contract's column names and order; optional columns that are absent are empty."""
    known = {heading: column.name for column in contract.columns for heading in (column.name, column.zh)}
    renamed = table.rename(columns=known)
    present = set(renamed.columns)
    problems = [
        Problem.of("missing_column", contract.source, name, column=column.name, expected=column.zh,
                   found=", ".join(map(str, table.columns)))
        for column in contract.columns
        if column.required and column.name not in present
    ]  # fmt: skip
    expected = ", ".join(column.name for column in contract.columns)
    problems += [
        Problem.of("unknown_column", contract.source, name, column=str(column), expected=expected)
        for column in table.columns
        if column not in known
    ]
    if len(present) < len(renamed.columns):
        twice = sorted({column for column in renamed.columns if list(renamed.columns).count(column) > 1})
        problems += [Problem.of("repeated_column", contract.source, name, column=column) for column in twice]
    if problems:
        raise ShapeError(problems)
    return renamed.reindex(columns=[column.name for column in contract.columns], fill_value="")


def _store(connection: duckdb.DuckDBPyConnection, contract: Contract, frames: list[pd.DataFrame]) -> None:
    columns = ", ".join(f"{column.name} text" for column in contract.columns)
    connection.execute(
        f"create or replace table {contract.table} "
        f"({columns}, _file text, _row bigint, _sha256 text, _loaded_at timestamp)"
    )
    if frames:
        incoming = pd.concat(frames, ignore_index=True)  # noqa: F841 - DuckDB reads it by name
        connection.execute(f"insert into {contract.table} by name select * from incoming")


def _check_rows(
    connection: duckdb.DuckDBPyConnection,
    contract: Contract,
    report: SourceReport,
    settings: Settings,
    sound: set[str],
) -> None:
    """Judge the rows of a loaded source; quarantine the bad ones only where the contract consents to it."""
    own = {contract.source}
    connection.execute(f"create or replace temp table broken as {row_sql(contract, settings.as_of, sound | own)}")
    (bad_rows,) = _one(connection, "select count(*) from (select distinct _file, _row from broken)")
    if not bad_rows:
        return
    if bad_rows == report.row_count:
        report.outcome = Outcome.ALL_INVALID
    elif contract.partial == "quarantine":
        report.outcome = Outcome.SOME_INVALID_QUARANTINED
    else:
        report.outcome = Outcome.SOME_INVALID_REFUSED
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


def _check_append_only(
    connection: duckdb.DuckDBPyConnection, contract: Contract, report: SourceReport, served: Path
) -> None:
    """Refuse a source that lost or changed a row which readers have been shown."""
    # The rows of a file that could not be taken are not lost; the file itself is already told of.
    untaken = sorted({problem.file for problem in report.problems if problem.row is None})
    literal = str(served).replace("'", "''")
    connection.execute(f"attach '{literal}' as served (read_only)")
    try:
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
    finally:
        connection.execute("detach served")
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
