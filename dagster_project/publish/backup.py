"""One file with all that cannot be made again: inputs, whole snapshots with the pointer, pins, alerts, records, logs.

    home/…, raw/…          as they lie on disk, in a plain tar
    BACKUP.json            every file with its size and sha256, and which snapshot is served; sealed by BACKUP.json.sha256

It may be made while a refresh runs: what is copied is held as a reader holds it. A backup is restored whole or not at
all, and only where nothing lies yet.
"""

import hashlib
import json
import os
import shutil
import tarfile
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path, PurePosixPath
from typing import IO, Any

from dagster_project import __version__, build_file
from dagster_project.ingest import files
from dagster_project.publish import pins, snapshot
from dagster_project.publish.snapshot import Snapshot
from dagster_project.refresh import record as records
from dagster_project.settings import Settings

VERSION = 1
_LIST = "BACKUP.json"
_SEAL = "BACKUP.json.sha256"
_FOLDERS = ("raw", "home")
_UNFINISHED = ".restoring"
# Made anew by the next refresh, or of a running process: the build, the lock, Dagster's history; snapshots have a way of their own.
_LEFT_OUT = {"build", "dagster", "snapshots", "current", "current.duckdb", "refresh.lock", "refresh.holder.json"}
_RECORD = "last_refresh.json"
_CHUNK = 1 << 20


class BackupError(Exception):
    """A backup that cannot be made, or is not restored; says why and names the file."""


@dataclass(frozen=True)
class Contents:
    """What a backup holds: files and their bytes, ids of snapshots, the served one, and what was left out as damaged."""

    file_count: int
    byte_count: int
    snapshots: list[str]
    served: str | None
    left_out: list[str]


def make(settings: Settings, target: Path) -> Contents:
    """Write a backup to `target`, which appears only once it is whole. Raises BackupError, OSError."""
    if target.exists():
        raise BackupError(f"{target}: 已存在 / exists already")
    unfinished = target.with_name(f"{target.name}.part")
    try:
        with unfinished.open("wb") as file:
            unfinished.chmod(0o600)
            with ExitStack() as held, tarfile.open(fileobj=file, mode="w") as archive:
                contents = _write(archive, settings, held)
            file.flush()
            os.fsync(file.fileno())
        os.replace(unfinished, target)
    finally:
        unfinished.unlink(missing_ok=True)
    return contents


def _write(archive: tarfile.TarFile, settings: Settings, held: ExitStack) -> Contents:
    # The pointer first: what it names is among the snapshots that are listed after it.
    served = snapshot.current(settings)
    kept = list(_held(settings, held))
    whole = [one for one in kept if not one.damage()]
    if served is not None and served.id not in {one.id for one in whole}:
        raise BackupError(f"所提供的快照 {served.id} 已损坏 / the served snapshot is damaged: zhibiao status")
    listed: dict[str, dict[str, Any]] = {}

    def take(path: Path, name: str) -> None:
        if path.is_symlink() and not path.resolve().is_relative_to(settings.raw):
            raise BackupError(
                f"{name}: 链接指向别处，请放入文件本身 / is a link that leads elsewhere, put the file itself there"
            )
        before = files.stamp(path)
        with path.open("rb") as file:
            listed[name] = _add(archive, name, file)
        if name.startswith("raw/") and not files.is_resting(path, before):
            raise BackupError(f"{name}: 正在写入，请再备份一次 / is being written, make the backup again")

    for path in _regular(settings.raw):
        take(path, f"raw/{path.relative_to(settings.raw).as_posix()}")
    for one in whole:
        for path in _regular(one.folder):
            take(path, f"home/snapshots/{one.id}/{path.relative_to(one.folder).as_posix()}")
    for path in _others(settings):
        take(path, f"home/{path.relative_to(settings.home).as_posix()}")
    for name, leads_to in _links(served.id if served else None).items():
        link = tarfile.TarInfo(name)
        link.type, link.linkname = tarfile.SYMTYPE, leads_to
        archive.addfile(link)
    about: dict[str, Any] = {
        "version": VERSION,
        "made_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "product_version": __version__,
        "schema_version": build_file.SCHEMA_VERSION,
        "served": served.id if served else None,
        "files": listed,
    }
    text = json.dumps(about, ensure_ascii=False, indent=1).encode()
    _add(archive, _LIST, BytesIO(text))
    _add(archive, _SEAL, BytesIO(_seal(text)))
    left_out = [one.id for one in kept if one not in whole]
    return _contents(listed, about["served"], [one.id for one in whole], left_out)


def restore(file: Path, folder: Path) -> Contents:
    """Put a backup into `folder/home` and `folder/raw`, neither of which may hold anything.

    Everything is checked before anything appears, the pointer last. Folders that are there keep their rights, and give
    them on to what is put in. Raises BackupError naming what is damaged, OSError.
    """
    targets = [folder / name for name in _FOLDERS]
    for target in targets:
        if target.exists() and (not target.is_dir() or any(path.name != _UNFINISHED for path in target.iterdir())):
            raise BackupError(f"{target}: 已有内容，不覆盖 / is not empty, nothing is overwritten")
    made = [target for target in targets if not target.exists()]
    try:
        for target in targets:
            shutil.rmtree(target / _UNFINISHED, ignore_errors=True)
            (target / _UNFINISHED).mkdir(parents=True)
        try:
            contents = _read(file, folder)
        except (tarfile.TarError, EOFError) as error:
            raise BackupError(f"{file}: 不是完整的备份 / is no whole backup: {error}") from error
        os.sync()
        for target in targets:
            for path in sorted((target / _UNFINISHED).iterdir()):
                os.replace(path, target / path.name)
        for name, leads_to in _links(contents.served).items():
            (folder / name).symlink_to(leads_to)
    finally:
        for target in targets:
            shutil.rmtree(target / _UNFINISHED, ignore_errors=True)
            if target in made:
                with suppress(OSError):
                    target.rmdir()  # only if nothing came into it
    return contents


