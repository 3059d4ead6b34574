"""Tables for a terminal, Chinese first. Everything shown is handed in; nothing is computed here."""

import shlex
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.markup import escape as escape_markup
from rich.panel import Panel
from rich.table import Table

from dagster_project import characters
from dagster_project.demo.county import County
from dagster_project.demo.write import Written
from dagster_project.extraction.candidate import Candidate
from dagster_project.extraction.document import Document
from dagster_project.extraction.reconcile import BINDING, COMPARISONS, Comparison, facts
from dagster_project.ingest import load
from dagster_project.page import PAGE
from dagster_project.publish.gates import refuses
from dagster_project.publish.snapshot import Snapshot
from dagster_project.refresh.record import ENDED_WELL, OUTCOMES, Record
from dagster_project.report import words
from dagster_project.report.assess import Assessment
from dagster_project.report.explain import Cell, Explanation, Row, TargetExplanation
from dagster_project.settings import ROOT, Settings

if TYPE_CHECKING:
    from dagster_project.ingest.candidates import Reviewed
    from dagster_project.ingest.mapping_proposal import Proposal
    from dagster_project.refresh.health import Health

_STYLE = {
    "loaded": "green",
    "published": "green",
    "unchanged": "green",
    "refused": "red",
    "failed": "red",
    "running": "yellow",
}
_COMPARISONS = {
    "same": "一致 / same",
    "changed": "不同 / changed",
    "new": "新 / new",
    "gone": "不再有 / gone",
    "rejected": "已否决 / rejected",
}
_COMPARED = {name: f"{zh} / {name}" for name, (zh, _) in COMPARISONS.items()}
_GATES = {
    "rows": "文件与行 / rows",
    "relations": "关系与合计 / relations",
    "expectations": "期望 / expectations",
    "drift": "漂移 / drift",
}


def console() -> Console:
    found = Console(emoji=False)
    # A pipe has no width of its own; 80 columns would fold every Chinese table.
    return found if found.is_terminal else Console(width=140, emoji=False)


def escape(text: object) -> str:
    """Received text as it may be shown: no markup, no control characters."""
    return escape_markup(characters.plain(str(text)))


def closing(out: Console, settings: Settings, record: Record, shown_problems: int = 20) -> None:
    """The table a refresh ends with."""
    out.print(_sources(record))
    if record.texts:
        out.print(_texts(record))
    _problems(out, settings, record, shown_problems)
    if record.cells:
        out.print(_cells(record))
    if record.verdicts:
        out.print(_verdicts(record))
    if record.changes:
        out.print(_changes(record))
    if record.checks:
        out.print(_checks(record))
    if record.overdue:
        out.print(_overdue(record.overdue))
    style = _STYLE[record.outcome]
    lines = [f"[bold {style}]{OUTCOMES[record.outcome]}[/]", f"基准日期 / as of: {record.as_of}"]
    if record.error:
        lines.append(f"[red]{escape(record.error)}[/]")
    if record.snapshot:
        lines.append(f"快照 / snapshot: {record.snapshot['id']} ({record.snapshot['bytes'] / 1e6:.1f} MB)")
    if settings.served.exists():
        lines.append(f"位置 / where: {_short(settings.served)}")
    if (page := settings.current / PAGE).exists():
        lines.append(f"页面 / page: {_short(page)}")
    if record.seconds:
        took = ", ".join(f"{name} {seconds:.1f}s" for name, seconds in record.seconds.items())
        lines.append(f"用时 / took: {took}")
    out.print(Panel("\n".join(lines), border_style=style, expand=False))
    # Outside the frame and unbroken, so that it can be copied.
    out.print("接着可以 / next: " + escape(_next(settings, record)), soft_wrap=True)


def _next(settings: Settings, record: Record) -> str:
    if record.outcome in ENDED_WELL:
        return ".venv/bin/zhibiao explain 公办园占比 全国 2018"
    if record.outcome == "loaded":
        # dbt's profile knows the default place only.
        where = "" if settings.home == ROOT / "warehouse" else f"ZHIBIAO_BUILD={shlex.quote(str(settings.build))} "
        return f"cd dbt && {where}../.venv/bin/dbt build"
    if record.drift:
        return "修正代码；确属有意则 / mend the code; if it is meant: .venv/bin/zhibiao accept --reason 理由 --by 姓名"
    return "按上表修正后 make refresh / mend what is listed, then make refresh"


def _sources(record: Record) -> Table:
    table = Table(title="装载 / loaded", title_justify="left")
    table.add_column("来源 / source")
    for heading in ("文件 / files", "行 / rows", "拒收 / held back"):
        table.add_column(heading, justify="right")
    table.add_column("结果 / outcome")
    for source in record.sources:
        table.add_row(
            f"{source['title_zh']} {source['source']}", str(source["files"]), f"{source['rows']:,}",
            str(source["held_back"]), _outcome_of(source["outcome"]),
        )  # fmt: skip
    return table


