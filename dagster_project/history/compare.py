"""Which keys differ from the snapshot before, why, and which of them drifted: changed although no input of theirs did."""

import json
from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any

import duckdb

from dagster_project.history import causes
from dagster_project.history.tables import CHANGE, CHANGES, COMPARED, NO_CHANGE, Compared, columns

# Relative to the larger of the two and 1: what the order of a parallel sum may do to a double, and less than any
# printed digit.
TOLERANCE = 1e-9
# As many digits as tell apart whatever differs by more than that, and not what differs by the order of a sum.
_DIGITS = "%.12g"
_TOLD_KEYS = 1000


@dataclass(frozen=True)
class Drift:
    """What changed or vanished in one table without a cause in its inputs: how many keys, and the first of them."""

    table: str
    compared: int
    count: int
    keys: list[dict[str, Any]] = field(default_factory=list)


@dataclass(frozen=True)
class Comparison:
    """What a build changes: counts by table, change and cause; drift by table; the drift's fingerprint ("" for none)."""

    counts: list[dict[str, Any]]
    drift: list[Drift]
    fingerprint: str

    @property
    def drifted(self) -> int:
        return sum(drift.count for drift in self.drift)


def differences(connection: duckdb.DuckDBPyConnection, equal: Collection[str], into: str) -> None:
    """A temp table `into` with a row for each key that is new, gone or other than in the attached file `before`.

    Tables that are known to be `equal` are not looked at, nor columns and tables that only one of the files has.
    `content` is a digest of all that is compared in what was there before, as it was and as it is now.
    """
    connection.execute(f"create or replace temp sequence {into}_no")
    connection.execute(
        f"create or replace temp table {into} as select 0 as key_no, * from {CHANGES}, "
        "(select '' as inputs_basis, '' as content) limit 0"
    )
    for compared in COMPARED:
        if compared.table not in equal:
            _difference(connection, compared, into)


def _difference(connection: duckdb.DuckDBPyConnection, compared: Compared, into: str) -> None:
    now, then = columns(connection, compared.table), columns(connection, compared.table, "before")
    if not set(compared.key) <= set(then):
        return  # a snapshot from before this table
    compare = [name for name in now if name in then and name not in (*compared.key, *NO_CHANGE)]
    differs = {
        name: (
            f"(n.{name} is null) <> (o.{name} is null) or abs(n.{name} - o.{name}) > {TOLERANCE} * greatest(1, abs(n.{name}), abs(o.{name}))"
            if now[name] == then[name] == "DOUBLE"
            else f"n.{name} is distinct from o.{name}"
        )
        for name in compare
    }
    first = compared.key[0]
    shown = ", ".join(
        f"coalesce(n.{column}, o.{column}) as {name}" for name, column in compared.shown.items() if column in then
    )
    changed = ", ".join(f"case when {test} then '{name}' end" for name, test in differs.items())

    def side(alias: str, column: str) -> str:
        return f"{alias}.{column}" if column else "null"

    def row(alias: str, types: dict[str, str]) -> str:
        cells = (
            f"printf('{_DIGITS}', {alias}.{name})" if types[name] == "DOUBLE" else f"{alias}.{name}" for name in compare
        )
        return f"row({', '.join([f'{alias}.{first}', *cells])})"

    inputs = "coalesce(n.inputs_basis, o.inputs_basis)" if "inputs_basis" in compare else "null"
    connection.execute(
        f"""insert into {into} by name
        select nextval('{into}_no') as key_no, '{compared.table}' as table_name, {shown},
            case when o.{first} is null then 'added' when n.{first} is null then 'removed' else 'changed' end as change_kind,
            {side("o", compared.value)} as old_value, {side("n", compared.value)} as new_value,
            {side("o", compared.status)} as old_status, {side("n", compared.status)} as new_status,
            case when n.{first} is not null and o.{first} is not null then concat_ws(',', {changed}) end as changed_columns,
            {inputs} as inputs_basis,
            case when o.{first} is not null then md5(cast(row({row("o", then)}, {row("n", now)}) as varchar)) end as content
        from {compared.table} as n full join before.{compared.table} as o on {_same_key(compared)}
        where n.{first} is null or o.{first} is null or {" or ".join(differs.values()) or "false"}"""
    )


def _same_key(compared: Compared) -> str:
    return " and ".join(f"n.{name} is not distinct from o.{name}" for name in compared.key)


def explain(connection: duckdb.DuckDBPyConnection, changes: str) -> None:
    """Give every row of the temp table `changes` its cause and what stands behind it."""
    if connection.execute(f"select count(*) from {changes}").fetchone() != (0,):
        causes.explain(connection, changes)


def record(connection: duckdb.DuckDBPyConnection, changes: str, number: int, previous: int) -> None:
    """Add `changes` to marts.mart_change, as those of snapshot `number` against snapshot `previous`."""
    dated = ("snapshot_no", "as_of", "previous_no", "previous_as_of")
    names = ", ".join(f"c.{name}" for name in CHANGE.columns if name not in dated)
    connection.execute(
        f"""insert into {CHANGES} by name
        select ? as snapshot_no, b.as_of as as_of, ? as previous_no, p.as_of as previous_as_of, {names}
        from {changes} as c cross join meta.build as b cross join before.meta.build as p""",
        [number, previous],
    )


# What was there before and is other now, or gone, although nothing it is made of changed. What is new takes nothing
# away from anybody, and a target that nobody has reviewed is nobody's yet.
_DRIFTED = "change_kind <> 'added' and cause in ('code', 'unexplained') and old_status is distinct from 'proposed'"


def weigh(connection: duckdb.DuckDBPyConnection, changes: str) -> Comparison:
    """What the explained rows of `changes` come to."""
    counts = connection.execute(
        f"select table_name, change_kind, cause, count(*) from {changes} group by all order by all"
    ).fetchall()
    count, digest = _one(
        connection,
        # An exclusive or of digests of lines that are all different: no order, no sorting, the same in every version.
        f"""select count(*), bit_xor(md5_number(cast(row(table_name, region_code, year, stage, segment, measure_code,
            indicator_code, base_indicator, basis, target_id, method, assessment, change_kind, content) as varchar)))
        from {changes} where {_DRIFTED}""",
    )
    drift = []
    for compared in COMPARED:
        (rows,) = _one(connection, f"select count(*) from {compared.table}")
        found = connection.execute(
            f"""select * exclude (key_no, inputs_basis, content, snapshot_no, as_of, previous_no, previous_as_of, table_name)
            from {changes} where table_name = ? and {_DRIFTED} order by all limit {_TOLD_KEYS}""",
            [compared.table],
        )
        names = [column[0] for column in found.description or []]
        keys = [{n: v for n, v in zip(names, row, strict=True) if v is not None} for row in found.fetchall()]
        (drifted,) = _one(
            connection, f"select count(*) from {changes} where table_name = '{compared.table}' and {_DRIFTED}"
        )
        drift.append(Drift(compared.table, rows, drifted, keys))
    return Comparison(
        [dict(zip(("table", "change", "cause", "count"), row, strict=True)) for row in counts],
        drift,
        f"{count}-{digest:032x}" if count else "",
    )


def as_json(keys: list[dict[str, Any]]) -> str | None:
    return json.dumps(keys, ensure_ascii=False, default=str) if keys else None


def _one(connection: duckdb.DuckDBPyConnection, query: str) -> tuple[Any, ...]:
    row = connection.execute(query).fetchone()
    assert row is not None
    return row
