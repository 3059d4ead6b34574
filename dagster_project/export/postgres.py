"""A snapshot copied into PostgreSQL, for tools that do not read DuckDB: tables, views, comments and keys in one transaction.

Rows go into schemas of the next state while readers have the present one. The swap then takes every lock at once or
none: a reader sees the old snapshot or the new, whole, and never waits longer than a failed try takes.
"""

import re
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, cast

import duckdb
import psycopg
from psycopg import errors, sql
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from dagster_project import build_file
from dagster_project.publish.snapshot import Snapshot

SCHEMAS = ("marts", "bi", "quality", "meta")
_DEFAULTS: dict[str, str | int] = {"connect_timeout": 10, "application_name": "zhibiao"}
# How a schema is known to be a copy that may be replaced.
_MARK = "zhibiao snapshot"
_PATIENCE = 30.0
# Below PostgreSQL's deadlock_timeout of a second: in a tangle of locks this process gives way, not a reader.
_TRY = "400ms"
_PAUSE = 0.2
_ROWS = 5_000
# By DuckDB's name: PostgreSQL's, and that of its binary form.
_TYPES = {
    "VARCHAR": ("text", "text"),
    "DOUBLE": ("double precision", "float8"),
    "INTEGER": ("integer", "int4"),
    "BIGINT": ("bigint", "int8"),
    "BOOLEAN": ("boolean", "bool"),
    "DATE": ("date", "date"),
    "TIMESTAMP": ("timestamp", "timestamp"),
}


class PostgresError(Exception):
    """The copy was not made and PostgreSQL is as it was; says why and what to do. Never holds a password."""


@dataclass(frozen=True)
class Copied:
    """What PostgreSQL holds now; `rows` is None where it held this snapshot already."""

    snapshot_id: str
    tables: int
    views: int
    rows: int | None


@dataclass(frozen=True)
class _Table:
    """A table of the snapshot: columns as (name, DuckDB type, may be NULL), and the key where its grain is tested."""

    schema: str
    name: str
    columns: list[tuple[str, str, bool]]
    key: list[str]


def copy(
    served: Snapshot, dsn: str, readers: Sequence[str] = (), *, again: bool = False, patience: float = _PATIENCE
) -> Copied:
    """Put the snapshot into the database that `dsn` names, in place of what was copied there before.

    `readers` are roles that may read it. Nothing is done where the same snapshot is there, unless `again`. For `patience`
    seconds the swap is tried while others hold transactions open. Raises PostgresError.
    """
    try:
        known = conninfo_to_dict(dsn)
        full = make_conninfo(dsn, **{name: value for name, value in _DEFAULTS.items() if name not in known})
    except psycopg.ProgrammingError:
        # libpq's message would show the text it could not read, password and all.
        raise PostgresError(
            "连接写法不对 / the connection is not written as PostgreSQL has it: postgresql://user@host:5432/database"
        ) from None
    try:
        with (
            build_file.reading(served.database) as connection,
            psycopg.connect(full) as target,
            target.transaction(),
        ):
            return _copy(connection, target, served, readers, again, patience)
    except psycopg.Error as error:
        text = " ".join(str(error).split())
        if secret := known.get("password"):
            text = text.replace(str(secret), "***")
        raise PostgresError(f"PostgreSQL 未改动 / is as it was: {text}") from None


def _copy(
    connection: duckdb.DuckDBPyConnection,
    target: psycopg.Connection[Any],
    served: Snapshot,
    readers: Sequence[str],
    again: bool,
    patience: float,
) -> Copied:
    _refuse_unusable(target)
    tables = list(_tables(connection))
    views = connection.execute("select sql from duckdb_views() where schema_name = 'bi' order by view_oid").fetchall()
    if not again and _held(target) == served.id:
        _grant(target, readers, [sql.Identifier(schema) for schema in SCHEMAS])
        return Copied(served.id, len(tables), len(views), None)
    for schema in SCHEMAS:
        target.execute(sql.SQL("create schema {}").format(_next(schema)))
    rows = sum(_fill(connection, target, table) for table in tables)
    for (view,) in views:
        # PostgreSQL's views hold on to tables, not to names, and follow them through the swap.
        target.execute(sql.SQL(re.sub(r"\b(marts|bi)\.", r"\1_next.", view)))
    _note(target, served)
    target.execute(sql.SQL(";\n".join(_comments(connection))))
    for schema in SCHEMAS:
        target.execute(sql.SQL("comment on schema {} is {}").format(_next(schema), f"{_MARK} {served.id}"))
    _grant(target, readers, [_next(schema) for schema in SCHEMAS])
    # All that is left is short, for readers wait from here on.
    _replace(target, patience)
    return Copied(served.id, len(tables), len(views), rows)


