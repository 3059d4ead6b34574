"""The steps of a refresh in their order: load, check raw, transform, check marts, compare, publish.

Each returns its results and writes them into the build file and the record; a refusal is a result, not an exception.
What cannot even run raises, is recorded as failed, and leaves the served snapshot as it was.
"""

import json
import logging
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from datetime import UTC, date, datetime
from typing import Any

import duckdb

from dagster_project import __version__, build_file, fingerprint
from dagster_project.history import accept, keep
from dagster_project.history import compare as comparing
from dagster_project.history import tables as history
from dagster_project.history.compare import Comparison, Drift
from dagster_project.history.keep import Published
from dagster_project.ingest import candidates, documents
from dagster_project.ingest.candidates import DocumentsReport
from dagster_project.ingest.contract import load_contracts
from dagster_project.ingest.load import OUTCOMES, LoadReport, Outcome, SourceReport, of_bad_rows
from dagster_project.ingest.load import load as load_sources
from dagster_project.page import write as page
from dagster_project.publish import gates, snapshot
from dagster_project.quality.suites import CheckResult, Suite, load_suites, run_suites
from dagster_project.refresh import events
from dagster_project.refresh import record as records
from dagster_project.refresh.record import Record
from dagster_project.report import bi, dictionary, freshness
from dagster_project.review import write
from dagster_project.settings import ROOT, Settings
from dagster_project.transform import dbt_project
from dagster_project.transform.dbt_project import NodeResult

log = logging.getLogger("zhibiao")

EXPECTATIONS = ROOT / "expectations"
_TOLD_PROBLEMS = 1000
_FAILING_ROWS = 1000
_TOLD_KEYS = 3
_TOLD_SLOWEST = 15
_TOLD_REFUSALS = 100

_CHECK_COLUMNS = (
    "gate", "table_name", "check_name", "column_name", "severity", "outcome", "element_count", "failing_count",
    "observed_value", "failing_keys", "message", "meaning_zh", "meaning_en", "consequence_zh", "consequence_en",
)  # fmt: skip


def needed(settings: Settings) -> str | None:
    """Why a refresh has something to do, or None when inputs, code and as-of date are those of the served snapshot.

    A day on which a refresh already found every row to be the same counts as the day of the snapshot.
    """
    served = snapshot.current(settings)
    if write.is_pending(settings):
        return "一次审核尚未写完 / a review is not fully written yet"
    if served is None:
        return "还没有可用的快照 / no usable snapshot yet"
    last = records.last(settings)
    if last is not None and last.outcome == "refused" and accept.of(settings, last.drift.get("fingerprint", "")):
        return "已接受的变化尚未发布 / what was accepted is not published yet"
    if snapshot.damage(settings, served):
        return "所提供的快照不完整或已损坏 / the served snapshot is not whole"
    if served.manifest["input_fingerprint"] != fingerprint.of_inputs(settings.raw):
        return "输入有变化 / inputs changed"
    if served.manifest["code_fingerprint"] != fingerprint.of_code():
        return "代码有变化 / code changed"
    if served.manifest["as_of"] == settings.as_of.isoformat() or (
        last is not None
        and (last.outcome, last.as_of, last.snapshot.get("id")) == ("unchanged", settings.as_of.isoformat(), served.id)
    ):
        return None
    return "基准日期有变化 / the as-of date moved"


def settle(settings: Settings) -> None:
    """Record that nothing had to be done: the served snapshot is confirmed, and what a refresh refused before is gone.

    The record of a refresh that ended well stays otherwise as it is. The caller holds the lock.
    """
    last, served = records.last(settings), snapshot.current(settings)
    if served is None:
        return
    if last is not None and last.outcome in records.ENDED_WELL:
        records.confirm(last, served.id)
        records.save(settings, last)
    else:
        record = records.begin(settings)
        record.snapshot = _told(served)
        records.finish(settings, record, "unchanged")


def suites(layer: str) -> list[Suite]:
    """The suites on tables of one schema."""
    return [suite for suite in load_suites(EXPECTATIONS) if suite.table.startswith(f"{layer}.")]