def _outcome_of(source: str) -> str:
    outcome = load.Outcome(source)
    told = load.OUTCOMES[outcome]
    if outcome is load.Outcome.ALL_VALID:
        return f"{told.meaning_zh} / {told.meaning_en}"
    colour = "red" if told.refuses else "yellow"
    return f"[{colour}]{told.meaning_zh}：{told.consequence_zh} / {told.meaning_en}: {told.consequence_en}[/]"


def _texts(record: Record) -> Table:
    table = Table(title="原文与台账 / texts beside the ledger", title_justify="left")
    table.add_column("原文 / text", overflow="fold")
    table.add_column("候选 / all", justify="right")
    for comparison in _COMPARISONS:
        table.add_column(_COMPARISONS[comparison], justify="right")
    table.add_column("提取 / read")
    for text in record.texts:
        counts = (str(text.get(comparison, 0)) for comparison in _COMPARISONS)
        how = "新 / anew" if text["extracted"] else "沿用 / kept"
        table.add_row(escape(text["file"].removeprefix("raw/documents/")), str(text["candidates"]), *counts, how)
    return table


def _problems(out: Console, settings: Settings, record: Record, shown: int) -> None:
    for problem in record.problems[:shown]:
        out.print(f"[red]✗[/] {escape(problem['text'])}", soft_wrap=True)
    if len(record.problems) > shown:
        rest = len(record.problems) - shown
        out.print(
            f"  … 另有 {rest} 条，见 {_short(settings.build)} 的 quality.quarantine / {rest} more in quality.quarantine"
        )
    for name in record.unread:
        out.print(f"[yellow]?[/] {escape(name)}: 没有来源读取此文件 / no source reads this file")


def _cells(record: Record) -> Table:
    table = Table(title="指标单元 / indicator cells", title_justify="left")
    table.add_column("指标 / indicator")
    for heading in ("计算 / computed", "公布 / published", "地区 / regions"):
        table.add_column(heading, justify="right")
    table.add_column("年份 / years")
    shown = [cell for cell in record.cells if cell["mart"]]
    for cell in shown:
        table.add_row(
            escape(f"{cell['name_zh']} {cell['code']}"), f"{cell['computed']:,}", f"{cell['published']:,}",
            str(cell["regions"]), f"{cell['first_year']}—{cell['last_year']}",
        )  # fmt: skip
    rest = [cell for cell in record.cells if not cell["mart"]]
    if rest:
        table.add_row(
            f"其余 {len(rest)} 个指标 / {len(rest)} more",
            f"{sum(c['computed'] for c in rest):,}", f"{sum(c['published'] for c in rest):,}", "", "",
        )  # fmt: skip
    table.add_section()
    table.add_row(
        "合计 / total", f"{sum(c['computed'] for c in record.cells):,}", f"{sum(c['published'] for c in record.cells):,}",
        "", "",
    )  # fmt: skip
    return table


def _checks(record: Record) -> Table:
    table = Table(title="检查 / checks", title_justify="left")
    table.add_column("关口 / gate")
    for heading in ("通过 / passed", "警告 / warnings", "失败 / failed"):
        table.add_column(heading, justify="right")
    table.add_column("未通过的 / not passed")
    for gate, title in _GATES.items():
        mine = [check for check in record.checks if check["gate"] == gate]
        if not mine:
            continue
        bad = [check for check in mine if check["outcome"] != "passed"]
        errors = [check for check in bad if refuses(check["outcome"], check["severity"])]
        told = "\n".join(
            escape(
                "\n  ".join(
                    [
                        f"{c['table']} {c['check']}: {c['meaning_zh'] or ''} ({c['failing'] or 0}) {c['message'] or ''}",
                        *c.get("keys", []),
                    ]
                )
            )
            for c in bad[:8]
        )
        table.add_row(title, str(len(mine) - len(bad)), str(len(bad) - len(errors)), str(len(errors)), told)
    return table


def _changes(record: Record) -> Table:
    """Keys that differ from the snapshot before, by table and cause."""
    table = Table(title="相对前一快照 / against the snapshot before", title_justify="left")
    for heading in ("表 / table", "变化 / change", "原因 / cause"):
        table.add_column(heading)
    table.add_column("键 / keys", justify="right")
    for row in record.changes:
        table.add_row(
            row["table"],
            " / ".join(words.CHANGES[row["change"]]),
            " / ".join(words.CAUSES[row["cause"]]),
            f"{row['count']:,}",
        )
    return table


