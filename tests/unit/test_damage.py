"""A snapshot or pointer that is no longer what was published: it is found, told, never rolled back to, and mended."""

import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, tzinfo
from pathlib import Path

import pytest

from dagster_project.publish import snapshot
from dagster_project.publish.snapshot import SnapshotError
from dagster_project.refresh import steps
from dagster_project.settings import Settings
from tests.assets.test_refresh import flip_a_byte
from tests.conftest import AS_OF
from tests.unit.test_snapshot import names, publish, read


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(raw=tmp_path / "raw", home=tmp_path / "home", as_of=AS_OF, keep=3)


def test_one_flipped_byte_in_any_file_is_found_by_its_checksum(settings: Settings) -> None:
    made = publish(settings, "a")
    for name in ("warehouse.duckdb", *sorted(name for name in made.manifest["files"] if name.endswith(".parquet"))):
        whole = (made.folder / name).read_bytes()
        flip_a_byte(made.folder / name)
        assert snapshot.damage(settings, made) == [name]
        assert steps.needed(settings) == "所提供的快照不完整或已损坏 / the served snapshot is not whole"
        (made.folder / name).write_bytes(whole)
    assert snapshot.damage(settings, made) == []


def test_every_byte_of_the_manifest_is_under_its_seal(settings: Settings) -> None:
    made = publish(settings, "a")
    for name in ("manifest.json", "manifest.json.sha256"):
        file = made.folder / name
        file.chmod(0o644)
        whole = file.read_bytes()
        for place in range(0, len(whole), 11):
            file.write_bytes(whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :])
            served = snapshot.current(settings)
            assert served is None and steps.needed(settings) is not None, place
        file.write_bytes(whole)
    assert snapshot.damage(settings, made) == []
    subprocess.run(["sha256sum", "--check", "--status", "manifest.json.sha256"], cwd=made.folder, check=True)


def test_a_manifest_of_before_there_were_seals_is_taken_as_it_is(settings: Settings) -> None:
    made = publish(settings, "a")
    (made.folder / "manifest.json.sha256").unlink()
    assert snapshot.damage(settings, made) == []


def test_a_wal_that_somebody_wrote_beside_the_served_file_is_damage(settings: Settings) -> None:
    made = publish(settings, "checked")
    # Opened for writing by an account that may (root), and killed: readers would see a row that no check saw.
    writer = (
        "import duckdb, os, sys; c = duckdb.connect(sys.argv[1]); c.execute(\"insert into marts.t values ('x', 1)\")"
        "; os._exit(9)"
    )
    subprocess.run([sys.executable, "-c", writer, settings.served])
    if not made.database.with_name("warehouse.duckdb.wal").exists():
        pytest.skip("this account cannot write a read-only file")
    assert snapshot.damage(settings, made) == ["warehouse.duckdb.wal"]
    assert steps.needed(settings) is not None
    publish(settings, "next")
    assert read(settings.served) == ["next"]


def test_rollback_passes_over_damaged_ones_to_the_newest_whole_one(settings: Settings) -> None:
    first, second, third = (publish(settings, name) for name in "abc")
    flip_a_byte(second.database)
    flip_a_byte(third.folder / "parquet" / "t.parquet")
    with pytest.raises(SnapshotError, match=rf"{second.id} .* damaged: warehouse\.duckdb"):
        snapshot.rollback(settings, second.id)
    assert settings.current.resolve() == third.folder
    assert snapshot.rollback(settings).id == first.id
    assert read(settings.served) == ["a"]


def test_where_nothing_older_is_whole_rollback_names_every_damage_and_changes_nothing(settings: Settings) -> None:
    first, second, third = (publish(settings, name) for name in "abc")
    flip_a_byte(first.database)
    flip_a_byte(second.database)
    with pytest.raises(SnapshotError, match=rf"{second.id}.*{first.id}"):
        snapshot.rollback(settings)
    assert settings.current.resolve() == third.folder


def test_rollback_works_where_the_pointer_leads_nowhere(settings: Settings) -> None:
    first, second = publish(settings, "a"), publish(settings, "b")
    shutil.rmtree(second.folder)
    assert snapshot.current(settings) is None and steps.needed(settings) is not None
    assert snapshot.rollback(settings).id == first.id
    assert read(settings.served) == ["a"]


def test_a_pointer_that_became_a_folder_is_never_overwritten(settings: Settings) -> None:
    first, second = publish(settings, "a"), publish(settings, "b")
    settings.current.unlink()
    shutil.copytree(second.folder, settings.current)  # a backup that followed links
    assert snapshot.current(settings) is None and steps.needed(settings) is not None
    before = names(settings)
    with pytest.raises(SnapshotError, match="move it away"):
        publish(settings, "c")
    with pytest.raises(SnapshotError, match="move it away"):
        snapshot.rollback(settings, first.id)
    assert names(settings) == before and read(settings.served) == ["b"]
    os.replace(settings.current, settings.home / "aside")
    publish(settings, "c")
    assert read(settings.served) == ["c"]


def test_a_pointer_out_of_the_folder_of_snapshots_is_followed_and_replaced(settings: Settings, tmp_path: Path) -> None:
    made = publish(settings, "a")
    shutil.copytree(made.folder, tmp_path / "elsewhere")
    settings.current.unlink()
    settings.current.symlink_to(tmp_path / "elsewhere")
    assert read(settings.served) == ["a"]
    publish(settings, "b")
    assert read(settings.served) == ["b"] and read(tmp_path / "elsewhere" / "warehouse.duckdb") == ["a"]


@pytest.mark.parametrize("broken", ["manifest.json", "parquet/t.parquet"])
def test_damaged_ones_take_no_place_of_whole_ones(settings: Settings, broken: str) -> None:
    one = replace(settings, keep=1)
    first, second = publish(one, "a"), publish(one, "b")
    file = second.folder / broken
    file.chmod(0o644)
    file.write_bytes(file.read_bytes()[:-9])
    third = publish(one, "c")
    assert names(one) == [first.id, third.id]
    assert snapshot.rollback(one).id == first.id and read(one.served) == ["a"]


@pytest.mark.parametrize(
    "years", [(2026, 1999, 2099, 2026), (2099, 2026, 1999, 2027), (2026, 2026, 2026, 2026)], ids=str
)  # fmt: skip
def test_order_retention_and_rollback_go_by_number_however_the_clock_jumps(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, years: Sequence[int]
) -> None:
    ids = []
    for year in years:

        class Clock(datetime):
            at = year

            @classmethod
            def now(cls, tz: tzinfo | None = None) -> "Clock":
                return cls(cls.at, 1, 1, tzinfo=tz)

        with monkeypatch.context() as patch:
            patch.setattr(snapshot, "datetime", Clock)
            ids.append(publish(settings, str(len(ids))).id)
        # Times of files say nothing either.
        os.utime(settings.snapshots / ids[-1], (year, year))
    assert ids == sorted(ids) and [known.id for known in snapshot.published(settings)] == ids
    assert read(settings.served) == ["3"]
    assert [snapshot.rollback(settings).id for _ in range(3)] == ids[2::-1]
    publish(settings, "4")  # keep=3
    assert [known.id[:6] for known in snapshot.published(settings)] == ["000002", "000003", "000004", "000005"]
