"""Reading the served snapshot from a process that stays up. DuckDB alone is needed: the file may be copied as it is.

An open connection keeps the snapshot it opened, for ever. A `Reader` looks at the pointer before each `with` and opens
the new snapshot if there is one; within one `with` nothing changes. `follow` does the same for a pool of SQLAlchemy.
"""

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import duckdb

_TRIES = 5
_NAME = "warehouse"


class Reader:
    """Read-only connections to whatever `path` leads to (`warehouse/current.duckdb`), one snapshot a `with`.

        reader = Reader("warehouse/current.duckdb")
        with reader.snapshot() as connection:
            connection.sql("select as_of from meta.build")

    Threads may share a reader: each `with` has a cursor of its own. Queries reach the snapshot and nothing else: no
    other file, no extension, no setting. `config` is DuckDB's, say `{"threads": 2}`.
    """

    def __init__(self, path: str | os.PathLike[str], config: dict[str, Any] | None = None) -> None:
        self._path = os.path.abspath(path)
        self._config = config or {}
        self._lock = threading.Lock()
        self._newest: _Open | None = None

    @contextmanager
    def snapshot(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """A connection to the snapshot served now; it stays that one until the `with` ends, whatever is published.

        Raises duckdb.IOException where nothing is served.
        """
        with self._lock:
            opened = self._current()
            opened.users += 1
        try:
            with opened.connection.cursor() as cursor:
                cursor.execute(f"use {_NAME}")
                yield cursor
        finally:
            with self._lock:
                opened.users -= 1
                self._close_unless_used(opened)

    def close(self) -> None:
        """Close the file, once the last `with` has ended; the reader may be used again."""
        with self._lock:
            left, self._newest = self._newest, None
            self._close_unless_used(left)

    def _current(self) -> "_Open":
        for attempt in range(_TRIES):
            # The snapshot's own path: DuckDB gives a path that is open already the file it had then.
            real = os.path.realpath(self._path)
            if self._newest is not None and self._newest.path == real:
                return self._newest
            try:
                opened = _Open(real, _locked(real, self._config))
            except duckdb.IOException:
                # Removed between the look and the opening; what the pointer leads to now is there.
                if attempt == _TRIES - 1 or os.path.realpath(self._path) == real:
                    raise
                continue
            left, self._newest = self._newest, opened
            self._close_unless_used(left)
            return opened
        raise AssertionError("unreachable")

    def _close_unless_used(self, opened: "_Open | None") -> None:
        if opened is not None and opened is not self._newest and opened.users == 0:
            opened.connection.close()


def _locked(path: str, config: dict[str, Any]) -> duckdb.DuckDBPyConnection:
    """The file in a DuckDB of its own, which then loses sight of everything else. Opened by itself it would have to share
    settings with whatever else this process has it open for.
    """
    connection = duckdb.connect(":memory:", config=config)
    try:
        literal = path.replace("'", "''")
        connection.execute(f"attach '{literal}' as {_NAME} (read_only)")
        connection.execute("set enable_external_access = false")
        connection.execute("set lock_configuration = true")
    except BaseException:
        connection.close()
        raise
    return connection


class _Open:
    """A snapshot that is open, and how many `with` blocks are in it."""

    def __init__(self, path: str, connection: duckdb.DuckDBPyConnection) -> None:
        self.path, self.connection, self.users = path, connection, 0


def follow(engine: Any, path: str | os.PathLike[str]) -> None:
    """Let a SQLAlchemy engine with a pool notice a flip: a pooled connection to an older snapshot is replaced on loan.

    `path` is the one in the engine's address. Without this a pool keeps the snapshot it opened first.
    """
    from sqlalchemy import event
    from sqlalchemy.exc import DisconnectionError

    # Before it connects: a flip meanwhile costs one needless replacement, and never leaves an old connection unnoticed.
    @event.listens_for(engine, "do_connect")
    def note(_dialect: Any, record: Any, _arguments: Any, _keywords: Any) -> None:
        record.info["snapshot"] = os.path.realpath(path)

    @event.listens_for(engine, "checkout")
    def look(_connection: Any, record: Any, _proxy: Any) -> None:
        if record.info.get("snapshot") != os.path.realpath(path):
            raise DisconnectionError("a newer snapshot is served")