def status(out: Console, settings: Settings, health: "Health") -> None:
    """What is served, how the last refresh went, and what is not well."""
    served, last = health.served, health.last
    if served is not None:
        out.print(f"提供中 / served: [bold]{served.id}[/]，发布于 / published {served.manifest['published_at']}，"
                  f"基准日期 / as of {served.manifest['as_of']}", soft_wrap=True)  # fmt: skip
        out.print(f"已发布 {health.age_hours:.1f} 小时 / hours old，"
                  f"{health.confirmed_hours:.1f} 小时前确认 / hours since it was confirmed")  # fmt: skip
        out.print(f"位置 / where: {_short(settings.served)}")
    if health.running is not None:
        out.print(f"[yellow]进行中 / running[/]: 进程 / process {health.running.get('pid', '?')}，"
                  f"自 / since {health.running.get('since', '?')}")  # fmt: skip
    if last is not None:
        style = _STYLE[last.outcome]
        out.print(f"上次刷新 / last refresh: {last.finished or last.started} [{style}]{OUTCOMES[last.outcome]}[/]")
        if last.error:
            out.print(f"  [red]{escape(last.error)}[/]")
        if last.outcome in ("refused", "failed"):
            _problems(out, settings, last, 20)
        if last.checks:
            out.print(_checks(last))
    if health.overdue is None:
        out.print("没有发布日历 / no calendar: raw/local/calendar.csv")
    elif health.overdue:
        out.print(_overdue(health.overdue))
    for finding in health.findings:
        mark, what = ("[red]✗[/]", _WAYS_OUT.get(finding.code, "")) if finding.critical else ("[yellow]![/]", "")
        out.print(f"{mark} {escape(finding.zh)} / {escape(finding.en)}{what}", soft_wrap=True)
    if not health.findings:
        out.print("[green]正常 / well[/]")


_WAYS_OUT = {
    "no_snapshot": ": make refresh",
    "pointer_lost": ": zhibiao rollback, 或 / or zhibiao refresh",
    "damaged": ": zhibiao rollback, 或 / or zhibiao refresh --full",
}


def _overdue(rows: Sequence[dict[str, Any]], shown: int = 20) -> Table:
    """What the calendar expects and has not got, longest overdue first."""
    table = Table(title="逾期未到 / overdue", title_justify="left")
    table.add_column("出处 / publication", overflow="fold")
    for heading in ("年份 / year", "应到 / due", "逾期天数 / days overdue", "已有至 / newest"):
        table.add_column(heading, justify="right")
    for row in rows[:shown]:
        of = f"（{row['publisher_zh']}）" if row["publisher_zh"] else ""
        table.add_row(escape(f"{row['publication']}{of}"), str(row["year"]), row["due"], f"{row['days']:,}",
                      str(row["newest_year"] or "-"))  # fmt: skip
    if len(rows) > shown:
        table.add_row(f"… 另有 {len(rows) - shown} 份 / more: marts.mart_freshness", "", "", "", "")
    return table


def _verdicts(record: Record) -> Table:
    table = Table(title="目标判定 / verdicts on targets (ladder)", title_justify="left")
    for heading in ("结论 / status", "目标 / targets", "原因 / reason"):
        table.add_column(heading, justify="right" if "targets" in heading else "left")
    for entry in record.verdicts:
        zh, en = words.of(words.VERDICTS, entry["status"])
        table.add_row(f"{zh} / {en}", f"{entry['targets']:,}", escape(f"{entry['reason_zh']} / {entry['reason_code']}"))
    return table


def snapshots(out: Console, known: list[Snapshot], served: Snapshot | None, kept: Mapping[str, Sequence[str]]) -> None:
    """Every snapshot, oldest first; `kept` says by its id which pins and readers keep it from being removed."""
    table = Table(title="快照 / snapshots", title_justify="left")
    for heading in ("", "快照 / id", "发布 / published", "基准日期 / as of", "行 / rows", "大小 / size",
                    "保留 / kept for"):  # fmt: skip
        table.add_column(heading)
    for snapshot in known:
        rows = sum(about["rows"] for about in snapshot.manifest["tables"].values())
        size = sum(about["bytes"] for about in snapshot.manifest["files"].values())
        mark = "→" if served is not None and served.id == snapshot.id else ""
        table.add_row(
            mark, snapshot.id, snapshot.manifest["published_at"], snapshot.manifest["as_of"], f"{rows:,}",
            f"{size / 1e6:.1f} MB", escape("\n".join(kept.get(snapshot.id, ()))),
        )  # fmt: skip
    out.print(table)


