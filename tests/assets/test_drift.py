"""A build beside the snapshot before it: causes of changes, drift and its acceptance, and what was known on a date.

Most builds here are a copy of the served file with something changed in it, compared and published by the steps
themselves: a bug in a model is a value that differs while the raw rows are the same. Whole refreshes are made where
inputs really change.
"""

import hashlib
import json
import re
import shutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import dagster as dg
import duckdb
import pytest

from dagster_project import build_file
from dagster_project.history.tables import CHANGES, KEPT
from dagster_project.publish import snapshot
from dagster_project.quality.suites import CheckResult
from dagster_project.refresh import record as records
from dagster_project.refresh import steps
from dagster_project.settings import ROOT, Settings
from tests.assets.conftest import InDagster
from tests.conftest import PROVINCE, Site, copied, new_site
from tests.warehouse.verdicts import query, write_ledger

LAST_YEAR, THIS_YEAR = date(2025, 12, 31), date(2026, 11, 30)
# 全国 2019: 10561.24 万 pupils and 626.91 万 teachers are 16.85 a teacher, as the bulletin prints.
RATIO = {
    "document_id": "plan", "indicator_zh": "小学生师比", "indicator_code": "pri_pupils_per_teacher", "stage": "primary",
    "region_code": "100000", "region_zh": "全国", "comparator": "<=", "value": "17", "unit": ":1", "target_year": "2019",
}  # fmt: skip
TARGET = "plan/n/1"
VERDICT = "status, reason_code, actual_value, actual_year, actual_basis, method_version, gap, judged_value"
# 蒸湘区 2019 has 900 pupils.
PUPILS = "region_code = '430408' and year = 2019 and measure_code = 'enrolment'"


@pytest.fixture(scope="module")
def last_year(tmp_path_factory: pytest.TempPathFactory) -> Site:
    """The miniature province with one target, refreshed once as of last year's end; read only."""
    site = new_site(tmp_path_factory.mktemp("last_year"))
    for folder, files_of in (("statistics", PROVINCE), ("local", PROVINCE / "local")):
        (site.raw / folder).mkdir(exist_ok=True)
        for file in sorted(files_of.glob("*.csv")):
            site.vouch(Path(shutil.copy(file, site.raw / folder / file.name)))
    write_ledger(site, {"plan": 2017}, [RATIO])
    refreshed(site, LAST_YEAR)
    return site


@pytest.fixture
def own(last_year: Site, tmp_path: Path) -> Site:
    return copied(last_year, tmp_path / "site")


def refreshed(site: Site, as_of: date) -> None:
    result = site.run("refresh", "--as-of", as_of.isoformat())
    assert result.exit_code == 0, result.output


def rebuilt(
    site: Site, *damage: str, as_of: date = LAST_YEAR, code: str = "", like: Path | None = None
) -> list[dict[str, Any]]:
    """A build like what is served (or another file), changed by some SQL and made as of a day by some code, compared."""
    settings = site.settings.at(as_of)
    build_file.start(settings.build)
    shutil.copyfile(like or settings.served, settings.build)
    settings.build.chmod(0o644)
    with build_file.writing(settings.build) as connection:
        connection.execute("update meta.build set as_of = ?", [as_of])
        if code:
            connection.execute("update meta.build set code_fingerprint = ?", [code])
        for statement in damage:
            connection.execute(statement)
    records.begin(settings)
    return steps.compare(settings)


def published(site: Site, as_of: date = LAST_YEAR) -> snapshot.Snapshot:
    made = steps.publish(site.settings.at(as_of))
    assert made is not None
    return made


def in_build(site: Site, sql: str) -> list[tuple[Any, ...]]:
    with build_file.reading(site.settings.build) as connection:
        return connection.execute(sql).fetchall()


def changes(site: Site, columns: str = "table_name, change_kind, cause", where: str = "true") -> list[tuple[Any, ...]]:
    return in_build(site, f"select {columns} from marts.mart_change where {where} order by all")


def a_file_changed(file: str, *raw: str) -> tuple[str, ...]:
    """As if a file had other bytes, and rows of it had changed as told."""
    return f"update meta.input_file set sha256 = sha256 || '+' where file = '{file}'", *raw


