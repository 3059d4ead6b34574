"""What is compared and kept, and the tables that hold it; declared once.

dbt cannot attach the served file, so these tables are made here and not by models. The columns of a history are those
of its mart, with the mart's own descriptions; the others are described below.
"""

from dataclasses import dataclass

import duckdb

from dagster_project.build_file import Table

CHANGES = "marts.mart_change"


@dataclass(frozen=True)
class Compared:
    """A mart that is compared row by row with the snapshot before.

    `shown` says which column of the mart stands in which column of `marts.mart_change`; the key is among them.
    `history` is the table that keeps every row which was ever published, or "" for none.
    """

    table: str
    key: tuple[str, ...]
    shown: dict[str, str]
    value: str = ""
    status: str = ""
    history: str = ""


_CELL = ("region_code", "year", "stage", "segment")


def _same(*names: str) -> dict[str, str]:
    return {name: name for name in names}


COMPARED = (
    Compared(
        "marts.fct_measure",
        (*_CELL, "measure_code"),
        _same(*_CELL, "measure_code", "basis"),
        value="value",
        history="marts.measure_history",
    ),
    Compared(
        "marts.fct_indicator",
        (*_CELL, "indicator_code", "base_indicator", "basis"),
        _same(*_CELL, "indicator_code", "base_indicator", "basis"),
        value="value",
        status="status",
        history="marts.indicator_history",
    ),
    Compared(
        "marts.fct_target",
        ("target_id",),
        {**_same("region_code", "stage", "segment", "indicator_code", "target_id"), "year": "target_year"},
        value="target_value",
        status="review_status",
        history="marts.target_history",
    ),
    Compared(
        "marts.mart_target_attainment",
        ("target_id", "method"),
        {**_same("region_code", "indicator_code", "target_id", "method"), "year": "target_year"},
        value="actual_value",
        status="status",
        history="marts.verdict_history",
    ),
    Compared(
        "marts.mart_county_assessment",
        ("region_code", "year", "assessment"),
        _same("region_code", "year", "assessment"),
        status="status",
    ),
)

# Where a row stands in its file may move without the row saying anything else.
NO_CHANGE = ("source_row",)

CHANGE = Table(
    "相对于前一个快照的变化及其原因，历次都在，一个键一行 / What changed against the snapshot before and why, of every snapshot so far, a row for each key",
    ("snapshot_no", "table_name", "region_code", "year", "stage", "segment", "measure_code", "indicator_code",
     "base_indicator", "basis", "target_id", "method", "assessment"),
    {
        "snapshot_no": ("integer", "变化所在快照的序号，即其编号的前六位 / number of the snapshot it changed in, the first six digits of its id"),
        "as_of": ("date", "该快照的基准日期 / as-of date of that snapshot"),
        "previous_no": ("integer", "与之比较的快照的序号 / number of the snapshot it was compared with"),
        "previous_as_of": ("date", "与之比较的快照的基准日期 / as-of date of the snapshot it was compared with"),
        "table_name": ("varchar", "变化所在的表 / table it changed in"),
        "region_code": ("varchar", "地区代码 / code of the region"),
        "year": ("integer", "年份；目标为目标年 / year; of a target its target year"),
        "stage": ("varchar", "学段 / stage"),
        "segment": ("varchar", "分组 / segment"),
        "measure_code": ("varchar", "数据项代码 / code of the measure"),
        "indicator_code": ("varchar", "指标代码 / code of the indicator"),
        "base_indicator": ("varchar", "基础指标 / base indicator"),
        "basis": ("varchar", "依据 / basis"),
        "target_id": ("varchar", "目标编号 / id of the target"),
        "method": ("varchar", "判定方法 / method of the verdict"),
        "assessment": ("varchar", "县级评估 / assessment of a county"),
        "change_kind": ("varchar", "added 新增，changed 改变，removed 消失 / added, changed or removed"),
        "old_value": ("double", "原来的数值；判定为实际值，目标为目标值 / value before; of a verdict the actual one, of a target the one asked for"),
        "new_value": ("double", "现在的数值 / value now"),
        "old_status": ("varchar", "原来的状态 / status before"),
        "new_status": ("varchar", "现在的状态 / status now"),
        "changed_columns": ("varchar", "改变了的列，逗号分隔 / columns that changed, parted by commas"),
        "cause": (
            "varchar",
            "原因：correction 更正，source 来源，method 方法，date 基准日期，code 代码，unexplained 无从解释 / cause: correction, source, method, date (as-of), code, or unexplained",
        ),
        "evidence": ("varchar", "背后的文件或更正，最多三处 / files or corrections behind it, three at most"),
    },
)  # fmt: skip

# What every history has besides the columns of its mart.
_KNOWN = {
    "known_from_no": ("integer", "自哪个快照起这样公布，序号 / number of the snapshot it was first published so in"),
    "known_until_no": ("integer", "到哪个快照为止，该快照已不同；空为至今 / number of the snapshot that no longer says so; empty: still so"),
    "known_from": ("date", "known_from_no 的基准日期 / as-of date of known_from_no"),
    "known_until": ("date", "known_until_no 的基准日期；空为至今 / as-of date of known_until_no; empty: still so"),
}  # fmt: skip
_SHA256 = ("varchar", "首次这样公布时来源文件的 sha256，source_row 指该文件中的行 / sha256 of the source file when this was first published; source_row is a row of that file")  # fmt: skip
_DESCRIPTIONS = {
    "marts.measure_history": "基础数据的历次公布 / Measures as they were ever published",
    "marts.indicator_history": "指标的历次公布 / Indicators as they were ever published",
    "marts.target_history": "政策目标的历次公布 / Targets as they were ever published",
    "marts.verdict_history": "判定的历次公布 / Verdicts as they were ever published",
}
KEPT = tuple(compared for compared in COMPARED if compared.history)


def create(connection: duckdb.DuckDBPyConnection) -> None:
    """Empty tables, once the marts are there."""
    columns = ", ".join(f"{name} {kind}" for name, (kind, _) in CHANGE.columns.items())
    connection.execute(f"create or replace table {CHANGES} ({columns})")
    for kept in KEPT:
        known = ", ".join(f"cast(null as {kind}) as {name}" for name, (kind, _) in _known(kept).items())
        connection.execute(f"create or replace table {kept.history} as select {known}, * from {kept.table} limit 0")


def _known(kept: Compared) -> dict[str, tuple[str, str]]:
    return _KNOWN | ({"source_sha256": _SHA256} if kept.table != "marts.mart_target_attainment" else {})


def described(marts: dict[str, dict[str, tuple[str, str]]]) -> dict[str, Table]:
    """These tables as the dictionary tells them; `marts` has the columns (type, meaning) of each mart by its name."""
    known = [kept for kept in KEPT if kept.table in marts]
    found = {CHANGES: CHANGE} if known else {}
    for kept in known:
        columns = {**_known(kept), **marts[kept.table]}
        found[kept.history] = Table(_DESCRIPTIONS[kept.history], (*kept.key, "known_from_no"), columns)
    return found


def columns(connection: duckdb.DuckDBPyConnection, table: str, database: str = "") -> dict[str, str]:
    """Columns of a table with their types, in order; empty where there is no such table."""
    try:
        found = connection.sql(f"from {database + '.' if database else ''}{table}")
    except duckdb.CatalogException:
        return {}
    return dict(zip(found.columns, map(str, found.types), strict=True))
