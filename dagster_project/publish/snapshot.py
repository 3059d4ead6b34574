"""Immutable snapshots and the one pointer that flips. A snapshot is whole before anyone can see it.

<home>/snapshots/<id>/   warehouse.duckdb, parquet/, what the caller adds, manifest.json (sizes, sha256, rows, fingerprints)
                         with its seal manifest.json.sha256; all read-only
<home>/current           -> snapshots/<id>                  the only thing that changes
<home>/current.duckdb    -> current/warehouse.duckdb        the path readers are given; never changes

The flip is laid ready (`.current.new`) before the snapshot gets its name, so whatever a killed process leaves either
names a whole snapshot, and the flip is finished, or it does not count and goes. Which snapshot is newer, which stay and
what a rollback finds go by number; of the clock alone depends how long a pin holds (pins.py).
"""

import json
import logging
import os
import re
import shutil
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb

from dagster_project import build_file
from dagster_project.ingest.files import sha256
from dagster_project.publish import pins
from dagster_project.publish.pins import Pin
from dagster_project.settings import Settings
from dagster_project.sql import literal

DATABASE = "warehouse.duckdb"
_MANIFEST = "manifest.json"
_UNFINISHED = ".new-"
_SEAL = "manifest.json.sha256"


# Writes files of its own into the unfinished folder, from the checked build; given what the manifest says but for the files.
Addition = Callable[[duckdb.DuckDBPyConnection, Path, dict[str, Any]], None]


class SnapshotError(Exception):
    """A snapshot that cannot be made, found or served; says what to do."""


@dataclass(frozen=True)
class Snapshot:
    """A published snapshot: its id (order of ids is order of publishing), folder and manifest."""

    id: str
    folder: Path
    manifest: dict[str, Any]

    @property
    def database(self) -> Path:
        return self.folder / DATABASE

    @property
    def number(self) -> int:
        return int(self.id[:6])

    def damage(self) -> list[str]:
        """Files that are missing, that no longer have the bytes they were published with, or that were not published.

        A file too many matters: a WAL beside the database changes what readers see and leaves its bytes as they were.
        """
        published = self.manifest["files"]
        broken = [
            name
            for name, about in published.items()
            if not (self.folder / name).is_file() or sha256(self.folder / name) != about["sha256"]
        ]
        there = (path.relative_to(self.folder).as_posix() for path in _files(self.folder))
        return [*broken, *(name for name in there if name not in (_MANIFEST, _SEAL) and name not in published)]


def contents(database: Path, tables: Collection[str] | None = None) -> dict[str, dict[str, Any]]:
    """Rows and an order-free content hash of every table readers see (`marts.*`), or of some of them.

    Hashes compare within one DuckDB version only.
    """
    with build_file.reading(database) as connection:
        return {
            table: {"rows": rows, "hash": digest}
            for table in _tables(connection, "marts")
            if tables is None or table in tables
            for rows, digest in connection.execute(
                # A sum, not an xor: there, two equal rows would cancel each other out.
                f"select count(*), cast(coalesce(sum(hash(t)), 0) as text) from {table} as t"
            ).fetchall()
        }


def publish(settings: Settings, about: dict[str, Any], add: Addition | None = None) -> Snapshot:
    """Turn the build file into the served snapshot. `about` goes into the manifest; what `add` writes is a part of it.

    The caller has passed the gates. Raises SnapshotError if the build file is not cleanly closed, or if the pointer
    is none of ours. The build file is moved, so nothing can change it afterwards.
    """
    _refuse_foreign_pointer(settings)
    # Before anything opens the file: opening it for writing would take a killed writer's WAL into what was checked.
    _refuse_wal(settings)
    with build_file.writing(settings.build) as connection:
        connection.execute("checkpoint")
    _refuse_wal(settings)
    settings.snapshots.mkdir(parents=True, exist_ok=True)
    recover(settings)
    pinned = pins.standing(settings)
    name = f"{next_number(settings):06d}-{datetime.now(UTC):%Y%m%dT%H%M%SZ}"
    folder = settings.snapshots / f"{_UNFINISHED}{name}"
    (folder / "parquet").mkdir(parents=True)
    manifest = {
        "id": name,
        "published_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "duckdb": duckdb.__version__,
        **about,
        "tables": contents(settings.build),
    }
    with build_file.reading(settings.build) as connection:
        for table in _tables(connection, "marts", "quality", "meta"):
            target = folder / "parquet" / f"{table.split('.')[1]}.parquet"
            connection.execute(f"copy (from {table}) to {literal(target)} (format parquet, compression zstd)")
        if add is not None:
            add(connection, folder, manifest)
    os.replace(settings.build, folder / DATABASE)
    manifest["files"] = {
        path.relative_to(folder).as_posix(): {"bytes": path.stat().st_size, "sha256": sha256(path)}
        for path in _files(folder)
    }
    (folder / _MANIFEST).write_text(json.dumps(manifest, ensure_ascii=False, indent=1), encoding="utf-8")
    (folder / _SEAL).write_bytes(_seal(folder))
    for path in _files(folder):
        path.chmod(0o444)
        sync(path)
    for inside in folder.iterdir():
        if inside.is_dir():
            sync(inside)
    sync(folder)
    snapshot = Snapshot(name, settings.snapshots / name, manifest)
    _prepare_flip(settings, snapshot)
    os.replace(folder, snapshot.folder)
    sync(settings.snapshots)
    _flip(settings)
    try:
        _clean(settings, pinned)
    except OSError as error:
        # The new snapshot is served; an old one that will not go is no reason to say otherwise.
        logging.getLogger("zhibiao").warning("旧快照未能删除 / an old snapshot could not be removed: %s", error)
    return snapshot


