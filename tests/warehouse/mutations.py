"""Damages to a built warehouse file and what catches them: choosing rows by a seed, damaging a copy, running every check.

Which damages there are stands in `mutations.yml`; here is how they are done. `test_mutations.py` runs them with one
seed; another one damages other rows:

    python -m tests.warehouse.mutations --seed 7     # prints what was damaged and everything that caught it
    python -m tests.warehouse.mutations --write      # and writes docs/mutations.md if all were caught
"""

import argparse
import random
import re
import shutil
import sys
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import yaml

from dagster_project.quality.suites import load_suites, run_suites
from dagster_project.refresh.steps import EXPECTATIONS
from dagster_project.settings import ROOT
from dagster_project.transform import dbt_project
from tests.conftest import Site
from tests.warehouse.counties import assorted, hand_in, remarkable

SEED = 20260131
DOCUMENT = ROOT / "docs" / "mutations.md"
_LIST = Path(__file__).with_suffix(".yml")

_CORRECTION_COLUMNS = (
    "region_code", "year", "level", "measure", "source_zh", "old_value", "new_value", "reason", "decided_by", "decided_on",
)  # fmt: skip
# Made up, so that there are corrections to lose: three figures of 乌海市 2025 as if a digit had been misprinted.
_CORRECTIONS = [
    {
        "region_code": "150300", "year": 2025, "level": "preschool", "measure": measure,
        "source_zh": "乌海市2025年国民经济和社会发展统计公报", "old_value": old, "new_value": new,
        "reason": "测试用的更正", "decided_by": "测试", "decided_on": "2026-01-05",
    }
    for measure, old, new in (
        ("enrolment", "11947", "11974"), ("fulltime_teachers", "1061", "1016"), ("schools", "42", "24"),
    )
]  # fmt: skip

# Made up too: one publication that has arrived, one that is overdue, one that is not yet.
_CALENDAR = [
    {"publication": "{year}年全国教育事业发展统计公报", "first_year": 2020, "due": "year+1-10-31", "grace_days": 30},
    {"publication": "{year}年测试县教育统计", "first_year": 2024, "due": "year+1-12-31", "grace_days": ""},
]


@dataclass(frozen=True)
class Mutation:
    """One damage: the table and the rows it may befall, what is done, and the checks that must see it."""

    name: str
    zh: str
    en: str
    table: str
    caught_by: tuple[str, ...]
    where: str = "true"
    beside: str = ""
    other: str = ""
    set: str = ""
    swap: tuple[str, ...] = ()
    delete: bool = False
    repeat: bool = False
    sql: tuple[str, ...] = ()

    def statements(self, table: str) -> list[str]:
        if self.set:
            return [f"update {table} set {self.set.format(table=table)} where rowid = $row"]
        if self.delete:
            return [f"delete from {table} where rowid = $row"]
        if self.repeat:
            return [f"insert into {table} select * from {table} where rowid = $row"]
        if self.swap:
            # From a copy, since the second half would otherwise read what the first has written.
            sets = ", ".join(
                f"{c} = (select b.{c} from before as b where b.id = case when {table.split('.')[1]}.rowid = $row then $other else $row end)"
                for c in self.swap
            )
            return [
                f"create temp table before as select rowid as id, * from {table} where rowid in ($row, $other)",
                f"update {table} set {sets} where rowid in ($row, $other)",
            ]
        return [statement.format(table=table) for statement in self.sql]


def mutations() -> list[Mutation]:
    entries = yaml.safe_load(_LIST.read_text(encoding="utf-8"))
    lists = ("caught_by", "swap", "sql")
    return [Mutation(**{key: tuple(v) if key in lists else v for key, v in entry.items()}) for entry in entries]


@dataclass(frozen=True)
class Test:
    """A dbt test as DuckDB runs it. One that does not read the damaged table cannot see the damage."""

    __test__ = False  # not pytest's

    name: str
    sql: str
    tables: frozenset[str]