def load(settings: Settings) -> tuple[LoadReport, DocumentsReport]:
    """A fresh build file with every source in `raw.*`, and what the texts gave; the reports say what was refused."""
    with _step(settings, "load", records.begin(settings)) as record:
        snapshot.recover(settings)
        _refuse_newer(settings)
        build_file.start(settings.build)
        write.finish(settings)
        now = datetime.now(UTC).replace(tzinfo=None, microsecond=0)
        # Before anything is read: a file that changes meanwhile makes the next refresh start anew.
        inputs, code = fingerprint.of_inputs(settings.raw), fingerprint.of_code()
        # A damaged snapshot says nothing of what readers were shown, and must not keep a refresh from mending it.
        shown = snapshot.shown(settings)
        with build_file.writing(settings.build) as connection:
            report = load_sources(connection, settings, now, _tell_source, served=shown.database if shown else None)
            connection.execute(
                "insert into meta.build values (?, ?, ?, ?, ?, ?)",
                [settings.as_of, now, inputs, code, __version__, build_file.SCHEMA_VERSION],
            )
            texts = candidates.load(connection, settings, now)
            _tell_texts(texts)
            _note(connection, [*(_contract_check(source) for source in report.sources.values()), _texts_check(texts)])
        record.sources = [
            {
                "source": source.contract.source,
                "title_zh": source.contract.title_zh,
                "title_en": source.contract.title_en,
                "outcome": source.outcome.value,
                "files": source.file_count,
                "rows": source.row_count,
                "held_back": source.held_back,
            }
            for source in report.sources.values()
        ]
        if texts.texts:
            record.sources.append(_told_texts(texts))
        record.texts = texts.counts()
        record.unread = report.unread
        record.problems = [{**asdict(p), "text": p.text()} for p in (report.problems + texts.problems)[:_TOLD_PROBLEMS]]
        if report.refused:
            records.finish(settings, record, "refused")
    return report, texts


def check(settings: Settings, layer: str) -> list[CheckResult]:
    """Run the suites of a layer over the build file; results stand in quality.check_result."""
    with _step(settings, f"check_{layer}") as record:
        results = run_suites(settings.build, suites(layer))
        with build_file.writing(settings.build) as connection:
            _note(connection, [_expectation_check(result) for result in results])
        record.checks += [
            {"gate": "expectations", "table": r.suite, "check": r.expectation_type, "column": r.column,
             "severity": r.severity, "outcome": r.outcome, "failing": r.unexpected_count, "message": r.message,
             "meaning_zh": r.meaning_zh, "meaning_en": r.meaning_en, "keys": _first(r.failing_keys)}
            for r in results
        ]  # fmt: skip
        if refuses(results):
            records.finish(settings, record, "refused")
    return results


def refuses(results: Sequence[CheckResult]) -> bool:
    """Whether any result stops the refresh: a failure of severity error, or a check that broke and so says nothing."""
    return any(gates.refuses(result.outcome, result.severity) for result in results)


def broken(results: Sequence[NodeResult]) -> list[NodeResult]:
    """Models that were not built and tests that did not pass."""
    return [result for result in results if result.status in ("error", "fail", "skipped")]


def transform(settings: Settings) -> list[NodeResult]:
    """`dbt build`: models and their tests; results stand in quality.check_result, meanings in meta.dictionary and `bi`."""
    with _step(settings, "transform") as record:
        results = dbt_project.build(settings.build)
        manifest = dbt_project.manifest()
        nodes = manifest["nodes"]
        tests = [result for result in results if nodes[result.unique_id]["resource_type"] == "test"]
        models = [result for result in results if nodes[result.unique_id]["resource_type"] == "model"]
        bad = broken(results)
        with build_file.writing(settings.build) as connection:
            checks = [_relation_check(connection, result, nodes[result.unique_id]) for result in tests]
            checks.append(_build_check(models, [r for r in bad if r not in tests]))
            _note(connection, checks)
            record.models = {
                "models": len(models),
                "rows": _row_counts(connection, [nodes[r.unique_id] for r in models if r.status == "success"]),
                "tests": len(tests),
                "slowest": _slowest(results),
            }
            record.checks += [_told_check(check) for check in checks]
            if not bad:
                history.create(connection)
                dictionary.write(connection, manifest)
                bi.write(connection, manifest)
                record.cells = _cells(connection)
                record.verdicts = _verdicts(connection)
                record.overdue = freshness.overdue(connection, settings.as_of)
        if bad:
            records.finish(settings, record, "refused")
    return results


