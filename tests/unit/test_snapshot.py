"""Publishing by itself: snapshots, the pointer and the way back, from tiny hand-made build files.

What may be published is decided by the gates (test_gates.py); a whole refresh is run in tests/assets/.
"""

import hashlib
import json
import os
import re
import subprocess
import sys
from collections.abc import Collection
from datetime import datetime, tzinfo
from pathlib import Path
from typing import Any

import duckdb
import pytest

from dagster_project import build_file
from dagster_project.publish import snapshot
from dagster_project.publish.pins import Pin
from dagster_project.publish.snapshot import Snapshot, SnapshotError
from dagster_project.refresh import steps
from dagster_project.settings import Settings
from tests.conftest import AS_OF

READ = "import duckdb, sys; print(duckdb.connect(sys.argv[1], read_only=True).execute('select name from marts.t').fetchall())"


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(raw=tmp_path / "raw", home=tmp_path / "home", as_of=AS_OF, keep=2)


def build(settings: Settings, *names: str) -> None:
    build_file.start(settings.build)
    with build_file.writing(settings.build) as connection:
        connection.execute("create schema marts; create table marts.t (name text, value double)")
        connection.executemany("insert into marts.t values (?, ?)", [[name, len(name)] for name in names])
        connection.execute("create view marts.v as select * from marts.t")


def publish(settings: Settings, *names: str) -> Snapshot:
    build(settings, *names)
    return snapshot.publish(settings, {"as_of": "2026-01-31"})


def read(path: Path) -> list[str]:
    with build_file.reading(path) as connection:
        return [name for (name,) in connection.execute("select name from marts.t order by 1").fetchall()]


def names(settings: Settings) -> list[str]:
    return sorted(path.name for path in settings.snapshots.iterdir())