def point(settings: Settings, snapshot: Snapshot) -> None:
    """Flip the pointer: new readers see `snapshot` from here on, open ones keep what they have. Raises SnapshotError."""
    _refuse_foreign_pointer(settings)
    _prepare_flip(settings, snapshot)
    _flip(settings)


def recover(settings: Settings) -> None:
    """Finish or undo what a killed publish, rollback or cleaning left; put back the readers' path if it is gone.

    The caller holds the lock. A flip that was laid ready to a whole snapshot is finished: that snapshot had passed every gate.
    """
    prepared = _prepared(settings.current)
    if prepared.is_symlink():
        snapshot = _read(prepared.resolve())
        if snapshot is not None and not snapshot.damage():
            _refuse_foreign_pointer(settings)
            _flip(settings)
    for left in (prepared, _prepared(settings.served)):
        left.unlink(missing_ok=True)
    for folder in settings.snapshots.glob(f"{_UNFINISHED}*"):
        shutil.rmtree(folder)
    served = current(settings)
    if served is not None and not settings.served.exists():
        point(settings, served)


def published(settings: Settings) -> list[Snapshot]:
    """All snapshots that can be served, oldest first; one whose manifest cannot be read or was changed is none."""
    return [snapshot for folder in _folders(settings) if (snapshot := _read(folder))]


def current(settings: Settings) -> Snapshot | None:
    """The served snapshot, or None when nothing was published yet or the pointer leads nowhere usable."""
    return _read(settings.current.resolve()) if settings.current.is_symlink() else None


def damage(settings: Settings, served: Snapshot) -> list[str]:
    """What keeps readers from the served snapshot as it was published: files of it, and the path they are given."""
    reached = settings.served.is_file() and settings.served.samefile(served.folder / DATABASE)
    return [*served.damage(), *([] if reached else [settings.served.name])]


def shown(settings: Settings) -> Snapshot | None:
    """What readers were shown last, as far as it is whole: the served snapshot, else the newest that is undamaged."""
    candidates = [current(settings), *sorted(published(settings), key=lambda snapshot: snapshot.id, reverse=True)]
    return next((snapshot for snapshot in candidates if snapshot is not None and not snapshot.damage()), None)


def newest(settings: Settings) -> Snapshot | None:
    """The newest whole snapshot whose tables this version knows, served or not; what it holds of earlier ones goes on."""
    candidates = sorted(published(settings), key=lambda snapshot: snapshot.id, reverse=True)
    return next((known for known in candidates if not is_newer(known) and not known.damage()), None)


def is_newer(snapshot: Snapshot) -> bool:
    """Whether a later version of the product made it, with tables that this one does not know."""
    return int(snapshot.manifest.get("schema_version", 0)) > build_file.SCHEMA_VERSION


def next_number(settings: Settings) -> int:
    """The number that the next snapshot gets: by order of publishing, so that nothing depends on the machine's clock."""
    names = [path.name for path in settings.snapshots.iterdir()] if settings.snapshots.is_dir() else []
    return max((int(name[:6]) for name in names if re.match(r"\d{6}-", name)), default=0) + 1