def row_counts(settings: Settings) -> dict[str, int]:
    """Rows of each model as the last transform left them."""
    record = records.last(settings)
    return dict(record.models.get("rows", {})) if record else {}


def compare(settings: Settings) -> list[dict[str, Any]]:
    """What the build changes against the served snapshot and why; what was published before travels along.

    Returns the results of the gate. Where the served snapshot is not whole, or nothing was published yet, they say so
    and refuse nothing; the changes are then those against the newest whole one. Drift that was accepted is a warning.
    """
    with _step(settings, "compare") as record:
        served, newest = snapshot.current(settings), snapshot.newest(settings)
        is_whole = served is not None and (served == newest or not served.damage())
        before = served if is_whole else newest
        new = Published(snapshot.next_number(settings), settings.as_of)
        contents = snapshot.contents(settings.build, [compared.table for compared in history.COMPARED])
        found, accepted = None, None
        with build_file.writing(settings.build) as connection:
            keep.empty(connection)
            changes = None
            if newest is not None:
                with build_file.beside(connection, newest.database):
                    keep.carry(connection, Published(newest.number, _as_of(newest)))
                    if newest != before:
                        changes = "since_newest"
                        comparing.differences(connection, _equal(contents, newest), changes)
            if before is not None:
                with build_file.beside(connection, before.database):
                    comparing.differences(connection, _equal(contents, before), "changes")
                    comparing.explain(connection, "changes")
                    comparing.record(connection, "changes", new.number, before.number)
                    found = comparing.weigh(connection, "changes")
                accepted = accept.of(settings, found.fingerprint)
                changes = changes or "changes"
            keep.add(connection, new, changes if newest is not None else None)
            keep.note(connection, new.number)
            if accepted is not None and is_whole:
                accept.note(connection, accepted, new.number)
            why = None if is_whole else "没有完好的快照可比 / no whole served snapshot to compare with"
            checks = _drift_checks(connection, found, accepted, why)
            _note(connection, checks)
        record.changes = found.counts if found else []
        if found and found.drifted and is_whole and before is not None:
            record.drift = {"fingerprint": found.fingerprint, "keys": found.drifted, "compared_with": before.id}
        record.checks += [_told_check(check) for check in checks]
        if drifted(checks):
            records.finish(settings, record, "refused")
    return checks


def drifted(checks: Sequence[dict[str, Any]]) -> bool:
    """Whether the results of a comparison stop the refresh."""
    return any(gates.refuses(check["outcome"], check["severity"]) for check in checks)


def _refuse_newer(settings: Settings) -> None:
    served = snapshot.current(settings)
    if served is not None and snapshot.is_newer(served):
        version = served.manifest.get("product_version", "?")
        raise snapshot.SnapshotError(
            f"快照 {served.id} 由更新的版本 {version} 发布，本版本不认识它的表：请升级，或 zhibiao rollback 到更早的快照 / "
            f"the served snapshot was published by the newer version {version} with tables this one does not know: "
            "upgrade, or roll back to an older snapshot"
        )


def _as_of(known: snapshot.Snapshot) -> date:
    return date.fromisoformat(known.manifest["as_of"])


def _equal(contents: dict[str, dict[str, Any]], known: snapshot.Snapshot) -> set[str]:
    """Tables with the contents they had in a snapshot; hashes of another DuckDB say nothing."""
    if known.manifest["duckdb"] != duckdb.__version__:
        return set()
    return {table for table, about in contents.items() if about == known.manifest["tables"].get(table)}


