"""The DuckDB dialect as a SQLAlchemy user meets it: addresses, names and types, results, and the file's lock."""

from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest
import sqlalchemy as sa

from dagster_project.quality import duckdb_dialect


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("有 空格") / "仓 库 100%?#$x.duckdb"
    with duckdb.connect(str(path)) as con:
        con.execute("create schema marts")
        con.execute(
            "create table marts.fct as select i::integer as n, i::decimal(9, 2) as amount, 'x' as 名称, "
            "i::hugeint as big, timestamptz '2026-01-01 00:00:00+00' as at from range(100) r(i)"
        )
        con.execute("create view marts.看 as select * from marts.fct")
    return path


@pytest.fixture
def engine(database: Path) -> Iterator[sa.Engine]:
    duckdb_dialect.register()
    engine = sa.create_engine(duckdb_dialect.database_url(database))
    yield engine
    engine.dispose()


def test_address_names_any_path_and_is_absolute(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    url = sa.make_url(duckdb_dialect.database_url(Path("中 文 100%?#$.duckdb"), read_only=False))
    assert url.database == str(tmp_path / "中 文 100%?#$.duckdb")
    assert url.query == {"read_only": "false"}
    assert "$" not in duckdb_dialect.database_url(Path("a$b.duckdb")), "Great Expectations would substitute it"


def test_names_of_schemas_tables_and_views(engine: sa.Engine) -> None:
    names = sa.inspect(engine)
    assert names.get_schema_names() == ["main", "marts"]
    assert names.get_table_names("marts") == ["fct"]
    assert names.get_view_names("marts") == ["看"]
    assert names.get_table_names() == []
    assert names.has_table("fct", schema="marts") and names.has_table("看", schema="marts")
    assert not names.has_table("fct")


@pytest.mark.parametrize("relation", ["fct", "看"])
def test_columns_carry_duckdb_type_names(engine: sa.Engine, relation: str) -> None:
    columns = sa.inspect(engine).get_columns(relation, "marts")
    assert {column["name"]: type(column["type"]).__name__ for column in columns} == {
        "n": "INTEGER",
        "amount": "DECIMAL",
        "名称": "VARCHAR",
        "big": "HUGEINT",
        "at": "TIMESTAMP WITH TIME ZONE",
    }


def test_columns_of_an_unknown_table(engine: sa.Engine) -> None:
    with pytest.raises(sa.exc.NoSuchTableError, match=r"marts\.none"):
        sa.inspect(engine).get_columns("none", "marts")


def test_rows_are_read_after_the_connection_went_back(engine: sa.Engine) -> None:
    with engine.connect() as connection:
        first = connection.execute(sa.text("select n from marts.fct where n < :limit"), {"limit": 3})
    with engine.connect() as connection:
        second = connection.execute(sa.text("select count(*) from marts.fct"))
    assert [row.n for row in first] == [0, 1, 2]
    assert second.scalar() == 100


def test_rows_nobody_reads_are_not_made(engine: sa.Engine) -> None:
    with engine.connect() as connection:
        endless = connection.execute(sa.text("select range from range(1_000_000_000_000)"))
    assert [row[0] for row in endless.fetchmany(2)] == [0, 1]


def test_read_only_refuses_writes(engine: sa.Engine) -> None:
    with engine.connect() as connection, pytest.raises(sa.exc.DBAPIError, match="read-only"):
        connection.execute(sa.text("create table marts.t (a int)"))


def test_duckdb_errors_become_sqlalchemy_errors(engine: sa.Engine) -> None:
    with engine.connect() as connection, pytest.raises(sa.exc.ProgrammingError) as raised:
        connection.execute(sa.text("select * from marts.none"))
    assert isinstance(raised.value.orig, duckdb.CatalogException)


def test_disposed_engine_frees_the_file_even_with_open_results(engine: sa.Engine, database: Path) -> None:
    with engine.connect() as connection:
        open_result = connection.execute(sa.text("select * from marts.fct"))
    open_result.fetchmany(1)
    engine.dispose()
    with duckdb.connect(str(database)) as con:
        con.execute("create or replace table marts.mine as select 1")
        con.execute("drop table marts.mine")