def review(out: Console, reviewed: "Sequence[Reviewed]") -> None:
    """Candidates beside the ledger, a table a document; what stands in both and says the same is only counted."""
    for one in reviewed:
        counts = "，".join(
            f"{_COMPARED[name]} {sum(c.comparison == name for c in one.comparisons)}"
            for name in _COMPARED
            if any(c.comparison == name for c in one.comparisons)
        )
        entered = "" if one.registered else "（未登记 / not registered）"
        out.print(f"[bold]{escape(one.row['title_zh'])}[/]  {escape(one.document_id)}{entered}: {counts or '-'}")
        table = Table(show_lines=True)
        for heading in (
            "编号 / id",
            "比对 / comparison",
            "目标 / target",
            "依据句 / clause",
            "把握 / sure",
            "说明 / remarks",
        ):
            table.add_column(heading, overflow="fold")
        for comparison in one.comparisons:
            if comparison.comparison == "same":
                continue
            candidate = comparison.candidate
            remarks = [one.obstacles.get(comparison.proposed_id, ""), candidate.note if candidate else ""]
            if comparison.comparison == "changed":
                remarks.insert(0, _change(comparison))
            if comparison.decision[0]:
                remarks.insert(0, "，".join(comparison.decision))
            table.add_row(
                escape((comparison.proposed_id or comparison.target_id).removeprefix(f"{one.document_id}/")), _COMPARED[comparison.comparison],
                escape(_target(comparison)), escape(_clause(comparison)),
                f"{candidate.confidence:.2f}" if candidate else "", escape("\n".join(filter(None, remarks))),
            )  # fmt: skip
        if table.row_count:
            out.print(table)


def candidate(out: Console, comparison: Comparison) -> None:
    """One candidate, before it is asked about."""
    found = comparison.candidate
    assert found is not None
    out.print(
        f"[bold]{escape(comparison.proposed_id)}[/] {_COMPARED[comparison.comparison]}: {escape(_target(comparison))}"
    )
    out.print(f"  「{escape(_clause(comparison))}」{escape(_change(comparison))}")
    if found.note:
        out.print(f"  [yellow]{escape(found.note)}[/]")


def _target(comparison: Comparison) -> str:
    said = facts(comparison.candidate) if comparison.candidate else comparison.row
    assert said is not None
    high = f"—{said['value_high']}" if said["value_high"] else ""
    value = "（隐去 / hidden）" if said["kind"] == "redacted" else f"{said['value']}{high}{said['unit']}"
    code = f"（{said['indicator_code']}）" if said["indicator_code"] else ""
    year = said["target_year"] or said["deadline"]
    return f"{said['region_zh']} {said['indicator_zh']}{code} {said['comparator']} {value} {year}".strip()


def _clause(comparison: Comparison) -> str:
    if comparison.candidate:
        return comparison.candidate.evidence
    return comparison.row["evidence"] if comparison.row else ""


def _change(comparison: Comparison) -> str:
    """What differs from the ledger, as old and new."""
    if comparison.comparison != "changed" or comparison.candidate is None or comparison.row is None:
        return ""
    said = facts(comparison.candidate)
    names = ["region_zh" if name == "region" else name for name in comparison.differs if name in BINDING]
    changes = [f"{name}: {comparison.row[name] or '-'} → {said[name] or '-'}" for name in names]
    return f"{comparison.target_id.rsplit('/', 1)[1]}: {'；'.join(changes)}"


def demo(out: Console, raw: Path, counties: Sequence[County], written: Sequence[Written]) -> None:
    """What was written of which synthetic counties, and what to do next."""
    table = Table(box=None)
    for heading in ("县 / county", "代码 / code", "说明 / what it shows"):
        table.add_column(heading)
    for county in counties:
        table.add_row(county.name_zh, county.code, f"{county.shows_zh} / {county.shows_en}")
    out.print(table)
    table = Table(box=None)
    table.add_column("文件 / files")
    table.add_column("个数 / count", justify="right")
    table.add_column("合成行 / synthetic rows", justify="right")
    for sort in written:
        table.add_row(sort.name, str(sort.files), f"{sort.rows:,}")
    out.print(table)
    out.print(f"位置 / where: {escape(raw)}", soft_wrap=True)
    named = "" if raw == (ROOT / "raw") else f"ZHIBIAO_RAW={shlex.quote(str(raw))} "
    out.print(f"接着可以 / next: {escape(named)}.venv/bin/zhibiao refresh", soft_wrap=True)


def plain(text: object) -> str:
    """Received text for a line that knows no markup: no control characters."""
    return characters.plain(" ".join(str(text).split()))


