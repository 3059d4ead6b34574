"""The real `zhibiao refresh` that is killed, or whose disk is full, at a named step. It goes on where the next test begins.

Every test starts from the same: a served snapshot in which 蒸湘区 has 900 pupils, and a file that says 901. Whatever
happens to a refresh, the 900 are served whole; the last test lets one end.
"""

import json
import os
import signal
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from dagster_project.publish import snapshot
from dagster_project.publish.reader import Reader
from tests.assets.test_cli import publish_again
from tests.assets.test_refresh import correct, value_of
from tests.conftest import Site, copied
from tests.faults.injected import FILLER, KILLED, Commands, Ended, Fault

# Room for what is published, for a build, and for the snapshot it becomes.
_MEGABYTES = 100
VALUE = (
    "select value from marts.fct_measure where region_code = '430408' and measure_code = 'enrolment' and year = 2019"
)

LOADING = Fault(at=r"^open \S*/raw/statistics/2020\.csv$", since=r"^record load running$")
# When dbt writes down the statement of that model.
COMPUTING = Fault(at=r"^open \S*/run/\S*/fct_indicator\.sql$")
# When Great Expectations asks for a temporary folder.
CHECKING = Fault(at=r"^os\.mkdir ", since=r"^record check_marts running$")
WRITING_PARQUET = Fault(at=r"^os\.mkdir \S*/\.new-\S*/parquet$")
FLIPPING = Fault(at=r"^os\.rename \S*/\.current\.new \S*/current$")


def _mounts() -> bool:
    try:
        command = ["unshare", "--map-root-user", "--mount", "mount", "-t", "tmpfs", "zhibiao-test", "/tmp"]
        return subprocess.run(command, capture_output=True, check=False).returncode == 0
    except FileNotFoundError:
        return False


needs_a_disk = pytest.mark.skipif(not _mounts(), reason="this machine allows no mount in a namespace (unshare --mount)")


def served(folder: str) -> tuple[str | None, list[str] | None, list[tuple[float]]]:
    """What the pointer names, what of it is damaged, and what a reader is told of 蒸湘区."""
    site = Site(Path(folder, "raw"), Path(folder, "home"))
    current = snapshot.current(site.settings)
    damaged = snapshot.damage(site.settings, current) if current else None
    return site.served(), damaged, value_of(site, "430408")


class Disk:
    """A site on a small disk of its own; `site` as this process reaches it, `run` as the commands do."""

    def __init__(self, folder: Path, province: Site) -> None:
        self.folder = folder / "disk" if _mounts() else None
        self.commands = Commands(self.folder, _MEGABYTES)
        self.site = copied(province, self.commands.seen / "site" if self.folder else folder / "site")
        self.path = (self.folder or folder) / "site"
        correct(self.site)
        self.before = self.site.served()

    def run(self, *arguments: str, fault: Fault | None = None) -> Ended:
        return self.commands.run(self.path / "raw", self.path / "home", *arguments, fault=fault)

    def serves_the_old_one_whole(self) -> None:
        assert self.commands.call(served, self.path) == [self.before, [], [[900]]]

    def last_refresh(self) -> dict[str, str]:
        said = self.run("status", "--json")
        assert said.code == 1, said.output
        return json.loads(said.output)["last_refresh"]  # type: ignore[no-any-return]


@pytest.fixture(scope="module")
def disk(province: Site, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Disk]:
    made = Disk(tmp_path_factory.mktemp("faults"), province)
    yield made
    made.commands.close()


def killed(disk: Disk, fault: Fault, step: str) -> None:
    ended = disk.run("refresh", fault=fault)
    assert ended.code == KILLED, ended.output
    disk.serves_the_old_one_whole()
    last = disk.last_refresh()
    assert (last["outcome"], last["step"]) == ("failed", step) and "interrupted" in last["error"]


def test_killed_while_it_loads(disk: Disk) -> None:
    killed(disk, LOADING, "load")


def test_killed_while_dbt_builds(disk: Disk) -> None:
    killed(disk, COMPUTING, "transform")


@needs_a_disk
@pytest.mark.parametrize(
    "fault", [LOADING, COMPUTING, WRITING_PARQUET], ids=["load", "transform", "publish"]
)  # fmt: skip
def test_disk_full(disk: Disk, fault: Fault) -> None:
    ended = disk.run("refresh", fault=replace(fault, what="fill"))
    assert ended.code == 1 and "Traceback" not in ended.output, ended.output
    assert "space" in ended.output, ended.output
    disk.serves_the_old_one_whole()
    told = disk.run("status", "--json")
    assert told.code == 1
    assert [finding["code"] for finding in json.loads(told.output)["findings"]] == ["refresh_failed", "disk_low"]
    (disk.site.home / FILLER).unlink()
    disk.serves_the_old_one_whole()


@needs_a_disk
def test_a_read_only_folder(disk: Disk) -> None:
    disk.commands.mount("ro")
    try:
        ended = disk.run("refresh")
        assert ended.code == 1 and "Read-only file system" in ended.output and "Traceback" not in ended.output
        disk.serves_the_old_one_whole()
        # Whoever may only read can still ask.
        listed = disk.run("snapshots")
        assert listed.code == 0 and str(disk.before) in listed.output
    finally:
        disk.commands.mount("rw")


