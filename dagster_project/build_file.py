"""The private DuckDB file a refresh builds: how it is opened, and the tables that tell of the build itself.

`quality.*` says what was checked and refused, `meta.*` what was built from which bytes and what its columns mean.
Data tables are made elsewhere.
"""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import duckdb

from dagster_project.sql import literal

# DuckDB 2.0 writes it, DuckDB 1.4 and 1.5 clients must read it.
STORAGE = "v1.2.0"
# Counts the changes of the tables below.
SCHEMA_VERSION = 4


@dataclass(frozen=True)
class Table:
    """What the table is, the columns it has one row of, and each column's type and meaning ("中文 / English")."""

    description: str
    grain: tuple[str, ...]
    columns: dict[str, tuple[str, str]]


TABLES = {
    "quality.quarantine": Table(
        "拒收或隔离的行与文件，一条理由一行 / Rows and files that were refused or set aside, a row for each reason",
        ("file", "row_no", "column_name", "rule"),
        {
            "source": ("varchar", "来源，即 raw 中的表名 / source, the name of the table in raw"),
            "file": ("varchar", "文件，自仓库根目录起的路径 / file, path from the root of the repository"),
            "row_no": (
                "bigint",
                "行号，表头为第 1 行；空为整个文件 / row, the header is row 1; empty is the whole file",
            ),
            "column_name": ("varchar", "列名 / column"),
            "rule": ("varchar", "没有满足的规则 / rule that was not kept"),
            "value": ("varchar", "看到的内容 / what stood there"),
            "consequence": (
                "varchar",
                "后果：refused 拒绝刷新，quarantined 隔离 / refused: nothing is published; quarantined: set aside",
            ),
            "reason_zh": ("varchar", "中文原因 / reason in Chinese"),
            "reason_en": ("varchar", "英文原因 / reason in English"),
            "action_zh": ("varchar", "怎么办 / what to do, in Chinese"),
            "action_en": ("varchar", "英文的办法 / what to do, in English"),
        },
    ),
    "quality.check_result": Table(
        "每项检查的结果 / Result of every check",
        ("gate", "table_name", "check_name"),
        {
            "gate": (
                "varchar",
                "关口：rows 文件与行，relations 关系与合计，expectations 期望，drift 漂移 / gate: rows (files and rows), relations (and sums), expectations, drift",
            ),
            "table_name": ("varchar", "所查的表 / table that was checked"),
            "check_name": ("varchar", "检查的名称 / name of the check"),
            "column_name": ("varchar", "所查的列 / column that was checked"),
            "severity": (
                "varchar",
                "不通过时：error 拒绝，warning 记录 / if not passed: error refuses, warning is recorded",
            ),
            "outcome": (
                "varchar",
                "passed 通过，failed 不通过，error 检查本身出错 / passed, failed, or error: the check itself broke",
            ),
            "element_count": ("bigint", "所查的行数 / rows that were checked"),
            "failing_count": ("bigint", "不通过的行数 / rows that did not pass"),
            "observed_value": ("varchar", "所见的结果 / what was observed"),
            "failing_keys": ("varchar", "不通过的行的键（JSON） / keys of the rows that did not pass, as JSON"),
            "message": ("varchar", "不通过时的说明 / what to know where it did not pass"),
            "meaning_zh": ("varchar", "检查的意思 / what is checked, in Chinese"),
            "meaning_en": ("varchar", "英文的意思 / what is checked, in English"),
            "consequence_zh": ("varchar", "不通过的后果 / what follows where it does not pass, in Chinese"),
            "consequence_en": ("varchar", "英文的后果 / what follows where it does not pass, in English"),
        },
    ),
    "meta.build": Table(
        "本次构建，只有一行 / This build, one row",
        ("as_of",),
        {
            "as_of": ("date", "基准日期 / as-of date"),
            "built_at": ("timestamp", "开始构建的时刻（UTC） / when the build began (UTC)"),
            "input_fingerprint": ("varchar", "全部输入文件的指纹 / fingerprint of all inputs"),
            "code_fingerprint": ("varchar", "代码、模型与期望的指纹 / fingerprint of code, models and expectations"),
            "product_version": ("varchar", "产品版本 / version of the product"),
            "schema_version": ("integer", "quality 与 meta 各表结构的版本 / version of the tables of quality and meta"),
        },
    ),
    "meta.snapshot": Table(
        "历次发布的快照，末行为本次 / Every published snapshot up to this one, which is the last",
        ("snapshot_no",),
        {
            "snapshot_no": ("integer", "序号，即快照编号的前六位 / number, the first six digits of the snapshot's id"),
            "as_of": ("date", "基准日期 / as-of date"),
            "built_at": ("timestamp", "开始构建的时刻（UTC） / when the build began (UTC)"),
            "input_fingerprint": ("varchar", "全部输入文件的指纹 / fingerprint of all inputs"),
            "code_fingerprint": ("varchar", "代码、模型与期望的指纹 / fingerprint of code, models and expectations"),
            "product_version": ("varchar", "产品版本 / version of the product"),
            "schema_version": ("integer", "quality 与 meta 各表结构的版本 / version of the tables of quality and meta"),
        },
    ),
    "meta.accepted_drift": Table(
        "被接受的漂移：谁、何时、为何 / Drift that was accepted: by whom, when and why",
        ("snapshot_no", "fingerprint"),
        {
            "snapshot_no": ("integer", "随之发布的快照的序号 / number of the snapshot that was published with it"),
            "fingerprint": ("varchar", "所变的键与数值的指纹 / fingerprint of the keys and values that changed"),
            "key_count": ("bigint", "所变的键数 / keys that changed"),
            "compared_with": ("varchar", "与之比较的快照 / snapshot it was compared with"),
            "accepted_by": ("varchar", "谁接受 / who accepted it"),
            "reason": ("varchar", "理由 / why"),
            "accepted_at": ("varchar", "何时（带时区） / when, with the time zone"),
        },
    ),
    "meta.input_file": Table(
        "每个输入文件及其来源说明 / Every input file with its sidecar",
        ("file",),
        {
            "file": ("varchar", "文件，自仓库根目录起的路径 / file, path from the root of the repository"),
            "source": ("varchar", "来源，即 raw 中的表名 / source, the name of the table in raw"),
            "sha256": ("varchar", "文件内容的 sha256 / sha256 of its bytes"),
            "byte_count": ("bigint", "文件大小 / size of the file"),
            "row_count": ("bigint", "数据行数 / rows of data"),
            "title": ("varchar", "名称 / title"),
            "issuer": ("varchar", "发布机构 / issuer"),
            "read_from": ("varchar", "读自何处 / where it was read"),
            "terms": ("varchar", "使用条件 / terms of use"),
            "retrieved": ("varchar", "取得日期 / day it was retrieved"),
            "confidence": ("varchar", "可信度：A 读到原数，D 一步推得 / confidence: A read, D derived by one step"),
            "note": ("varchar", "备注 / note"),
            "mapping": ("varchar", "读取时所用的映射文件；空为没有 / mapping file it was read by; empty: none"),
        },
    ),
    "meta.dictionary": Table(
        "数据字典：marts、quality、meta 每列一行 / Data dictionary: a row for each column of marts, quality and meta",
        ("schema_name", "table_name", "column_name"),
        {
            "schema_name": ("varchar", "模式 / schema"),
            "table_name": ("varchar", "表 / table"),
            "table_zh": ("varchar", "表的中文说明 / what the table is, in Chinese"),
            "table_en": ("varchar", "表的英文说明 / what the table is, in English"),
            "grain": ("varchar", "粒度：这些列的每个组合一行 / grain: the columns of which the table has one row"),
            "column_no": ("integer", "列的序号，从 1 起 / place of the column, from 1"),
            "column_name": ("varchar", "列名 / column"),
            "label_zh": (
                "varchar",
                "中文短名，也是 bi 视图中的列名；quality、meta 没有 / short Chinese label, also the column of the bi view; empty in quality and meta",
            ),
            "bi_view": ("varchar", "以中文列出这张表的 bi 视图 / view of bi that shows the table in Chinese"),
            "data_type": ("varchar", "类型 / type"),
            "unit": ("varchar", "数字的单位；空为没有单位 / unit of a number; empty where it has none"),
            "description_zh": ("varchar", "列的中文说明 / what the column means, in Chinese"),
            "description_en": ("varchar", "列的英文说明 / what the column means, in English"),
        },
    ),
    "meta.metric": Table(
        "数值如何汇总：能合并的每个数一行，没有列出的不可相加或平均 / How figures are put together: a row for each that can be; what is not listed may be neither added nor averaged",
        ("schema_name", "table_name", "metric_name"),
        {
            "schema_name": ("varchar", "模式：marts 或 bi / schema: marts or bi"),
            "table_name": (
                "varchar",
                "表或视图；bi 中各级视图的算法相同 / table or view; a view of one level has the same",
            ),
            "metric_name": ("varchar", "代码 / code"),
            "name_zh": ("varchar", "中文名 / name in Chinese"),
            "name_en": ("varchar", "英文名 / name in English"),
            "unit": ("varchar", "单位 / unit"),
            "expression": (
                "varchar",
                "SQL 聚合式，DuckDB 与 PostgreSQL 通用；不能合并的行得空 / SQL aggregate for DuckDB and PostgreSQL; NULL for rows that may not be put together",
            ),
            "description_zh": ("varchar", "含义与适用范围 / what it is and where it holds, in Chinese"),
            "description_en": ("varchar", "含义与适用范围（英文） / what it is and where it holds"),
        },
    ),
}


