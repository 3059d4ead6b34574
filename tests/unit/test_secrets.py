"""What must not be told: the key in the address of the webhook. What must not be changed: anything in the home folder."""

import os
import stat
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from dagster_project.refresh import steps
from dagster_project.refresh.alert import WEBHOOK, raise_alert
from dagster_project.refresh.record import Record
from tests.conftest import Site

KEY = "693a91f6-7xxx-4bc4-97a0-0ec2sifa5aaa"
RECORD = Record(as_of="2026-01-31", started="2026-01-31T02:00:05+08:00", outcome="failed", step="load", error="x")


class _Robot(BaseHTTPRequestHandler):
    """Answers as robots do that refuse: 200, and the whole address in the body."""

    def do_POST(self) -> None:
        self.send_response(200)
        self.end_headers()
        self.wfile.write(f'{{"errcode": 93000, "errmsg": "invalid webhook url {self.path}"}}'.encode())

    def log_message(self, *args: object) -> None:
        """Nothing."""


@pytest.fixture
def robot() -> Iterator[str]:
    with HTTPServer(("127.0.0.1", 0), _Robot) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


@pytest.mark.parametrize(
    "address",
    [
        f"{{robot}}/cgi-bin/webhook/send?key={KEY}",
        f"{{robot}}/hook/{KEY}",
        f"http://127.0.0.1:1/send?key={KEY}",
        f"http://127.0.0.1:port/send?key={KEY}",
        f"http://127.0.0.1/send?key={KEY} \n",
        f"htps://127.0.0.1/send?key={KEY}",
        f"file:///send?key={KEY}",
        f"http://user:{KEY}@[::1/",
        f"{KEY}",
    ],
)
def test_the_key_of_the_webhook_is_neither_logged_nor_stored(
    site: Site, robot: str, address: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(steps.log, "propagate", True)
    monkeypatch.setenv("no_proxy", "*")
    monkeypatch.setenv(WEBHOOK, address.format(robot=robot))
    raise_alert(site.settings, RECORD)
    assert WEBHOOK in caplog.text
    assert KEY not in caplog.text
    assert all(KEY.encode() not in path.read_bytes() for path in site.home.rglob("*") if path.is_file())


def test_a_failed_refresh_leaves_no_key_anywhere(site: Site, robot: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("no_proxy", "*")
    monkeypatch.setenv(WEBHOOK, f"{robot}/send?key={KEY}")
    site.statistics(2020, {"value": "twelve"})
    result = site.run("refresh")
    assert result.exit_code == 1 and WEBHOOK in result.output
    assert KEY not in result.output
    assert all(KEY.encode() not in path.read_bytes() for path in site.home.rglob("*") if path.is_file())


def test_only_the_owner_may_change_what_is_written_whatever_the_account_allows(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = os.umask(0)
    try:
        site.statistics(2020, {"value": "twelve"})
        site.run("refresh")
    finally:
        os.umask(before)
    written = [path for path in site.home.rglob("*") if not path.is_symlink()]
    assert len(written) > 3
    assert [path for path in written if writable_by_others(path)] == []


def test_nothing_served_is_writable_at_all(province: Site) -> None:
    files = [path for path in (province.home / "snapshots").rglob("*") if path.is_file()]
    assert files and {stat.S_IMODE(path.stat().st_mode) for path in files} == {0o444}


def writable_by_others(path: Path) -> bool:
    return bool(path.stat().st_mode & (stat.S_IWGRP | stat.S_IWOTH))
