"""A thin SQLAlchemy dialect for DuckDB, so that Great Expectations' own SQL path runs on a warehouse file.

Here: the connection shim, the dialect, its name in SQLAlchemy and the address of a file. Not here: anything
of Great Expectations. It reads; tables are made by DuckDB itself or by dbt, never through SQLAlchemy.

Statements are PostgreSQL's, which DuckDB's grammar follows. PostgreSQL's catalogue is replaced by DuckDB's.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import duckdb
from sqlalchemy import types as sqltypes
from sqlalchemy.dialects import registry
from sqlalchemy.dialects.postgresql.base import PGDialect
from sqlalchemy.engine import URL
from sqlalchemy.engine.interfaces import IsolationLevel, ReflectedColumn, ReflectedPrimaryKeyConstraint
from sqlalchemy.exc import NoSuchTableError
from sqlalchemy.pool import StaticPool

DRIVER = "duckdb.own"
"""The dialect's name in SQLAlchemy's registry; in an address it reads `duckdb+own`."""


def register() -> None:
    """Make `duckdb+own://` addresses known to SQLAlchemy. Any number of times; imports nothing more."""
    registry.register(DRIVER, __name__, "DuckDBDialect")


def database_url(database: Path, *, read_only: bool = True) -> str:
    """The address of a file, any character of its path quoted: `duckdb+own:////a/b.duckdb?read_only=true`."""
    url = URL.create("duckdb+own", database=str(database.absolute()), query={"read_only": str(read_only).lower()})
    return url.render_as_string()


class _Connection:
    """One DuckDB connection, shaped as the Python DBAPI has it.

    Great Expectations reads rows after it gave the connection back to the pool. So each statement gets a
    cursor of its own, kept until it is read or the connection closes; rows nobody asks for are not made.
    """

    def __init__(self, database: str, read_only: bool) -> None:
        self._duckdb = duckdb.connect(database, read_only=read_only)

    def cursor(self) -> duckdb.DuckDBPyConnection:
        return self._duckdb.cursor()

    def commit(self) -> None:
        """Nothing: every statement commits itself."""

    def rollback(self) -> None:
        """Nothing: the pool rolls back at each return, when results may still be unread."""

    def close(self) -> None:
        self._duckdb.close()


class _Dbapi:
    """The module that SQLAlchemy expects of a driver; `paramstyle` and errors are DuckDB's."""

    paramstyle = duckdb.paramstyle
    Error = duckdb.Error

    @staticmethod
    def connect(database: str, read_only: bool) -> _Connection:
        return _Connection(database, read_only)


class DuckDBDialect(PGDialect):
    """DuckDB for SQLAlchemy, as far as Great Expectations asks; `?read_only=true` opens the file so."""

    name = "duckdb"
    driver = "own"
    default_schema_name = "main"
    supports_statement_cache = True

    @classmethod
    def import_dbapi(cls) -> Any:
        return _Dbapi

    @classmethod
    def get_pool_class(cls, url: URL) -> Any:
        return StaticPool

    def create_connect_args(self, url: URL) -> tuple[list[Any], dict[str, Any]]:
        return [], {
            "database": url.database or ":memory:",
            "read_only": url.query.get("read_only") == "true",
        }

    def initialize(self, connection: Any) -> None:
        """Nothing: PostgreSQL's questions about version, encoding and isolation have no answer here."""

    def get_isolation_level(self, dbapi_connection: Any) -> IsolationLevel:
        return "AUTOCOMMIT"

    def set_isolation_level(self, dbapi_connection: Any, level: str) -> None:
        """Nothing: DuckDB has one level."""

    # Reflection: names in the open file, `main` where no schema is given.

    def get_schema_names(self, connection: Any, **kw: Any) -> list[str]:
        return _names(connection, f"select schema_name from duckdb_schemas() where {_HERE} order by 1")

    def get_table_names(self, connection: Any, schema: str | None = None, **kw: Any) -> list[str]:
        query = f"select table_name from duckdb_tables() where {_HERE} and schema_name = ? order by 1"
        return _names(connection, query, schema or "main")

    def get_view_names(self, connection: Any, schema: str | None = None, **kw: Any) -> list[str]:
        query = f"select view_name from duckdb_views() where {_HERE} and schema_name = ? order by 1"
        return _names(connection, query, schema or "main")

    def has_table(self, connection: Any, table_name: str, schema: str | None = None, **kw: Any) -> bool:
        return bool(_columns(connection, table_name, schema))

    def get_columns(
        self, connection: Any, table_name: str, schema: str | None = None, **kw: Any
    ) -> list[ReflectedColumn]:
        """Columns of a table or view, in order: name, type, nullable, default. NoSuchTableError if none."""
        columns = _columns(connection, table_name, schema)
        if not columns:
            raise NoSuchTableError(f"{schema or 'main'}.{table_name}")
        return [
            {"name": name, "type": _type(data_type), "nullable": nullable, "default": default}
            for name, data_type, nullable, default in columns
        ]

    def get_pk_constraint(
        self, connection: Any, table_name: str, schema: str | None = None, **kw: Any
    ) -> ReflectedPrimaryKeyConstraint:
        """None: what identifies a row is said by its suite."""
        return {"constrained_columns": [], "name": None}


_HERE = "database_name = current_database()"


def _rows(connection: Any, query: str, *parameters: str) -> list[tuple[Any, ...]]:
    return [tuple(row) for row in connection.exec_driver_sql(query, parameters)]


def _names(connection: Any, query: str, *parameters: str) -> list[str]:
    return [str(name) for (name,) in _rows(connection, query, *parameters)]


def _columns(connection: Any, table_name: str, schema: str | None) -> list[tuple[Any, ...]]:
    query = (
        "select column_name, data_type, is_nullable, column_default from duckdb_columns() "
        f"where {_HERE} and schema_name = ? and table_name = ? order by column_index"
    )
    return _rows(connection, query, schema or "main", table_name)


def _type(data_type: str) -> sqltypes.TypeEngine[Any]:
    """SQLAlchemy's type of that name (`DECIMAL(9,2)`: DECIMAL), else an opaque type that carries the name."""
    name = data_type.partition("(")[0] if data_type.startswith("DECIMAL") else data_type
    known = getattr(sqltypes, name, None)
    if name.isupper() and isinstance(known, type) and issubclass(known, sqltypes.TypeEngine):
        return known()
    opaque = type(name, (sqltypes.UserDefinedType,), {"cache_ok": True})
    return opaque()  # type: ignore[no-any-return]