# ---- causes


def test_a_restated_figure_explains_itself_what_is_computed_from_it_and_the_verdict_and_nothing_else(own: Site) -> None:
    checks = rebuilt(
        own,
        *a_file_changed("raw/statistics/2019.csv", "update raw.statistics set value = '620.91' where value = '626.91'"),
        "update marts.fct_measure set value = 6209100 where value = 6269100",
        "update marts.fct_indicator set value = 17.0093 where indicator_code = 'pri_pupils_per_teacher' and region_code = '100000' and year = 2019 and basis = 'computed'",
        "update marts.mart_target_attainment set status = 'missed' where method = 'ladder'",
        # In the same file, but its row is as it was: no input of it changed.
        f"update marts.fct_measure set value = 901 where {PUPILS}",
        code="another",
    )
    assert changes(own, "table_name, change_kind, cause, evidence, old_value, new_value, old_status, new_status") == [
        ("marts.fct_indicator", "changed", "source", "raw/statistics/2019.csv", 10561.24 / 626.91, 17.0093, "ok", "ok"),
        ("marts.fct_measure", "changed", "code", None, 900, 901, None, None),
        ("marts.fct_measure", "changed", "source", "raw/statistics/2019.csv", 6269100, 6209100, None, None),
        ("marts.mart_target_attainment", "changed", "source", "raw/statistics/2019.csv", 16.85, 16.85, "met", "missed"),
    ]
    assert steps.drifted(checks)
    assert steps.publish(own.settings) is None


def test_a_formula_a_rule_and_the_date_are_causes_of_their_own(own: Site) -> None:
    rebuilt(
        own,
        *a_file_changed(
            "raw/reference/verdict_methods.csv",
            "update raw.verdict_methods set method_version = '2' where method = 'open_sdg'",
        ),
        *a_file_changed(
            "raw/reference/indicator_formulas.csv",
            "update raw.indicator_formulas set scale = '100' where indicator_code = 'pri_pupils_per_teacher'",
        ),
        "update marts.mart_target_attainment set method_version = 2 where method = 'open_sdg'",
        "update marts.fct_indicator set value = value * 100 where indicator_code = 'pri_pupils_per_teacher' and basis = 'computed' and year = 2018 and region_code = '430000'",
    )
    assert set(changes(own, "table_name, changed_columns, cause, evidence")) == {
        ("marts.fct_indicator", "value", "method", "raw/reference/indicator_formulas.csv"),
        # The target is on that indicator.
        (
            "marts.mart_target_attainment",
            "method_version",
            "method",
            "raw/reference/indicator_formulas.csv; raw/reference/verdict_methods.csv",
        ),
    }
    # The target was due at the end of 2019: the day before it was due and the day after are not the same.
    before_due = date(2019, 6, 30)
    rebuilt(own, "update marts.mart_target_attainment set status = 'on_track'", as_of=before_due)
    assert {row[2] for row in changes(own)} == {"date"}
    # Another day alone, on which nothing came due, explains nothing.
    checks = rebuilt(own, "update marts.mart_target_attainment set status = 'on_track'", as_of=date(2025, 12, 30))
    assert {row[2] for row in changes(own)} == {"unexplained"}
    assert steps.drifted(checks)


def test_a_correction_is_told_with_its_reason(own: Site) -> None:
    rebuilt(
        own,
        *a_file_changed("raw/statistics/2019.csv"),  # other bytes, the same rows
        """insert into meta.input_file (file, source, sha256) values ('raw/local/corrections.csv', 'corrections', 'new')""",
        """insert into raw.corrections select region_code, year, level, measure, source_zh, value, '901', '漏计一人', '统计科',
            '2025-12-01', 'raw/local/corrections.csv', 2, 'new', now() from raw.statistics
            where region_code = '430408' and year = '2019' and measure = 'enrolment'""",
        f"update marts.fct_measure set value = 901, uncorrected_value = 900, correction_reason = '漏计一人' where {PUPILS}",
    )
    assert changes(own, "cause, evidence, changed_columns") == [
        ("correction", "raw/local/corrections.csv：漏计一人", "value,uncorrected_value,correction_reason")
    ]


