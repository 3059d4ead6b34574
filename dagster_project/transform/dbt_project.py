"""Running the dbt project through `dbtRunner`, and reading its manifest. Nothing here knows what a model computes.

dbt is imported late: it costs 1.5 CPU seconds, and a code location must load without it.
"""

import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from dagster_project.fingerprint import of_files
from dagster_project.settings import ROOT

PROJECT = ROOT / "dbt"
# Elsewhere where dbt's own variables say so: a checkout that may not be written, or two refreshes at once.
# A folder of its own in it: what somebody builds by hand must never be taken for the project as it is.
TARGET = Path(os.environ.get("DBT_TARGET_PATH") or PROJECT / "target").resolve() / "refresh"
_MANIFEST = TARGET / "manifest.json"
_CACHE = TARGET / "partial_parse.msgpack"
_PARSED_FROM = TARGET / "parsed_from.txt"
_SOURCES = ("*.sql", "*.yml", "*.md")

_parsed: dict[str, Any] = {}  # fingerprint of dbt/ -> dbt's own manifest, so that one process parses once


class DbtError(Exception):
    """dbt could not run at all (a model that does not parse, a file that is locked)."""


@dataclass(frozen=True)
class NodeResult:
    """One built model or run test. `status`: success, pass, fail, warn, error or skipped."""

    unique_id: str
    status: str
    message: str
    failures: int
    seconds: float
    compiled_sql: str


def manifest() -> dict[str, Any]:
    """dbt's manifest of the project as it is now, parsed anew only if a file of `dbt/` changed. Raises DbtError."""
    now = _fingerprint()
    if not _is_parsed(now):
        _parse(now)
    return json.loads(_MANIFEST.read_text(encoding="utf-8"))  # type: ignore[no-any-return]


def build(build_file: Path, *, arguments: tuple[str, ...] = ()) -> list[NodeResult]:
    """`dbt build` without unit tests on the build file; every node's result. Raises DbtError if dbt could not run.

    The file is unlocked when this returns.
    """
    parsed = _manifest_object(_fingerprint())
    with _dbt(build_file) as run:
        # The manifest was written by the parse; writing it again takes longer than most models.
        response = run(["build", "--no-write-json", "--exclude-resource-type", "unit_test", *arguments], parsed)
    if response.exception:
        raise DbtError(_one_line(response.exception))
    return [
        NodeResult(
            unique_id=result.node.unique_id,
            status=str(result.status),
            message=(result.message or "").strip(),
            failures=int(result.failures or 0),
            seconds=float(result.execution_time),
            compiled_sql=getattr(result.node, "compiled_code", "") or "",
        )
        for result in response.result
    ]


def describe(database: Path, page: Path) -> None:
    """dbt's own pages on all models (lineage, columns, SQL) as one HTML file that needs nothing else. Raises DbtError.

    `database` is a built file; dbt opens what it describes for writing, so it is given a copy.
    """
    parsed = _manifest_object(_fingerprint())
    with TemporaryDirectory() as folder:
        copy = Path(folder) / database.name
        shutil.copyfile(database, copy)
        with _dbt(copy, target=Path(folder)) as run:
            response = run(["docs", "generate", "--static"], parsed)
        if not response.success:
            raise DbtError(_one_line(response.exception))
        shutil.copyfile(Path(folder) / "static_index.html", page)


def tested(node: dict[str, Any]) -> str:
    """The node a dbt test speaks of: the model it is attached to, or the last one it reads ("?" if it reads none)."""
    return str(node.get("attached_node") or (node["depends_on"]["nodes"] or ["?"])[-1])


def _fingerprint() -> str:
    paths = [
        path for room in ("models", "macros", "tests") for kind in _SOURCES for path in (PROJECT / room).rglob(kind)
    ]
    return of_files([*paths, PROJECT / "dbt_project.yml", PROJECT / "profiles.yml"], PROJECT)


def _manifest_object(now: str) -> Any:
    """dbt's manifest as its own object: from this process, from the cache of the last parse, or by parsing."""
    if now not in _parsed and _is_parsed(now):
        from dbt.contracts.graph.manifest import Manifest

        parsed = Manifest.from_msgpack(_CACHE.read_bytes())
        parsed.build_flat_graph()  # type: ignore[no-untyped-call]
        _parsed[now] = parsed
    if now not in _parsed:
        _parse(now)
    return _parsed[now]


def _is_parsed(now: str) -> bool:
    """Whether what the last parse left in `dbt/target` is of the project as it is now."""
    left = (_MANIFEST, _CACHE, _PARSED_FROM)
    return all(path.exists() for path in left) and _PARSED_FROM.read_text() == f"{now} {_dbt_version()}"


def _dbt_version() -> str:
    return version("dbt-core")


def _parse(now: str) -> None:
    # First: killed half-way, what is left must not pass for the project it was parsed from before.
    _PARSED_FROM.unlink(missing_ok=True)
    # With the profile's own path, wherever the home folder is: dbt parses everything anew when its profile changes.
    with _dbt(None) as run:
        response = run(["parse"], None)
    if not response.success:
        raise DbtError(_one_line(response.exception))
    _parsed.clear()
    _parsed[now] = response.result
    _PARSED_FROM.write_text(f"{now} {_dbt_version()}")


@contextmanager
def _dbt(build_file: Path | None, target: Path = TARGET) -> Iterator[Any]:
    """A function that invokes dbt; afterwards the file is unlocked and the working folder is what it was."""
    from dbt.adapters.duckdb.connections import DuckDBConnectionManager
    from dbt.cli.main import dbtRunner

    folder = os.getcwd()
    before = os.environ.pop("ZHIBIAO_BUILD", None)
    if build_file is not None:
        os.environ["ZHIBIAO_BUILD"] = str(build_file)
    quiet = ["--quiet", "--no-use-colors", "--log-level", "none", "--log-level-file", "none"]
    places = ["--project-dir", str(PROJECT), "--profiles-dir", str(PROJECT), "--target-path", str(target)]
    # It writes none, but makes the folder: in the one place of the code that a refresh writes to.
    places += ["--log-path", str(target / "logs")]
    try:
        yield lambda command, parsed: dbtRunner(manifest=parsed).invoke([*quiet, *command, *places])
    finally:
        # dbt keeps its connection, and with it the file's lock, after it returns.
        DuckDBConnectionManager.close_all_connections()  # type: ignore[no-untyped-call]
        os.chdir(folder)
        os.environ.pop("ZHIBIAO_BUILD", None)
        if before is not None:
            os.environ["ZHIBIAO_BUILD"] = before


def _one_line(error: object) -> str:
    return " ".join(str(error).split())
