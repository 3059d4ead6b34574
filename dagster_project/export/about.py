"""What every export says of itself: which snapshot, what was checked and refused, on which terms, how to read it."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import duckdb

from dagster_project.export.small_cells import MARK, Hidden
from dagster_project.publish.snapshot import Snapshot

# The first words of every README.txt; they tell an export from any other folder.
MARKER = "zhibiao export"


@dataclass(frozen=True)
class About:
    """The snapshot an export was made from. `inputs` are the rows of meta.input_file."""

    snapshot_id: str
    published_at: str
    build: dict[str, Any]
    checks: dict[str, int]
    quarantined_rows: int
    inputs: list[dict[str, Any]]
    hidden: Hidden | None

    def terms(self) -> list[tuple[str, list[dict[str, Any]]]]:
        """Each set of terms of use with the input files under it, the one of most files first."""
        files: dict[str, list[dict[str, Any]]] = {}
        for file in self.inputs:
            files.setdefault(file["terms"], []).append(file)
        return sorted(files.items(), key=lambda one: (-len(one[1]), one[0]))

    def lines(self) -> Iterator[tuple[str, str]]:
        """Heading and text, both "中文 / English", in order of reading."""
        passed, others = self.checks.get("passed", 0), sum(self.checks.values()) - self.checks.get("passed", 0)
        yield "快照 / snapshot", self.snapshot_id
        yield "基准日期 / as of", str(self.build["as_of"])
        yield "发布时刻 / published", self.published_at
        yield "产品版本 / version", f"zhibiao {self.build['product_version']}，schema {self.build['schema_version']}"
        yield (
            "检查 / checks",
            f"{passed} 项通过，{others} 项有提示（见 check_result）；隔离 {self.quarantined_rows} 行 / "
            f"{passed} passed, {others} with a remark (check_result); {self.quarantined_rows} rows set aside",
        )
        if self.hidden is None:
            yield "小数隐去 / small cells", "未使用 / not asked for"
        else:
            k, total = self.hidden.threshold, self.hidden.total
            tables = "，".join(f"{name} {count}" for name, count in self.hidden.values.items())
            yield (
                "小数隐去 / small cells",
                f"人数大于 0 且小于 {k} 的，以及可推出它们的，共隐去 {total} 个值，原因见 {MARK.name} 列；"
                f"不能防止的见 docs/exports / {total} values are left out: counts of persons over 0 and under {k}, and "
                f"what would give them back; why stands in the column {MARK.name}"
                + (f"（{tables}）" if tables else ""),
            )
        yield (
            "口径 / definitions",
            "每列的含义、单位与粒度见 dictionary，指标定义见 dim_indicator，公式见 indicator_formula 与 indicator_term / "
            "columns are explained in dictionary, indicators in dim_indicator, formulas in indicator_formula and indicator_term",
        )
        yield (
            "空值 / empty",
            "空为没有数字，不是 0 / an empty value is no figure, and not 0",
        )
        yield (
            "引用 / to cite",
            f"注明原出版物（dim_source），并写：zhibiao 快照 {self.snapshot_id}，基准日期 {self.build['as_of']} / "
            f"name the publication (dim_source) and: zhibiao, snapshot {self.snapshot_id}, as of {self.build['as_of']}",
        )
        for terms, files in self.terms():
            yield "使用条件 / terms", f"{terms}（{len(files)} 个输入文件，见 input_file / input files）"


def read(connection: duckdb.DuckDBPyConnection, served: Snapshot, hidden: Hidden | None) -> About:
    """What the open snapshot says of itself."""
    (build,) = _rows(connection, "from meta.build")
    (quarantined,) = _rows(connection, "select count(*) as n from quality.quarantine")
    checks = _rows(connection, "select outcome, count(*) as n from quality.check_result group by outcome")
    return About(
        served.id,
        served.manifest["published_at"],
        build,
        {row["outcome"]: row["n"] for row in checks},
        quarantined["n"],
        _rows(connection, "from meta.input_file order by file"),
        hidden,
    )


def _rows(connection: duckdb.DuckDBPyConnection, query: str) -> list[dict[str, Any]]:
    result = connection.execute(query)
    names = [column[0] for column in result.description or []]
    return [dict(zip(names, row, strict=True)) for row in result.fetchall()]
