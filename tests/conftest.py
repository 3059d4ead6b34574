"""What tests of several rooms share: a `raw/` folder to write into, and a refresh to run on it.

The shipped reference data (regions, catalogue, formulas) is used as it is; figures are the miniature province of
`tests/warehouse/province/`, small enough to check by hand.
"""

import csv
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from filelock import FileLock

# Tests run in several processes; each refreshes through a parse of its own. Before dbt's folder is looked up.
if worker := os.environ.get("PYTEST_XDIST_WORKER"):
    os.environ["DBT_TARGET_PATH"] = str(Path(__file__).parent.parent / "dbt" / "target" / worker)

from dagster_project.cli import cli
from dagster_project.demo.county import counties
from dagster_project.demo.write import write
from dagster_project.ingest import files, sidecar
from dagster_project.settings import ROOT, Settings

HERE = Path(__file__).parent
PROVINCE = HERE / "warehouse" / "province"
AS_OF = date(2026, 1, 31)
DEMO_YEARS = (2013, 2024)
_CHINESE = re.compile(r"[一-鿿]")
COLUMNS = (
    "region_code", "region_zh", "year", "level", "measure", "measure_zh", "value", "unit", "source_zh", "publisher_zh",
    "confidence", "note",
)  # fmt: skip


HOLD = """
import sys
from datetime import date
from pathlib import Path
from dagster_project.refresh.lock import only_writer
from dagster_project.settings import Settings

home = Path(sys.argv[1])
with only_writer(Settings(raw=home, home=home, as_of=date(2026, 1, 31))):
    print("held", flush=True)
    sys.stdin.read()  # until whoever started this closes it, or kills it
"""


@dataclass(frozen=True)
class Site:
    """A raw folder and a home folder of their own, and the commands run on them."""

    raw: Path
    home: Path

    @property
    def settings(self) -> Settings:
        return Settings(raw=self.raw, home=self.home, as_of=AS_OF)

    def vouch(self, file: Path) -> Path:
        """Write the sidecar of a file, as `zhibiao add` does."""
        about = sidecar.Sidecar("测试", "测试机构", "tests", "MIT", "2026-01-01", files.sha256(file), "A")
        sidecar.write(file, about)
        return file

    def statistics(self, year: int, *rows: dict[str, object], name: str = "") -> Path:
        """A vouched-for statistics file; a row's missing columns are those of one plain, valid figure."""
        plain = {
            "region_code": "100000", "region_zh": "全国", "year": year, "level": "primary", "measure": "enrolment",
            "measure_zh": "在校生数", "value": "100", "unit": "人", "source_zh": "测试公报", "publisher_zh": "测试机构",
            "confidence": "A", "note": "",
        }  # fmt: skip
        return self.table(f"statistics/{name or year}.csv", COLUMNS, [{**plain, **row} for row in rows])

    def table(self, name: str, columns: Sequence[str], rows: Sequence[dict[str, object]]) -> Path:
        file = self.raw / name
        file.parent.mkdir(parents=True, exist_ok=True)
        with file.open("w", encoding="utf-8", newline="") as target:
            writer = csv.DictWriter(target, columns, lineterminator="\n")
            writer.writeheader()
            writer.writerows(rows)
        return self.vouch(file)

    def run(self, *arguments: str) -> Result:
        """`zhibiao <arguments>` in this process, on this site, as of AS_OF."""
        environment = {
            "ZHIBIAO_RAW": str(self.raw),
            "ZHIBIAO_HOME": str(self.home),
            "ZHIBIAO_AS_OF": AS_OF.isoformat(),
            "COLUMNS": "200",
        }
        return CliRunner(env=environment).invoke(cli, list(arguments))

    def served(self) -> str | None:
        """The id of the served snapshot, as the pointer says it."""
        current = self.home / "current"
        return os.readlink(current).split("/")[-1] if current.is_symlink() else None


def new_site(folder: Path) -> Site:
    """A site with the shipped reference data and no figures."""
    shutil.copytree(ROOT / "raw" / "reference", folder / "raw" / "reference")
    (folder / "raw" / "statistics").mkdir()
    return Site(folder / "raw", folder / "home")


def says_both(text: str) -> bool:
    """Whether a description is "中文 / English": parted once, Chinese on the left only, nothing empty."""
    zh, *en = text.split(" / ")
    return len(en) == 1 and bool(_CHINESE.search(zh)) and bool(en[0].strip()) and not _CHINESE.search(en[0])


