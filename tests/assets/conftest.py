"""What tests of the wiring share: a run of the Dagster job on a site."""

from collections.abc import Callable

import dagster as dg
import pytest

from dagster_project.definitions import defs
from tests.conftest import AS_OF, Site

# Runs a job (default: the refresh, as defined now, published even if unchanged) on a site.
InDagster = Callable[..., dg.ExecuteInProcessResult]


@pytest.fixture
def in_dagster(monkeypatch: pytest.MonkeyPatch) -> InDagster:
    def run(site: Site, job: dg.JobDefinition | None = None) -> dg.ExecuteInProcessResult:
        monkeypatch.setenv("ZHIBIAO_RAW", str(site.raw))
        monkeypatch.setenv("ZHIBIAO_HOME", str(site.home))
        monkeypatch.setenv("ZHIBIAO_AS_OF", AS_OF.isoformat())
        config = {"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}}
        if job is None:
            job = defs().resolve_job_def("refresh")
            config["resources"] = {"warehouse": {"config": {"publish_unchanged": True}}}
        return job.execute_in_process(run_config=config, raise_on_error=False)

    return run
