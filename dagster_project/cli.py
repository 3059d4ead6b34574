"""The command `zhibiao`: arguments in, exit codes out. What a command does stands in the packages it calls.

Exit codes: 0 done (published, or nothing changed); 1 refused by a gate, or failed, the old snapshot is still served;
2 the command or its configuration cannot be used; 3 `status` has warnings only. Heavy imports stand inside the
commands: finding that nothing changed must not pay for dbt.
"""

import logging
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from dagster_project import __version__
from dagster_project.characters import plain
from dagster_project.settings import ROOT, Settings, only_owner_writes, today

if TYPE_CHECKING:
    from dagster_project.ingest.contract import Contract
    from dagster_project.publish.backup import Contents

_EXIT_OF = {"ok": 0, "critical": 1, "warning": 3}


class _Day(click.ParamType[date]):
    name = "DATE"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> date:
        try:
            return date.fromisoformat(value)
        except ValueError:
            self.fail(f"{value!r}: 写成 2026-01-31 / write it like 2026-01-31")


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="zhibiao")
def cli() -> None:
    """教育指标仓库 / the education indicator warehouse."""
    only_owner_writes()


@cli.command()
@click.option("--full", is_flag=True, help="全部重建、检查并发布 / build, check and publish anew, changed or not.")
@click.option("--as-of", type=_Day(), help="基准日期，默认今天（北京时间） / default: today in Asia/Shanghai.")
def refresh(full: bool, as_of: date | None) -> None:
    """装载、计算、检查、发布 / load, compute, check, publish."""
    settings = _settings(as_of)
    from dagster_project.publish import snapshot
    from dagster_project.refresh import events, steps
    from dagster_project.refresh import record as records

    _show_progress()
    with _writing(settings):
        snapshot.recover(settings)
        why = "要求全部重建 / asked for" if full else steps.needed(settings)
        if why is None:
            steps.settle(settings)
            events.tell("nothing_changed")
            click.echo("无变化，未发布 / nothing changed, nothing published")
            return
        click.echo(f"刷新 / refresh: {why}")
        from dagster_project.refresh.run import run

        record = run(settings, even_unchanged=full)
    from dagster_project.report import terminal

    terminal.closing(terminal.console(), settings, record)
    if record.outcome not in records.ENDED_WELL:
        sys.exit(1)


@cli.command()
@click.option("--as-of", type=_Day(), help="基准日期，默认今天（北京时间） / default: today in Asia/Shanghai.")
def load(as_of: date | None) -> None:
    """只装载 raw/ 到构建文件，之后可用 dbt build / load only; run dbt on the build file yourself."""
    settings = _settings(as_of)
    _show_progress()
    from dagster_project.refresh import record as records
    from dagster_project.refresh import steps
    from dagster_project.report import terminal

    with _writing(settings):
        report, _ = steps.load(settings)
        record = records.last(settings)
        assert record is not None
        if not report.refused:
            records.finish(settings, record, "loaded")
    terminal.closing(terminal.console(), settings, record)
    if report.refused:
        sys.exit(1)


@cli.command()
@click.option("--json", "as_json", is_flag=True, help="供监控读取 / for monitoring.")
@click.option(
    "--max-age", type=click.FloatRange(min=0), default=36, show_default=True, metavar="HOURS",
    help="快照多少小时未经刷新发布或确认算陈旧，0 不限 / hours without a refresh that published or confirmed it; 0: any.",
)  # fmt: skip
def status(as_json: bool, max_age: float) -> None:
    """现在提供的是什么、上次刷新如何；0 正常，1 有故障，3 仅有警告 / what is served and how it is; 0 well, 1 not, 3 warnings only."""
    import json

    from dagster_project.refresh import health
    from dagster_project.report import terminal

    settings = _settings()
    found = health.look(settings, max_age)
    if as_json:
        click.echo(json.dumps(found.as_json(), ensure_ascii=False, indent=1))
    else:
        terminal.status(terminal.console(), settings, found)
    sys.exit(_EXIT_OF[found.state])


@cli.command()
def snapshots() -> None:
    """列出快照，及谁使它保留 / list the snapshots, and what keeps them."""
    from dagster_project.publish import pins, snapshot
    from dagster_project.report import terminal

    settings = _settings()
    known = snapshot.published(settings)
    kept = {one.id: [f"{pin.name} ≤ {pin.until or '?'}" for pin in pins.standing(settings)
                     if pin.snapshot_id == one.id] for one in known}  # fmt: skip
    for one in known:
        if (reader := pins.reader_of(one.database)) is not None:
            kept[one.id].append(f"被读 / read by {reader or '?'}")
    terminal.snapshots(terminal.console(), known, snapshot.current(settings), kept)


