"""The served file as BI tools open it: with DuckDB clients older than the one that wrote it (`make test-clients`)."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from dagster_project.settings import ROOT
from tests.conftest import Site

pytestmark = pytest.mark.old_clients

READ = """
import duckdb, json, sys
connection = duckdb.connect(sys.argv[1], read_only=True)
tables = connection.execute(
    "select schema_name || '.' || table_name from duckdb_tables() where schema_name in ('marts', 'quality', 'meta', 'raw')"
).fetchall()
answers = {
    "version": duckdb.__version__,
    "rows": {table: connection.execute(f"select count(*) from {table}").fetchone()[0] for (table,) in tables},
    "value": connection.execute(
        "select value from marts.fct_indicator where indicator_code = 'kg_public_share_children'"
        " and region_code = '430422' and year = 2020"
    ).fetchall(),
    "name": connection.execute("select name_zh from marts.dim_region where region_code = '430422'").fetchall(),
    "table": connection.execute("select comment from duckdb_tables() where table_name = 'fct_indicator'").fetchall(),
    "column": connection.execute(
        "select comment from duckdb_columns() where table_name = 'fct_indicator' and column_name = 'basis'"
    ).fetchall(),
    # Views take Chinese names without quotes, and carry what was said of them.
    "view": connection.execute(
        "select 地区, 级别, 日期::text, 数值, 单位 from bi.公办园占比_区县 where 地区代码 = '430422' and 年份 = 2020"
    ).fetchall(),
    "views": [
        (view, connection.execute(f"select count(*) from bi.{view}").fetchone()[0])
        for (view,) in connection.execute(
            "select view_name from duckdb_views() where schema_name = 'bi' order by view_name"
        ).fetchall()
    ],
    "said": connection.execute(
        "select comment from duckdb_columns() where table_name = '公办园占比_省' and column_name = '数值'"
    ).fetchall(),
    "whole": connection.execute("select count(*) from (select hash(t) from marts.fct_measure as t)").fetchall(),
}
print(json.dumps(answers))
"""


def ask(python_path: str, site: Site) -> dict[str, Any]:
    environment = {**os.environ, "PYTHONPATH": python_path}
    ran = subprocess.run(
        [sys.executable, "-c", READ, site.settings.served], env=environment, capture_output=True, text=True
    )
    assert ran.returncode == 0, ran.stderr
    return json.loads(ran.stdout)  # type: ignore[no-any-return]


@pytest.fixture(params=["1.4", "1.5"])
def client(request: pytest.FixtureRequest) -> Path:
    """The folder of an older client."""
    folder = ROOT / ".clients" / request.param
    if not (folder / ".made").exists():
        pytest.skip(f"no DuckDB {request.param} in .clients/: make test-clients")
    return folder


# The client stands first: where it is missing, nothing is built for it.
def test_a_client_of_an_older_version_reads_what_the_newest_does(client: Path, province: Site) -> None:
    old, new = ask(str(client), province), ask("", province)
    assert old.pop("version").startswith(f"{client.name}.")
    assert new.pop("version").startswith("2.")
    assert old == new
    assert old["value"] == [[pytest.approx(100 * 10301 / 25113, rel=1e-12)]]
    assert old["name"] == [["衡南县"]]
    assert old["view"] == [["衡南县", "区县", "2020-01-01", pytest.approx(100 * 10301 / 25113, rel=1e-12), "%"]]
    assert len(old["views"]) > 80 and "公式：" in old["said"][0][0]
    files = (province.raw / "statistics").glob("*.csv")
    assert old["rows"]["raw.statistics"] == sum(
        len(file.read_text(encoding="utf-8").splitlines()) - 1 for file in files
    )
    assert "公布值与计算值" in old["table"][0][0] and old["column"][0][0]
