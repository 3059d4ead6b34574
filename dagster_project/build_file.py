"""The private DuckDB file a refresh builds: how it is opened, and the tables that tell of the build itself.

`quality.*` says what was checked and refused, `meta.*` what was built from which bytes. Data tables are made elsewhere.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb

# DuckDB 2.0 writes it, DuckDB 1.4 and 1.5 clients must read it.
STORAGE = "v1.2.0"
SCHEMA_VERSION = 1

_TABLES = {
    "quality.quarantine": """
        source text, file text, row_no bigint, column_name text, rule text, value text, consequence text,
        reason_zh text, reason_en text, action_zh text, action_en text""",
    "quality.check_result": """
        gate text, table_name text, check_name text, column_name text, severity text, outcome text,
        element_count bigint, failing_count bigint, observed_value text, failing_keys text, message text,
        meaning_zh text, meaning_en text, consequence_zh text, consequence_en text""",
    "meta.build": """
        as_of date, built_at timestamp, input_fingerprint text, code_fingerprint text,
        product_version text, schema_version integer""",
    "meta.input_file": """
        file text, source text, sha256 text, byte_count bigint, row_count bigint, title text, issuer text,
        read_from text, terms text, retrieved text, confidence text, note text""",
}


@contextmanager
def writing(path: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """A read-write connection, closed (and so unlocked) at the end."""
    path.parent.mkdir(parents=True, exist_ok=True)
    connection = duckdb.connect(str(path), config={"storage_compatibility_version": STORAGE})
    try:
        connection.execute("set autoinstall_known_extensions = false; set autoload_known_extensions = false")
        yield connection
    finally:
        connection.close()


@contextmanager
def reading(path: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    connection = duckdb.connect(str(path), read_only=True)
    try:
        yield connection
    finally:
        connection.close()


def start(path: Path) -> None:
    """A fresh build file with empty `quality` and `meta` tables; what a killed build left is removed."""
    for leftover in (path, path.with_name(path.name + ".wal")):
        leftover.unlink(missing_ok=True)
    with writing(path) as connection:
        for schema in ("raw", "quality", "meta"):
            connection.execute(f"create schema {schema}")
        for table, columns in _TABLES.items():
            connection.execute(f"create table {table} ({columns})")