@contextmanager
def writing(path: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """A read-write connection, closed (and so unlocked) at the end."""
    path.parent.mkdir(parents=True, exist_ok=True)
    connection = duckdb.connect(str(path), config={"storage_compatibility_version": STORAGE})
    try:
        connection.execute("set autoinstall_known_extensions = false; set autoload_known_extensions = false")
        yield connection
    finally:
        connection.close()


@contextmanager
def reading(path: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    connection = duckdb.connect(str(path), read_only=True)
    try:
        yield connection
    finally:
        connection.close()


@contextmanager
def beside(connection: duckdb.DuckDBPyConnection, path: Path, name: str = "before") -> Iterator[None]:
    """Another database file, attached read-only under a name."""
    connection.execute(f"attach {literal(path)} as {name} (read_only)")
    try:
        yield
    finally:
        connection.execute(f"detach {name}")


def start(path: Path) -> None:
    """A fresh build file with empty `quality` and `meta` tables; what a killed build left is removed."""
    for leftover in (path, path.with_name(path.name + ".wal")):
        leftover.unlink(missing_ok=True)
    shutil.rmtree(path.with_name(path.name + ".tmp"), ignore_errors=True)  # what DuckDB put aside for want of memory
    with writing(path) as connection:
        for schema in ("raw", "quality", "meta"):
            connection.execute(f"create schema {schema}")
        for name, table in TABLES.items():
            columns = ", ".join(f"{column} {data_type}" for column, (data_type, _) in table.columns.items())
            connection.execute(f"create table {name} ({columns})")