class Warehouse:
    """An undamaged built file and everything that is checked on it."""

    def __init__(self, folder: Path) -> None:
        """The shipped inputs with three corrections, a calendar and the records of three counties, made up, refreshed; damaged copies are made beside it."""
        site = Site(folder / "raw", folder / "home")
        shutil.copytree(ROOT / "raw", site.raw, ignore=shutil.ignore_patterns("local"))
        site.table("local/corrections.csv", _CORRECTION_COLUMNS, _CORRECTIONS)
        site.table("local/calendar.csv", ("publication", "first_year", "due", "grace_days"), _CALENDAR)
        hand_in(site, [*assorted(), remarkable()])
        result = site.run("refresh")
        assert result.exit_code == 0, result.output
        self.file = site.settings.served
        self.suites = {suite.table: suite for suite in load_suites(EXPECTATIONS)}
        # dbt's queries name the file they were compiled for.
        self.copy = folder / "damaged" / "warehouse.duckdb"
        self.copy.parent.mkdir()
        self._renew()
        results = dbt_project.build(self.copy, arguments=("--resource-type", "test"))
        nodes = dbt_project.manifest()["nodes"]
        self.tests = [
            Test(nodes[result.unique_id]["name"], result.compiled_sql, frozenset(_tables(nodes, result.unique_id)))
            for result in results
        ]
        with duckdb.connect(str(self.file), read_only=True) as connection:
            self.indicator_marts = [
                f"marts.{name}"
                for (name,) in _all(
                    connection,
                    "select table_name from duckdb_columns() where schema_name = 'marts' and column_name = 'rank_no' order by all",
                )
            ]

    def caught(self, mutation: Mutation, seed: int, *, by_any: bool = False) -> tuple[str, set[str]]:
        """What was damaged in a fresh copy, and which of the named checks (or of all, `by_any`) caught it."""
        named = {check.partition(":")[0] for check in mutation.caught_by}
        self._renew()
        with duckdb.connect(str(self.copy), config={"threads": 1}) as connection:
            told, table = self._damage(connection, mutation, random.Random(f"{seed} {mutation.name}"))
            found = self._by_tests(
                connection, [test for test in self.tests if test.name in named or (by_any and table in test.tables)]
            )
        return told, found | self._by_suites({table} if by_any else named)

    def undamaged(self) -> set[str]:
        """What every check finds in a copy that nobody touched: nothing."""
        self._renew()
        with duckdb.connect(str(self.copy)) as connection:
            found = self._by_tests(connection, self.tests)
        return found | self._by_suites(self.suites)

    def _renew(self) -> None:
        shutil.copyfile(self.file, self.copy)

    def _damage(
        self, connection: duckdb.DuckDBPyConnection, mutation: Mutation, chance: random.Random
    ) -> tuple[str, str]:
        """Damages one row (and the one beside it); that row as text, and its table."""
        tables = list(self.indicator_marts) if mutation.table == "indicator marts" else [mutation.table]
        chance.shuffle(tables)
        for table in tables:
            other = mutation.other or table
            beside = mutation.beside and f"and exists (select 1 from {other} as o where {mutation.beside})"
            # In the order of their contents: the order of rows in the file is nobody's promise.
            rows = _all(
                connection, f"select t.*, t.rowid from {table} as t where {mutation.where} {beside} order by all"
            )
            if not rows:
                continue
            chosen = chance.choice(rows)
            names = {"row": chosen[-1]}
            if mutation.beside:
                found = _all(
                    connection,
                    f"select o.*, o.rowid from {other} as o, {table} as t where t.rowid = $row and {mutation.beside} order by all",
                    names,
                )
                names["other"] = chance.choice(found)[-1]
            for statement in mutation.statements(table):
                _all(connection, statement, names)
            return f"{table} " + " ".join(str(v) for v in chosen[:-1] if v is not None)[:60], table
        raise AssertionError(f"{mutation.name}: no row is eligible")

    def _by_tests(self, connection: duckdb.DuckDBPyConnection, tests: Iterable[Test]) -> set[str]:
        """Failing dbt tests; also with each word of the column `wrong`, where a test has it."""
        found = set()
        for test in tests:
            failing = connection.execute(test.sql)
            columns = [column[0] for column in failing.description or []]
            rows = failing.fetchmany(1000)
            if rows:
                found.add(test.name)
            if "wrong" in columns:
                at = columns.index("wrong")
                found |= {f"{test.name}: {word}" for row in rows for word in row[at].split()}
        return found

    def _by_suites(self, tables: Iterable[str]) -> set[str]:
        """Expectations that refuse the publish."""
        suites = [self.suites[table] for table in tables if table in self.suites]
        results = run_suites(self.copy, suites) if suites else []
        return {f"{r.suite}: {r.meaning_en}" for r in results if r.outcome != "passed" and r.severity == "error"}


