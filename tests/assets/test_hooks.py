"""What is told to whom when a refresh does not end well: the alert file, the webhook, and failures of telling itself."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import dagster as dg
import pytest

from dagster_project.hooks import tell_failure
from dagster_project.refresh import record as records
from dagster_project.refresh import steps
from dagster_project.refresh.alert import WEBHOOK, raise_alert
from dagster_project.refresh.record import Record
from tests.assets.conftest import InDagster
from tests.conftest import Site

REFUSED = Record(
    as_of="2026-01-31",
    started="2026-01-31T02:00:05+08:00",
    outcome="refused",
    step="check_marts",
    checks=[
        {"table": "marts.a", "check": "1. x", "severity": "error", "outcome": "failed", "message": None,
         "meaning_zh": "在 0 与 100 之间"},
        {"table": "marts.b", "check": "2. y", "severity": "warning", "outcome": "failed", "message": None,
         "meaning_zh": "不必说"},
        {"table": "marts.c", "check": "3. z", "severity": "warning", "outcome": "error", "message": "no column v",
         "meaning_zh": ""},
    ],
)  # fmt: skip


class _Robot(BaseHTTPRequestHandler):
    """Stands for a WeCom or DingTalk robot: keeps what it is sent, answers with the server's status."""

    def do_POST(self) -> None:
        assert isinstance(self.server, _Server)
        self.server.sent.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
        self.send_response(self.server.answer)
        self.end_headers()

    def log_message(self, *arguments: Any) -> None:
        pass


class _Server(HTTPServer):
    sent: list[dict[str, Any]]
    answer = 200


@pytest.fixture
def robot(monkeypatch: pytest.MonkeyPatch) -> Iterator[_Server]:
    with _Server(("127.0.0.1", 0), _Robot) as server:
        server.sent = []
        monkeypatch.setenv(WEBHOOK, f"http://127.0.0.1:{server.server_port}/robot?key=1")
        monkeypatch.setenv("no_proxy", "*")
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def alerts(site: Site) -> list[dict[str, Any]]:
    folder = site.home / "alerts"
    return [json.loads(path.read_text(encoding="utf-8")) for path in sorted(folder.glob("*.json"))]


def test_the_alert_file_says_the_step_and_what_refused(site: Site) -> None:
    raise_alert(site.settings, REFUSED)
    (alert,) = alerts(site)
    assert (alert["outcome"], alert["step"]) == ("refused", "check_marts")
    # The warning did not stop anything; a check that broke did.
    assert alert["broken_checks"] == ["marts.a: 1. x 在 0 与 100 之间", "marts.c: 3. z no column v"]


def test_each_refresh_has_an_alert_file_of_its_own(site: Site) -> None:
    raise_alert(site.settings, REFUSED)
    raise_alert(site.settings, Record(**{**REFUSED.__dict__, "started": "2026-02-01T02:00:05+08:00"}))
    assert len(alerts(site)) == 2


def test_the_webhook_gets_a_sentence_for_people_and_the_whole_alert(site: Site, robot: _Server) -> None:
    raise_alert(site.settings, REFUSED)
    (sent,) = robot.sent
    assert sent["msgtype"] == "text"
    assert sent["text"]["content"].endswith("marts.a: 1. x 在 0 与 100 之间")
    assert [sent["alert"]] == alerts(site)


def test_without_a_webhook_nobody_is_called(site: Site, robot: _Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(WEBHOOK)
    raise_alert(site.settings, REFUSED)
    assert robot.sent == []
    assert len(alerts(site)) == 1


def test_a_webhook_that_answers_with_an_error_is_logged(
    site: Site, robot: _Server, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(steps.log, "propagate", True)
    robot.answer = 500
    raise_alert(site.settings, REFUSED)
    assert f"{WEBHOOK} 无法送达" in caplog.text and "500" in caplog.text


@pytest.mark.parametrize("address", ["http://127.0.0.1:1/", "http://127.0.0.1:port/", "not an address", "http:///"])
def test_an_address_that_leads_nowhere_is_logged_and_the_alert_file_stands(
    site: Site, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, address: str
) -> None:
    monkeypatch.setattr(steps.log, "propagate", True)
    monkeypatch.setenv("no_proxy", "*")
    monkeypatch.setenv(WEBHOOK, address)
    raise_alert(site.settings, REFUSED)
    assert f"{WEBHOOK} 无法送达" in caplog.text
    # The key of a robot stands in its address.
    assert address not in caplog.text
    assert len(alerts(site)) == 1


def test_an_unreachable_webhook_does_not_hide_the_failure(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(WEBHOOK, "http://127.0.0.1:1/robot?key=5ecret")
    monkeypatch.setenv("no_proxy", "*")
    site.statistics(2020, {"value": "twelve"})
    result = site.run("refresh")
    assert result.exit_code == 1
    assert "第 2 行" in result.output and "无法送达" in result.output
    (alert,) = alerts(site)
    assert alert["step"] == "load"
    assert "raw/statistics/2020.csv" in alert["problems"][0] and "「twelve」" in alert["problems"][0]
    written = [path for path in site.home.rglob("*") if path.is_file()]
    assert {path.name for path in written} >= {"last_refresh.json", "refresh.jsonl"}
    assert [path for path in written if b"5ecret" in path.read_bytes()] == [] and "5ecret" not in result.output


def test_an_alert_that_cannot_be_written_does_not_hide_the_failure(site: Site, robot: _Server) -> None:
    site.home.mkdir()
    (site.home / "alerts").write_text("in the way")
    site.statistics(2020, {"value": "twelve"})
    result = site.run("refresh")
    assert result.exit_code == 1 and "第 2 行" in result.output
    assert len(robot.sent) == 1


def test_a_refresh_that_dagster_runs_raises_the_same_alert(site: Site, robot: _Server, in_dagster: InDagster) -> None:
    site.statistics(2020, {"value": "twelve"})
    assert not in_dagster(site).success
    (alert,) = alerts(site)
    assert (alert["outcome"], alert["step"]) == ("refused", "load")
    assert "「twelve」" in alert["problems"][0]
    assert [sent["alert"] for sent in robot.sent] == [alert]


def test_a_failure_beside_the_steps_is_told_and_recorded(site: Site, in_dagster: InDagster) -> None:
    @dg.op
    def stumbles() -> None:
        records.begin(site.settings)
        raise RuntimeError("the disk is full")

    @dg.job(hooks={tell_failure})
    def job() -> None:
        stumbles()

    assert not in_dagster(site, job).success
    (alert,) = alerts(site)
    assert (alert["outcome"], alert["step"]) == ("failed", "stumbles")
    assert "the disk is full" in alert["error"]
    record = records.last(site.settings)
    assert record is not None and record.outcome == "failed"


def test_a_refresh_that_ends_well_raises_no_alert(province: Site) -> None:
    assert alerts(province) == []
