"""What was published stays readable: every snapshot holds the rows of all before it, with the snapshots they stood in."""

from dataclasses import dataclass
from datetime import date

import duckdb

from dagster_project.history.tables import CHANGES, KEPT, Compared, columns

_SNAPSHOTS = "meta.snapshot"
_ACCEPTED = "meta.accepted_drift"


@dataclass(frozen=True)
class Published:
    """A snapshot by its number and the day it was made for."""

    number: int
    as_of: date


def empty(connection: duckdb.DuckDBPyConnection) -> None:
    """Away with what an earlier comparison of this build left."""
    for table in (CHANGES, _SNAPSHOTS, _ACCEPTED, *(kept.history for kept in KEPT)):
        connection.execute(f"delete from {table}")
    connection.execute("delete from quality.check_result where gate = 'drift'")


def carry(connection: duckdb.DuckDBPyConnection, base: Published) -> None:
    """Bring along what the attached file `before` knows of earlier snapshots, and what it held itself.

    A snapshot from before there was a history begins one: its rows are known since it was published.
    """
    for table in (CHANGES, _SNAPSHOTS, _ACCEPTED):
        _copy(connection, table)
    if not columns(connection, _SNAPSHOTS, "before"):
        connection.execute(
            f"insert into {_SNAPSHOTS} by name select ? as snapshot_no, * from before.meta.build", [base.number]
        )
    for kept in KEPT:
        if columns(connection, kept.history, "before"):
            _copy(connection, kept.history)
        elif there := columns(connection, kept.table, "before"):
            now = columns(connection, kept.table)
            same = [name for name in there if name in now]
            _begin(
                connection, kept, f"select {', '.join(same)} from before.{kept.table}", base, "before.meta.input_file"
            )


def add(connection: duckdb.DuckDBPyConnection, new: Published, changes: str | None) -> None:
    """Add what this build says anew: rows that `changes` (a temp table) names, or every row where there is none."""
    for kept in KEPT:
        if changes is None or not connection.execute(f"select 1 from {kept.history} limit 1").fetchall():
            _begin(connection, kept, f"select * from {kept.table}", new, "meta.input_file")
            continue
        same_key = " and ".join(f"c.{name} is not distinct from h.{name}" for name in _shown(kept).values())
        ended = ", ".join(f"c.{name} as {column}" for name, column in _shown(kept).items())
        keys = f"(select {ended} from {changes} as c where c.table_name = '{kept.table}' and c.change_kind"
        connection.execute(
            f"""update {kept.history} as h set known_until_no = $number, known_until = $as_of
            from {keys} in ('changed', 'removed')) as c where h.known_until_no is null and {same_key}""",
            {"number": new.number, "as_of": new.as_of},
        )
        rows = f"select h.* from {kept.table} as h semi join {keys} in ('added', 'changed')) as c on {same_key}"
        _begin(connection, kept, rows, new, "meta.input_file")


def note(connection: duckdb.DuckDBPyConnection, number: int) -> None:
    """Enter this build among the snapshots."""
    connection.execute(f"insert into {_SNAPSHOTS} by name select ? as snapshot_no, * from meta.build", [number])


def unlike(connection: duckdb.DuckDBPyConnection, kept: Compared) -> int:
    """Rows that stand in the mart and not in its history as known now, or the reverse."""
    keys = ", ".join(kept.key)
    now, known = f"from {kept.table}", f"from {kept.history} where known_until_no is null"
    # Sums of hashes first: they need no memory, and are the same where nothing is wrong.
    sums = [connection.execute(f"select count(*), sum(hash({keys})) {rows}").fetchone() for rows in (now, known)]
    if sums[0] == sums[1]:
        return 0
    ((count,),) = connection.execute(
        f"""select count(*) from (
            (select {keys} {now} except all select {keys} {known})
            union all
            (select {keys} {known} except all select {keys} {now}))"""
    ).fetchall()
    return int(count)


def _begin(connection: duckdb.DuckDBPyConnection, kept: Compared, rows: str, since: Published, files: str) -> None:
    """Rows of the mart that are known since one snapshot."""
    digest, at = "", ""
    if "source_sha256" in columns(connection, kept.history):
        digest, at = ", i.sha256 as source_sha256", f"left join {files} as i on r.source_file = i.file"
    connection.execute(
        f"""insert into {kept.history} by name
        select ? as known_from_no, cast(? as date) as known_from {digest}, r.* from ({rows}) as r {at}""",
        [since.number, since.as_of],
    )


def _copy(connection: duckdb.DuckDBPyConnection, table: str) -> None:
    there = columns(connection, table, "before")
    if not there:
        return
    for name in there.keys() - columns(connection, table).keys():
        # A column that this version no longer fills: what stood in it is not lost.
        connection.execute(f'alter table {table} add column "{name}" {there[name]}')
    connection.execute(f"insert into {table} by name from before.{table}")


def _shown(kept: Compared) -> dict[str, str]:
    """The columns of marts.mart_change that hold the key, each with its column in the mart."""
    return {name: column for name, column in kept.shown.items() if column in kept.key}