def _read(file: Path, folder: Path) -> Contents:
    """Unpack beside where everything belongs, and check that it is what was backed up."""
    found: dict[str, dict[str, Any]] = {}
    links: dict[str, str] = {}
    ends: dict[str, bytes] = {}
    with tarfile.open(file, mode="r:") as archive:
        for member in archive:
            path = PurePosixPath(member.name)
            content = archive.extractfile(member) if member.isreg() else None
            if content is not None and member.name in (_LIST, _SEAL):
                ends[member.name] = content.read()
            elif content is not None and _is_of_backup(path) and member.name == str(path):
                found[member.name] = _put(content, folder / path.parts[0] / _UNFINISHED / Path(*path.parts[1:]), member)
            elif member.issym():
                links[member.name] = member.linkname
            else:
                raise BackupError(f"{file}: {member.name}: 不属于备份 / is not of a backup")
    text = ends.get(_LIST, b"")
    if not text or ends.get(_SEAL) != _seal(text):
        raise BackupError(f"{file}: 清单缺失或已损坏 / its list is missing or damaged: {_LIST}")
    try:
        about = json.loads(text)
        if about["version"] > VERSION:
            raise BackupError(
                f"{file}: 由更新的版本所作 / was made by a newer version: {about.get('product_version', '?')}"
            )
        listed: dict[str, dict[str, Any]] = dict(about["files"])
        served: str | None = about["served"]
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise BackupError(f"{file}: 清单不是本程序所写 / its list is not as this program writes it: {_LIST}") from error
    broken = sorted(name for name in {*listed, *found} if listed.get(name) != found.get(name))
    if broken or links != _links(served):
        raise BackupError(f"{file}: 已损坏 / is damaged: {', '.join(broken) or 'home/current'}")
    ids = sorted({PurePosixPath(name).parts[2] for name in listed if name.startswith("home/snapshots/")})
    return _contents(listed, served, ids, [])


def _is_of_backup(path: PurePosixPath) -> bool:
    """Whether it lies in one of the folders that a backup has, and not above them or as one of them."""
    return len(path.parts) > 1 and path.parts[0] in _FOLDERS and ".." not in path.parts


def _contents(
    listed: dict[str, dict[str, Any]], served: str | None, snapshots: list[str], left_out: list[str]
) -> Contents:
    return Contents(len(listed), sum(entry["bytes"] for entry in listed.values()), snapshots, served, left_out)


def _held(settings: Settings, held: ExitStack) -> Iterator[Snapshot]:
    """The published snapshots, each kept from being removed until `held` is closed."""
    for one in snapshot.published(settings):
        try:
            held.enter_context(pins.holding(one.database))
        except FileNotFoundError:
            continue  # removed since it was listed
        yield one


def _others(settings: Settings) -> Iterator[Path]:
    """What else lies in the home folder; a record only of a refresh that has ended."""
    last = records.last(settings)
    for path in _regular(settings.home):
        first, *_ = path.relative_to(settings.home).parts
        if first in _LEFT_OUT or path.suffix == ".tmp":
            continue
        if first == _RECORD and (last is None or last.outcome == "running"):
            continue
        yield path


def _regular(folder: Path) -> list[Path]:
    """Files below a folder, without those that are left alone or hidden; none where there is no folder."""
    return [
        path
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not any(part.startswith((".", "~$")) for part in path.relative_to(folder).parts)
    ]


def _links(served: str | None) -> dict[str, str]:
    if served is None:
        return {}
    return {"home/current": f"snapshots/{served}", "home/current.duckdb": f"current/{snapshot.DATABASE}"}


def _add(archive: tarfile.TarFile, name: str, file: IO[bytes]) -> dict[str, Any]:
    """Add a file as it is when it is opened, and say its size and sha256."""
    entry = tarfile.TarInfo(name)
    hashing = _Hashing(file)
    if isinstance(file, BytesIO):
        entry.size, entry.mode = len(file.getbuffer()), 0o444
    else:
        stat = os.fstat(file.fileno())
        entry.size, entry.mode, entry.mtime = stat.st_size, stat.st_mode & 0o777, int(stat.st_mtime)
    archive.addfile(entry, hashing)
    return {"bytes": entry.size, "sha256": hashing.digest.hexdigest()}


class _Hashing:
    """A file to read from that keeps the sha256 of what was read."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file, self.digest = file, hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        content = self._file.read(size)
        self.digest.update(content)
        return content


def _put(content: IO[bytes], target: Path, member: tarfile.TarInfo) -> dict[str, Any]:
    target.parent.mkdir(parents=True, exist_ok=True)
    hashing = _Hashing(content)
    with target.open("xb") as file:
        shutil.copyfileobj(hashing, file, _CHUNK)
    target.chmod(member.mode & 0o777)
    os.utime(target, (member.mtime, member.mtime))
    return {"bytes": target.stat().st_size, "sha256": hashing.digest.hexdigest()}


def _seal(text: bytes) -> bytes:
    """The line that `sha256sum --check` reads."""
    return f"{hashlib.sha256(text).hexdigest()}  {_LIST}\n".encode()