def _refuse_unusable(target: psycopg.Connection[Any]) -> None:
    if (encoding := _one(target, "show server_encoding")[0]) != "UTF8":
        raise PostgresError(f"数据库编码须为 UTF8 / the database's encoding must be UTF8, it is {encoding}")
    if not _one(target, "select pg_try_advisory_xact_lock(hashtext('zhibiao'))")[0]:
        raise PostgresError("另一次复制正在进行 / another copy into this database is running")
    foreign = target.execute(
        """select nspname from pg_namespace
        where nspname = any(%s) and coalesce(obj_description(oid, 'pg_namespace'), '') not like %s order by 1""",
        [list(SCHEMAS), f"{_MARK}%"],
    ).fetchall()
    if foreign:
        raise PostgresError(
            f"已有同名的模式，不是由此复制的，不予替换 / schemas of these names exist and are not a copy made here, "
            f"so they are left alone; use a database of its own: {', '.join(name for (name,) in foreign)}"
        )
    _refuse_views_elsewhere(target)


def _refuse_views_elsewhere(target: psycopg.Connection[Any]) -> None:
    resting = target.execute(
        """select distinct format('%%I.%%I', v.relnamespace::regnamespace, v.relname)
        from pg_depend as d join pg_rewrite as r on r.oid = d.objid join pg_class as v on v.oid = r.ev_class
        join pg_class as t on t.oid = d.refobjid
        where d.classid = 'pg_rewrite'::regclass and d.refclassid = 'pg_class'::regclass
            and t.relnamespace::regnamespace::text = any(%s) and v.relnamespace::regnamespace::text <> all(%s) order by 1""",
        [list(SCHEMAS), list(SCHEMAS)],
    ).fetchall()
    if resting:
        raise PostgresError(
            "别处的视图依赖上次的复制，替换会删除它们；先删去，复制后重建 / views elsewhere rest on the last copy and would go "
            f"with it; drop them first and make them anew afterwards: {', '.join(name for (name,) in resting)}"
        )


def _tables(connection: duckdb.DuckDBPyConnection) -> Iterator[_Table]:
    grains = dict(
        connection.execute(
            "select distinct table_name, grain from meta.dictionary where schema_name = 'marts'"
        ).fetchall()
    )
    found: dict[tuple[str, str], list[tuple[str, str, bool]]] = {}
    for schema, table, *column in connection.execute(
        """select c.schema_name, c.table_name, c.column_name, c.data_type, c.is_nullable
        from duckdb_columns() as c join duckdb_tables() as t using (schema_name, table_name)
        where c.schema_name in ('marts', 'quality', 'meta') order by c.schema_name, c.table_name, c.column_index"""
    ).fetchall():
        found.setdefault((schema, table), []).append((column[0], column[1], column[2]))
    for (schema, table), columns in found.items():
        key = grains[table].split(", ") if schema == "marts" else []
        if unknown := [f"{name} {kind}" for name, kind, _ in columns if kind not in _TYPES]:
            raise PostgresError(f"{schema}.{table}: 没有对应的类型 / no type for: {', '.join(unknown)}")
        yield _Table(schema, table, columns, key)


def _fill(connection: duckdb.DuckDBPyConnection, target: psycopg.Connection[Any], table: _Table) -> int:
    """Make and fill one table of the next state; its rows."""
    name = sql.SQL(".").join((_next(table.schema), sql.Identifier(table.name)))
    columns = sql.SQL(", ").join(
        sql.SQL("{} {} {}").format(
            sql.Identifier(column), sql.SQL(_TYPES[kind][0]), sql.SQL("" if may_be_null else "not null")
        )
        for column, kind, may_be_null in table.columns
    )
    target.execute(sql.SQL("create table {} ({})").format(name, columns))
    result = connection.execute(f'from {table.schema}."{table.name}"')
    count = 0
    # Frozen: a reader whose transaction is older than this one finds the rows too, instead of an empty table.
    with (
        target.cursor() as cursor,
        cursor.copy(sql.SQL("copy {} from stdin (format binary, freeze)").format(name)) as into,
    ):
        into.set_types([_TYPES[kind][1] for _, kind, _ in table.columns])
        while rows := result.fetchmany(_ROWS):
            count += len(rows)
            for row in rows:
                into.write_row(row)
    if table.key:
        may_be_null = any(nullable for column, _, nullable in table.columns if column in table.key)
        columns = sql.SQL(", ").join(map(sql.Identifier, table.key))
        # A grain may have columns that are empty for some rows; a primary key may not.
        form = "create unique index on {} ({})" if may_be_null else "alter table {} add primary key ({})"
        target.execute(sql.SQL(form).format(name, columns))
    return count


