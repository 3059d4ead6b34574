"""Reading a file in a process of its own whose memory and processor time the operating system bounds."""

import multiprocessing
import resource
from collections.abc import Callable
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import docx  # noqa: F401 - what is imported before a file is read counts for nothing
import duckdb
import openpyxl  # noqa: F401

from dagster_project.extraction import formats
from dagster_project.ingest import readers
from dagster_project.ingest.problem import Problem, ShapeError

# A process that has imported what is needed, and forks for each call.
_FORKS = multiprocessing.get_context("forkserver")
_FORKS.set_forkserver_preload([__name__])
_RESERVED = 6 << 30


def read_table(path: Path) -> list[Problem] | list[int]:
    """The problems of a table, or the sizes of its pieces."""
    with duckdb.connect(config={"threads": 1}) as connection:
        try:
            return [len(piece) for piece in readers.read(connection, path, "statistics", f"raw/{path.name}").pieces]
        except ShapeError as refused:
            return refused.problems
        except readers.UNREADABLE as error:  # `load` refuses it in these words
            return [Problem.of("unreadable", "statistics", path.name, found=error)]


def read_text(path: Path) -> list[Problem] | str:
    """The problems of a text, or the text as cleaned."""
    try:
        return formats.read(path).text
    except ShapeError as refused:
        return refused.problems


def within(function: Callable[[Path], Any], path: Path, megabytes: int = 512, seconds: int = 20) -> Any:
    """What the function returns. Fails where it takes more than `megabytes` beside what the process had when it began, or
    more than `seconds` of processor time.
    """
    mine, other = _FORKS.Pipe(duplex=False)
    process = _FORKS.Process(target=_run, args=(other, seconds, function, path))
    process.start()
    other.close()
    try:
        told, taken = mine.recv()
    except EOFError:
        process.join()
        raise AssertionError(f"ended by {process.exitcode}: over {seconds} s, or far over {megabytes} MB") from None
    process.join()
    assert taken <= megabytes, f"took {taken} MB, at most {megabytes} were allowed"
    return told


def _run(out: Connection, seconds: int, function: Callable[[Path], Any], path: Path) -> None:
    # What is reserved is not yet taken (DuckDB reserves much), so this only keeps the machine from harm.
    reserved = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (reserved + _RESERVED, reserved + _RESERVED))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    told = function(path)
    out.send((told, (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) >> 10))
