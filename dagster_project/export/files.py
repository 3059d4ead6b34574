"""`zhibiao export`: one snapshot into a folder or a workbook that appears whole; Parquet and CSV."""

import os
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import duckdb

from dagster_project.export import about, datapackage, small_cells, tables, text, workbook
from dagster_project.export.about import About
from dagster_project.export.tables import ExportError, Table
from dagster_project.publish import snapshot
from dagster_project.settings import Settings
from dagster_project.sql import literal

_README = "README.txt"
# Sorting a large table goes to disk beyond this.
_MEMORY = "1GB"


def export(
    settings: Settings, out: Path, form: str, names: Sequence[str] = (), threshold: int = 0, *, force: bool = False
) -> About:
    """Write the served snapshot, or the tables named, to `out`; under `threshold` persons counts are left out (0: all).

    The snapshot stays open to the end, so it is one, and no publish removes it. Raises ExportError (nothing was
    written) and SnapshotError where none is served or it is damaged.
    """
    out = out.absolute()
    _refuse_place(settings, out, form, force)
    served = snapshot.current(settings)
    if served is None:
        raise snapshot.SnapshotError("还没有快照 / no snapshot yet: make refresh")
    if damaged := served.damage():
        raise snapshot.SnapshotError(
            f"快照 {served.id} 已损坏，未导出 / is damaged, nothing exported: {', '.join(damaged)}; zhibiao refresh"
        )
    with _appearing_whole(out) as (staged, spill), _opened(served, spill) as connection:
        chosen = tables.chosen(tables.known(connection), names)
        hidden = None
        if threshold > 1:
            chosen, hidden = small_cells.applied(connection, chosen, threshold)
        found = about.read(connection, served, hidden)
        if form == "xlsx":
            workbook.write(connection, chosen, found, staged, spill)
            return found
        folder = staged / "data" if form == "datapackage" else staged
        folder.mkdir(parents=True)
        for table in chosen:
            write = _parquet if form == "parquet" else _csv
            write(connection, table, found, folder)
        (staged / _README).write_text(_readme(found, form, chosen), encoding="utf-8-sig", newline="\r\n")
        if form == "datapackage":
            datapackage.write(chosen, found, staged)
    return found


def _parquet(connection: duckdb.DuckDBPyConnection, table: Table, found: About, folder: Path) -> None:
    says = f"{{snapshot: '{found.snapshot_id}', as_of: '{found.build['as_of']}'}}"
    connection.execute(
        f"copy ({table.query()}) to {literal(folder / f'{table.name}.parquet')}"
        f" (format parquet, compression zstd, kv_metadata {says})"
    )


def _csv(connection: duckdb.DuckDBPyConnection, table: Table, found: About, folder: Path) -> None:
    expressions = [f'{text.harmless(c.name) if c.kind == "text" else c.name} as "{c.name}"' for c in table.columns]
    # The byte order mark, without which Excel takes UTF-8 for the local encoding, as part of the first heading.
    first = table.columns[0].name
    expressions[0] = expressions[0].removesuffix(f'"{first}"') + f'"\ufeff{first}"'
    connection.execute(
        f"copy ({table.query(*expressions)}) to {literal(folder / f'{table.name}.csv')} (format csv, header)"
    )


def _readme(found: About, form: str, chosen: Sequence[Table]) -> str:
    parts = [f"{about.MARKER}\n", *(f"{heading}: {line}\n" for heading, line in found.lines())]
    if form != "parquet":
        parts.append(f"CSV: {CSV_ZH} / {CSV_EN}\n")
    parts += ["\n", *(f"{table.name}  {table.title_zh} / {table.title_en}\n" for table in chosen)]
    return "".join(parts)


CSV_ZH = (
    "UTF-8 带 BOM；文字若会被当作公式（或以撇号开头），前面加一个撇号，去掉开头的一个撇号即为原文；控制字符写成可见符号"
)
CSV_EN = (
    "UTF-8 with BOM; a text that might be run as a formula, or begins with an apostrophe, has an apostrophe in front: "
    "take one leading apostrophe away to have it back; control characters are written as visible signs"
)


def _refuse_place(settings: Settings, out: Path, form: str, force: bool) -> None:
    """What may not be written, or written over. Raises ExportError."""
    if (out.suffix.lower() == ".xlsx") != (form == "xlsx"):
        raise ExportError(
            f"{out.name}: xlsx 写成以 .xlsx 结尾的文件，其余格式写成文件夹 / xlsx goes into a file named so, other formats into a folder"
        )
    real = out.resolve()
    for taken in (settings.raw, settings.home):
        if real.is_relative_to(taken) or taken.is_relative_to(real):
            raise ExportError(f"{out}: 不写入 {taken} / is not written there; choose another place")
    if not out.parent.is_dir():
        raise ExportError(f"{out.parent}: 没有这个文件夹 / no such folder")
    if not os.path.lexists(out):
        return
    if not force:
        raise ExportError(f"{out}: 已存在，--force 可替换 / exists already; --force replaces it")
    if out.is_symlink() or (form == "xlsx") != out.is_file() or (form != "xlsx" and not _is_export(out)):
        raise ExportError(
            f"{out}: 不是导出的结果，请移走或另取名字 / is no export; move it away or choose another name"
        )


def _is_export(folder: Path) -> bool:
    """Whether a folder is one that `zhibiao export` wrote, and holds nothing else."""
    readme = folder / _README
    return (
        readme.is_file()
        and readme.read_text(encoding="utf-8-sig", errors="replace").startswith(about.MARKER)
        and all(
            path.name in (_README, datapackage.NAME) or path.suffix in (".csv", ".parquet")
            for path in folder.rglob("*")
            if path != folder / "data"
        )
    )


@contextmanager
def _appearing_whole(out: Path) -> Iterator[tuple[Path, Path]]:
    """A place to write `out` in, and one for what is put aside meanwhile; at the end `out` is there, or as it was."""
    work = out.with_name(f".{out.name}.{os.getpid()}.unfinished")
    staged, spill = work / out.name, work / "spill"
    spill.mkdir(parents=True)
    try:
        yield staged, spill
        for path in (staged, *staged.rglob("*")):
            snapshot.sync(path)
        old = work / "old"
        if out.is_dir():
            os.rename(out, old)
        try:
            os.replace(staged, out)
        except OSError:
            if old.exists():
                os.rename(old, out)
            raise
        snapshot.sync(out.parent)
    finally:
        shutil.rmtree(work, ignore_errors=True)


@contextmanager
def _opened(served: snapshot.Snapshot, spill: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    config: dict[str, str | bool | int | float | list[str]] = {"memory_limit": _MEMORY, "temp_directory": str(spill)}
    connection = duckdb.connect(str(served.database), read_only=True, config=config)
    try:
        yield connection
    finally:
        connection.close()
