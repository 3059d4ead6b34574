"""Backup and restore of small hand-made snapshots: what is in it, what happens meanwhile, and that damage is named.

A backup of a real refresh that stands still is made in tests/faults/test_command.py.
"""

import json
import shutil
import tarfile
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest

from dagster_project.publish import backup, snapshot
from dagster_project.publish.backup import BackupError
from dagster_project.refresh import record as records
from dagster_project.settings import Settings
from tests.conftest import AS_OF
from tests.unit.test_snapshot import publish, read


def prepared(tmp_path: Path) -> Settings:
    """Two snapshots, an input with its sidecar, a pin, an alert, and what no backup holds."""
    settings = Settings(raw=tmp_path / "raw", home=tmp_path / "home", as_of=AS_OF, keep=1)
    publish(settings, "first")
    publish(settings, "second")
    for name, text in {
        "raw/statistics/2024-清远市.csv": "a,b\n",
        "raw/statistics/2024-清远市.csv.source.yml": "title: x\n",
        "raw/statistics/~$2024.xlsx": "of an editor",
        "home/pins/000001-20260131T000000Z.report": "2026-12-31\n",
        "home/alerts/20260101T020000.json": "{}",
        "home/dagster/history.db": "of a running process",
        "home/build/warehouse.duckdb": "half",
    }.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    return settings


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return prepared(tmp_path)


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A backup that nothing happened to; read only."""
    folder = tmp_path_factory.mktemp("whole")
    backup.make(prepared(folder), folder / "b.tar")
    return folder / "b.tar"


def restored(file: Path, folder: Path) -> Settings:
    backup.restore(file, folder)
    return Settings(raw=folder / "raw", home=folder / "home", as_of=AS_OF, keep=1)


def everything(folder: Path) -> dict[str, bytes]:
    found = (path for path in folder.rglob("*") if path.is_file() and not path.is_symlink())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in found}


def test_what_is_restored_is_what_was_backed_up_and_is_served_from_there(settings: Settings, tmp_path: Path) -> None:
    made = backup.make(settings, tmp_path / "b.tar")
    assert made.snapshots == [one.id for one in snapshot.published(settings)] and made.left_out == []
    assert (tmp_path / "b.tar").stat().st_mode & 0o777 == 0o600
    there = restored(tmp_path / "b.tar", tmp_path / "elsewhere" / "zhibiao")
    served = snapshot.current(there)
    assert served is not None and snapshot.damage(there, served) == [] and read(there.served) == ["second"]
    assert {path.stat().st_mode & 0o777 for path in served.folder.rglob("*") if path.is_file()} == {0o444}
    before, after = everything(tmp_path / "home"), everything(there.home)
    assert {name for name in before if before[name] != after.get(name)} == {
        "build/warehouse.duckdb", "dagster/history.db",
    }  # fmt: skip
    assert set(everything(there.raw)) == {"statistics/2024-清远市.csv", "statistics/2024-清远市.csv.source.yml"}
    # It is a warehouse like any other: the way back and the next publish work.
    assert snapshot.rollback(there).id == made.snapshots[0]
    publish(there, "third")
    assert read(there.served) == ["third"] and read(settings.served) == ["second"]


def test_snapshots_published_and_removed_meanwhile_leave_it_whole(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    add, names = backup._add, iter("abcdef")

    def meanwhile(archive: tarfile.TarFile, name: str, file: Any) -> dict[str, Any]:
        if name.endswith(("warehouse.duckdb", ".csv")):
            publish(settings, next(names))
        return add(archive, name, file)

    monkeypatch.setattr(backup, "_add", meanwhile)
    made = backup.make(settings, tmp_path / "b.tar")
    # Three were published and only one is kept beside the served one, but what was copied stayed until it was.
    assert [name[:6] for name in made.snapshots] == ["000001", "000002"]
    there = restored(tmp_path / "b.tar", tmp_path / "there")
    assert [one.damage() for one in snapshot.published(there)] == [[], []] and read(there.served) == ["second"]
    assert read(settings.served) == ["c"]
    publish(settings, "z")
    assert [one.id[:6] for one in snapshot.published(settings)] == ["000005", "000006"]


def test_the_record_of_a_refresh_that_runs_is_left_out(settings: Settings, tmp_path: Path) -> None:
    records.begin(settings)
    backup.make(settings, tmp_path / "running.tar")
    assert records.last(restored(tmp_path / "running.tar", tmp_path / "a")) is None
    records.finish(settings, records.begin(settings), "unchanged")
    backup.make(settings, tmp_path / "ended.tar")
    last = records.last(restored(tmp_path / "ended.tar", tmp_path / "b"))
    assert last is not None and last.outcome == "unchanged"


def test_a_damaged_snapshot_is_left_out_and_told_and_the_served_one_is_never_missing(
    settings: Settings, tmp_path: Path
) -> None:
    first, second = snapshot.published(settings)
    for one in (first, second):
        if one is second:
            made = backup.make(settings, tmp_path / "b.tar")
            assert (made.snapshots, made.left_out) == ([second.id], [first.id])
        file = one.folder / "parquet" / "t.parquet"
        file.chmod(0o644)
        file.write_bytes(b"")
    with pytest.raises(BackupError, match=second.id):
        backup.make(settings, tmp_path / "c.tar")
    assert sorted(path.name for path in tmp_path.glob("*.tar*")) == ["b.tar"]


def test_an_input_that_is_being_written_is_not_backed_up_half(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    add = backup._add

    def growing(archive: tarfile.TarFile, name: str, file: Any) -> dict[str, Any]:
        listed = add(archive, name, file)
        if name.endswith("清远市.csv"):
            with (settings.raw / "statistics" / "2024-清远市.csv").open("a") as more:
                more.write("c,d\n")
        return listed

    monkeypatch.setattr(backup, "_add", growing)
    with pytest.raises(BackupError, match=r"raw/statistics/2024-清远市\.csv"):
        backup.make(settings, tmp_path / "b.tar")
    assert list(tmp_path.glob("*.tar*")) == []


def test_a_link_that_leads_elsewhere_is_named_and_not_followed(settings: Settings, tmp_path: Path) -> None:
    (tmp_path / "elsewhere.csv").write_text("of nobody's concern")
    (settings.raw / "statistics" / "2023.csv").symlink_to(tmp_path / "elsewhere.csv")
    with pytest.raises(BackupError, match=r"raw/statistics/2023\.csv"):
        backup.make(settings, tmp_path / "b.tar")


def flipped(name: str) -> Callable[[Path], None]:
    def damage(file: Path) -> None:
        with tarfile.open(file) as archive:
            member = next(member for member in archive if member.name.endswith(name))
        content = bytearray(file.read_bytes())
        content[member.offset_data + member.size // 2] ^= 1
        file.write_bytes(content)

    return damage


def cut(file: Path) -> None:
    file.write_bytes(file.read_bytes()[: file.stat().st_size // 2])


def resealed(change: Callable[[dict[str, Any]], object]) -> Callable[[Path], None]:
    """Another list, with the seal that fits."""

    def damage(file: Path) -> None:
        with tarfile.open(file) as archive:
            members = archive.getmembers()
            files = ((member.name, archive.extractfile(member)) for member in members if member.isreg())
            content = {name: file.read() for name, file in files if file}
        about = json.loads(content["BACKUP.json"])
        text = json.dumps(change(about) or about).encode()
        content |= {"BACKUP.json": text, "BACKUP.json.sha256": backup._seal(text)}
        with tarfile.open(file, "w") as archive:
            for member in members:
                member.size = len(content.get(member.name, b""))
                archive.addfile(member, BytesIO(content.get(member.name, b"")))

    return damage


def lengthened(name: str, kind: bytes = tarfile.REGTYPE) -> Callable[[Path], None]:
    def damage(file: Path) -> None:
        with tarfile.open(file, "a") as archive:
            entry = tarfile.TarInfo(name)
            entry.type, entry.size, entry.linkname = kind, 1 if kind == tarfile.REGTYPE else 0, "/etc"
            archive.addfile(entry, BytesIO(b"x"))

    return damage


@pytest.mark.parametrize(
    ("damage", "named"),
    [
        (flipped("warehouse.duckdb"), "warehouse.duckdb"),
        (flipped("2024-清远市.csv"), "raw/statistics/2024-清远市.csv"),
        (flipped("BACKUP.json"), "BACKUP.json"),
        (flipped("BACKUP.json.sha256"), "BACKUP.json"),
        (cut, "no whole backup"),
        (lambda file: file.write_bytes(b"x" * 4096), "no whole backup"),
        (lengthened("home/pins/more"), "home/pins/more"),
        (lengthened("home/../../outside"), "home/../../outside"),
        (lengthened("/etc/zhibiao"), "/etc/zhibiao"),
        (lengthened("home/alerts", tarfile.SYMTYPE), "is damaged"),
        (lengthened("."), ".: "),
        (lengthened(""), "is not of a backup"),
        (lengthened("home"), "home: "),
        (lengthened("home/snapshots/."), "home/snapshots/."),
        (resealed(lambda about: about.pop("version") and None), "BACKUP.json"),
        (resealed(lambda about: about.pop("files") and None), "BACKUP.json"),
        (resealed(lambda about: about.update(files=[])), "is damaged"),
        (resealed(lambda about: ["x"]), "BACKUP.json"),
        (resealed(lambda about: about.update(version=2)), "newer version"),
    ],
    ids=[
        "database", "input", "list", "seal", "cut", "no tar", "more", "outside", "absolute", "link", "dot", "no name",
        "folder", "dot below", "no version", "no files", "empty files", "no object", "newer",
    ],
)  # fmt: skip
def test_a_damaged_backup_is_refused_by_name_and_nothing_of_it_appears(
    whole: Path, tmp_path: Path, damage: Callable[[Path], None], named: str
) -> None:
    file = Path(shutil.copy(whole, tmp_path))
    damage(file)
    with pytest.raises(BackupError) as told:
        backup.restore(file, tmp_path / "there")
    assert "b.tar" in str(told.value) and named in str(told.value)
    assert list((tmp_path / "there").iterdir()) == [] and not (tmp_path / "outside").exists()


def test_nothing_is_overwritten(settings: Settings, whole: Path, tmp_path: Path) -> None:
    file = Path(shutil.copy(whole, tmp_path))
    with pytest.raises(BackupError, match="exists already"):
        backup.make(settings, file)
    assert file.read_bytes() == whole.read_bytes()
    with pytest.raises(BackupError, match="nothing is overwritten"):
        backup.restore(file, tmp_path)


def test_folders_made_beforehand_keep_their_rights_and_what_a_killed_restore_left_is_no_obstacle(
    whole: Path, tmp_path: Path
) -> None:
    for name in ("home", "raw"):
        (tmp_path / name / ".restoring").mkdir(parents=True)
        (tmp_path / name / ".restoring" / "half").touch()
        (tmp_path / name).chmod(0o2750)
    there = restored(whole, tmp_path)
    assert read(there.served) == ["second"]
    assert {path.stat().st_mode & 0o7777 for path in (there.home, there.raw)} == {0o2750}
    assert there.snapshots.stat().st_mode & 0o2000 and not list(tmp_path.rglob("half"))


def test_it_can_be_unpacked_without_this_program(whole: Path, tmp_path: Path) -> None:
    with tarfile.open(whole) as archive:
        archive.extractall(tmp_path / "by-hand", filter="tar")
    listed = json.loads((tmp_path / "by-hand" / "BACKUP.json").read_text(encoding="utf-8"))
    assert read(tmp_path / "by-hand" / "home" / "current.duckdb") == ["second"]
    assert set(listed["files"]) == set(everything(tmp_path / "by-hand")) - {"BACKUP.json", "BACKUP.json.sha256"}
