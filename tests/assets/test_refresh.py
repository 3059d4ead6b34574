"""A refresh as a whole: when it does nothing, what it leaves when it fails or is killed, and that it repeats itself."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from dagster_project import build_file
from dagster_project.publish import snapshot
from dagster_project.refresh import record as records
from dagster_project.refresh import steps
from dagster_project.settings import ROOT
from tests.assets.conftest import InDagster
from tests.conftest import AS_OF, Site


def ids(site: Site) -> list[str]:
    return [known.id for known in snapshot.published(site.settings)]


def environment(site: Site) -> dict[str, str]:
    return {**os.environ, "ZHIBIAO_RAW": str(site.raw), "ZHIBIAO_HOME": str(site.home), "ZHIBIAO_AS_OF": str(AS_OF)}


def rows_received(site: Site) -> list[int]:
    """Rows of each statistics file as the file itself tells them: lines below its header."""
    return [
        len(file.read_text(encoding="utf-8").splitlines()) - 1 for file in sorted(site.raw.glob("statistics/*.csv"))
    ]


def value_of(site: Site, region: str) -> list[tuple[float]]:
    with build_file.reading(site.settings.served) as connection:
        return connection.execute(
            "select value from marts.fct_measure where region_code = ? and measure_code = 'enrolment' and year = 2019",
            [region],
        ).fetchall()


def flip_a_byte(file: Path) -> None:
    """One bit of the middle of a file, as a failing disk would change it."""
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 1
    file.chmod(0o644)
    file.write_bytes(content)


def correct(site: Site) -> None:
    """Another figure for 蒸湘区: 900 pupils become 901."""
    file = site.raw / "statistics" / "2019.csv"
    file.write_text(file.read_text(encoding="utf-8").replace(",900,", ",901,"), encoding="utf-8")
    site.vouch(file)


def test_nothing_changed_is_found_without_the_heavy_tools_and_publishes_nothing(published: Site) -> None:
    before = ids(published)
    script = """
