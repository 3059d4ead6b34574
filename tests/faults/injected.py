"""The real command, in processes of its own, that meets a fault at a named point. The product knows nothing of it.

Python tells an audit hook of every file that is opened, moved or removed, before it happens. A hook set in the child
acts at the first event that matches: the process is killed or stopped, or the disk is filled, and what follows is real.
`Commands` is a process that has imported everything and forks for each command, so that many faults cost little.
"""

import importlib
import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from dagster_project.settings import ROOT
from tests.conftest import AS_OF

KILLED = -signal.SIGKILL
FILLER = "filler"


@dataclass(frozen=True)
class Fault:
    """What happens at the first event that is written like this: `kill`, `stop`, or `fill` (the disk of the home folder).

    Events are written `open <path>`, `os.rename <from> <to>` and so on; a record that is saved is `record <step> <outcome>`.
    Events before one that is written like `since` do not count.
    """

    at: str
    since: str = ""
    what: str = "kill"


@dataclass(frozen=True)
class Ended:
    """Exit code (negative: killed by that signal; None: stopped), process, and all that was printed."""

    code: int | None
    process: int
    output: str


class Commands:
    """Runs `zhibiao` commands, each in a process of its own. With `disk`, a small file system is mounted on that folder
    in a namespace of this process's own; `seen` is that folder as others reach it.
    """

    def __init__(self, disk: Path | None = None, megabytes: int = 0) -> None:
        command = [sys.executable, "-m", "tests.faults.injected"]
        if disk is not None:
            disk.mkdir()
            command = ["unshare", "--map-root-user", "--mount", *command, str(disk), f"{megabytes}m"]
        self._process = subprocess.Popen(
            command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env={**os.environ, "PYTHONPATH": "."}
        )  # fmt: skip
        own = json.loads(self._answer())["process"]
        self.seen = Path(f"/proc/{own}/root{disk}")

    def run(self, raw: Path, home: Path, *arguments: str, fault: Fault | None = None, **environment: str) -> Ended:
        """Run one command to its end, or to where the fault stops it."""
        about = {
            "arguments": arguments,
            "environment": {
                "ZHIBIAO_RAW": str(raw), "ZHIBIAO_HOME": str(home), "ZHIBIAO_AS_OF": AS_OF.isoformat(),
                "COLUMNS": "200", **environment,
            },
            "fault": asdict(fault) if fault else None,
        }  # fmt: skip
        return self._ask(about)

    def call(self, function: Callable[[str], Any], folder: Path) -> Any:
        """What a function says of a folder, asked in a process beside the commands: there links lead where they do for them."""
        ended = self._ask({"call": [function.__module__, function.__name__, str(folder)]})
        assert ended.code == 0, ended.output
        return json.loads(ended.output)

    def go_on(self, stopped: Ended) -> Ended:
        """Let a stopped command run to its end."""
        return self._ask({"go_on": stopped.process})

    def mount(self, *options: str) -> None:
        """Mount the small file system anew with these options, as `ro`."""
        self._ask({"mount": options})

    def close(self) -> None:
        self._process.communicate()

    def _ask(self, about: dict[str, Any]) -> Ended:
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(about) + "\n")
        self._process.stdin.flush()
        return Ended(**json.loads(self._answer()))

    def _answer(self) -> str:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        assert line, "the process that runs commands is gone"
        return line


def _serve(disk: str | None, size: str | None) -> None:
    if disk:
        subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}", "zhibiao-test", disk], check=True)
    _import_everything()
    outputs: dict[int, int] = {}
    _tell({"process": os.getpid()})
    for line in sys.stdin:
        about = json.loads(line)
        if "mount" in about:
            subprocess.run(["mount", "-o", f"remount,{','.join(about['mount'])}", str(disk)], check=True)
            _tell(asdict(Ended(0, 0, "")))
            continue
        if "go_on" in about:
            process = about["go_on"]
            os.kill(process, signal.SIGCONT)
        else:
            output = os.memfd_create("output")
            process = os.fork()
            if process == 0:
                for stream in (1, 2):
                    os.dup2(output, stream)
                _answer_call(*about["call"]) if "call" in about else _command(about)
            outputs[process] = output
        _, status = os.waitpid(process, os.WUNTRACED)
        code = None if os.WIFSTOPPED(status) else os.waitstatus_to_exitcode(status)
        os.lseek(outputs[process], 0, os.SEEK_SET)
        with os.fdopen(os.dup(outputs[process]), encoding="utf-8", errors="replace") as printed:
            _tell(asdict(Ended(code, process, printed.read())))


def _import_everything() -> None:
    import dagster_project.quality.suites
    import dagster_project.refresh.run
    import dagster_project.report.terminal  # noqa: F401
    from dagster_project.transform import dbt_project

    dbt_project.manifest()
    dbt_project._manifest_object(dbt_project._fingerprint())
    import great_expectations  # noqa: F401


def _tell(answer: dict[str, Any]) -> None:
    print(json.dumps(answer), flush=True)


def _answer_call(module: str, name: str, folder: str) -> None:
    """A child that answers: never returns."""
    answer = b"null"
    try:
        answer = json.dumps(getattr(importlib.import_module(module), name)(folder)).encode()
    finally:
        os.write(1, answer)
        os._exit(0)


def _command(about: dict[str, Any]) -> None:
    """A child that runs a command: never returns."""
    os.environ.update(about["environment"])
    sys.argv = ["zhibiao", *about["arguments"]]
    if about["fault"]:
        _set(Fault(**about["fault"]), Path(about["environment"]["ZHIBIAO_HOME"]))
    from dagster_project.cli import main

    code = 1
    try:
        main()
        code = 0
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else 1
    except BaseException:
        import traceback

        traceback.print_exc()
    finally:
        with suppress(BaseException):
            sys.stdout.flush()
        os._exit(code)


def _set(fault: Fault, home: Path) -> None:
    awaited = [re.compile(pattern) for pattern in (fault.since, fault.at) if pattern]

    def meet(event: str, arguments: tuple[Any, ...]) -> None:
        if awaited and event.startswith(("open", "os.", "shutil.")):
            written = _written(event, arguments)
            if any(awaited[0].search(text) for text in written):
                del awaited[0]
                if not awaited:
                    _act(fault.what, home)

    sys.addaudithook(meet)


def _written(event: str, arguments: tuple[Any, ...]) -> list[str]:
    # What is opened is told with how it is opened.
    named = arguments[:1] if event == "open" else arguments
    paths = [os.fspath(value) for value in named if isinstance(value, str | os.PathLike)]
    written = [" ".join([event, *paths])]
    if event == "os.rename" and paths[-1].endswith("last_refresh.json"):
        record = json.loads(Path(paths[0]).read_text(encoding="utf-8"))
        written.append(f"record {record['step']} {record['outcome']}")
    return written


def _act(what: str, home: Path) -> None:
    if what == "fill":
        fill(home)
    else:
        os.kill(os.getpid(), {"kill": signal.SIGKILL, "stop": signal.SIGSTOP}[what])


def fill(folder: Path) -> None:
    """Write a file until the disk is full, to the last byte."""
    with (folder / FILLER).open("wb", buffering=0) as filler:
        for size in (1 << 20, 1 << 12, 1):
            with suppress(OSError):
                while True:
                    filler.write(b"\0" * size)


if __name__ == "__main__":
    _serve(*(sys.argv[1:] or (None, None)))