def publish(settings: Settings, *, even_unchanged: bool = False) -> snapshot.Snapshot | None:
    """Publish the build if every gate allows it, else None.

    A refusal is recorded as such; where neither inputs nor code nor any row differs from the served snapshot,
    nothing is published (unless `even_unchanged`) and the record says so.
    """
    with _step(settings, "publish") as record:
        with build_file.reading(settings.build) as connection:
            refused = gates.refusals(
                connection,
                sources=load_contracts(),
                suites=[suite.table for suite in load_suites(EXPECTATIONS)],
                compared=[compared.table for compared in history.COMPARED],
            )
            (inputs, code), *_ = connection.execute(
                "select input_fingerprint, code_fingerprint from meta.build"
            ).fetchall()
            passed, warned = _one(
                connection,
                "select count(*) filter (outcome = 'passed'), count(*) filter (outcome <> 'passed') from quality.check_result",
            )
        if refused:
            record.error = "; ".join(f"{r.gate} {r.check}: {r.why}" for r in refused[:_TOLD_REFUSALS])
            records.finish(settings, record, "refused")
            return None
        served = snapshot.current(settings)
        if not even_unchanged and served and _same_rows(settings, served, inputs, code):
            snapshot.point(settings, served)
            record.snapshot = _told(served)
            records.finish(settings, record, "unchanged")
            return served
        published = snapshot.publish(
            settings,
            {
                "as_of": settings.as_of.isoformat(),
                "input_fingerprint": inputs,
                "code_fingerprint": code,
                "product_version": __version__,
                "schema_version": build_file.SCHEMA_VERSION,
                "checks": {"passed": passed, "warnings": warned},
            },
            add=page.write,
        )
        record.snapshot = _told(published)
        records.finish(settings, record, "published")
    return published


def _told(published: snapshot.Snapshot) -> dict[str, Any]:
    return {"id": published.id, "bytes": sum(f["bytes"] for f in published.manifest["files"].values())}


def _same_rows(settings: Settings, served: snapshot.Snapshot, inputs: str, code: str) -> bool:
    return (
        (served.manifest["input_fingerprint"], served.manifest["code_fingerprint"]) == (inputs, code)
        and served.manifest["duckdb"] == duckdb.__version__
        and served.manifest["tables"] == snapshot.contents(settings.build)
        and not served.damage()
    )


_TITLES = {
    "load": "装载 / load",
    "check_raw": "检查原表 / check raw tables",
    "transform": "计算 / compute",
    "check_marts": "检查结果 / check marts",
    "compare": "与前一快照比较 / compare with the snapshot before",
    "publish": "发布 / publish",
}


@contextmanager
def _step(settings: Settings, name: str, record: Record | None = None) -> Iterator[Record]:
    record = record or records.last(settings) or records.begin(settings)
    record.step = name
    # Before it begins, so that a killed refresh tells where it was.
    records.save(settings, record)
    log.info("%s …", _TITLES[name])
    events.tell("step_started", step=name)
    started, used = time.perf_counter(), time.process_time()
    try:
        yield record
    except BaseException as error:
        events.tell("step_failed", logging.ERROR, step=name, seconds=round(time.perf_counter() - started, 2))
        record.error = f"{name}: {type(error).__name__}: {' '.join(str(error).split())}"
        records.finish(settings, record, "failed")
        raise
    record.seconds[name] = round(time.perf_counter() - started, 2)
    record.cpu_seconds[name] = round(time.process_time() - used, 2)
    records.save(settings, record)
    events.tell("step_finished", step=name, seconds=record.seconds[name], cpu_seconds=record.cpu_seconds[name])


def _tell_source(report: SourceReport) -> None:
    log.info("  %s: %d 个文件 / files, %s 行 / rows, %s", report.contract.source, report.file_count,
             f"{report.row_count:,}", report.outcome.value)  # fmt: skip
    events.tell("source_loaded", source=report.contract.source, files=report.file_count, rows=report.row_count,
                held_back=report.held_back, outcome=report.outcome.value)  # fmt: skip