@cli.command()
@click.argument("snapshot_id", metavar="ID")
@click.argument("name")
@click.option("--until", type=_Day(), required=True, help="保留到这一天，含当天 / the last day it is kept.")
def pin(snapshot_id: str, name: str, until: date) -> None:
    """以 NAME 之名保留一个快照到某日 / keep a snapshot under a NAME until a day."""
    from dagster_project.publish import pins, snapshot
    from dagster_project.refresh import events

    settings = _settings()
    # Under the lock, so that the snapshot is not being removed meanwhile.
    with _writing(settings):
        if snapshot_id not in {known.id for known in snapshot.published(settings)}:
            raise snapshot.SnapshotError(f"没有快照 {snapshot_id} / no such snapshot: zhibiao snapshots")
        try:
            pins.put(settings, snapshot_id, name, until)
        except ValueError as error:
            raise click.UsageError(str(error)) from error
        events.tell("pinned", snapshot=snapshot_id, name=name, until=until)
    click.echo(f"保留 / kept: {snapshot_id}，{name}，≤ {until}")


@cli.command()
@click.argument("snapshot_id", metavar="[ID]", required=False)
def rollback(snapshot_id: str | None) -> None:
    """退回上一个或指定的快照 / point back to the snapshot before, or to ID."""
    from dagster_project.publish import snapshot
    from dagster_project.refresh import events

    settings = _settings()
    with _writing(settings):
        chosen = snapshot.rollback(settings, snapshot_id)
        events.tell("rolled_back", snapshot=chosen.id)
    click.echo(f"现在提供 / now served: {chosen.id}")


@cli.command("serve-postgres")
@click.argument("dsn", metavar="DSN")
@click.option(
    "--reader",
    "readers",
    multiple=True,
    metavar="ROLE",
    help="可读的角色，可多次 / a role that may read; may be repeated.",
)
@click.option("--again", is_flag=True, help="同一快照也再复制 / copy the same snapshot once more.")
def serve_postgres(dsn: str, readers: tuple[str, ...], again: bool) -> None:
    """把所提供的快照复制到 PostgreSQL / copy the served snapshot into PostgreSQL, in one transaction.

    DSN 如 postgresql://user@host/database；密码写在 ~/.pgpass / the password belongs into ~/.pgpass.
    """
    from dagster_project.export import postgres
    from dagster_project.publish import snapshot

    settings = _settings()
    threshold = os.environ.get("ZHIBIAO_SMALL_CELLS", "").strip()
    if threshold.isdecimal() and int(threshold) > 1:
        click.echo(
            f"注意：小数隐去只用于导出，PostgreSQL 里会有小于 {threshold} 人的计数 / "
            f"note: small cells are left out of exports only; the copy holds counts under {threshold} persons",
            err=True,
        )
    served = snapshot.current(settings)
    if served is None:
        raise snapshot.SnapshotError("还没有快照 / no snapshot yet: make refresh")
    if damaged := served.damage():
        raise snapshot.SnapshotError(f"快照已损坏 / the snapshot is damaged: {', '.join(damaged)}: zhibiao refresh")
    try:
        copied = postgres.copy(served, dsn, readers, again=again)
    except postgres.PostgresError as error:
        raise click.ClickException(str(error)) from error
    if copied.rows is None:
        click.echo(f"已是这个快照 / holds it already: {copied.snapshot_id}")
    else:
        click.echo(
            f"已复制 / copied: {copied.snapshot_id}，{copied.tables} 张表 / tables，{copied.rows:,} 行 / rows，"
            f"{copied.views} 个视图 / views"
        )


@cli.command()
@click.argument("file", metavar="FILE.tar", type=click.Path(path_type=Path))
def backup(file: Path) -> None:
    """把输入、快照与记录备份到一个文件，刷新时也可 / inputs, snapshots and records into one file, also during a refresh."""
    from dagster_project.publish import backup as backups

    settings = _settings()
    target = file.resolve()
    if any(target.is_relative_to(folder) for folder in (settings.home, settings.raw)):
        raise click.UsageError(f"{file}: 请放到别处 / put it elsewhere than {settings.home} and {settings.raw}")
    made = backups.make(settings, target)
    for left_out in made.left_out:
        click.echo(f"快照 {left_out} 已损坏，未备份 / is damaged and was left out", err=True)
    click.echo(f"已备份 / backed up: {target}，{_contents(made)}")


