"""What happens while an export is being written: it is killed, or another snapshot is served."""

from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from tests.conftest import Site, copied
from tests.export.conftest import YEAR
from tests.faults.injected import KILLED, Commands, Fault

# Once the snapshot is open, before the first table is written; and when all of it is.
BEGINNING = Fault(at=r"^os\.mkdir \S*\.unfinished/out", what="stop")
APPEARING = Fault(at=r"^os\.rename \S*\.unfinished/out \S*/out$")


@pytest.fixture
def commands() -> Iterator[Commands]:
    running = Commands()
    yield running
    running.close()


def test_killed_before_it_appears_there_is_nothing_and_the_next_one_works(
    small_site: Site, out: Path, commands: Commands
) -> None:
    export = ("export", str(out), "--format", "parquet", "--tables", "fct_measure")
    assert commands.run(small_site.raw, small_site.home, *export, fault=APPEARING).code == KILLED
    assert not out.exists()
    assert commands.run(small_site.raw, small_site.home, *export).code == 0
    assert {path.name for path in out.iterdir()} == {"fct_measure.parquet", "README.txt"}


def test_another_snapshot_meanwhile_changes_nothing(
    small_site: Site, tmp_path: Path, out: Path, commands: Commands
) -> None:
    site = copied(small_site, tmp_path / "site")
    begun_with = site.served()
    export = ("export", str(out), "--format", "parquet", "--tables", "fct_measure,dim_source")
    stopped = commands.run(site.raw, site.home, *export, fault=BEGINNING)
    assert stopped.code is None, stopped.output
    assert site.run("rollback").exit_code == 0 and site.served() != begun_with
    assert commands.go_on(stopped).code == 0
    assert f"snapshot: {begun_with}" in (out / "README.txt").read_text(encoding="utf-8-sig")
    found = duckdb.execute(f"select count(*) from '{out}/fct_measure.parquet' where year = {YEAR}").fetchall()
    assert found == [(11,)]
