"""Readers of every kind, each a process of its own, that ask while snapshots are published; and the long run of it.

Every reader asks the same queries again and again, all of one round through one connection. What a round was answered
must be, as a whole, what one published snapshot says: else it was mixed. A round that began after a flip must not
show an older snapshot, where its connection is new or follows. `make soak` runs this with many publishes.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager, nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import duckdb

from dagster_project import build_file
from dagster_project.publish import snapshot
from dagster_project.publish.reader import Reader, follow
from dagster_project.settings import ROOT, Settings

# How each kind of reader opens the file, and whether a round that begins after a flip must see the new snapshot.
KINDS = {
    "reader": ("dagster_project.publish.reader", True),
    "connect": ("duckdb.connect, one a round", True),
    "held": ("duckdb.connect, held for 20 rounds", False),
    "null": ("SQLAlchemy, NullPool", True),
    "following": ("SQLAlchemy, QueuePool, follow()", True),
    "pool": ("SQLAlchemy, QueuePool, disposed every 20 rounds", False),
    "cli": ("DuckDB CLI", True),
}
# One process each.
READERS = ["reader", "reader", "connect", "held", "null", "null", "following", "pool", "cli"]
_HELD = 20
# Seconds after a flip by which every kind that follows must have answered from the new snapshot.
_SEEN_WITHIN = 1.0
_MARK = "<!-- written by: make soak ARGS=--write -->"

Ask = Callable[[str], Any]


@dataclass
class Report:
    """What a run came to.

    `stale` are rounds that began after a flip and saw an older snapshot, though their connection was new or followed.
    By kind: `slowest` round, and `seen_after` how long after a flip the first answer from it was there, at the latest;
    both in seconds, of a machine on which the readers themselves leave no core idle. A flip is the rename of the link,
    not the end of the publish, which cleans up after it.
    """

    publishes: int = 0
    processes: int = 0
    rounds: int = 0
    queries: int = 0
    errors: list[str] = field(default_factory=list)
    mixed: list[str] = field(default_factory=list)
    stale: list[str] = field(default_factory=list)
    slowest: dict[str, float] = field(default_factory=dict)
    seen_after: dict[str, float] = field(default_factory=dict)
    rounds_of: dict[str, int] = field(default_factory=dict)


# The readers' side


def _rounds(kind: str, path: str) -> Iterator[Any]:
    """Context managers without end, each giving what answers the queries of one round."""
    if kind == "reader":
        reader = Reader(path)

        @contextmanager
        def within() -> Iterator[Ask]:
            with reader.snapshot() as connection:
                yield _asking(connection)

        while True:
            yield within()
    if kind in ("connect", "held"):
        while True:
            with closing(duckdb.connect(path, read_only=True)) as connection:
                for _ in range(_HELD if kind == "held" else 1):
                    yield nullcontext(_asking(connection))
    if kind == "cli":
        import duckdb_cli

        program = Path(duckdb_cli.__file__).with_name("duckdb")

        while True:
            yield nullcontext(lambda queries: _typed(program, path, queries))
    yield from _sqlalchemy_rounds(kind, path)


def _asking(connection: duckdb.DuckDBPyConnection) -> Ask:
    return lambda query: connection.execute(query).fetchall()


def _typed(program: Path, path: str, queries: str) -> list[list[list[Any]]]:
    command = [program, "-readonly", "-json", path, "-c", queries]
    printed = subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()
    answers = []
    while printed:
        rows, end = json.JSONDecoder().raw_decode(printed)
        answers.append([list(row.values()) for row in rows])
        printed = printed[end:].lstrip()
    return answers


def _sqlalchemy_rounds(kind: str, path: str) -> Iterator[Any]:
    from sqlalchemy import create_engine
    from sqlalchemy.pool import NullPool, QueuePool

    engine = create_engine(
        f"duckdb:///{path}?access_mode=read_only", poolclass=NullPool if kind == "null" else QueuePool
    )
    if kind == "following":
        follow(engine, path)

    @contextmanager
    def lent() -> Iterator[Ask]:
        with engine.connect() as connection:
            yield lambda query: [list(row) for row in connection.exec_driver_sql(query)]

    while True:
        for _ in range(_HELD):
            yield lent()
        if kind == "pool":
            engine.dispose()


def read(kind: str, path: str, queries: Sequence[str]) -> None:
    """Ask round by round until stdin closes; a line of JSON for each round."""
    done = threading.Event()
    threading.Thread(target=lambda: (sys.stdin.read(), done.set()), daemon=True).start()
    rounds = _rounds(kind, path)
    while not done.is_set():
        began = time.monotonic()
        told: dict[str, Any] = {"began": began}
        try:
            with next(rounds) as ask:
                told["answers"] = ask("; ".join(queries)) if kind == "cli" else [ask(query) for query in queries]
        except Exception as error:
            told["error"] = f"{type(error).__name__}: {error}"
            rounds = _rounds(kind, path)
        told["ended"] = time.monotonic()
        print(json.dumps(told, default=str), flush=True)


# The side of who publishes


class _Process:
    def __init__(self, kind: str, path: Path, queries: Sequence[str], changed: threading.Condition) -> None:
        self.kind, self.changed = kind, changed
        self.told: list[dict[str, Any]] = []
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.faults.readers", "--read", kind, str(path), *queries],
            cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        self.thread = threading.Thread(target=self._listen, daemon=True)
        self.thread.start()

    def _listen(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            with self.changed:
                self.told.append(json.loads(line))
                self.changed.notify_all()

    def has_begun_after(self, moment: float) -> bool:
        return bool(self.told) and self.told[-1]["began"] > moment


def run(
    served: Path, queries: Sequence[str], publish: Callable[[int], None], publishes: int, kinds: Sequence[str]
) -> Report:
    """Let readers ask while `publish(1)`, `publish(2)` … flip what `served` leads to; every reader asks after each.

    `publish` returns once its snapshot is served.
    """
    changed = threading.Condition()

    def truth() -> str:
        with build_file.reading(served.resolve()) as connection:
            answers = [[list(row) for row in connection.execute(query).fetchall()] for query in queries]
        return json.dumps(answers, default=str)

    snapshots, flipped, published = [truth()], [float("-inf")], [float("-inf")]
    processes = [_Process(kind, served, queries, changed) for kind in kinds]

    def wait_for_all(moment: float) -> None:
        with changed:
            while not all(one.has_begun_after(moment) for one in processes):
                dead = [one.kind for one in processes if one.process.poll() is not None]
                assert not dead, f"readers that ended by themselves: {dead}"
                changed.wait(5)

    wait_for_all(float("-inf"))
    for number in range(1, publishes + 1):
        # Flipped before anyone could see it, and published after everyone can.
        publish(number)
        published.append(time.monotonic())
        flipped.append(_flipped(served))
        snapshots.append(truth())
        wait_for_all(published[-1])
    for one in processes:
        assert one.process.stdin is not None
        one.process.stdin.close()
        one.process.wait()
        one.thread.join()
    return _report(processes, snapshots, flipped, published, len(queries))


def _flipped(served: Path) -> float:
    """When the link was renamed into its place, or laid ready on a file system that does not note that; monotonic."""
    age = time.time() - os.lstat(served.with_name("current")).st_ctime
    return time.monotonic() - age


def _report(
    processes: Sequence[_Process], snapshots: list[str], flipped: list[float], published: list[float], queries: int
) -> Report:
    report = Report(publishes=len(published) - 1, processes=len(processes))
    place = {answers: number for number, answers in enumerate(snapshots)}
    assert len(place) == len(snapshots), "two snapshots answer alike, so nothing could be told from the answers"
    slowest: dict[str, float] = defaultdict(float)
    seen_after: dict[str, float] = defaultdict(float)
    rounds_of: dict[str, int] = defaultdict(int)
    for one in processes:
        newest = 0
        for told in one.told:
            report.rounds += 1
            rounds_of[one.kind] += 1
            if told is not one.told[0]:  # the first one imports
                slowest[one.kind] = max(slowest[one.kind], told["ended"] - told["began"])
            if "error" in told:
                report.errors.append(f"{one.kind}: {told['error']}")
                continue
            answers = json.dumps(told["answers"])
            if answers not in place:
                report.mixed.append(f"{one.kind}: {answers[:500]}")
                continue
            number = place[answers]
            if KINDS[one.kind][1]:
                due = sum(told["began"] > moment for moment in published) - 1
                if number < due:
                    report.stale.append(
                        f"{one.kind}: snapshot {number}, {told['began'] - published[number + 1]:.3f} s after the next"
                    )
                if number > newest:
                    seen_after[one.kind] = max(seen_after[one.kind], told["ended"] - flipped[number])
                    newest = number
    report.queries = report.rounds * queries
    report.slowest, report.seen_after, report.rounds_of = dict(slowest), dict(seen_after), dict(rounds_of)
    return report


# The long run, on the shipped data

SHIPPED_QUERIES = (
    "select input_fingerprint from meta.build",
    "select count(*), cast(sum(value) as bigint) from marts.fct_measure",
    "select value, numerator from marts.fct_indicator where region_code = '100000' and basis = 'computed'"
    " and indicator_code = 'kg_public_share_children' and segment = 'all' order by year, value limit 3",
    "select count(*) from quality.check_result where message like 'soak %'",
)


def soak(publishes: int, home: Path) -> Report:
    """Readers of the shipped warehouse while snapshots of it, each with other figures, are published one after another."""
    environment = {**os.environ, "ZHIBIAO_HOME": str(home), "ZHIBIAO_RAW": str(ROOT / "raw")}
    subprocess.run(
        [sys.executable, "-c", "from dagster_project.cli import main; main()", "refresh"],
        cwd=ROOT,
        env=environment,
        check=True,
    )
    settings = Settings(raw=ROOT / "raw", home=home, as_of=_as_of(home), keep=3)
    first = snapshot.current(settings)
    assert first is not None
    original = home / "original.duckdb"
    shutil.copy(first.database, original)

    def publish(number: int) -> None:
        settings.build.parent.mkdir(exist_ok=True)
        settings.build.unlink(missing_ok=True)
        shutil.copyfile(original, settings.build)
        with build_file.writing(settings.build) as connection:
            connection.execute("update meta.build set input_fingerprint = ?", [f"soak {number}"])
            connection.execute("update marts.fct_measure set value = value + ?", [number])
            connection.execute(
                "update marts.fct_indicator set value = value + ?, numerator = numerator + ?", [number] * 2
            )
            connection.execute("update quality.check_result set message = 'soak ' || ? where gate = 'rows'", [number])
        kept = ("as_of", "input_fingerprint", "code_fingerprint")
        snapshot.publish(settings, {key: first.manifest[key] for key in kept})
        print(f"· {number}/{publishes}", flush=True)

    return run(settings.served, SHIPPED_QUERIES, publish, publishes, READERS)


def _as_of(home: Path) -> Any:
    with build_file.reading(home / "current.duckdb") as connection:
        ((day,),) = connection.execute("select as_of from meta.build").fetchall()
    return day


def told(report: Report, seconds: float, language: str) -> str:
    """The figures of a run as they stand in the pages on faults."""
    en = language == "en"
    counts = (
        f"{report.processes} processes, {report.publishes} publishes, {report.queries:,} queries in {report.rounds:,} rounds, "
        f"{seconds:.0f} seconds on {os.cpu_count()} cores: {len(report.errors)} errors, {len(report.mixed)} mixed rounds, "
        f"{len(report.stale)} rounds that began after a flip and saw an older snapshot."
        if en
        else f"{report.processes} 个进程，{report.publishes} 次发布，{report.rounds:,} 轮共 {report.queries:,} 次查询，"
        f"{os.cpu_count()} 核上 {seconds:.0f} 秒：出错 {len(report.errors)}，混杂 {len(report.mixed)} 轮，"
        f"切换后开始却见到旧快照 {len(report.stale)} 轮。"
    )
    lines = [counts, ""]
    lines.append(
        "| reader | rounds | slowest round (s) | answered from the new snapshot after a flip, at the latest (s) |"
        if en
        else "| 读者 | 轮数 | 最慢一轮（秒） | 切换后最迟何时答出新快照（秒） |"
    )
    lines.append("| --- | --- | --- | --- |")
    for kind, (about, fresh) in KINDS.items():
        if kind in report.rounds_of:
            seen = f"{report.seen_after.get(kind, 0):.2f}" if fresh else "-"
            lines.append(f"| {about} | {report.rounds_of[kind]:,} | {report.slowest[kind]:.2f} | {seen} |")
    return "\n".join(lines) + "\n"


def _write(report: Report, seconds: float) -> None:
    for language, name in (("en", "faults.md"), ("zh", "faults.zh-CN.md")):
        page = ROOT / "docs" / name
        before, _, _ = page.read_text(encoding="utf-8").partition(_MARK)
        page.write_text(f"{before}{_MARK}\n\n{told(report, seconds, language)}", encoding="utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--publishes", type=int, default=50)
    parser.add_argument("--write", action="store_true", help="the figures into docs/faults.md and its Chinese page")
    parser.add_argument("--read", nargs=3, metavar=("KIND", "PATH", "QUERY"))
    given, more = parser.parse_known_args()
    if given.read:
        read(given.read[0], given.read[1], [given.read[2], *more])
        return
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        report = soak(given.publishes, Path(folder))
    seconds = time.monotonic() - began
    print(told(report, seconds, "en"))
    for line in [*report.errors[:5], *report.mixed[:5], *report.stale[:5]]:
        print(line)
    late = {kind: seconds for kind, seconds in report.seen_after.items() if seconds > _SEEN_WITHIN}
    for kind, after in late.items():
        print(f"{kind}: {after:.2f} s after a flip, more than {_SEEN_WITHIN:g} s")
    if report.errors or report.mixed or report.stale or late:
        sys.exit(1)
    if given.write:
        _write(report, seconds)


if __name__ == "__main__":
    main()
