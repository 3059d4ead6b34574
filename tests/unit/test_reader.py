"""The reader for processes that stay up: one snapshot a `with`, the newest at each."""

import os
import threading
from pathlib import Path

import duckdb
import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.pool import NullPool, QueuePool

from dagster_project.publish import snapshot
from dagster_project.publish.reader import Reader, follow
from dagster_project.quality import duckdb_dialect
from dagster_project.settings import ROOT, Settings
from tests.conftest import AS_OF
from tests.unit.test_snapshot import publish


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(raw=tmp_path / "raw", home=tmp_path / "home", as_of=AS_OF, keep=1)


def names(connection: duckdb.DuckDBPyConnection) -> list[str]:
    return [name for (name,) in connection.execute("select name from marts.t").fetchall()]


def test_within_a_with_nothing_changes_and_the_next_one_sees_the_new_snapshot(settings: Settings) -> None:
    publish(settings, "old")
    reader = Reader(settings.served)
    with reader.snapshot() as connection:
        assert names(connection) == ["old"]
        for name in ("newer", "new"):  # keep=1: what is being read is removed from the folder meanwhile
            publish(settings, name)
        assert names(connection) == ["old"]
    with reader.snapshot() as connection:
        assert names(connection) == ["new"]
    reader.close()


def test_it_opens_nothing_anew_while_nothing_was_published_and_lets_go_of_what_is_old(settings: Settings) -> None:
    publish(settings, "old")
    reader = Reader(settings.served)

    def open_files() -> list[str]:
        links = (os.path.realpath(f"/proc/self/fd/{number}") for number in os.listdir("/proc/self/fd"))
        return sorted({link.split("/")[-2][:6] for link in links if "/snapshots/" in link})

    for _ in range(2):
        with reader.snapshot():
            assert open_files() == ["000001"]
    publish(settings, "new")
    with reader.snapshot():
        assert open_files() == ["000002"]
    reader.close()
    assert open_files() == []
    with reader.snapshot() as connection:
        assert names(connection) == ["new"]
    reader.close()


def test_a_with_inside_another_has_the_newest_and_each_keeps_its_own(settings: Settings) -> None:
    publish(settings, "old")
    reader = Reader(settings.served)
    with reader.snapshot() as outer:
        publish(settings, "new")
        with reader.snapshot() as inner:
            assert (names(outer), names(inner)) == (["old"], ["new"])
        assert names(outer) == ["old"]
    reader.close()


def test_threads_share_a_reader(settings: Settings) -> None:
    publish(settings, "old")
    reader = Reader(settings.served)
    told: list[list[str]] = []

    def ask() -> None:
        with reader.snapshot() as connection:
            told.append(names(connection))

    with reader.snapshot() as first:
        threads = [threading.Thread(target=ask) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert names(first) == ["old"]
    assert told == [["old"]] * 4
    reader.close()


def test_it_follows_a_rollback_too(settings: Settings) -> None:
    for name in ("first", "second"):
        publish(settings, name)
    reader = Reader(settings.served)
    with reader.snapshot() as connection:
        assert names(connection) == ["second"]
    snapshot.rollback(settings)
    with reader.snapshot() as connection:
        assert names(connection) == ["first"]
    reader.close()


def test_where_nothing_is_served_it_says_so_and_works_once_something_is(settings: Settings) -> None:
    reader = Reader(settings.served)
    with pytest.raises(duckdb.IOException, match=r"current\.duckdb"), reader.snapshot():
        pass
    publish(settings, "first")
    with reader.snapshot() as connection:
        assert names(connection) == ["first"]
    reader.close()


def test_nothing_can_be_written_through_it(settings: Settings) -> None:
    publish(settings, "old")
    reader = Reader(settings.served)
    with reader.snapshot() as connection, pytest.raises(duckdb.InvalidInputException, match="read-only"):
        connection.execute("delete from marts.t")
    reader.close()


REACHING_OUT = [
    "select * from read_text('/etc/hostname')",
    "select * from read_csv('/etc/passwd')",
    "from '/etc/hostname'",
    "select * from glob('/etc/*')",
    "copy marts.t to '{folder}/t.csv'",
    "export database '{folder}/all'",
    "attach '{folder}/other.duckdb' as other",
    "install httpfs",
    "load httpfs",
    "set enable_external_access = true",
    "set lock_configuration = false",
    "set threads = 1",
    "create secret (type s3)",
    "pragma enable_profiling = 'json'",
]


@pytest.mark.parametrize("query", REACHING_OUT)
def test_queries_reach_the_snapshot_and_nothing_else(settings: Settings, tmp_path: Path, query: str) -> None:
    publish(settings, "old")
    reader = Reader(settings.served)
    folder = tmp_path / "written"
    folder.mkdir()
    with reader.snapshot() as connection:
        with pytest.raises(duckdb.Error):
            connection.execute(query.format(folder=folder)).fetchall()
        assert names(connection) == ["old"]
    reader.close()
    assert list(folder.iterdir()) == []


def test_it_stands_beside_any_other_connection_to_the_same_file(settings: Settings) -> None:
    publish(settings, "old")
    reader = Reader(settings.served, config={"threads": 1})
    with duckdb.connect(str(settings.served), read_only=True) as other, reader.snapshot() as connection:
        assert names(connection) == names(other) == ["old"]
        assert connection.execute("select current_setting('threads')").fetchall() == [(1,)]
        # What is locked is the reader's alone.
        other.execute("set threads = 2")
    reader.close()


def test_the_settings_that_are_documented_lock_a_plain_connection_too(settings: Settings, tmp_path: Path) -> None:
    publish(settings, "old")
    config = {"enable_external_access": False, "lock_configuration": True}
    with duckdb.connect(str(settings.served), read_only=True, config=config) as connection:
        assert names(connection) == ["old"]
        for query in REACHING_OUT:
            with pytest.raises(duckdb.Error):
                connection.execute(query.format(folder=tmp_path)).fetchall()


def test_a_pool_of_sqlalchemy_sees_the_new_snapshot_only_where_it_follows(settings: Settings) -> None:
    publish(settings, "old")
    duckdb_dialect.register()
    address = duckdb_dialect.database_url(settings.served)
    engines = {
        "null": create_engine(address, poolclass=NullPool),
        "following": create_engine(address, poolclass=QueuePool),
        "left alone": create_engine(address, poolclass=QueuePool),
    }
    follow(engines["following"], settings.served)

    def seen() -> dict[str, str]:
        told = {}
        for name, engine in engines.items():
            with engine.connect() as connection:
                told[name] = connection.execute(text("select name from marts.t")).scalar_one()
        return told

    assert set(seen().values()) == {"old"}
    publish(settings, "new")
    assert seen() == {"null": "new", "following": "new", "left alone": "old"}
    engines["left alone"].dispose()
    assert set(seen().values()) == {"new"}
    for engine in engines.values():
        engine.dispose()


def test_the_file_can_be_copied_alone(settings: Settings, tmp_path: Path) -> None:
    source = (ROOT / "dagster_project" / "publish" / "reader.py").read_text(encoding="utf-8")
    assert "dagster_project" not in source
    publish(settings, "old")
    copied: dict[str, object] = {"__name__": "copied"}
    exec(compile(source, "reader.py", "exec"), copied)
    reader = copied["Reader"](settings.served)  # type: ignore[operator]
    with reader.snapshot() as connection:
        assert names(connection) == ["old"]
    reader.close()
