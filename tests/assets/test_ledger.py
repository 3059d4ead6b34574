"""The ledger of targets as its keeper meets it: it only grows, and every target can be explained."""

from pathlib import Path

import pytest

from dagster_project.report.explain import NotUnderstoodError
from tests.conftest import Site, copied
from tests.warehouse.verdicts import write_ledger

RATIO = {
    "document_id": "plan", "indicator_zh": "小学生师比", "indicator_code": "pri_pupils_per_teacher", "stage": "primary",
    "region_code": "100000", "region_zh": "全国", "comparator": "<=", "value": "17", "unit": ":1", "target_year": "2019",
}  # fmt: skip
HIDDEN = {**RATIO, "region_code": "", "region_zh": "X市", "value": "16"}


@pytest.fixture(scope="module")
def kept(province: Site, tmp_path_factory: pytest.TempPathFactory) -> Site:
    """The miniature province with a ledger of two targets, refreshed once; read only."""
    site = copied(province, tmp_path_factory.mktemp("ledger"))
    write_ledger(site, {"plan": 2017}, [RATIO, HIDDEN])
    result = site.run("refresh")
    assert result.exit_code == 0, result.output
    return site


@pytest.fixture
def ledger(kept: Site, tmp_path: Path) -> Site:
    """A copy of it that a test may change."""
    return copied(kept, tmp_path / "site")


def lines(site: Site) -> Path:
    return site.raw / "targets" / "plan.csv"


def test_a_served_target_may_not_change(ledger: Site) -> None:
    served = ledger.served()
    file = lines(ledger)
    file.write_text(file.read_text(encoding="utf-8").replace(",<=,17,", ",<=,18,"), encoding="utf-8")
    ledger.vouch(file)
    result = ledger.run("refresh")
    assert result.exit_code == 1
    assert "plan.csv 第 2 行" in result.output and "已发布过的行被改动" in result.output
    assert ledger.served() == served


def test_a_served_target_may_not_go_even_with_its_file(ledger: Site) -> None:
    served = ledger.served()
    for file in (lines(ledger), lines(ledger).with_name("plan.csv.source.yml")):
        file.unlink()
    result = ledger.run("refresh")
    assert result.exit_code == 1
    assert result.output.count("已发布过的行不见了") == 2
    assert ledger.served() == served


def test_a_target_may_be_added_and_how_one_is_resolved_may_be_mended(ledger: Site) -> None:
    write_ledger(ledger, {"plan": 2017}, [{**RATIO, "indicator_note": "核对过"}, HIDDEN, {**RATIO, "value": "19"}])
    result = ledger.run("refresh")
    assert result.exit_code == 0, result.output


def test_a_target_is_explained_with_every_method(kept: Site) -> None:
    told = kept.run("explain", "plan/n/1").output
    # 16.97 in 2018 and 16.85 in 2019 against at most 17, both printed by the bulletin.
    assert "达到 / met" in told and "2019 16.85（公布值 / published），目标 / target 17，超出 / beyond by 0.15" in told
    assert "Open SDG" in told and "联合国进展图" in told
    assert "raw/statistics/2019.csv 第 4 行" in told
    hidden = kept.run("explain", "plan/n/2").output
    assert "region_not_bound" in hidden and "raw/local/bindings.csv" in hidden


def test_an_indicator_is_explained_with_its_targets(kept: Site) -> None:
    told = kept.run("explain", "小学生师比", "全国", "2019").output
    assert "目标 / target: 不高于 / at most 17 :1，2019，《plan》：达到 / met" in told


def test_an_unknown_target_is_answered_with_those_like_it(kept: Site) -> None:
    unknown = kept.run("explain", "plan/n")
    assert isinstance(unknown.exception, NotUnderstoodError) and "plan/n/1、plan/n/2" in str(unknown.exception)


def test_a_judgement_stands_beside_the_status_until_its_day(ledger: Site) -> None:
    columns = ("target_id", "decision", "decided_by", "reason", "valid_until")
    judgement = {"target_id": "plan/n/1", "decision": "不算达到", "decided_by": "督导室", "reason": "口径待核"}
    ledger.table("local/judgements.csv", columns, [{**judgement, "valid_until": "2026-01-31"}])
    assert ledger.run("refresh").exit_code == 0
    told = ledger.run("explain", "plan/n/1").output
    assert "达到 / met" in told and "有效 / in force, 2026-01-31): 不算达到" in told
    assert ledger.run("refresh", "--as-of", "2026-02-01").exit_code == 0
    assert "已过期 / expired" in ledger.run("explain", "plan/n/1").output


def test_region_and_year_come_together(kept: Site) -> None:
    assert kept.run("explain", "小学生师比", "全国").exit_code == 2


def test_a_damaged_snapshot_keeps_no_refresh_from_mending_it(ledger: Site) -> None:
    database = (ledger.home / "current" / "warehouse.duckdb").resolve()
    database.chmod(0o644)
    database.write_bytes(database.read_bytes()[:100_000])
    result = ledger.run("refresh", "--full")
    assert result.exit_code == 0, result.output
    assert "达到 / met" in ledger.run("explain", "plan/n/1").output


def test_a_file_that_cannot_be_taken_is_told_once_and_its_rows_are_not_called_lost(ledger: Site) -> None:
    file = lines(ledger)
    file.write_text(file.read_text(encoding="utf-8") + "\n", encoding="utf-8")  # and no new sidecar
    result = ledger.run("refresh")
    assert result.exit_code == 1
    assert "hash" in result.output or "sha256" in result.output
    assert "已发布过的行不见了" not in result.output


def test_a_withdrawn_target_stays_and_is_not_judged(ledger: Site) -> None:
    write_ledger(ledger, {"plan": 2017}, [{**RATIO, "review_status": "withdrawn"}, HIDDEN, {**RATIO, "value": "16"}])
    assert ledger.run("refresh").exit_code == 0
    assert "已撤回 / withdrawn" in ledger.run("explain", "plan/n/1").output
    assert "未达到 / missed" in ledger.run("explain", "plan/n/3").output


def test_received_text_gives_the_terminal_no_orders(ledger: Site) -> None:
    markup = {**RATIO, "note": "", "responsible_units": "[red]红[/]"}
    write_ledger(ledger, {"plan": 2017}, [RATIO, HIDDEN, markup])
    assert ledger.run("refresh").exit_code == 0
    assert "[red]红[/]" in ledger.run("explain", "plan/n/3").output
    write_ledger(ledger, {"plan": 2017}, [RATIO, HIDDEN, {**markup, "note": "\x1b[31m红\u202eX"}])
    refused = ledger.run("refresh")
    assert refused.exit_code == 1 and "红" in refused.output
    assert "\x1b" not in refused.output and "\u202e" not in refused.output