def candidates(out: Console, read: list[tuple[Document, list[Candidate]]]) -> None:
    """What was read out of each document, target by target; doubts stand under the table."""
    for document, found in read:
        table = Table(title=escape(f"{document.name}: {len(found)} 个目标 / targets"), title_justify="left")
        for heading in (
            "条款 / article",
            "指标 / indicator",
            "地区 / region",
            "要求 / asks",
            "年份 / year",
            "条文 / clause",
            "可信 / sure",
        ):
            table.add_column(heading, overflow="fold")
        for one in found:
            high = f"—{one.value_high}" if one.value_high else ""
            base = f" ← {one.baseline}" if one.baseline else ""
            value = one.value or ("X" if one.kind == "redacted" else "")
            table.add_row(
                escape(one.article), escape(one.indicator_zh) + (f"\n[dim]{escape(one.indicator_code)}[/]" if one.indicator_code else ""),
                escape(one.region_zh), escape(f"{one.comparator} {value}{high} {one.unit}{base}".strip()),
                escape(one.deadline or one.period), escape(one.evidence), f"{one.confidence:.2f}" + (" *" if one.note else ""),
            )  # fmt: skip
        out.print(table)
        for number, one in enumerate(found, start=1):
            if one.note:
                out.print(escape(f"  * {number} {one.indicator_zh}: {one.note}"), style="dim")


def explanation(out: Console, found: Explanation) -> None:
    """One value with its working."""
    indicator = found.indicator
    title = f"{indicator['name_zh']} · {found.region_zh} {found.region_code} · {found.year}"
    if found.chosen is not None:
        title += f" · {found.chosen.stage}" + ("" if found.chosen.segment == "all" else f" · {found.chosen.segment}")
    out.print(f"[bold]{escape(title)}[/]  {escape(indicator['name_en'])} ({escape(indicator['indicator_code'])})")
    out.print(f"定义 / definition: {escape(indicator['definition_zh'])}")
    out.print(f"公式 / formula: {escape(indicator['formula_zh'])}")
    if found.chosen is None:
        years = "、".join(map(str, found.years_with_value)) or "-"
        out.print(
            f"[yellow]无数据 / no data[/]：该年没有公布值，也不能由计数算出。有数值的年份 / years with a value: {years}"
        )
    else:
        out.print(_value("采用 / stands", found.chosen, indicator))
        _cell(out, found.chosen)
        if found.other is not None:
            out.print(_value("未采用 / beside it", found.other, indicator))
            _cell(out, found.other)
        if found.reconciled:
            out.print(f"对账 / reconciliation: {escape(found.reconciled)}")
        for row in found.conflicts:
            out.print(f"另一出版物 / another publication: {_row(row)}")
    if found.missing:
        out.print(f"不能计算，缺 / cannot be computed, missing: {escape('；'.join(found.missing))}")
    if indicator["standard_comparator"]:
        bounds = [indicator[key] for key in ("standard_low", "standard_high") if indicator[key] is not None]
        limit = "—".join(f"{bound:g}" for bound in bounds)
        out.print(
            f"国家标准 / national standard: {indicator['standard_comparator']} {limit}{_UNITS.get(indicator['unit'], '')}"
        )
    for target in found.targets:
        out.print(
            f"目标 / target: {escape(_aim(target))}，《{escape(target['title_zh'])}》："
            f"[bold]{_verdict(target)}[/]，{escape(target['reason_zh'])}  {escape(target['target_id'])}",
            soft_wrap=True,
        )
    if indicator["confidence"] == "B":
        out.print("[yellow]定义可信度 B：凭记忆，未见原文 / definition from memory, not read[/]")
    passed = "，".join(f"{_GATES.get(gate, gate)} {ok}/{total}" for gate, ok, total in found.checks)
    out.print(f"已通过检查 / checks passed: {passed}；基准日期 / as of {found.snapshot_as_of}")