def copied(site: Site, folder: Path) -> Site:
    """A copy of a site with all it has published."""
    shutil.copytree(site.raw, folder / "raw")
    shutil.copytree(site.home, folder / "home", symlinks=True)
    return Site(folder / "raw", folder / "home")


@contextmanager
def another_writer(settings: Settings) -> Iterator[subprocess.Popen[str]]:
    """Another process, which holds the warehouse."""
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, settings.home], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as holder:
        assert holder.stdout is not None and holder.stdout.readline() == "held\n"
        yield holder


def _refreshed_once(name: str, tmp_path_factory: pytest.TempPathFactory, make: Callable[[Path], Site]) -> Site:
    """A site that `make` fills, refreshed once; all processes of a test run share it, so nobody may change it."""
    base = tmp_path_factory.getbasetemp()
    folder = (base.parent if worker else base) / name
    about = folder / "site.txt"
    with FileLock(folder.with_suffix(".lock")):
        if not about.exists():
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir()
            built = make(folder)
            result = built.run("refresh")
            assert result.exit_code == 0, result.output
            about.write_text(f"{built.raw}\n{built.home}", encoding="utf-8")
    return Site(*map(Path, about.read_text(encoding="utf-8").split("\n")))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Files of small tests last, so that no process is left alone with a long one."""
    rooms = ("documents", "unit")
    items.sort(key=lambda item: rooms.index(room) if (room := item.path.relative_to(HERE).parts[0]) in rooms else -1)


@pytest.fixture
def site(tmp_path: Path) -> Site:
    """A site of its own with no figures and nothing published."""
    return new_site(tmp_path)


@pytest.fixture(scope="session")
def province(tmp_path_factory: pytest.TempPathFactory) -> Site:
    """The miniature province, refreshed once; read only."""

    return _refreshed_once("province", tmp_path_factory, _province)


def _province(folder: Path) -> Site:
    site = new_site(folder)
    for room, files_of in (("statistics", PROVINCE), ("local", PROVINCE / "local")):
        (site.raw / room).mkdir(exist_ok=True)
        for file in sorted(files_of.glob("*.csv")):
            site.vouch(Path(shutil.copy(file, site.raw / room / file.name)))
    return site


@pytest.fixture(scope="session")
def restated(tmp_path_factory: pytest.TempPathFactory) -> Site:
    """The miniature province with one target, refreshed, and once more after a bulletin restated its figure; read only.

    全国 2019: 16.85 pupils a primary teacher, at most 17 asked for, then 17.30.
    """
    from tests.warehouse.verdicts import write_ledger

    def make(folder: Path) -> Site:
        site = _province(folder)
        target = {
            "document_id": "plan", "indicator_zh": "小学生师比", "indicator_code": "pri_pupils_per_teacher",
            "stage": "primary", "region_code": "100000", "region_zh": "全国", "comparator": "<=", "value": "17",
            "unit": ":1", "target_year": "2019",
        }  # fmt: skip
        write_ledger(site, {"plan": 2017}, [target])
        result = site.run("refresh")
        assert result.exit_code == 0, result.output
        figures = site.raw / "statistics" / "2019.csv"
        text = figures.read_text(encoding="utf-8")
        figures.write_text(text.replace("626.91", "610.41").replace("16.85", "17.30"), encoding="utf-8")
        site.vouch(figures)
        return site

    return _refreshed_once("restated", tmp_path_factory, make)


@pytest.fixture(scope="session")
def demo_counties(tmp_path_factory: pytest.TempPathFactory) -> Site:
    """The synthetic counties, the ordinary one with 300 schools, refreshed once; read only."""

    def make(folder: Path) -> Site:
        site = new_site(folder)
        write(site.raw, counties(300), *DEMO_YEARS, seed=1, tell=lambda line: None)
        # A refresh without any published figure is refused.
        site.statistics(2024, {})
        return site

    return _refreshed_once("counties", tmp_path_factory, make)


@pytest.fixture(scope="session")
def shipped(tmp_path_factory: pytest.TempPathFactory) -> Site:
    """The inputs as shipped in `raw/`, refreshed once into a home of their own; read only."""
    return _refreshed_once("shipped", tmp_path_factory, lambda folder: Site(ROOT / "raw", folder / "home"))


@pytest.fixture
def published(province: Site, tmp_path: Path) -> Iterator[Site]:
    """A copy of the refreshed province that a test may change and refresh again."""
    yield copied(province, tmp_path / "site")