@cli.command()
@click.argument("file", metavar="FILE.tar", type=click.Path(path_type=Path))
@click.argument("folder", metavar="FOLDER", type=click.Path(file_okay=False, path_type=Path))
def restore(file: Path, folder: Path) -> None:
    """核对备份并还原到 FOLDER/home 与 FOLDER/raw / check a backup and put it into FOLDER/home and FOLDER/raw."""
    from dagster_project.publish import backup as backups

    put = backups.restore(file, folder.resolve())
    click.echo(f"已还原 / restored: {folder.resolve()}，{_contents(put)}")
    click.echo(f"export ZHIBIAO_HOME={folder.resolve() / 'home'} ZHIBIAO_RAW={folder.resolve() / 'raw'}")


def _contents(backup: "Contents") -> str:
    return (
        f"{backup.file_count:,} 个文件 / files，{backup.byte_count / 1e6:,.1f} MB，"
        f"{len(backup.snapshots)} 个快照 / snapshots，提供 / served {backup.served or '-'}"
    )


@cli.command()
@click.option("--reason", required=True, help="为何 / why.")
@click.option("--by", required=True, help="谁接受 / who accepts it.")
def accept(reason: str, by: str) -> None:
    """接受上次刷新所拒绝的漂移，仅此而已 / accept the drift that the last refresh refused, and no other."""
    from dagster_project.history import accept as accepting
    from dagster_project.refresh import events
    from dagster_project.refresh import record as records

    settings = _settings()
    if not reason.strip() or not by.strip():
        raise click.UsageError("写明 --by 与 --reason / give --by and --reason")
    with _writing(settings):
        last = records.last(settings)
        if last is None or last.outcome != "refused" or not last.drift:
            raise click.ClickException(
                "上次刷新没有因漂移而被拒绝 / the last refresh was not refused because of drift: zhibiao status"
            )
        accepted = accepting.put(settings, last.drift, by.strip(), reason.strip())
        events.tell("drift_accepted", keys=accepted.key_count, by=accepted.accepted_by)
    click.echo(
        f"已接受 / accepted: {accepted.key_count} 个键 / keys，{plain(by)}，{plain(reason)}；接着 / next: zhibiao refresh"
    )


@cli.command()
@click.argument("indicator", metavar="INDICATOR|TARGET")
@click.argument("region", required=False)
@click.argument("year", type=int, required=False)
@click.option("--stage", default="", help="学段，如 primary / stage, for indicators of several stages.")
@click.option("--segment", default="all", show_default=True, help="分组，如 rural / segment.")
@click.option(
    "--base", default="", help="基础指标：差异系数等所比较的指标 / base indicator of a parity, gap or spread."
)
def explain(indicator: str, region: str | None, year: int | None, stage: str, segment: str, base: str) -> None:
    """一个数值或一个判定的由来 / how a value or a verdict came about: zhibiao explain 公办园占比 全国 2018.

    只给目标编号时说明该目标 / a target's id alone explains the target.
    """
    from dagster_project.publish import snapshot
    from dagster_project.publish.reader import Reader
    from dagster_project.report import explain as explaining
    from dagster_project.report import terminal

    if region is not None and year is None:
        raise click.UsageError("指标须与地区、年份一起给出 / give region and year with an indicator")
    served = snapshot.current(_settings())
    if served is None:
        raise snapshot.SnapshotError("还没有快照 / no snapshot yet: make refresh")
    with Reader(served.database).snapshot() as connection:
        if region is None or year is None:
            terminal.target(terminal.console(), explaining.explain_target(connection, indicator))
        else:
            terminal.explanation(
                terminal.console(), explaining.explain(connection, indicator, region, year, stage, segment, base)
            )