def target(out: Console, found: TargetExplanation) -> None:
    """One target with the reasoning of every method."""
    t = found.target
    year = "" if t["target_year"] is None else f" · {t['target_year']}"
    out.print(f"[bold]{escape(t['indicator_zh'])} · {escape(t['region_zh'])}{year}[/]  {escape(t['target_id'])}")
    issuer = f"，{t['issuer_zh']}" if t["issuer_zh"] else ""
    issued = f" {t['issued_year']}" if t["issued_year"] else ""
    # What a text gave stands in no row of a table.
    place = f" 第 {t['source_row']} 行" if t["source_row"] else ""
    out.print(
        f"文件 / document: 《{escape(t['title_zh'])}》{escape(issuer)}{issued}；{escape(t['source_file'])}{place}"
    )
    if t["evidence"]:
        out.print(f"条款 / clause: {escape(t['article'] or '')} 「{escape(t['evidence'])}」")
    else:
        out.print("依据 / evidence: 转述，未见原文条款 / reported, the clause was not seen")
    out.print(f"要求 / asks: {escape(_aim(t))}" + ("，保持 / to be held" if t["hold"] else ""))
    named = f"{t['indicator_name_zh']} ({t['indicator_code']})" if t["indicator_code"] else "没有对应的指标 / none fits"
    note = f"；{t['indicator_note']}" if t["indicator_note"] else ""
    out.print(
        f"指标 / indicator: {escape(named + note)}；学段 / stage {escape(t['stage'])}，分组 / segment {escape(t['segment'])}"
    )
    if t["region_bound_by"]:
        out.print(
            f"绑定 / bound: {escape(t['region_zh'])} = {t['region_code']}（{escape(t['region_bound_by'])}）",
            soft_wrap=True,
        )
    if t["year_bound_by"]:
        out.print(f"绑定 / bound: plan_year = {t['target_year']}（{escape(t['year_bound_by'])}）", soft_wrap=True)
    if t["responsible_units"]:
        out.print(f"责任单位 / responsible: {escape(t['responsible_units'].replace(';', '、'))}")
    if t["disputable"]:
        out.print("[yellow]存疑：细心的读者可能不认 / disputable[/]")
    for v in found.verdicts:
        out.print(
            f"[bold]{escape(v['method_zh'])} / {escape(v['method_en'])}: {_verdict(v)}[/]，{escape(v['reason_zh'])} / {escape(v['reason_en'])}"
            f"（{v['method']} 第 {v['method_version']} 版，{v['reason_code']}）",
            soft_wrap=True,
        )
        for line in _working(v):
            out.print(f"  {escape(line)}", soft_wrap=True)
    if found.values:
        # A year's addition or level is no measure of a sum or of growth.
        is_level = t["comparator"] not in ("add", "grow")
        shown = "；".join(
            f"{v['year']}: {_number(v['value'])}{' ✗' if is_level and not v['holds'] else ''}" for v in found.values
        )
        what = "数值（✗ 未达到） / values (✗ short of it)" if is_level else "数值 / values"
        out.print(f"{what}: {shown}", soft_wrap=True)
        for v in found.values:
            if v["year"] != found.verdicts[0]["actual_year"]:
                continue
            command = ["explain", t["indicator_code"], v["region_code"], str(v["year"]), "--stage", t["stage"]]
            command += ["--segment", t["segment"]] if t["segment"] != "all" else []
            by = f"由计数计算 / from counts: zhibiao {shlex.join(command)}"
            if v["source_file"]:
                by = f"《{v['source_zh'].strip('《》')}》 {v['source_file']} 第 {v['source_row']} 行"
            out.print(f"  判定所据 / decided by: {escape(by)}", soft_wrap=True)
    for m in found.milestones:
        out.print(
            f"同一序列 / same series: {m['target_year']} {escape(m['printed_value'])} {escape(m['printed_unit'] or '')}  {escape(m['target_id'])}"
        )
    first = found.verdicts[0]
    if first["judgement"]:
        valid = "有效 / in force" if first["judgement_in_force"] else "已过期 / expired"
        out.print(
            f"人工判断 / judgement ({valid}, {first['judgement_until']}): {escape(first['judgement'])}，"
            f"{escape(first['judgement_by'])}：{escape(first['judgement_reason'])}；不改变上面的结论 / does not change the status",
            soft_wrap=True,
        )
    out.print(f"基准日期 / as of {found.snapshot_as_of}")


_ASSESSED_STYLE = {
    "met": "green",
    "not_met": "red",
    "no_data": "yellow",
    "needs_judgement": "cyan",
    "undecided": "cyan",
}


