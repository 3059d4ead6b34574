"""Readers of every kind while snapshots are published: no error, nothing mixed, nothing old. `make soak` does it longer."""

from pathlib import Path

from dagster_project.settings import Settings
from tests.conftest import AS_OF
from tests.faults.readers import READERS, run
from tests.unit.test_snapshot import publish

QUERIES = (
    "select min(name), max(name), count(*) from marts.t",
    "select cast(sum(value) as bigint) from marts.t",
    "select max(name) from marts.v",
)


def test_nine_processes_read_through_three_publishes(tmp_path: Path) -> None:
    settings = Settings(raw=tmp_path / "raw", home=tmp_path / "home", as_of=AS_OF, keep=1)

    def publish_number(number: int) -> None:
        publish(settings, *[f"{number}{'x' * number}"] * (number + 10))

    publish_number(0)
    report = run(settings.served, QUERIES, publish_number, 3, READERS)
    assert report.processes == 9 and report.publishes == 3
    assert (report.errors, report.mixed, report.stale) == ([], [], [])
    # Every reader asked before the first publish and after each.
    assert all(rounds >= 4 for rounds in report.rounds_of.values()), report
