"""What tests of the wiring share: a run of the Dagster job on a site, and a load of small sources without one."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any

import dagster as dg
import duckdb
import pytest
import yaml

from dagster_project import build_file
from dagster_project.definitions import defs
from dagster_project.ingest import files, sidecar
from dagster_project.ingest.contract import load_contracts
from dagster_project.ingest.load import LoadReport, Outcome, load
from dagster_project.settings import Settings
from tests.conftest import AS_OF, Site

# Runs a job (default: the refresh, as defined now, published even if unchanged), or only some assets of it, on a site.
InDagster = Callable[..., dg.ExecuteInProcessResult]


@pytest.fixture
def in_dagster(monkeypatch: pytest.MonkeyPatch) -> InDagster:
    def run(
        site: Site, job: dg.JobDefinition | None = None, only: Sequence[dg.AssetKey] | None = None
    ) -> dg.ExecuteInProcessResult:
        monkeypatch.setenv("ZHIBIAO_RAW", str(site.raw))
        monkeypatch.setenv("ZHIBIAO_HOME", str(site.home))
        monkeypatch.setenv("ZHIBIAO_AS_OF", AS_OF.isoformat())
        config = {"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}}
        if job is None:
            job = defs().resolve_job_def("refresh")
            config["resources"] = {"warehouse": {"config": {"publish_unchanged": True}}}
        return job.execute_in_process(run_config=config, raise_on_error=False, asset_selection=only)

    return run


SCHOOLS: dict[str, Any] = {
    "source": "schools", "title_zh": "学校", "title_en": "Schools", "group": "schools", "files": ["schools/*"],
    "key": ["code"], "partial": "quarantine",
    "columns": [
        {"name": "code", "zh": "学校代码", "en": "code", "required": True},
        {"name": "pupils", "zh": "学生数", "en": "pupils", "type": "integer", "required": True},
        {"name": "note", "zh": "备注", "en": "remark"},
    ],
}  # fmt: skip


@dataclass
class Bench:
    """A raw folder, the contracts it is loaded by, and an open build file."""

    folder: Path
    connection: duckdb.DuckDBPyConnection
    contracts: list[dict[str, Any]] = field(default_factory=lambda: [SCHOOLS])

    def put(self, name: str, content: str) -> Path:
        file = self.folder / "raw" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(content, encoding="utf-8")
        return self.vouch(file)

    def vouch(self, file: Path) -> Path:
        about = sidecar.Sidecar("测试", "测试机构", "tests", "MIT", "2026-01-01", files.sha256(file), "A")
        sidecar.write(file, about)
        return file

    def load(self) -> LoadReport:
        folder = self.folder / "contracts"
        folder.mkdir(exist_ok=True)
        for contract in self.contracts:
            (folder / f"{contract['source']}.yml").write_text(yaml.safe_dump(contract), encoding="utf-8")
        settings = Settings(self.folder / "raw", self.folder / "home", date(2026, 1, 31))
        return load(self.connection, settings, datetime(2026, 1, 31), contracts=load_contracts(folder))

    def outcome(self) -> Outcome:
        return self.load().sources["schools"].outcome

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        return self.connection.execute(query).fetchall()

    @property
    def codes(self) -> list[str]:
        return [code for (code,) in self.rows("select code from raw.schools order by _file, _row")]

    @property
    def quarantine(self) -> list[tuple[Any, ...]]:
        return self.rows("select row_no, column_name, rule, value, consequence from quality.quarantine order by 1, 2")


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    (tmp_path / "raw").mkdir()
    build_file.start(tmp_path / "build.duckdb")
    with build_file.writing(tmp_path / "build.duckdb") as connection:
        yield Bench(tmp_path, connection)