def assessment(out: Console, found: Assessment, shown_schools: int) -> None:
    """A county's verdict, its conditions as a table, and the schools that fail each of them."""
    v = found.verdict
    zh, en = words.of(words.ASSESSMENTS, v["assessment"])
    out.print(
        f"[bold]{escape(v['region_zh'])} {v['region_code']} · {v['year']} · {zh} / {en}: {_assessed(v)}[/]",
        soft_wrap=True,
    )
    out.print(f"{escape(v['summary_zh'])}\n{escape(v['summary_en'])}", soft_wrap=True)
    table = Table(title="条件 / conditions", title_justify="left", expand=True)
    table.add_column("编号 / no")
    # Chinese has no spaces to break at.
    table.add_column("条件 / condition", overflow="fold", ratio=1)
    for heading in ("要求 / asked", "数值 / value"):
        table.add_column(heading, justify="right")
    table.add_column("结论 / status")
    table.add_column("说明 / remark", overflow="fold", ratio=1)
    for c in found.conditions:
        unit = _UNITS.get(c["unit"] or "", "")
        asked = "" if c["required_value"] is None else f"{c['comparator']} {_number(c['required_value'])}{unit}"
        value = "" if c["value"] is None else f"{_number(c['value'])}{unit}"
        remarks = [f"{c['remark_zh']} / {c['remark_en']}"] if c["remark_zh"] else []
        if c["judgement_by"]:
            remarks = [f"{c['judgement_by']}，{c['judgement_date']}：{c['judgement_evidence']}"]
        if c["status"] == "not_met" and c["gap"] is not None:
            remarks.insert(0, _short_by(c["comparator"], c["gap"], c["unit"]))
        table.add_row(
            _COUNTING[c["decides"]].format(c["condition_no"]), escape(f"{c['name_zh']} / {c['name_en']}"),
            escape(asked), value, _assessed(c), escape("\n".join(remarks)),
        )  # fmt: skip
    out.print(table)
    out.print("( ) 供另一条件使用 / feeds another condition；* 地方标准，不参与结论 / a local variant, never counts")
    for c in found.conditions:
        failing = found.schools.get((c["condition_no"], c["indicator_code"]), [])
        if not failing:
            continue
        out.print(
            f"[bold]{c['condition_no']} {escape(c['name_zh'])}[/]: 未达到的学校 / schools that fail: {len(failing)}"
        )
        for school in failing[:shown_schools]:
            out.print(f"  {escape(_failing(school))}", soft_wrap=True)
        if len(failing) > shown_schools:
            out.print(f"  … 另有 {len(failing) - shown_schools} 所 / more: marts.assessment_school")


# How the number of a condition shows that it does not itself count towards the verdict.
_COUNTING = {"yes": "{}", "no": "({})", "local": "{}*"}


def _assessed(row: dict[str, Any]) -> str:
    zh, en = words.of(words.ASSESSED, row["status"])
    provisional = "（暂定 / provisional）" if row["is_provisional"] else ""
    return f"[{_ASSESSED_STYLE[row['status']]}]{zh} / {en}{provisional}[/]"


def _failing(school: dict[str, Any]) -> str:
    told = f"{school['school_name']} {school['school_id']}: "
    if school["failing_class_count"] is not None:
        return f"{told}{school['failing_class_count']} / {school['class_count']} 个班超过上限 / classes over the limit"
    if school["indicators_met"] is not None:
        return (
            f"{told}七项达标 {school['indicators_met']} 项，最差为标准的 {school['worst_ratio_pct']:.2f} % / "
            f"{school['indicators_met']} of seven met, the worst at {school['worst_ratio_pct']:.2f} % of its standard"
        )
    unit = _UNITS.get(school["unit"], "")
    return f"{told}{_number(school['value'])}{unit}，{_short_by(school['comparator'], school['shortfall'], school['unit'])}"


def _short_by(comparator: str, gap: float, unit: str) -> str:
    side = "还差 / short by" if comparator in (">=", ">") else "超出 / over by"
    return f"{side} {_number(gap)}{_UNITS.get('pp' if unit == '%' else unit, '')}"


def proposal(out: Console, proposed: "Proposal") -> None:
    """A proposed mapping: heading to column with the reason, then what was not placed and what is missing."""
    table = Table(box=None, header_style="bold", title_justify="left")
    for heading in ("表头 / heading", "列 / column", "理由 / why"):
        table.add_column(heading, overflow="fold")
    for line in sorted(proposed.lines, key=lambda line: line.column is None):
        column = line.column or "[yellow]— 未放置 / not placed[/]"
        table.add_row(escape(line.heading), column, escape(line.why))
    for name, value in proposed.constants.items():
        table.add_row("", name, f"取自文件名 / from the file's name: {value}")
    out.print(table)
    if proposed.skip_rows or proposed.header_rows > 1:
        out.print(f"标题 / title rows: {proposed.skip_rows}，表头 / header rows: {proposed.header_rows}")
    out.print(
        f"已放置 / placed: {len(proposed.lines) - len(proposed.unplaced)}，未放置 / not placed: {len(proposed.unplaced)}"
    )
    for column_ in proposed.missing:
        out.print(f"[red]缺少必填列 / required and missing: {column_.name} {column_.zh}[/]")


def _aim(target: dict[str, Any]) -> str:
    """What a target asks for, as printed: 不低于 / at least 85 %，2020."""
    zh, en = words.of(words.COMPARATORS, target["comparator"])
    high = f"—{target['printed_value_high']}" if target["printed_value_high"] else ""
    amount = (
        f" {target['printed_value']}{high} {target['printed_unit'] or ''}".rstrip() if target["printed_value"] else ""
    )
    year = f"，{target['target_year']}" if target["target_year"] else ""
    return f"{zh} / {en}{amount}{year}"