def _tell_texts(texts: DocumentsReport) -> None:
    if texts.texts:
        anew = sum(not text.reused for text in texts.read)
        log.info("  documents: %d 份原文 / texts, 新提取 / extracted anew %d, 搁置 / set aside %d",
                 len(texts.read), anew, len(texts.problems))  # fmt: skip
        events.tell("texts_loaded", texts=len(texts.read), anew=anew, set_aside=len(texts.problems))


def _told_texts(texts: DocumentsReport) -> dict[str, Any]:
    """The line of the closing table: texts that cannot be used are set aside and keep nothing else back."""
    outcome = Outcome.SOME_INVALID_QUARANTINED if texts.problems else Outcome.ALL_VALID
    return {
        "source": documents.SOURCE,
        "title_zh": "政策文件原文",
        "title_en": "Texts of policy documents",
        "outcome": outcome.value,
        "files": len(texts.read),
        "rows": sum(len(text.candidates) for text in texts.read),
        "held_back": len(texts.problems),
    }


def _note(connection: duckdb.DuckDBPyConnection, checks: list[dict[str, Any]]) -> None:
    if checks:
        connection.executemany(
            f"insert into quality.check_result values ({', '.join('?' for _ in _CHECK_COLUMNS)})",
            [[check.get(column) for column in _CHECK_COLUMNS] for check in checks],
        )


def _contract_check(source: SourceReport) -> dict[str, Any]:
    problem = source.problems[0].text() if source.problems else None
    # Of a check that passed it is told what bad rows would have led to.
    told = OUTCOMES[of_bad_rows(source.contract) if source.outcome is Outcome.ALL_VALID else source.outcome]
    return {
        "gate": "rows",
        "table_name": source.contract.table,
        "check_name": "contract",
        "severity": "error" if source.outcome.refuses else "warning",
        "outcome": "passed" if source.outcome.value == "all_valid" else "failed",
        "element_count": source.row_count + source.held_back,
        "failing_count": source.held_back or len(source.problems),
        "observed_value": source.outcome.value,
        "message": problem,
        "meaning_zh": "每个文件合乎约定的列，每一行合乎约定的规则",
        "meaning_en": "every file has the columns of its contract and every row keeps its rules",
        "consequence_zh": told.consequence_zh,
        "consequence_en": told.consequence_en,
    }


def _texts_check(texts: DocumentsReport) -> dict[str, Any]:
    return {
        "gate": "rows",
        "table_name": candidates.TABLE,
        "check_name": "texts",
        "severity": "warning",
        "outcome": "failed" if texts.problems else "passed",
        "element_count": len(texts.texts),
        "failing_count": len(texts.problems),
        "message": texts.problems[0].text() if texts.problems else None,
        "meaning_zh": "raw/documents/ 中每份原文都能读取并提取",
        "meaning_en": "every text of raw/documents/ can be read and extracted",
        "consequence_zh": "搁置该份原文，其余照常",
        "consequence_en": "that text is set aside, the others go on",
    }


def _expectation_check(result: CheckResult) -> dict[str, Any]:
    return {
        "gate": "expectations",
        "table_name": result.suite,
        "check_name": f"{result.expectation_no}. {result.expectation_type}",
        "column_name": result.column,
        "severity": result.severity,
        "outcome": result.outcome,
        "element_count": result.element_count,
        "failing_count": result.unexpected_count,
        "observed_value": result.observed_value,
        "failing_keys": result.failing_keys,
        "message": result.message,
        "meaning_zh": result.meaning_zh,
        "meaning_en": result.meaning_en,
        "consequence_zh": result.consequence_zh,
        "consequence_en": result.consequence_en,
    }


