"""Runs a function in a process of its own whose memory and processor time the operating system bounds."""

import multiprocessing
import resource
from collections.abc import Callable
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

# A process that has imported what is needed, and forks for each call.
_FORKS = multiprocessing.get_context("forkserver")
_FORKS.set_forkserver_preload([__name__, "openpyxl", "docx", "lxml.html", "duckdb", "dagster_project.extraction.formats",
                               "dagster_project.ingest.readers"])  # fmt: skip


def within(function: Callable[..., Any], *arguments: Any, megabytes: int = 1024, seconds: int = 20) -> Any:
    """What the function returns, or raises the error that it raised. Fails where it needs more than `megabytes` beside
    what the process had when it began, or more than `seconds` of processor time.
    """
    mine, other = _FORKS.Pipe(duplex=False)
    process = _FORKS.Process(target=_run, args=(other, megabytes << 20, seconds, function, arguments))
    process.start()
    other.close()
    try:
        worked, told = mine.recv()
    except EOFError:
        process.join()
        raise AssertionError(f"ended by {process.exitcode}: over {megabytes} MB or {seconds} s") from None
    process.join()
    if not worked:
        raise told
    return told


def _run(out: Connection, memory: int, seconds: int, function: Callable[..., Any], arguments: tuple[Any, ...]) -> None:
    pages = int(Path("/proc/self/statm").read_text().split()[0])
    memory += pages * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    try:
        out.send((True, function(*arguments)))
    except BaseException as error:
        out.send((False, error))