def _verdict(verdict: dict[str, Any]) -> str:
    zh, en = words.of(words.VERDICTS, verdict["status"])
    return f"{zh} / {en}" + ("（暂定 / provisional）" if verdict["provisional"] else "")


def _working(v: dict[str, Any]) -> list[str]:
    """The numbers a verdict was made from, those that it has."""
    lines = []
    if v["judged_value"] is not None:
        year = "" if v["actual_year"] is None else f"{v['actual_year']} "
        basis = "" if v["actual_basis"] is None else f"（{_basis(str(v['actual_basis']))}）"
        gap = ""
        if v["gap"] is not None:
            side = "还差 / short by" if v["gap"] > 0 else "超出 / beyond by" if v["gap"] < 0 else "恰好 / exactly"
            gap = f"，{side} {_number(abs(v['gap']))}{_UNITS.get(v['gap_unit'] or '', '')}"
        lines.append(f"{year}{_number(v['judged_value'])}{basis}，目标 / target {_number(v['target_value'])}{gap}")
    if v["actual_pace"] is not None and v["required_pace"] is not None:
        ratio = "" if v["progress_ratio"] is None else f"，比率 / ratio {v['progress_ratio']:.4f}"
        lines.append(
            f"自 / since {v['base_year']} ({_number(v['base_value'])}) 每年 / a year {_number(v['actual_pace'])}，"
            f"今后每年需 / needed from now {_number(v['required_pace'])}{ratio}"
        )
    elif v["required_pace"] is not None:
        lines.append(f"今后每年需 / needed a year from now {_number(v['required_pace'])}")
    elif v["progress_ratio"] is not None:
        lines.append(
            f"自 / since {v['base_year']} ({_number(v['base_value'])})，比率 / ratio {v['progress_ratio']:.4f}"
        )
    near = [f"{v[f'{side}_year']}: {_number(v[f'{side}_value'])}" for side in ("earlier", "later") if v[f"{side}_year"]]
    if near and v["status"] == "no_data":
        lines.append(f"邻近年份 / near years: {'；'.join(near)}")
    if v["missing_zh"]:
        lines.append(f"还缺 / missing: {v['missing_zh']} / {v['missing_en']}")
    return lines


def _number(value: float) -> str:
    """A number for people: grouped, six digits where it does not come out even."""
    return f"{value:,.0f}" if abs(value) >= 100_000 else f"{value:,.6g}"


# How a unit of the catalogue is written behind a number; ratios and counts stand alone.
_UNITS = {
    "%": " %",
    "yuan": " 元",
    "sqm": " 平方米",
    "persons": " 人",
    "years": " 年",
    "pp": " 个百分点",
    "places": " 个",
    "hours": " 小时",
}


def _basis(code: str) -> str:
    return " / ".join(words.of(words.BASES, code))


def _value(label: str, cell: Cell, indicator: dict[str, object]) -> str:
    if cell.value is None:
        return f"[bold]{label}[/]: {cell.status}（{_basis(cell.basis)}）"
    digits = indicator["decimals"]
    exact = f"{cell.value:.6g}" if cell.basis == "computed" else f"{cell.value:g}"
    text = f"[bold]{label}: {cell.value:.{digits}f}{_UNITS.get(str(indicator['unit']), '')}[/]（{_basis(cell.basis)}，{exact}"
    if cell.basis == "computed" and cell.value_low != cell.value_high:
        text += f"，按印刷位数在 {cell.value_low:.6g}—{cell.value_high:.6g} 之间 / within"
    return text + "）"


def _cell(out: Console, cell: Cell) -> None:
    if cell.published_row:
        out.print(f"  {_row(cell.published_row)}")
    for label, total, rows in (
        ("分子 / numerator", cell.numerator, cell.numerator_rows),
        ("分母 / denominator", cell.denominator, cell.denominator_rows),
    ):
        if rows:
            out.print(f"  {label}" + ("" if total is None else f" = {total:,.10g}"))
            for row in rows:
                out.print(f"    {_row(row)}", soft_wrap=True)
    if cell.inputs:
        out.print(f"  由下列数值 / from the values: {escape('；'.join(cell.inputs))}", soft_wrap=True)


def _row(row: Row) -> str:
    factor = "" if row.coefficient == 1 else f"{row.coefficient:g} × "
    corrected = f"，更正为 / corrected to {row.correction}" if row.correction else ""
    source = row.source.strip("《》")
    where = f"第 {row.row} 行" if row.unit_count is None else f"{row.unit_count} 所（个）合计 / summed"
    return escape(f"{factor}{row.what} {row.printed}{corrected}，{row.publisher}《{source}》 {row.file} {where}")


def _short(path: object) -> str:
    text = str(path)
    return text.removeprefix(f"{ROOT}/")
