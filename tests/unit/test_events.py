"""The log of events: one JSON object a line, where it lies, that it stays small, and what is never in it."""

import json
import logging
from pathlib import Path
from typing import Any

import pytest

from dagster_project.refresh import events
from dagster_project.refresh import record as records
from dagster_project.settings import Settings
from tests.conftest import AS_OF


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(raw=tmp_path / "raw", home=tmp_path / "home", as_of=AS_OF)


def lines(settings: Settings) -> list[dict[str, Any]]:
    text = (settings.home / "logs" / "refresh.jsonl").read_text(encoding="utf-8")
    return [json.loads(line) for line in text.splitlines()]


def test_a_line_says_when_what_and_of_which_refresh(settings: Settings) -> None:
    with events.kept(settings, dagster_run="r1"):
        record = records.begin(settings)
        events.tell("source_loaded", source="statistics", rows=3)
        logging.getLogger("zhibiao").warning("旧快照未能删除")
        logging.getLogger("zhibiao").info("· for people only")
        record.problems = [{"file": "raw/a.csv", "row": 2, "column": "value", "rule": "not_a_number", "value": "机密"}]
        records.finish(settings, record, "refused")
    told = lines(settings)
    assert [line["event"] for line in told] == [
        "refresh_started", "source_loaded", "message", "problem", "refresh_finished",
    ]  # fmt: skip
    assert {line["refresh"] for line in told} == {record.id} and {line["dagster_run"] for line in told} == {"r1"}
    assert [line["level"] for line in told] == ["info", "info", "warning", "warning", "error"]
    assert told[1]["source"] == "statistics" and told[1]["rows"] == 3 and told[2]["message"] == "旧快照未能删除"
    assert (told[3]["file"], told[3]["row"], told[3]["rule"]) == ("raw/a.csv", 2, "not_a_number")
    assert "机密" not in json.dumps(told, ensure_ascii=False)
    assert (told[4]["outcome"], told[4]["problems"], told[4]["snapshot"]) == ("refused", 1, None)


def test_outside_of_it_nothing_is_written(settings: Settings) -> None:
    with events.kept(settings):
        events.tell("inside")
    events.tell("outside")
    logging.getLogger("zhibiao").warning("outside")
    assert [line["event"] for line in lines(settings)] == ["inside"]


def test_it_goes_to_stderr_where_that_is_asked_for(
    settings: Settings, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ZHIBIAO_LOG", "stderr")
    monkeypatch.setenv("ZHIBIAO_HOME", str(settings.home))
    asked = Settings.from_environment()
    with events.kept(asked):
        events.tell("told", rows=1)
    said = capsys.readouterr()
    assert json.loads(said.err)["event"] == "told" and said.out == "" and not settings.home.exists()
    monkeypatch.setenv("ZHIBIAO_LOG", "syslog")
    with pytest.raises(ValueError, match="ZHIBIAO_LOG"):
        Settings.from_environment()


def test_however_much_is_told_it_stays_small_and_every_line_whole(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(events, "_FILE_BYTES", 2_000)
    with events.kept(settings):
        for number in range(500):
            events.tell("told", number=number)
    files = sorted((settings.home / "logs").iterdir())
    assert len(files) == 5 and all(file.stat().st_size <= 2_000 for file in files)
    kept = [json.loads(line)["number"] for file in files for line in file.read_text().splitlines()]
    assert max(kept) == 499 and sorted(kept) == list(range(min(kept), 500))


def test_a_log_that_cannot_be_written_stops_nothing(settings: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    settings.home.mkdir()
    (settings.home / "logs").write_text("no folder")
    with events.kept(settings):
        events.tell("told")
    assert capsys.readouterr() == ("", "")