def _tables(nodes: dict[str, Any], node: str) -> Iterator[str]:
    """The tables a dbt node reads, through views."""
    for name in nodes[node]["depends_on"]["nodes"]:
        above = nodes.get(name)
        if above is None:
            yield ".".join(name.split(".")[-2:])  # source.zhibiao.raw.statistics
        elif above["config"]["materialized"] == "view":
            yield from _tables(nodes, name)
        else:
            yield f"{above['schema']}.{above['name']}"


def _all(connection: duckdb.DuckDBPyConnection, sql: str, names: dict[str, Any] | None = None) -> list[tuple[Any, ...]]:
    """Rows of a statement, given those of the names that it asks for."""
    asked = {name: value for name, value in (names or {}).items() if re.search(rf"\${name}\b", sql)}
    return connection.execute(sql, asked).fetchall()


def document(listed: Iterable[Mutation]) -> str:
    """docs/mutations.md."""
    lines = [
        "# 检查经得起破坏吗 / What the checks catch",
        "",
        "由 `python -m tests.warehouse.mutations --write` 写成：先在由所附数据建成的文件的副本上逐一造成下列破坏，"
        "行由种子随机选定；每一种都须被右栏的检查发现，未经破坏的文件则全部通过。",
        "",
        "Written by `python -m tests.warehouse.mutations --write`, which does each of these damages to a copy of the file"
        " built from the shipped data, on a row that a seed chooses. Each must be caught by the checks on the right: a dbt"
        " test (with the column it calls wrong), or a table's expectation. A file that nobody damaged passes them all.",
        "",
        "| 表 / table | 破坏 / damage | 由何发现 / caught by |",
        "| --- | --- | --- |",
    ]
    for m in listed:
        lines.append(f"| {m.table} | {m.zh}<br>{m.en} (`{m.name}`) | {'<br>'.join(m.caught_by)} |")
    return "\n".join(lines) + "\n"


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(description="Damage a built warehouse file in every listed way.")
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--write", action="store_true", help=f"write {DOCUMENT.relative_to(ROOT)} if all are caught")
    chosen = parser.parse_args(arguments)
    missed = 0
    with tempfile.TemporaryDirectory() as folder:
        warehouse = Warehouse(Path(folder))
        if found := warehouse.undamaged():
            print(f"undamaged file: {found}")
            return 1
        print("| damage | row | caught by |\n| --- | --- | --- |")
        for mutation in mutations():
            told, found = warehouse.caught(mutation, chosen.seed, by_any=True)
            if lost := set(mutation.caught_by) - found:
                missed += 1
                print(f"NOT CAUGHT by {sorted(lost)}:", end=" ")
            print(f"| {mutation.name} | {told} | {', '.join(sorted(found))} |", flush=True)
    print(f"seed {chosen.seed}: {len(mutations())} damages, {missed} not caught as listed")
    if chosen.write and not missed:
        DOCUMENT.parent.mkdir(exist_ok=True)
        DOCUMENT.write_text(document(mutations()), encoding="utf-8")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