def test_a_snapshot_is_a_whole_read_only_folder_whose_manifest_is_true(settings: Settings) -> None:
    made = publish(settings, "全国", "湖南省")
    files = sorted(path.relative_to(made.folder).as_posix() for path in made.folder.rglob("*") if path.is_file())
    assert files == [
        "manifest.json",
        "manifest.json.sha256",
        "parquet/accepted_drift.parquet",
        "parquet/build.parquet",
        "parquet/check_result.parquet",
        "parquet/dictionary.parquet",
        "parquet/input_file.parquet",
        "parquet/metric.parquet",
        "parquet/quarantine.parquet",
        "parquet/snapshot.parquet",
        "parquet/t.parquet",
        "warehouse.duckdb",
    ]
    assert {(made.folder / name).stat().st_mode & 0o777 for name in files} == {0o444}
    manifest = json.loads((made.folder / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["id"] == made.id and manifest["as_of"] == "2026-01-31"
    assert set(manifest["files"]) == set(files) - {"manifest.json", "manifest.json.sha256"}
    for name, about in manifest["files"].items():
        content = (made.folder / name).read_bytes()
        assert about == {"bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()}
    assert manifest["tables"]["marts.t"]["rows"] == 2
    assert made.damage() == []


def test_what_a_caller_adds_is_a_part_of_the_snapshot(settings: Settings) -> None:
    def add(connection: duckdb.DuckDBPyConnection, folder: Path, about: dict[str, Any]) -> None:
        (folder / "beside").mkdir()
        (folder / "beside" / "names.txt").write_text(f"{about['id']} {connection.execute('from marts.t').fetchall()}")

    build(settings, "全国")
    made = snapshot.publish(settings, {"as_of": "2026-01-31"}, add=add)
    added = made.folder / "beside" / "names.txt"
    assert added.read_text() == f"{made.id} [('全国', 2.0)]"
    assert added.stat().st_mode & 0o777 == 0o444
    assert made.damage() == []
    added.chmod(0o644)
    added.write_text("other")
    assert made.damage() == ["beside/names.txt"]


def test_what_cannot_be_added_is_not_published(settings: Settings) -> None:
    served = publish(settings, "全国")

    def add(connection: duckdb.DuckDBPyConnection, folder: Path, about: dict[str, Any]) -> None:
        raise OSError("disk full")

    build(settings, "湖南省")
    with pytest.raises(OSError, match="disk full"):
        snapshot.publish(settings, {"as_of": "2026-01-31"}, add=add)
    assert read(settings.served) == ["全国"]
    snapshot.recover(settings)
    assert names(settings) == [served.id]


def test_the_parquet_files_hold_the_rows_of_the_database(settings: Settings) -> None:
    made = publish(settings, "全国", "湖南省")
    rows = duckdb.execute("from read_parquet(?) order by name", [str(made.folder / "parquet" / "t.parquet")]).fetchall()
    assert rows == [("全国", 2.0), ("湖南省", 3.0)]


def test_both_links_lead_to_the_snapshot_and_survive_a_move_of_the_home_folder(settings: Settings) -> None:
    made = publish(settings, "a")
    assert settings.current.resolve() == made.folder
    assert settings.served.resolve() == made.database
    moved = settings.home.rename(settings.home.with_name("elsewhere"))
    assert read(moved / "current.duckdb") == ["a"]


def test_nothing_is_left_of_the_build_file_that_could_change_what_is_served(settings: Settings) -> None:
    publish(settings, "a")
    assert list(settings.build.parent.iterdir()) == []


def test_a_second_publish_flips_the_pointer_and_the_first_snapshot_stays(settings: Settings) -> None:
    first, second = publish(settings, "first"), publish(settings, "second")
    assert read(settings.served) == ["second"]
    assert [known.id for known in snapshot.published(settings)] == [first.id, second.id]
    assert read(first.database) == ["first"]


def test_a_reader_keeps_the_snapshot_it_opened_and_another_process_sees_the_new_one(settings: Settings) -> None:
    publish(settings, "old")
    with build_file.reading(settings.served) as long_open:
        for name in ("middle", "newer", "new", "newest"):  # keep=2, so the one that is open is removed meanwhile
            publish(settings, name)
        assert "000001" not in {known.id[:6] for known in snapshot.published(settings)}
        assert long_open.execute("select name from marts.t").fetchall() == [("old",)]
        other = subprocess.run([sys.executable, "-c", READ, settings.served], capture_output=True, text=True)
        assert other.stdout.strip() == "[('newest',)]", other.stderr


def test_of_the_snapshots_beside_the_served_one_the_last_ones_are_kept(settings: Settings) -> None:
    for name in "abcde":
        publish(settings, name)
    assert [known.id[:6] for known in snapshot.published(settings)] == ["000003", "000004", "000005"]


def test_the_served_snapshot_is_never_cleaned_away_however_old_it_is(settings: Settings) -> None:
    first = publish(settings, "first")
    for name in ("second", "third"):
        publish(settings, name)
    snapshot.rollback(settings, first.id)
    served_while_cleaning = []
    clean = snapshot._clean

    def watch(settings: Settings, pinned: Collection[Pin]) -> None:
        snapshot.point(settings, first)  # someone rolls back between flip and cleaning
        clean(settings, pinned)
        served_while_cleaning.append(read(settings.served))

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(snapshot, "_clean", watch)
        publish(settings, "fourth")
    assert served_while_cleaning == [["first"]]
    assert [known.id[:6] for known in snapshot.published(settings)] == ["000001", "000003", "000004"]


def test_rollback_leads_to_the_one_before_and_again_to_the_one_before_that(settings: Settings) -> None:
    ids = [publish(settings, name).id for name in "abc"]
    assert snapshot.rollback(settings).id == ids[1]
    assert read(settings.served) == ["b"]
    assert snapshot.rollback(settings).id == ids[0]
    with pytest.raises(SnapshotError, match="no older snapshot"):
        snapshot.rollback(settings)
    assert snapshot.rollback(settings, ids[2]).id == ids[2]
    assert read(settings.served) == ["c"]


def test_rollback_refuses_an_unknown_or_damaged_snapshot_and_serves_what_it_did(settings: Settings) -> None:
    first, second = publish(settings, "a"), publish(settings, "b")
    with pytest.raises(SnapshotError, match="000009-20260101T000000Z"):
        snapshot.rollback(settings, "000009-20260101T000000Z")
    parquet = first.folder / "parquet" / "t.parquet"
    parquet.chmod(0o644)
    parquet.write_bytes(parquet.read_bytes()[:-1] + b"?")
    first.folder.joinpath("parquet", "build.parquet").unlink()
    for attempt in (None, first.id):
        with pytest.raises(SnapshotError, match=r"damaged: parquet/build\.parquet, parquet/t\.parquet"):
            snapshot.rollback(settings, attempt)
    assert settings.current.resolve() == second.folder


def test_a_wal_left_behind_is_refused_and_the_served_snapshot_stays(settings: Settings) -> None:
    publish(settings, "old")
    build(settings, "checked")
    # A writer that is killed after the checks leaves a row nobody checked in its WAL.
    writer = (
        "import duckdb, os, sys; c = duckdb.connect(sys.argv[1]); c.execute(\"insert into marts.t values ('x', 1)\")"
        "; os._exit(9)"
    )
    subprocess.run([sys.executable, "-c", writer, settings.build])
    assert settings.build.with_name("warehouse.duckdb.wal").exists()
    with pytest.raises(SnapshotError, match="WAL"):
        snapshot.publish(settings, {})
    assert read(settings.served) == ["old"]


def test_a_build_file_still_open_for_writing_is_not_published(settings: Settings) -> None:
    publish(settings, "old")
    build(settings, "new")
    with build_file.writing(settings.build), pytest.raises(duckdb.Error):
        snapshot.publish(settings, {})
    assert read(settings.served) == ["old"]


def test_ids_keep_their_order_when_the_clock_jumps_back(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    first = publish(settings, "a")

    class JumpedBack(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> "JumpedBack":
            return cls(1999, 1, 1, tzinfo=tz)

    monkeypatch.setattr(snapshot, "datetime", JumpedBack)
    second = publish(settings, "b")
    assert "19990101" in second.id and second.id > first.id
    assert [known.id for known in snapshot.published(settings)] == [first.id, second.id]
    assert snapshot.rollback(settings).id == first.id


def test_a_pointer_that_leads_nowhere_serves_nothing_and_publishing_mends_it(settings: Settings) -> None:
    first = publish(settings, "a")
    os.replace(first.folder, settings.home / "gone")
    assert snapshot.current(settings) is None
    assert steps.needed(settings) is not None
    publish(settings, "b")
    assert read(settings.served) == ["b"]


@pytest.mark.parametrize("content", ["", "{", "[]", "{}"])
def test_an_unreadable_manifest_stops_neither_the_way_back_nor_the_next_publish(
    settings: Settings, content: str
) -> None:
    publish(settings, "a")
    second = publish(settings, "b")
    manifest = second.folder / "manifest.json"
    manifest.chmod(0o644)
    manifest.write_text(content)
    assert snapshot.current(settings) is None
    snapshot.rollback(settings)
    assert read(settings.served) == ["a"]
    publish(settings, "c")
    assert read(settings.served) == ["c"]


def test_a_missing_reader_path_is_something_to_do(settings: Settings) -> None:
    made = publish(settings, "a")
    assert snapshot.damage(settings, made) == []
    settings.served.unlink()
    assert snapshot.damage(settings, made) == ["current.duckdb"]
    snapshot.point(settings, made)
    assert snapshot.damage(settings, made) == []


def test_folders_that_are_not_snapshots_are_left_alone(settings: Settings) -> None:
    (settings.snapshots / "000001-copy of mine").mkdir(parents=True)
    made = publish(settings, "a")
    assert re.fullmatch(r"000002-\d{8}T\d{6}Z", made.id)
    assert names(settings) == ["000001-copy of mine", made.id]


def contents(settings: Settings, query: str) -> object:
    build_file.start(settings.build)
    with build_file.writing(settings.build) as connection:
        connection.execute(f"create schema marts; create table marts.t as {query}")
    return snapshot.contents(settings.build)


def test_rows_in_another_order_are_the_same_contents(settings: Settings) -> None:
    rows = "from (values ('全国', 1.5), ('湖南省', null), ('湖南省', null)) as t (name, value)"
    assert contents(settings, f"{rows} order by name") == contents(settings, f"{rows} order by name desc")


@pytest.mark.parametrize(
    "changed",
    [
        "(values ('全国', 1.6), ('湖南省', null), ('湖南省', null))",  # a cell
        "(values ('全国', 1.5), ('湖南省', null), ('湖南省', 0))",  # an empty cell
        "(values ('全国', null), ('湖南省', 1.5), ('湖南省', null))",  # two cells exchanged
        "(values ('全国', 1.5), ('广东省', null), ('广东省', null))",  # two equal rows, both changed
        "(values ('全国', 1.5), ('湖南省', null))",  # a row less
    ],
)
def test_one_change_is_other_contents(settings: Settings, changed: str) -> None:
    before = contents(settings, "from (values ('全国', 1.5), ('湖南省', null), ('湖南省', null)) as t (name, value)")
    assert contents(settings, f"from {changed} as t (name, value)") != before