def rollback(settings: Settings, to: str | None = None) -> Snapshot:
    """Point back to snapshot `to`, or to the newest whole one before the served one. Raises SnapshotError."""
    known = published(settings)
    served = current(settings)
    if to is None:
        asked = [snapshot for snapshot in reversed(known) if served is None or snapshot.id < served.id]
        if not asked:
            raise SnapshotError("没有更早的快照 / there is no older snapshot: zhibiao snapshots")
    else:
        asked = [snapshot for snapshot in known if snapshot.id == to]
        if not asked:
            raise SnapshotError(f"没有快照 {to} / no such snapshot: zhibiao snapshots")
    damaged = []
    for snapshot in asked:
        if not (names := snapshot.damage()):
            point(settings, snapshot)
            return snapshot
        damaged.append(f"快照 {snapshot.id} 已损坏 / is damaged: {', '.join(names)}")
    raise SnapshotError("; ".join(damaged))


def _folders(settings: Settings) -> list[Path]:
    """Folders that are named as snapshots are, oldest first."""
    if not settings.snapshots.is_dir():
        return []
    return sorted(path for path in settings.snapshots.iterdir() if re.fullmatch(r"\d{6}-\d{8}T\d{6}Z", path.name))


def _read(folder: Path) -> Snapshot | None:
    seal = folder / _SEAL
    try:
        if seal.exists() and seal.read_bytes() != _seal(folder):  # there was none before manifests were sealed
            return None
        manifest = json.loads((folder / _MANIFEST).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    whole = isinstance(manifest, dict) and DATABASE in manifest.get("files", {})
    return Snapshot(folder.name, folder, manifest) if whole else None


def _is_usable(folder: Path) -> bool:
    """Whether its manifest can be read and its files have their sizes: what can be told every night without reading them."""
    known = _read(folder)
    try:
        return known is not None and all(
            (folder / name).stat().st_size == about["bytes"] for name, about in known.manifest["files"].items()
        )
    except (OSError, AttributeError, KeyError, TypeError):  # a manifest without a seal may say anything
        return False


def _clean(settings: Settings, pinned: Collection[Pin]) -> None:
    """Remove the snapshots beyond `keep`: unusable ones first, then the oldest; never a pinned one or one that is read."""
    pins.keep_only(settings, pinned)
    kept = {pin.snapshot_id for pin in pinned}
    served = settings.current.resolve().name
    others = [folder for folder in _folders(settings) if folder.name != served]
    for folder in sorted(others, key=lambda folder: (_is_usable(folder), folder.name))[: -settings.keep]:
        if folder.name in kept or pins.reader_of(folder / DATABASE) is not None:
            continue
        # Renamed first: killed half-way, what is left must not look like a snapshot.
        unfinished = folder.with_name(f"{_UNFINISHED}{folder.name}")
        os.replace(folder, unfinished)
        shutil.rmtree(unfinished)


def _refuse_wal(settings: Settings) -> None:
    if settings.build.with_name(settings.build.name + ".wal").exists():
        raise SnapshotError(f"{settings.build} has a WAL left: it was not closed cleanly; run zhibiao refresh again")


def _refuse_foreign_pointer(settings: Settings) -> None:
    if settings.current.exists() and not settings.current.is_symlink():
        raise SnapshotError(
            f"{settings.current} 不是链接（可能由跟随链接的复制而来），请移走后再刷新 / "
            "is no link, perhaps from a copy that followed links: move it away and refresh again"
        )


def _seal(folder: Path) -> bytes:
    """The line that `sha256sum --check` reads."""
    return f"{sha256(folder / _MANIFEST)}  {_MANIFEST}\n".encode()


def _tables(connection: duckdb.DuckDBPyConnection, *schemas: str) -> list[str]:
    marks = ", ".join("?" for _ in schemas)
    rows = connection.execute(
        f"select schema_name || '.' || table_name from duckdb_tables() where schema_name in ({marks}) order by 1",
        list(schemas),
    ).fetchall()
    return [row[0] for row in rows]


def _files(folder: Path) -> Iterator[Path]:
    return (path for path in sorted(folder.rglob("*")) if path.is_file())


def _prepared(link: Path) -> Path:
    return link.with_name(f".{link.name}.new")


def _prepare_flip(settings: Settings, snapshot: Snapshot) -> None:
    for link, target in (
        (settings.served, f"{settings.current.name}/{DATABASE}"),
        (settings.current, f"{settings.snapshots.name}/{snapshot.id}"),
    ):
        _prepared(link).unlink(missing_ok=True)
        os.symlink(target, _prepared(link))
    sync(settings.home)


def _flip(settings: Settings) -> None:
    # The path given to readers first: it never changes, and the flip stays the last thing that happens.
    for link in (settings.served, settings.current):
        if _prepared(link).is_symlink():
            os.replace(_prepared(link), link)
    sync(settings.home)


def sync(path: Path) -> None:
    """Let a file or folder reach the disk before anything relies on it."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
