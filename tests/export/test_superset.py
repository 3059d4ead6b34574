"""The bundle in a real Superset, looked at with a real browser (`make test-superset`): installed apart, on loopback only.

What the page shows is compared with SQL on the marts.
"""

import os
import re
import shutil
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb
import pytest

from dagster_project.settings import ROOT
from tests.conftest import Site

if TYPE_CHECKING:
    from playwright.sync_api import Page, Response

pytestmark = pytest.mark.superset

SUPERSET = ROOT / ".superset" / "bin" / "superset"
SCREENSHOT = ROOT / "build" / "superset.png"
PAGE = (ROOT / "docs" / "superset.md").read_text(encoding="utf-8")
(IMPORT,) = (
    block for block in re.findall(r"^```bash\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL) if "import-directory" in block
)
CHARTS = 19
DATASETS = 20
# What a site's own superset_config.py would say otherwise; the languages are as docs/superset.md gives them.
CONFIG = """
from pathlib import Path
SECRET_KEY = "only-for-the-test-only-for-the-test-only-for"
SQLALCHEMY_DATABASE_URI = f"sqlite:///{Path(__file__).parent}/superset.db"
BABEL_DEFAULT_LOCALE = "zh"
LANGUAGES = {"zh": {"flag": "cn", "name": "Chinese"}, "en": {"flag": "us", "name": "English"}}
DATA_CACHE_CONFIG = {"CACHE_TYPE": "SimpleCache", "CACHE_DEFAULT_TIMEOUT": 86400}
WTF_CSRF_ENABLED = False
TALISMAN_ENABLED = False
"""


@dataclass(frozen=True)
class Superset:
    """A Superset of its own in `home`, with its metadata in SQLite."""

    home: Path
    database: Path
    port: int

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def environment(self) -> dict[str, str]:
        config = str(self.home / "superset_config.py")
        inherited = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
        return {**inherited, "SUPERSET_CONFIG_PATH": config, "SUPERSET_HOME": str(self.home), "FLASK_APP": "superset"}

    def run(self, *arguments: str) -> str:
        ran = subprocess.run(
            [SUPERSET, *arguments], cwd=self.home, env=self.environment, capture_output=True, text=True
        )
        assert ran.returncode == 0, ran.stderr
        return ran.stderr

    def import_bundle(self, bundle: Path) -> str:
        """As docs/superset.md says, in so many words: its programs are those of Superset's environment."""
        shutil.copy(bundle, self.home / "zhibiao.zip")
        environment = {**self.environment, "PATH": f"{SUPERSET.parent}{os.pathsep}{os.environ['PATH']}"}
        ran = subprocess.run(
            ["bash", "-e", "-c", IMPORT], cwd=self.home, env=environment, capture_output=True, text=True
        )
        assert ran.returncode == 0, ran.stderr
        return ran.stderr

    def count(self, table: str) -> int:
        import sqlite3

        with sqlite3.connect(self.home / "superset.db") as connection:
            (count,) = connection.execute(f"select count(*) from {table}").fetchone()
        return int(count)


@dataclass
class Seen:
    """The page of a browser that has logged in, and the answers to the charts it asked for, by the chart's name."""

    page: "Page"
    address: str
    answers: dict[str, dict[str, Any]] = field(default_factory=dict)

    def open(self, path: str, charts: int) -> dict[str, dict[str, Any]]:
        """Open the dashboard and wait until so many charts have their data."""
        names = {
            chart["id"]: chart["slice_name"]
            for chart in self.page.request.get(f"{self.address}/api/v1/chart/?q=(page_size:100)").json()["result"]
        }
        self.answers.clear()

        def note(response: "Response") -> None:
            if response.url.split("?")[0].endswith("/api/v1/chart/data"):
                chart = response.request.post_data_json["form_data"].get("slice_id")
                if chart in names:
                    assert response.status == 200, response.text()
                    self.answers[names[chart]] = response.json()["result"][0]

        self.page.on("response", note)
        self.page.goto(self.address + path)
        ends = time.monotonic() + 180
        while len(self.answers) < charts and time.monotonic() < ends:
            self.page.wait_for_timeout(200)
        self.page.remove_listener("response", note)
        return self.answers

    def post(self, path: str, **content: object) -> tuple[int, dict[str, Any]]:
        answer = self.page.request.post(self.address + path, data=content)
        return answer.status, answer.json()


@pytest.fixture(scope="module")
def superset(shipped: Site, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Superset]:
    """A Superset into which the bundle was imported twice."""
    assert SUPERSET.exists(), "make test-superset installs it"
    home = tmp_path_factory.mktemp("superset")
    (home / "superset_config.py").write_text(CONFIG, encoding="utf-8")
    bundle = home / "bundle.zip"
    assert shipped.run("superset-bundle", str(bundle)).exit_code == 0
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = Superset(home, shipped.settings.served, port)
    server.run("db", "upgrade")
    server.run(
        "fab", "create-admin", "--username", "admin", "--password", "admin",
        "--firstname", "admin", "--lastname", "admin", "--email", "admin@example.org",
    )  # fmt: skip
    server.run("init")
    for _ in range(2):
        server.import_bundle(bundle)
    command = [SUPERSET, "run", "-h", "127.0.0.1", "-p", str(port), "--with-threads"]
    with (home / "server.log").open("wb") as log, subprocess.Popen(
        command, cwd=home, env=server.environment, stdout=log, stderr=log
    ) as process:  # fmt: skip
        try:
            wait_for(server, process)
            yield server
        finally:
            process.terminate()


def wait_for(server: Superset, process: subprocess.Popen[bytes]) -> None:
    ends = time.monotonic() + 120
    while time.monotonic() < ends:
        assert process.poll() is None, (server.home / "server.log").read_text(encoding="utf-8")
        try:
            with urllib.request.urlopen(f"{server.address}/health", timeout=5):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.2)
    raise AssertionError("Superset does not answer")