def test_a_second_refresh_is_told_who_is_at_it_and_how_long_a_hanging_one_hangs(disk: Disk) -> None:
    hanging = disk.run("refresh", fault=replace(LOADING, what="stop"))
    assert hanging.code is None
    for command in ("refresh", "rollback"):
        second = disk.run(command)
        assert second.code == 1 and f"process {hanging.process} since" in second.output, second.output
    assert "进行中" in disk.run("status").output
    os.kill(hanging.process, signal.SIGKILL)
    assert disk.commands.go_on(hanging).code == KILLED
    assert disk.last_refresh()["step"] == "load"
    disk.serves_the_old_one_whole()


STEPS = {
    "load": LOADING,
    "dbt": COMPUTING,
    "checks": CHECKING,
    "compare": Fault(at=r"^open \S*/snapshots/\S*/warehouse\.duckdb$", since=r"^record compare running$"),
    "checkpoint": Fault(at=r"^record publish running$"),
    "parquet": WRITING_PARQUET,
    "move": Fault(at=r"^os\.rename \S*/build/warehouse\.duckdb "),
    "rename": Fault(at=r"^os\.rename \S*/\.new-\S* \S*/snapshots/\d\S*$"),
    "flip": FLIPPING,
    "clean-up": Fault(at=r"^os\.remove warehouse\.duckdb$"),
    "record": Fault(at=r"^record publish published$"),
}


@pytest.fixture(scope="module")
def commands() -> Iterator[Commands]:
    made = Commands()
    yield made
    made.close()


@pytest.mark.soak
@pytest.mark.parametrize("step", STEPS)
def test_killed_at_each_step_and_refreshed(commands: Commands, published: Site, step: str) -> None:
    first = published.served()
    kept = [first, publish_again(published), publish_again(published)]
    correct(published)
    reader = Reader(published.settings.served)
    with reader.snapshot() as connection:
        ended = commands.run(published.raw, published.home, "refresh", fault=STEPS[step], ZHIBIAO_KEEP="1")
        assert ended.code == KILLED, ended.output
        assert connection.execute(VALUE).fetchall() == [(900,)]
    now, damaged, value = served(str(published.raw.parent))
    assert damaged == [] and value == ([(901,)] if step in ("clean-up", "record") else [(900,)])
    assert (now == kept[-1]) == (value == [(900,)])
    ended = commands.run(published.raw, published.home, "refresh", ZHIBIAO_KEEP="1")
    assert ended.code == 0, ended.output
    assert served(str(published.raw.parent))[1:] == ([], [(901,)])
    with reader.snapshot() as connection:
        assert connection.execute(VALUE).fetchall() == [(901,)]
    reader.close()
    assert commands.run(published.raw, published.home, "status").code == 0
    leaves_no_litter(published)
    # Two more would be kept only where the clean-up did not come to its end; the next publish takes them.
    assert len(list(published.settings.snapshots.iterdir())) <= 4


def leaves_no_litter(site: Site) -> None:
    left = {path.name for path in site.home.iterdir()} - {"alerts", "dagster", "documents", "logs"}
    assert left == {"build", "current", "current.duckdb", "last_refresh.json", "refresh.lock", "snapshots"}
    assert [path.name for path in site.settings.snapshots.iterdir() if path.name.startswith(".")] == []
    assert list(site.settings.build.parent.iterdir()) == []


def test_backed_up_in_the_middle_of_a_publish_it_is_restored_whole_and_refreshed_elsewhere(
    disk: Disk, tmp_path: Path
) -> None:
    standing = disk.run("refresh", fault=replace(FLIPPING, what="stop"))
    assert standing.code is None, standing.output
    file, there = tmp_path / "b.tar", Site(tmp_path / "there" / "raw", tmp_path / "there" / "home")
    made = disk.run("backup", str(file))
    assert made.code == 0, made.output
    os.kill(standing.process, signal.SIGKILL)
    assert disk.commands.go_on(standing).code == KILLED
    disk.serves_the_old_one_whole()

    assert disk.run("restore", str(file), str(tmp_path / "there")).code == 0
    assert served(str(tmp_path / "there")) == (disk.before, [], [(900,)])
    assert disk.commands.run(there.raw, there.home, "status").code == 0
    ended = disk.commands.run(there.raw, there.home, "refresh")
    assert ended.code == 0 and "已发布" in ended.output, ended.output
    assert served(str(tmp_path / "there"))[1:] == ([], [(901,)])
    leaves_no_litter(there)


def test_killed_before_the_flip_nothing_good_is_lost(disk: Disk) -> None:
    ended = disk.run("refresh", fault=FLIPPING)
    assert ended.code == KILLED, ended.output
    disk.serves_the_old_one_whole()
    # All gates had passed and the snapshot is whole: the next refresh serves it, and has nothing else to do.
    ended = disk.run("refresh")
    assert ended.code == 0 and "nothing changed" in ended.output, ended.output
    now, damaged, value = disk.commands.call(served, disk.path)
    assert now != disk.before and damaged == [] and value == [[901]]
    assert disk.run("status").code == 0
    leaves_no_litter(disk.site)