@cli.command()
@click.argument("region")
@click.argument("year", type=int)
@click.option(
    "--schools", type=click.IntRange(min=0), default=10, show_default=True,
    help="每个条件列出多少所未达到的学校 / failing schools shown for each condition.",
)  # fmt: skip
def assess(region: str, year: int, schools: int) -> None:
    """一个县的两项评估，逐条列出 / both assessments of a county, condition by condition: zhibiao assess 430405 2024."""
    from dagster_project.publish import snapshot
    from dagster_project.publish.reader import Reader
    from dagster_project.report import assess as assessing
    from dagster_project.report import terminal

    served = snapshot.current(_settings())
    if served is None:
        raise snapshot.SnapshotError("还没有快照 / no snapshot yet: make refresh")
    with Reader(served.database).snapshot() as connection:
        for found in assessing.assess(connection, region, year):
            terminal.assessment(terminal.console(), found, schools)


@cli.command()
@click.argument("paths", metavar="FILE…", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--title", help="名称 / title.")
@click.option("--issuer", help="发布机构 / issuer.")
@click.option("--read-from", help="读自何处 / where it was read.")
@click.option("--terms", help="使用条件 / terms of use.")
@click.option(
    "--confidence", type=click.Choice(["A", "D"]), help="A 读到原数 / read; D 由一步推得 / derived by one step."
)
def add(paths: tuple[Path, ...], **given: str | None) -> None:
    """为文件写来源说明 / write the sidecar of a file, asking for what is not given."""
    from dagster_project.ingest import files, sidecar

    settings = _settings()
    for path in paths:
        file = (path if path.exists() else ROOT / path).resolve()
        if not file.is_file():
            raise click.UsageError(f"{path}: 没有这个文件 / no such file")
        if files.is_left_alone(file):
            raise click.UsageError(f"{path}: 临时文件不登记 / a temporary file is never an input")
        if not file.is_relative_to(settings.raw):
            raise click.UsageError(f"{path}: 先放到 {settings.raw} 之下 / put it under that folder first")
        try:
            known = sidecar.read(file)
        except (FileNotFoundError, ValueError):
            known = None

        def asked(field: str, question: str, default: str = "", known: sidecar.Sidecar | None = known) -> str:
            preset = getattr(known, field, "") or default or None
            kind = click.Choice(list(sidecar.CONFIDENCE)) if field == "confidence" else None
            answer = given[field] or str(click.prompt(question, default=preset, type=kind))
            if sidecar.has_secret(answer):
                raise click.UsageError(f"{field}: {sidecar.SECRET}")
            return answer

        click.echo(f"{settings.raw_name(file)} ({file.stat().st_size:,} bytes)")
        written = sidecar.write(
            file,
            sidecar.Sidecar(
                title=asked("title", "名称 / title", file.stem),
                issuer=asked("issuer", "发布机构 / issuer"),
                read_from=asked("read_from", "读自（网址、公文号或交换途径） / read from"),
                terms=asked("terms", "使用条件 / terms", "政府公开信息"),
                retrieved=today().isoformat(),
                sha256=files.sha256(file),
                confidence=asked("confidence", "可信度 A 读到原数，D 一步推得 / confidence A or D", "A"),
                note=known.note if known else "",
            ),
        )
        click.echo(f"已写 / written: {settings.raw_name(written)}")


class _Years(click.ParamType[tuple[int, int]]):
    name = "FIRST-LAST"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> tuple[int, int]:
        first, _, last = str(value).partition("-")
        if not (first.isdecimal() and last.isdecimal() and 1990 <= int(first) <= int(last) <= 2100):
            self.fail(f"{value!r}: 写成 2013-2024 / write it like 2013-2024")
        return int(first), int(last)


@cli.command("demo-county")
@click.argument("raw", required=False, type=click.Path(file_okay=False, path_type=Path))
@click.option("--schools", default=300, show_default=True, help="普通县的学校数 / schools of the ordinary county.")
@click.option("--years", type=_Years(), default="2013-2024", show_default=True, help="年份 / years.")
@click.option("--seed", default=1, show_default=True, help="同种子得相同字节 / the same seed gives the same bytes.")
@click.option("--counties", "keys", help="只要这些县，逗号分隔 / only these counties, parted by commas.")
def demo_county(raw: Path | None, schools: int, years: tuple[int, int], seed: int, keys: str | None) -> None:
    """把合成县的学校、县情、区划和认定写入 RAW（默认 ZHIBIAO_RAW） / write synthetic counties into RAW."""
    from dagster_project.demo import county as demo
    from dagster_project.demo.write import DemoError, write
    from dagster_project.report import terminal

    folder = raw.resolve() if raw else _settings().raw
    try:
        known = {county.key: county for county in demo.counties(schools)}
    except ValueError as error:
        raise click.UsageError(str(error)) from error
    wanted = keys.split(",") if keys else list(known)
    if unknown := [key for key in wanted if key not in known]:
        raise click.UsageError(
            f"{', '.join(unknown)}: 没有这个县，可选 / no such county, choose from {', '.join(known)}"
        )
    chosen = [known[key] for key in wanted]
    try:
        written = write(folder, chosen, *years, seed, lambda line: click.echo(f"· {line}"))
    except DemoError as error:
        raise click.ClickException(str(error)) from error
    terminal.demo(terminal.console(), folder, chosen, written)


@cli.command()
@click.argument("file", metavar="FILE", type=click.Path(path_type=Path))
@click.option("--accept", multiple=True, metavar="ID", help="接受这一条，可多次 / accept this one; may be repeated.")
@click.option("--all-new", is_flag=True, help="接受全部没有存疑的新候选 / accept every new one without a doubt.")
@click.option("--reject", multiple=True, metavar="ID", help="否决这一条，可多次 / reject this one; may be repeated.")
@click.option("--ask", is_flag=True, help="逐条询问 / ask for each.")
@click.option("--by", help="谁审核 / who decides.")
@click.option("--reason", help="为何 / why.")
@click.option("--issued-year", default="", help="新登记文件的印发年 / year of issue of a document not yet registered.")
def review(
    file: Path,
    accept: tuple[str, ...],
    all_new: bool,
    reject: tuple[str, ...],
    ask: bool,
    by: str | None,
    reason: str | None,
    issued_year: str,
) -> None:
    """候选与台账比对；接受的写入 raw/targets/ / candidates against the ledger; accepted ones are appended to it.

    FILE 是原文，或 zhibiao extract 写出、由人改过的候选表 / a text, or a table of candidates edited by a person.
    """
    settings = _settings()
    from dagster_project.refresh.lock import only_writer
    from dagster_project.report import terminal
    from dagster_project.review import compare, decide, write

    path = (file if file.exists() else ROOT / file).resolve()
    if not path.is_file():
        raise click.UsageError(f"{file}: 没有这个文件 / no such file")
    with only_writer(settings):
        write.finish(settings)
        with compare.ledger(settings) as known:
            reviewed = compare.compare(known, path)
            terminal.review(terminal.console(), reviewed)
            accepted = decide.chosen(reviewed, accept)
            rejected = decide.chosen(reviewed, reject)
            if all_new:
                accepted += [c for one in reviewed for c in one.without_doubt() if c not in accepted + rejected]
            if ask:
                for comparison in [c for one in reviewed for c in one.comparisons if c.is_proposed]:
                    if comparison in accepted + rejected:
                        continue
                    terminal.candidate(terminal.console(), comparison)
                    choices = click.Choice(["a", "r", "s", "q"])
                    answer = click.prompt("接受 a / 否决 r / 跳过 s / 结束 q", default="s", type=choices)
                    if answer == "q":
                        break
                    {"a": accepted, "r": rejected, "s": []}[answer].append(comparison)
            if not accepted and not rejected:
                return
            if ask:
                by = by or click.prompt("谁审核 / who decides")
                reason = reason or click.prompt("理由 / why")
            if not by or not reason:
                raise click.UsageError("写明 --by 与 --reason / give --by and --reason")
            contents: dict[Path, bytes] = {}
            for one in reviewed:
                yes = [c for c in one.comparisons if c in accepted]
                no = [c for c in one.comparisons if c in rejected]
                if yes or no:
                    decision = decide.Decision(by, today().isoformat(), reason)
                    contents |= decide.files(known, one, yes, no, decision, issued_year)
            write.put(settings, contents)
    for written in contents:
        click.echo(f"已写 / written: {settings.raw_name(written)}")
    click.echo(f"接受 / accepted {len(accepted)}，否决 / rejected {len(rejected)}；接着 / next: make refresh")


@cli.command()
@click.argument("out", metavar="OUT", type=click.Path(path_type=Path))
@click.option(
    "--format", "form", type=click.Choice(["xlsx", "csv", "parquet", "datapackage"]), default="xlsx", show_default=True,
    help="工作簿，或一个文件夹 / a workbook, or a folder of files.",
)  # fmt: skip
@click.option("--tables", default="", metavar="A,B", help="只要这些表，默认全部 / these tables only; default: all.")
@click.option(
    "--small-cells", type=click.IntRange(min=0), default=0, envvar="ZHIBIAO_SMALL_CELLS", metavar="K",
    help="隐去小于 K 人的计数及可推出它们的数；0 为不隐去 / leave out counts under K persons; 0: none.",
)  # fmt: skip
@click.option("--force", is_flag=True, help="替换上一次的导出 / replace an export that is there.")
def export(out: Path, form: str, tables: str, small_cells: int, force: bool) -> None:
    """把所提供的快照写成文件 / write the served snapshot into files that other programs read."""
    from dagster_project.export import files
    from dagster_project.export.tables import ExportError

    names = [name.strip() for name in tables.split(",") if name.strip()]
    try:
        written = files.export(_settings(), out, form, names, small_cells, force=force)
    except ExportError as error:
        raise click.UsageError(str(error)) from error
    click.echo(f"已写 / written: {out}；快照 / snapshot {written.snapshot_id}")
    if written.hidden:
        click.echo(f"隐去 / left out: {written.hidden.total} 个值 / values")


@cli.command(name="map")
@click.argument("path", metavar="FILE", type=click.Path(path_type=Path))
@click.option("--source", default="schools", show_default=True, help="来源，如 county_facts / source.")
@click.option("--write", is_flag=True, help="写成 FILE.mapping.yml / write it beside the file.")
@click.option("--ignore-rest", is_flag=True, help="没有放置的表头一律忽略 / leave out all headings not placed.")
def map_headings(path: Path, source: str, write: bool, ignore_rest: bool) -> None:
    """为表头不同的文件提出映射 / propose a mapping for a file with other headings, and show what was not placed."""
    from dagster_project.ingest import files, mapping_proposal
    from dagster_project.ingest.problem import ShapeError
    from dagster_project.report import terminal

    contract = _contract(source)
    file = (path if path.exists() else ROOT / path).resolve()
    if not file.is_file():
        raise click.UsageError(f"{path}: 没有这个文件 / no such file")
    target = file.with_name(file.name + files.MAPPING)
    if write and target.exists():
        raise click.UsageError(f"{target.name}: 已存在，先移走 / exists already; move it away first")
    try:
        proposed = mapping_proposal.propose(file, contract)
    except ShapeError as error:
        click.echo(plain(str(error)), err=True)
        sys.exit(1)
    terminal.proposal(terminal.console(), proposed)
    if write:
        target.write_text(proposed.yaml(ignore_rest), encoding="utf-8")
        click.echo(
            f"已写 / written: {target}；改名为 {files.FOLDER_MAPPING} 则用于整个文件夹 / named so, it is for the folder"
        )


@cli.command()
@click.argument("source", metavar="SOURCE")
@click.argument("path", metavar="[OUT.xlsx]", required=False, type=click.Path(path_type=Path))
def template(source: str, path: Path | None) -> None:
    """写出空白填报表 / write an empty workbook to fill in: schools, county_facts, condition_judgements …"""
    from dagster_project.ingest import template as templates

    contract = _contract(source)
    target = path or Path(f"{source}.xlsx")
    if target.suffix.lower() != ".xlsx":
        raise click.UsageError(f"{target}: 只写 .xlsx / only .xlsx is written")
    if target.exists():
        raise click.UsageError(f"{target}: 已存在 / exists already")
    templates.write(contract, target)
    click.echo(f"已写 / written: {target}")


@cli.command("superset-bundle")
@click.argument("path", metavar="OUT.zip", type=click.Path(dir_okay=False, path_type=Path))
@click.option(
    "--database-path", metavar="PATH",
    help="Superset 所在机器上 current.duckdb 的绝对路径 / where Superset finds current.duckdb.",
)  # fmt: skip
def superset_bundle(path: Path, database_path: str | None) -> None:
    """生成 Superset 的数据集、图表与仪表板 / write datasets, charts and a dashboard for Superset to import."""
    from dagster_project import build_file
    from dagster_project.export import superset
    from dagster_project.publish import snapshot

    settings = _settings()
    served = snapshot.current(settings)
    if served is None:
        raise snapshot.SnapshotError("还没有快照 / no snapshot yet: make refresh")
    try:
        with build_file.reading(served.database) as connection:
            written = superset.write(connection, database_path or str(settings.served), path)
    except superset.BundleError as error:
        raise click.UsageError(str(error)) from error
    click.echo(f"已写 / written: {path} ({len(written)} 个文件 / files)")


def _contract(source: str) -> "Contract":
    from dagster_project.ingest.contract import load_contracts

    contracts = load_contracts()
    if source not in contracts:
        raise click.UsageError(f"{source!r}: 没有这个来源 / no such source: {', '.join(sorted(contracts))}")
    return contracts[source]


@cli.command()
@click.argument("paths", metavar="FILE…", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option(
    "--format", "form", type=click.Choice(["table", "csv", "json", "html"]), default="table", show_default=True,
    help="表格、CSV、JSON，或标出条款的网页 / a table, CSV, JSON, or a page with each clause marked.",
)  # fmt: skip
def extract(paths: tuple[Path, ...], form: str) -> None:
    """从政策文件中读出目标，不写入任何文件 / read the targets out of policy documents; nothing is written."""
    from dagster_project.extraction import candidate, document
    from dagster_project.extraction import extract as extraction
    from dagster_project.ingest.problem import ShapeError
    from dagster_project.report import extracted, terminal

    read, refused = [], False
    for path in paths:
        try:
            found = document.read(path)
        except (ShapeError, OSError) as error:
            refused = True
            click.echo(terminal.plain(f"{path}: {error}"), err=True)
            continue
        read.append((found, extraction.extract(found)))
    candidates = [one for _, several in read for one in several]
    if form == "csv":
        click.echo(candidate.to_csv(candidates), nl=False)
    elif form == "json":
        click.echo(candidate.to_json(candidates))
    elif form == "html":
        click.echo(extracted.page(read), nl=False)
    else:
        terminal.candidates(terminal.console(), read)
    if refused:
        sys.exit(1)


@cli.command()
@click.option("--port", default=3000, show_default=True)
def dev(port: int) -> None:
    """Dagster 页面，含夜间计划与文件监测 / the Dagster page with schedule and sensor, on loopback only."""
    settings = _settings()
    _use_instance(settings)
    os.environ["ZHIBIAO_HOME"], os.environ["ZHIBIAO_RAW"] = str(settings.home), str(settings.raw)
    command = Path(sys.executable).with_name("dagster")
    # The page has no login, so it never listens beyond this machine.
    arguments = ["dev", "-m", "dagster_project.definitions", "-h", "127.0.0.1", "-p", str(port)]
    os.execv(command, [str(command), *arguments])


def _use_instance(settings: Settings) -> None:
    home = settings.home / "dagster"
    home.mkdir(parents=True, exist_ok=True)
    (home / "dagster.yaml").write_bytes((ROOT / "dagster_project" / "dagster.yaml").read_bytes())
    os.environ["DAGSTER_HOME"] = str(home)


def _show_progress() -> None:
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(logging.Formatter("· %(message)s"))
    logger = logging.getLogger("zhibiao")
    logger.handlers = [handler]
    logger.setLevel(logging.INFO)
    logger.propagate = False


@contextmanager
def _writing(settings: Settings) -> Iterator[None]:
    """The warehouse held for writing, and a log kept of what is done."""
    from dagster_project.refresh import events
    from dagster_project.refresh.lock import only_writer

    with only_writer(settings), events.kept(settings):
        yield


def _settings(as_of: date | None = None) -> Settings:
    try:
        return Settings.from_environment(as_of)
    except ValueError as error:
        raise click.UsageError(str(error)) from error


def main() -> None:
    """Entry point: what a person can mend is one line on stderr, not a traceback."""
    import duckdb

    from dagster_project.ingest.contract import ContractError
    from dagster_project.publish.backup import BackupError
    from dagster_project.publish.snapshot import SnapshotError
    from dagster_project.quality.suites import SuiteError
    from dagster_project.refresh.lock import BusyError
    from dagster_project.report.explain import NotUnderstoodError
    from dagster_project.review.compare import ReviewError

    try:
        cli()
    except OSError as error:
        click.echo(plain(f"读写失败 / cannot read or write: {error}"), err=True)
        sys.exit(1)
    except duckdb.IOException as error:
        click.echo(plain(f"{' '.join(str(error).split())}；zhibiao status, zhibiao rollback"), err=True)
        sys.exit(1)
    except (SnapshotError, BusyError, BackupError) as error:
        click.echo(plain(str(error)), err=True)
        sys.exit(1)
    except (ContractError, SuiteError) as error:
        click.echo(plain(str(error)), err=True)
        sys.exit(2)
    except (NotUnderstoodError, ReviewError) as error:
        click.echo(plain(str(error)), err=True)
        sys.exit(2)