def _relation_check(connection: duckdb.DuckDBPyConnection, result: NodeResult, node: dict[str, Any]) -> dict[str, Any]:
    """A dbt test's row; its failing rows are fetched by the test's own compiled query."""
    keys = None
    if result.status == "fail" and result.compiled_sql:
        rows = connection.execute(f"select * from ({result.compiled_sql}) limit {_FAILING_ROWS}")
        names = [column[0] for column in rows.description or []]
        keys = json.dumps(
            [dict(zip(names, row, strict=True)) for row in rows.fetchall()], ensure_ascii=False, default=str
        )
    meaning = _header(node["raw_code"])
    return {
        "gate": "relations",
        "table_name": dbt_project.tested(node).split(".")[-1],
        "check_name": node["name"],
        "severity": "warning" if str(node["config"].get("severity")).lower() == "warn" else "error",
        "outcome": {"pass": "passed", "fail": "failed", "warn": "failed"}.get(result.status, "error"),
        "failing_count": result.failures,
        "failing_keys": keys,
        "message": None if result.status == "pass" else "; ".join(filter(None, (result.message, meaning.get("fix")))),
        "meaning_zh": meaning.get("zh"),
        "meaning_en": meaning.get("en"),
        "consequence_zh": "拒绝发布",
        "consequence_en": "the refresh is refused",
    }


def _drift_checks(
    connection: duckdb.DuckDBPyConnection, found: Comparison | None, accepted: accept.Accepted | None, why: str | None
) -> list[dict[str, Any]]:
    """A result for each compared table and each history; `why` says why nothing is refused, if that is so."""
    drifts = found.drift if found else [Drift(compared.table, 0, 0) for compared in history.COMPARED]
    checks = []
    for drift in drifts:
        message = why
        if drift.count and not why:
            message = "输入没有变化，而键的数值变了或消失了；确属有意则 zhibiao accept / values changed or vanished though their inputs did not; if meant: zhibiao accept"
            if accepted:
                message = f"已接受 / accepted: {accepted.accepted_by} {accepted.accepted_at}: {accepted.reason}"
        checks.append(
            {
                "gate": "drift",
                "table_name": drift.table,
                "check_name": "no_change_without_a_cause",
                "severity": "warning" if accepted or why else "error",
                "outcome": "failed" if drift.count else "passed",
                "element_count": drift.compared,
                "failing_count": drift.count,
                "failing_keys": comparing.as_json(drift.keys),
                "message": message,
                "meaning_zh": "输入没有变化的键，数值也没有变化",
                "meaning_en": "what is made of the same inputs is the same",
                "consequence_zh": "拒绝发布，除非经 zhibiao accept 接受",
                "consequence_en": "the refresh is refused, unless it is accepted with zhibiao accept",
            }
        )
    for kept in history.KEPT:
        unlike = keep.unlike(connection, kept)
        checks.append(
            {
                "gate": "drift",
                "table_name": kept.history,
                "check_name": "history_ends_in_the_present",
                "severity": "error",
                "outcome": "failed" if unlike else "passed",
                "failing_count": unlike,
                "message": f"与 {kept.table} 不符 / unlike {kept.table}" if unlike else None,
                "meaning_zh": "历史中至今有效的行就是现在的行",
                "meaning_en": "the rows of a history that still hold are those of its table",
                "consequence_zh": "拒绝发布",
                "consequence_en": "the refresh is refused",
            }
        )
    return checks


def _told_check(check: dict[str, Any]) -> dict[str, Any]:
    """A row of quality.check_result as the record tells it."""
    return {
        "gate": check["gate"], "table": check["table_name"], "check": check["check_name"], "column": None,
        "severity": check["severity"], "outcome": check["outcome"], "failing": check["failing_count"],
        "message": check["message"], "meaning_zh": check.get("meaning_zh"), "meaning_en": check.get("meaning_en"),
        "keys": _first(check.get("failing_keys")),
    }  # fmt: skip


def _first(failing_keys: str | None) -> list[str]:
    """The first failing rows, each as one line for people; all of them stand in quality.check_result."""
    rows = json.loads(failing_keys or "[]")[:_TOLD_KEYS]
    return [", ".join(f"{name}={value}" for name, value in row.items()) for row in rows]