import json, sys
from dagster_project.cli import cli
cli(["refresh"], standalone_mode=False)
print(json.dumps([name for name in ("dbt", "dagster", "great_expectations") if name in sys.modules]))
"""
    ran = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, env=environment(published), check=True
    )
    told, imported = ran.stdout.splitlines()
    assert "nothing changed" in told
    assert json.loads(imported) == []
    assert ids(published) == before


def test_full_publishes_anew_and_the_same_bytes_give_the_same_rows(province: Site, published: Site) -> None:
    before = ids(published)
    result = published.run("refresh", "--full")
    assert result.exit_code == 0, result.output
    assert ids(published) == [*before, published.served()]
    assert published.served() not in before
    # Another home folder, another hour, the same rows.
    assert snapshot.contents(published.settings.served) == snapshot.contents(province.settings.served)


def test_only_the_as_of_date_moved_so_nothing_is_published_when_no_row_changed(published: Site) -> None:
    before = ids(published)
    moved = published.run("refresh", "--as-of", "2026-02-01")
    assert moved.exit_code == 0 and "the as-of date moved" in moved.output
    assert "无变化，未发布" in moved.output and ids(published) == before
    # That day is known now: asking again does not build again.
    again = published.run("refresh", "--as-of", "2026-02-01")
    assert again.exit_code == 0 and "装载" not in again.output
    # Another day is not.
    assert steps.needed(published.settings.at(AS_OF.replace(year=2027))) is not None


def test_a_crash_in_a_step_is_recorded_and_the_served_snapshot_stays(
    published: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = published.served()

    def crash(*_: object, **__: object) -> None:
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(steps, "load_sources", crash)
    result = published.run("refresh", "--full")
    assert result.exit_code == 1
    assert "Input/output error" in result.output and "Traceback" not in result.output
    record = records.last(published.settings)
    assert record is not None and (record.outcome, record.step) == ("failed", "load")
    assert published.served() == before
    assert published.run("status").exit_code == 1


def test_a_refused_file_that_is_taken_away_leaves_nothing_to_complain_about(published: Site) -> None:
    before = published.served()
    bad = published.statistics(2021, {"value": "twelve"})
    assert published.run("refresh").exit_code == 1
    assert published.run("status").exit_code == 1
    bad.unlink()
    assert published.run("refresh").exit_code == 0
    assert published.run("status").exit_code == 0
    assert published.served() == before


def test_a_missing_path_for_readers_is_put_back(published: Site) -> None:
    before = published.served()
    published.settings.served.unlink()
    assert published.run("refresh").exit_code == 0
    assert published.settings.served.resolve().is_file()
    assert published.served() == before


def test_one_flipped_byte_is_told_and_mended_by_the_next_refresh(published: Site) -> None:
    before = published.served()
    flip_a_byte(published.settings.served)
    told = published.run("status")
    assert told.exit_code == 1 and "damaged: warehouse.duckdb" in told.output
    assert published.run("rollback", str(before)).exit_code == 1
    result = published.run("refresh")
    assert result.exit_code == 0 and "not whole" in result.output, result.output
    assert published.served() != before and value_of(published, "430408") == [(900,)]
    assert published.run("status").exit_code == 0


def test_dagster_publishes_what_the_command_does(province: Site, published: Site, in_dagster: InDagster) -> None:
    before = ids(published)
    result = in_dagster(published)
    assert result.success
    assert len(ids(published)) == len(before) + 1
    assert snapshot.contents(published.settings.served) == snapshot.contents(province.settings.served)
    # Rows of each table and the id of the snapshot stand in Dagster's own history.
    told = {
        event.asset_key.to_user_string(): event.step_materialization_data.materialization.metadata
        for event in result.get_asset_materialization_events()
        if event.asset_key
    }
    assert told["raw/statistics"]["dagster/row_count"].value == sum(rows_received(province))
    assert told["published/snapshot"]["snapshot"].value == published.served()
    assert all(check.passed for check in result.get_asset_check_evaluations())
    # The log of events is the same as that of the command, and names Dagster's run.
    logged = (published.home / "logs" / "refresh.jsonl").read_text(encoding="utf-8").splitlines()
    events = [json.loads(line) for line in logged if result.run_id in line]
    assert [line["step"] for line in events if line["event"] == "step_finished"] == [
        "load", "check_raw", "transform", "check_marts", "compare", "publish",
    ]  # fmt: skip
    (finished,) = (line for line in events if line["event"] == "refresh_finished")
    assert (finished["outcome"], finished["snapshot"]) == ("published", published.served())
    assert {line["refresh"] for line in events} == {finished["refresh"]}


def test_a_snapshot_says_what_it_was_made_from(province: Site) -> None:
    manifest = json.loads(Path(province.home, "current", "manifest.json").read_text(encoding="utf-8"))
    assert manifest["as_of"] == AS_OF.isoformat()
    assert manifest["checks"]["passed"] > 0
    with build_file.reading(province.settings.served) as connection:
        (built,) = connection.execute("select as_of, input_fingerprint, code_fingerprint from meta.build").fetchall()
        files = connection.execute(
            "select row_count from meta.input_file where source = 'statistics' order by file"
        ).fetchall()
    assert built == (AS_OF, manifest["input_fingerprint"], manifest["code_fingerprint"])
    assert [count for (count,) in files] == rows_received(province)


def test_what_was_parsed_by_hand_is_never_taken_for_the_project_as_it_is(published: Site) -> None:
    by_hand = ROOT / "dbt" / "target"
    by_hand.mkdir(exist_ok=True)
    (by_hand / "manifest.json").write_text("{}", encoding="utf-8")
    (by_hand / "partial_parse.msgpack").write_bytes(b"of another tree")
    result = published.run("refresh", "--full")
    assert result.exit_code == 0, result.output