@pytest.fixture(scope="module")
def seen(superset: Superset) -> Iterator[Seen]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 1366, "height": 4600}, locale="zh-CN")
        page.goto(f"{superset.address}/login/")
        page.fill("#username", "admin")
        page.fill("#password", "admin")
        page.keyboard.press("Enter")
        page.wait_for_url(lambda address: "login" not in address)
        yield Seen(page, superset.address)
        browser.close()


def ask(superset: Superset, query: str) -> list[tuple[Any, ...]]:
    with duckdb.connect(str(superset.database), read_only=True) as connection:
        return connection.execute(query).fetchall()


def test_importing_again_replaces_and_adds_nothing(superset: Superset) -> None:
    counted = {table: superset.count(table) for table in ("dbs", "tables", "slices", "dashboards", "dashboard_slices")}
    assert counted == {
        "dbs": 1, "tables": DATASETS, "slices": CHARTS, "dashboards": 1, "dashboard_slices": CHARTS,
    }  # fmt: skip


def test_a_changed_bundle_changes_what_was_imported(superset: Superset, seen: Seen) -> None:
    """`superset import-dashboards` would leave charts, datasets and the connection as they were."""
    chart = superset.home / "zhibiao" / "charts" / "met.yaml"
    before = chart.read_text(encoding="utf-8")
    address = f"{superset.address}/api/v1/chart/?q=(page_size:100)"
    try:
        chart.write_text(before.replace("slice_name: 达到", "slice_name: 已经达到"), encoding="utf-8")
        superset.run("import-directory", "--overwrite", "zhibiao")
        names = [one["slice_name"] for one in seen.page.request.get(address).json()["result"]]
        assert "已经达到" in names and "达到" not in names and len(names) == CHARTS
    finally:
        chart.write_text(before, encoding="utf-8")
        superset.run("import-directory", "--overwrite", "zhibiao")