# ---- drift


def test_what_is_the_same_but_for_noise_of_arithmetic_is_no_change(own: Site) -> None:
    checks = rebuilt(own, "update marts.fct_measure set value = value * (1 + 1e-12)", code="another")
    assert changes(own) == [] and not steps.drifted(checks)


def test_a_value_that_vanishes_drifts_and_one_that_is_new_does_not(own: Site) -> None:
    new = f"insert into marts.fct_measure select * replace ('new_measure' as measure_code) from marts.fct_measure where {PUPILS}"
    checks = rebuilt(own, new, code="another")
    assert changes(own) == [("marts.fct_measure", "added", "code")] and not steps.drifted(checks)
    checks = rebuilt(own, f"delete from marts.fct_measure where {PUPILS}", code="another")
    assert changes(own) == [("marts.fct_measure", "removed", "code")] and steps.drifted(checks)


def bug(pupils: int, times: int) -> tuple[str, str]:
    """Another figure of 蒸湘区, and the pupils of a ratio so many times what they are beside the same ratio."""
    return (
        f"update marts.fct_measure set value = {pupils} where {PUPILS}",
        f"""update marts.fct_indicator set numerator = numerator * {times} where indicator_code = 'pri_pupils_per_teacher'
        and region_code = '100000' and year = 2019 and basis = 'computed'""",
    )


def with_a_bug(patch: pytest.MonkeyPatch) -> None:
    """From now on other figures come out, which no check notices, and the code is another one."""
    check = steps.check

    def checked(settings: Settings, layer: str) -> list[CheckResult]:
        results = check(settings, layer)
        if layer == "marts":
            with build_file.writing(settings.build) as connection:
                for statement in bug(901, 2):
                    connection.execute(statement)
        return results

    patch.setattr(steps, "check", checked)
    patch.setattr("dagster_project.fingerprint.of_code", lambda: "makes 901")


def test_a_refresh_with_a_new_bug_is_refused_until_exactly_that_is_accepted(own: Site) -> None:
    served = own.served()
    assert "was not refused because of drift" in own.run("accept", "--reason", "x", "--by", "y").output
    with pytest.MonkeyPatch.context() as patch:
        with_a_bug(patch)
        result = own.run("refresh", "--as-of", LAST_YEAR.isoformat())
        assert result.exit_code == 1 and own.served() == served
        assert "430408" in result.output and "zhibiao accept" in result.output
        (alert,) = (own.home / "alerts").glob("*.json")
        assert "430408" in alert.read_text(encoding="utf-8")
        accepted = own.run("accept", "--reason", "核对过，口径有意修改", "--by", "统计科")
        assert accepted.exit_code == 0, accepted.output
        log = (own.home / "logs" / "refresh.jsonl").read_text(encoding="utf-8").splitlines()
        event = json.loads(log[-1])
        assert (event["event"], event["keys"], event["by"]) == ("drift_accepted", 2, "统计科")
        # Another drift of the same keys in the same columns is not what was accepted; noise of arithmetic is.
        for other in (bug(902, 2), bug(901, 3)):
            assert steps.drifted(rebuilt(own, *other, code="makes 901"))
        noise = "update marts.fct_indicator set numerator = numerator * (1 + 1e-14)"
        assert not steps.drifted(rebuilt(own, *bug(901, 2), noise, code="makes 901"))
        published(own)
    rows = query(own, "select accepted_by, reason, key_count, compared_with, snapshot_no from meta.accepted_drift")
    assert [tuple(row.values()) for row in rows] == [("统计科", "核对过，口径有意修改", 2, served, 2)]
    told = query(
        own, "select outcome, severity, message from quality.check_result where gate = 'drift' and outcome <> 'passed'"
    )
    assert [(row["outcome"], row["severity"]) for row in told] == [("failed", "warning")] * 2  # a table each
    assert all("统计科" in row["message"] for row in told)
    # The decision travels along.
    rebuilt(own, f"delete from raw.statistics where {PUPILS.replace('measure_code', 'measure')}")
    assert in_build(own, "select accepted_by from meta.accepted_drift") == [("统计科",)]