def _header(sql: str) -> dict[str, str]:
    """The opening comment of a test: what it means (zh, en), when it matters, how to fix what it finds."""
    words: dict[str, str] = {}
    topic = ""
    for line in sql.splitlines():
        if not line.startswith("--"):
            break
        first, _, rest = line.removeprefix("--").strip().partition(": ")
        if first in ("zh", "en", "when", "fix"):
            topic, text = first, rest
        else:
            text = line.removeprefix("--").strip()
        words[topic] = f"{words.get(topic, '')} {text}".strip()
    return words


def _build_check(models: list[NodeResult], bad: list[NodeResult]) -> dict[str, Any]:
    return {
        "gate": "relations",
        "table_name": "dbt build",
        "check_name": "models",
        "severity": "error",
        "outcome": "error" if bad else "passed",
        "element_count": len(models),
        "failing_count": len(bad),
        "message": "; ".join(f"{r.unique_id}: {r.message or r.status}" for r in bad[:20]) or None,
        "meaning_zh": "每个模型都已建成",
        "meaning_en": "every model was built",
        "consequence_zh": "拒绝发布",
        "consequence_en": "the refresh is refused",
    }


def _slowest(results: Sequence[NodeResult]) -> dict[str, float]:
    """Seconds of the models and tests that took longest, longest first."""
    longest = sorted(results, key=lambda result: result.seconds, reverse=True)[:_TOLD_SLOWEST]
    return {result.unique_id.split(".", 2)[2]: round(result.seconds, 2) for result in longest}


def _row_counts(connection: duckdb.DuckDBPyConnection, nodes: list[dict[str, Any]]) -> dict[str, int]:
    tables = [f"{node['schema']}.{node['name']}" for node in nodes]
    if not tables:
        return {}
    query = " union all ".join(f"select '{table}', count(*) from {table}" for table in tables)
    return dict(connection.execute(query).fetchall())


def _cells(connection: duckdb.DuckDBPyConnection) -> list[dict[str, Any]]:
    """Cells by indicator and basis; `mart` names the indicator mart that shows the indicator, if one does."""
    marts = connection.execute(
        """select table_name from duckdb_columns() where schema_name = 'marts' and starts_with(table_name, 'mart_')
        and column_name = 'indicator_code' order by table_name"""
    ).fetchall()
    shown = " union ".join(f"select indicator_code, '{mart}' as mart from marts.{mart}" for (mart,) in marts)
    shown = shown or "select null as indicator_code, null as mart"
    rows = connection.execute(
        f"""with shown as ({shown})
        select i.indicator_code, i.name_zh, i.name_en, any_value(s.mart),
            count(*) filter (f.basis = 'computed'), count(*) filter (f.basis = 'published'),
            min(f.year), max(f.year), count(distinct f.region_code)
        from marts.fct_indicator as f join marts.dim_indicator as i using (indicator_code)
        left join (select indicator_code, min(mart) as mart from shown group by indicator_code) as s using (indicator_code)
        group by i.indicator_code, i.name_zh, i.name_en order by any_value(s.mart) nulls last, i.indicator_code"""
    ).fetchall()
    names = ("code", "name_zh", "name_en", "mart", "computed", "published", "first_year", "last_year", "regions")
    return [dict(zip(names, row, strict=True)) for row in rows]


def _verdicts(connection: duckdb.DuckDBPyConnection) -> list[dict[str, Any]]:
    """Targets by the ladder's status and reason, most first."""
    rows = connection.execute(
        """select status, reason_code, reason_zh, reason_en, count(*) as targets from marts.mart_target_attainment
        where method = 'ladder' group by status, reason_code, reason_zh, reason_en order by targets desc, status, reason_code"""
    ).fetchall()
    names = ("status", "reason_code", "reason_zh", "reason_en", "targets")
    return [dict(zip(names, row, strict=True)) for row in rows]


def _one(connection: duckdb.DuckDBPyConnection, query: str) -> tuple[Any, ...]:
    row = connection.execute(query).fetchone()
    assert row is not None
    return row