def test_the_page_shows_what_the_marts_say(superset: Superset, seen: Seen) -> None:
    shown = seen.open("/superset/dashboard/zhibiao/", CHARTS)
    assert len(shown) == CHARTS, sorted(shown)
    assert {name for name, answer in shown.items() if answer["error"]} == set()
    # The window in which a new snapshot may not show yet.
    assert {answer["cache_timeout"] for answer in shown.values()} == {300}
    data = {name: answer["data"] for name, answer in shown.items()}

    statuses = dict(
        ask(superset, "select status, count(*) from marts.mart_target_attainment where method = 'ladder' group by 1")
    )
    undecided = ("no_data", "not_comparable", "not_measurable", "redacted")
    assert {name: data[name][0]["target_count"] for name in ("目标总数", "达到", "未达到", "未到期", "不能判定")} == {
        "目标总数": sum(statuses.values()),
        "达到": statuses["met"] + statuses.get("met_late", 0),
        "未达到": statuses["missed"],
        "未到期": sum(
            statuses.get(status, 0)
            for status in ("on_track", "slightly_behind", "behind", "regressing", "level_only", "not_due")
        ),
        "不能判定": sum(statuses.get(status, 0) for status in undecided),
    }
    for name, view_by, group in (
        ("各文件的目标", "document", "title_zh"),
        ("各责任单位的目标", "responsible_unit", "unit_name"),
    ):
        counted = {
            row.pop(group): sum(count for count in row.values() if count) for row in map(dict, data[name])
        }  # fmt: skip
        counted.pop("未写明", None)
        assert counted == dict(
            ask(
                superset,
                f"""select group_zh, cast(sum(target_count) as bigint) from marts.mart_target_summary
                where view_by = '{view_by}' and method = 'ladder' group by 1""",
            )
        )
    late = ask(
        superset,
        """select t.region_zh, a.target_value, a.actual_value, a.gap from marts.mart_target_attainment as a
        join marts.fct_target as t using (target_id)
        where a.method = 'ladder' and a.status in ('missed', 'met_late', 'regressing', 'behind', 'slightly_behind')""",
    )
    shown_late = data["未达到、逾期或滞后的目标：条款与原因"]
    assert sorted(late) == sorted(
        (row["region_zh"], row["target_value"], row["actual_value"], row["gap"]) for row in shown_late
    )
    for name, code in (
        ("公办园在园幼儿占比（%）", "kg_public_share_children"),
        ("普惠性幼儿园覆盖率（%）", "kg_inclusive_coverage"),
        ("九年义务教育巩固率（%）", "nine_year_retention"),
    ):
        points = {
            (int(time.gmtime(row["stat_date"] / 1000).tm_year), basis): row[basis]
            for row in data[name]
            for basis in ("公布值", "计算值")
            if row.get(basis) is not None
        }
        facts = ask(
            superset,
            f"""select year, case basis when 'published' then '公布值' else '计算值' end, value
            from marts.fct_indicator
            where indicator_code = '{code}' and region_code = '100000' and segment = 'all'""",
        )
        assert points == {(year, basis): value for year, basis, value in facts} != {}
    ranked = {row["region_zh"]: row["2019, 公布值"] for row in data["各省采用值：同级地区最齐全的最近一年"]}
    assert ranked == dict(
        ask(
            superset,
            """select region_zh, value from marts.mart_pupil_teacher_ratio
            where indicator_code = 'pri_pupils_per_teacher' and year = 2019 and region_level = 'province'
                and segment = 'all'""",
        )
    )
    assert len(ranked) == 31
    assert sum(row["cell_count"] for row in data["公布值与计算值对账"]) == ask(
        superset, "select count(*) from marts.reconciliation"
    )[0][0]  # fmt: skip
    ((differences,),) = ask(superset, "select count(*) from marts.reconciliation where not within_rounding")
    assert shown["公布值与计算值不一致的单元"]["rowcount"] == differences
    assert data["快照"][0]["as_of"] == ask(superset, "select cast(as_of as varchar) from meta.build")[0][0]
    seen.page.wait_for_function("!document.querySelector('.loading, [data-test=loading-indicator]')")
    seen.page.wait_for_timeout(2000)  # bars and lines grow into place
    SCREENSHOT.parent.mkdir(exist_ok=True)
    seen.page.screenshot(path=SCREENSHOT, full_page=True)


def test_a_filter_acts_on_the_targets(superset: Superset, seen: Seen) -> None:
    chosen = "(col:region_zh,op:IN,val:!(河南省))"
    mask = f"(extraFormData:(filters:!({chosen})),filterState:(value:!(河南省)),id:NATIVE_FILTER-region,ownState:())"
    shown = seen.open(f"/superset/dashboard/zhibiao/?native_filters=(NATIVE_FILTER-region:{mask})", CHARTS)
    ((targets, met),) = ask(
        superset,
        """select count(*), count(*) filter (where status = 'met') from marts.mart_target_attainment
        where method = 'ladder' and region_zh = '河南省'""",
    )
    assert (shown["目标总数"]["data"][0]["target_count"], shown["达到"]["data"][0]["target_count"]) == (targets, met)
    # The trends have a filter of their own.
    ((points,),) = ask(
        superset,
        """select count(distinct year) from marts.fct_indicator
        where indicator_code = 'nine_year_retention' and region_code = '100000' and segment = 'all'""",
    )
    assert shown["九年义务教育巩固率（%）"]["rowcount"] == points > 0


@pytest.mark.parametrize(
    ("statement", "why"),
    [
        ("select * from read_text('/etc/hostname')", "disabled"),
        ("copy marts.fct_target to 'targets.csv'", "disabled"),
        ("create table marts.t (a integer)", "DML_NOT_ALLOWED_ERROR"),
        ("delete from marts.fct_target", "DML_NOT_ALLOWED_ERROR"),
    ],
)
def test_sql_lab_reads_the_marts_and_nothing_else(superset: Superset, seen: Seen, statement: str, why: str) -> None:
    (database,) = seen.page.request.get(f"{seen.address}/api/v1/database/").json()["result"]
    asked = {"database_id": database["id"], "runAsync": False, "schema": "marts"}
    status, answer = seen.post("/api/v1/sqllab/execute/", sql=statement, **asked)
    assert status >= 400 and why in str(answer["errors"]), answer
    status, answer = seen.post("/api/v1/sqllab/execute/", sql="select count(*) as n from marts.fct_target", **asked)
    ((targets,),) = ask(superset, "select count(*) from marts.fct_target")
    assert (status, answer["data"]) == (200, [{"n": targets}])