def test_in_dagster_drift_stops_the_publish_too(own: Site, in_dagster: InDagster) -> None:
    served = own.served()
    rebuilt(own, f"update marts.fct_measure set value = 901 where {PUPILS}", code="another")
    # The last steps of the job, on that build.
    made = [dg.AssetKey(["marts", name.split(".")[1]]) for name in (CHANGES, *(kept.history for kept in KEPT))]
    result = in_dagster(own, only=[*made, dg.AssetKey(["published", "snapshot"])])
    assert not result.success and own.served() == served
    failed = [check for check in result.get_asset_check_evaluations() if not check.passed]
    assert [(check.asset_key.to_user_string(), check.check_name) for check in failed] == [
        ("marts/mart_change", "drift")
    ]
    started = {event.step_key for event in result.all_events if event.event_type_value == "STEP_START"}
    assert started == {"compare"}


def test_where_nothing_whole_is_served_nothing_drifts_and_that_is_said(own: Site) -> None:
    first = query(own, "select message from quality.check_result where check_name = 'no_change_without_a_cause'")
    assert all("no whole served snapshot" in row["message"] for row in first)
    own.settings.served.chmod(0o644)
    bug = f"update marts.fct_measure set value = 901 where {PUPILS}"
    checks = rebuilt(own, bug, code="another")
    assert steps.drifted(checks)
    own.settings.served.write_bytes(own.settings.served.read_bytes() + b"x")
    checks = steps.compare(own.settings)
    assert not steps.drifted(checks)
    assert "no whole served snapshot" in checks[0]["message"]


# ---- history


def as_known(site: Site, table: str, columns: str, day: date, where: str) -> list[tuple[Any, ...]]:
    """The queries of docs/changes.md, of any table and day."""
    rows = query(
        site,
        f"""select {columns} from marts.{table} as h
        where {where} and h.known_from_no <= (select max(s.snapshot_no) from meta.snapshot as s where s.as_of <= $1)
            and (h.known_until_no is null
                or h.known_until_no > (select max(s.snapshot_no) from meta.snapshot as s where s.as_of <= $1))""",
        day,
    )
    return [tuple(row.values()) for row in rows]