def _note(target: psycopg.Connection[Any], served: Snapshot) -> None:
    name = sql.SQL("{}.copied_snapshot").format(_next("meta"))
    target.execute(
        sql.SQL(
            "create table {} (snapshot_id text primary key, published_at timestamptz, copied_at timestamptz)"
        ).format(name)
    )
    target.execute(
        sql.SQL("comment on table {} is '所复制的快照，只有一行 / the snapshot that was copied, one row'").format(name)
    )
    target.execute(
        sql.SQL("insert into {} values (%s, %s, now())").format(name), [served.id, served.manifest["published_at"]]
    )


def _replace(target: psycopg.Connection[Any], patience: float) -> None:
    """Put the next schemas in place of the present ones. Raises PostgresError if readers hold these for too long, or
    if a view elsewhere would be lost with them."""
    relations = target.execute(
        """select relnamespace::regnamespace::text, relname from pg_class
        where relnamespace::regnamespace::text = any(%s) and relkind in ('r', 'v') order by 1, 2""",
        [list(SCHEMAS)],
    ).fetchall()
    if relations:
        names = sql.SQL(", ").join(sql.Identifier(schema, name) for schema, name in relations)
        _lock(target, sql.SQL("lock table {} in access exclusive mode").format(names), patience)
        # Once more: while the rows were copied, somebody may have made one.
        _refuse_views_elsewhere(target)
    for schema in SCHEMAS:
        target.execute(sql.SQL("drop schema if exists {} cascade").format(sql.Identifier(schema)))
        target.execute(sql.SQL("alter schema {} rename to {}").format(_next(schema), sql.Identifier(schema)))


def _lock(target: psycopg.Connection[Any], statement: sql.Composed, patience: float) -> None:
    started = time.monotonic()
    while True:
        try:
            # What a try locked before it met a reader is let go with it.
            with target.transaction():
                target.execute(sql.SQL(f"set local lock_timeout = '{_TRY}'"))
                target.execute(statement)
                return
        except errors.LockNotAvailable:
            if time.monotonic() - started > patience:
                raise PostgresError(_who(target)) from None
        time.sleep(_PAUSE)


def _who(target: psycopg.Connection[Any]) -> str:
    holders = target.execute(
        """select distinct a.pid, a.usename, a.application_name, date_trunc('second', a.xact_start)
        from pg_locks as l join pg_stat_activity as a on a.pid = l.pid join pg_class as c on c.oid = l.relation
        where l.granted and a.pid <> pg_backend_pid() and c.relnamespace::regnamespace::text = any(%s) order by 1""",
        [list(SCHEMAS)],
    ).fetchall()
    told = "; ".join(f"pid {pid}, {user}, {application or '?'}, {since}" for pid, user, application, since in holders)
    return (
        "有读者的事务一直未结束，没有替换，旧快照照常提供；请其结束后再试 / readers hold transactions open, so nothing was "
        f"replaced and the old snapshot is still served; let them end and try again: {told}"
    )


def _comments(connection: duckdb.DuckDBPyConnection) -> Iterator[str]:
    """The comments of the file, as PostgreSQL's statements."""
    for kind, schema, name, column, text in connection.execute(
        """select 'table', schema_name, table_name, null, comment from duckdb_tables()
            where schema_name in ('marts', 'quality', 'meta') and comment is not null
        union all select 'view', schema_name, view_name, null, comment from duckdb_views()
            where schema_name = 'bi' and comment is not null
        union all select 'column', schema_name, table_name, column_name, comment from duckdb_columns()
            where schema_name in ('marts', 'bi', 'quality', 'meta') and comment is not null"""
    ).fetchall():
        what = sql.Identifier(f"{schema}_next", *filter(None, (name, column)))
        yield sql.SQL("comment on {} {} is {}").format(sql.SQL(kind), what, text).as_string()


def _held(target: psycopg.Connection[Any]) -> str | None:
    """The snapshot that all schemas say they are of."""
    rows = target.execute(
        "select obj_description(oid, 'pg_namespace') from pg_namespace where nspname = any(%s)", [list(SCHEMAS)]
    ).fetchall()
    marks = {mark for (mark,) in rows}
    return marks.pop().removeprefix(f"{_MARK} ") if len(rows) == len(SCHEMAS) and len(marks) == 1 else None


def _grant(target: psycopg.Connection[Any], readers: Sequence[str], schemas: Sequence[sql.Identifier]) -> None:
    names = sql.SQL(", ").join(schemas)
    for reader in readers:
        role = sql.Identifier(reader)
        target.execute(sql.SQL("grant usage on schema {} to {}").format(names, role))
        target.execute(sql.SQL("grant select on all tables in schema {} to {}").format(names, role))


def _next(schema: str) -> sql.Identifier:
    return sql.Identifier(f"{schema}_next")


def _one(target: psycopg.Connection[Any], query: str) -> tuple[Any, ...]:
    row = target.execute(query).fetchone()
    assert row is not None
    return cast(tuple[Any, ...], row)