def documented() -> list[str]:
    """The queries of the page, which are the same in both languages."""
    found = [
        re.findall(r"^```sql\n(.*?)^```", (ROOT / "docs" / name).read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
        for name in ("changes.md", "changes.zh-CN.md")
    ]
    assert found[0] == found[1]
    return found[0]


def test_last_years_verdict_stays_as_it_was_known_though_figure_and_method_changed_since(own: Site) -> None:
    ladder = f"target_id = '{TARGET}' and method = 'ladder'"
    old = own.settings.current.resolve()
    (was,) = (tuple(r.values()) for r in query(own, f"select * from marts.mart_target_attainment where {ladder}"))
    # The bulletin prints its figure anew, and the ladder gets a second version.
    figures = own.raw / "statistics" / "2019.csv"
    digest = hashlib.sha256(figures.read_bytes()).hexdigest()
    text = figures.read_text(encoding="utf-8")
    figures.write_text(text.replace("626.91", "610.41").replace("16.85", "17.30"), encoding="utf-8")
    own.vouch(figures)
    methods = own.raw / "reference" / "verdict_methods.csv"
    methods.write_text(methods.read_text(encoding="utf-8").replace("ladder,1,", "ladder,2,"), encoding="utf-8")
    own.vouch(methods)
    refreshed(own, THIS_YEAR)
    columns = "status, actual_value, method_version"
    assert as_known(own, "verdict_history", columns, THIS_YEAR, ladder) == [("missed", 17.3, 2)]
    assert as_known(own, "verdict_history", columns, LAST_YEAR, ladder) == [("met", 16.85, 1)]
    known = "* exclude (known_from_no, known_until_no, known_from, known_until)"
    assert as_known(own, "verdict_history", known, LAST_YEAR, ladder) == [was]
    with duckdb.connect(str(old / "warehouse.duckdb"), read_only=True) as connection:
        assert connection.execute(f"select * from marts.mart_target_attainment where {ladder}").fetchall() == [was]
    teachers = "region_code = '100000' and year = 2019 and measure_code = 'teachers_fulltime'"
    assert as_known(own, "measure_history", "value, source_file, source_sha256", LAST_YEAR, teachers) == [
        (6269100, "raw/statistics/2019.csv", digest)
    ]
    assert as_known(own, "measure_history", "value", THIS_YEAR, teachers) == [(6104100,)]
    told = query(own, f"select cause, evidence, as_of, previous_as_of from marts.mart_change where {ladder}")
    assert [tuple(row.values()) for row in told] == [("source", "raw/statistics/2019.csv", THIS_YEAR, LAST_YEAR)]
    changed, judged, stood_on = documented()
    told_of = {(row["table_name"], row["cause"]) for row in query(own, changed)}
    assert told_of == {("marts.fct_indicator", "source"), ("marts.mart_target_attainment", "source")}
    assert [tuple(row.values()) for row in query(own, judged)] == [(TARGET, "met", "value_of_target_year", 16.85, 1)]
    stood = {(r["region_code"], r["year"], r["measure_code"]): r["value"] for r in query(own, stood_on)}
    assert stood["100000", 2019, "teachers_fulltime"] == 6269100
    # Before the first snapshot nothing was known.
    assert as_known(own, "verdict_history", columns, date(2024, 1, 1), ladder) == []
    # Only rows that changed are added.
    (sizes,) = query(
        own,
        "select count(*) filter (known_from_no = 2) as new, count(*) filter (known_from_no = 1) as kept from marts.measure_history",
    )
    assert sizes["new"] == 1 and sizes["kept"] > 100

    # Retention removes the old snapshot; what it said stays.
    for value in (901, 902):
        rebuilt(own, f"update raw.statistics set value = '{value}' where {PUPILS.replace('measure_code', 'measure')}",
                *a_file_changed("raw/statistics/2019.csv", f"update marts.fct_measure set value = {value} where {PUPILS}"),
                as_of=THIS_YEAR)  # fmt: skip
        assert steps.publish(replace(own.settings.at(THIS_YEAR), keep=1)) is not None
    assert not old.exists()
    assert as_known(own, "verdict_history", known, LAST_YEAR, ladder) == [was]
    assert as_known(own, "measure_history", "value", THIS_YEAR, PUPILS) == [(902,)]
    assert query(own, "select count(*) as n from marts.measure_history where " + PUPILS) == [{"n": 3}]


def test_what_was_served_before_a_rollback_is_not_forgotten(own: Site) -> None:
    first = own.served()
    restated = a_file_changed(
        "raw/statistics/2019.csv",
        f"update raw.statistics set value = '901' where {PUPILS.replace('measure_code', 'measure')}",
    )
    rebuilt(own, *restated, f"update marts.fct_measure set value = 901 where {PUPILS}")
    published(own)
    assert own.run("rollback").exit_code == 0 and own.served() == first
    rebuilt(
        own,
        f"insert into marts.fct_measure select * replace ('more' as measure_code) from marts.fct_measure where {PUPILS}",
    )
    published(own)
    history = query(
        own,
        f"select value, known_from_no, known_until_no from marts.measure_history where {PUPILS} order by known_from_no",
    )
    assert [tuple(row.values()) for row in history] == [(900, 1, 2), (901, 2, 3), (900, 3, None)]
    listed = query(own, "select snapshot_no, previous_no, change_kind from marts.mart_change order by snapshot_no")
    assert [tuple(row.values()) for row in listed] == [(2, 1, "changed"), (3, 1, "added")]


def test_nothing_changed_publishes_nothing_and_changes_travel_along(own: Site) -> None:
    rebuilt(own)
    before = own.served()
    assert published(own).id == before
    new = (
        f"insert into marts.fct_measure select * replace ('more' as measure_code) from marts.fct_measure where {PUPILS}"
    )
    rebuilt(own, new)
    published(own)
    rebuilt(own)
    assert published(own).number == 2
    assert [row["snapshot_no"] for row in query(own, "select snapshot_no from marts.mart_change")] == [2]
    assert [row["snapshot_no"] for row in query(own, "select snapshot_no from meta.snapshot order by 1")] == [1, 2]


def test_a_history_that_lacks_a_row_of_the_present_refuses(own: Site) -> None:
    made = snapshot.current(own.settings)
    assert made is not None
    made.database.chmod(0o644)
    with duckdb.connect(str(made.database)) as connection:
        connection.execute(f"delete from marts.measure_history where {PUPILS}")
    rewritten(made)
    checks = rebuilt(own)
    assert [c["table_name"] for c in checks if c["outcome"] != "passed"] == ["marts.measure_history"]
    assert steps.drifted(checks)


# ---- other releases


def rewritten(made: snapshot.Snapshot, **about: Any) -> None:
    """A manifest that tells other things, of the files as they are, without a seal."""
    for path in (made.folder, *made.folder.rglob("*")):
        path.chmod(0o755 if path.is_dir() else 0o644)
    (made.folder / "manifest.json.sha256").unlink(missing_ok=True)
    files = {
        path.relative_to(made.folder).as_posix(): {
            "bytes": path.stat().st_size, "sha256": hashlib.sha256(path.read_bytes()).hexdigest(),
        }
        for path in made.folder.rglob("*") if path.is_file() and path.name != "manifest.json"
    }  # fmt: skip
    manifest = {**made.manifest, **about, "files": files}
    (made.folder / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")


@pytest.fixture
def old_home(own: Site) -> Iterator[Site]:
    """A home as the release before left it: no history, no comparison, other tables of meta, no seal."""
    made = snapshot.current(own.settings)
    assert made is not None
    gone = ["marts.mart_change", "marts.measure_history", "marts.indicator_history", "marts.target_history",
            "marts.verdict_history", "meta.snapshot", "meta.accepted_drift"]  # fmt: skip
    made.database.chmod(0o644)
    with duckdb.connect(str(made.database)) as connection:
        for table in gone:
            connection.execute(f"drop table {table}")
        connection.execute("update meta.build set schema_version = 3, code_fingerprint = 'the release before'")
        connection.execute("delete from quality.check_result where gate = 'drift'")
    for table in gone:
        file = made.folder / "parquet" / f"{table.split('.')[1]}.parquet"
        file.parent.chmod(0o755)
        file.unlink()
    tables = {name: about for name, about in made.manifest["tables"].items() if name not in gone}
    rewritten(made, tables=tables, schema_version=3, code_fingerprint="the release before")
    yield own


def test_a_home_of_the_release_before_is_compared_and_kept_and_can_be_rolled_back_to(
    old_home: Site, last_year: Site
) -> None:
    before = old_home.served()
    rows = query(old_home, "select count(*) as n from marts.fct_measure")
    # What this release makes of the same inputs.
    checks = rebuilt(old_home, like=last_year.settings.served.resolve())
    assert checks[0]["message"] is None and not steps.drifted(checks)
    published(old_home)
    assert old_home.served() != before
    # Nothing changed, so nothing is listed; what was served is known since it was.
    assert query(old_home, "select * from marts.mart_change") == []
    history = query(
        old_home,
        "select count(*) as n, min(known_from_no) as first, max(known_from_no) as last, count(known_until_no) as ended from marts.measure_history",
    )
    assert history == [{**rows[0], "first": 1, "last": 1, "ended": 0}]
    snapshots = query(old_home, "select snapshot_no, schema_version from meta.snapshot order by 1")
    assert [tuple(row.values()) for row in snapshots] == [(1, 3), (2, build_file.SCHEMA_VERSION)]
    assert as_known(old_home, "verdict_history", "status", LAST_YEAR, "method = 'ladder'") == [("met",)]
    assert old_home.run("rollback").exit_code == 0 and old_home.served() == before
    assert old_home.run("explain", TARGET).exit_code == 0


def test_a_snapshot_of_a_newer_release_is_neither_compared_nor_replaced(own: Site) -> None:
    made = snapshot.current(own.settings)
    assert made is not None
    rewritten(made, schema_version=build_file.SCHEMA_VERSION + 1, product_version="9.0.0", input_fingerprint="other")
    result = own.run("refresh", "--as-of", LAST_YEAR.isoformat())
    assert result.exit_code == 1 and "newer version 9.0.0" in result.output, result.output
    assert own.served() == made.id and [known.id for known in snapshot.published(own.settings)] == [made.id]
