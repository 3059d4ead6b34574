"""The copy in PostgreSQL, made and read on a real server: whole, exact, and old or new for whoever reads meanwhile."""

import shutil
import subprocess
import threading
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import psycopg
import pytest

from dagster_project import build_file
from dagster_project.export import postgres
from dagster_project.publish import snapshot
from dagster_project.publish.snapshot import Snapshot
from tests.conftest import Site


@pytest.fixture
def first(province: Site) -> Snapshot:
    served = snapshot.current(province.settings)
    assert served is not None
    return served


@pytest.fixture
def second(first: Snapshot, tmp_path: Path) -> Snapshot:
    """A later snapshot, in which no measure has a figure."""
    shutil.copy(first.database, tmp_path / snapshot.DATABASE)
    (tmp_path / snapshot.DATABASE).chmod(0o644)
    with build_file.writing(tmp_path / snapshot.DATABASE) as connection:
        connection.execute("delete from marts.fct_measure")
    return replace(first, id="000002-20260131T000000Z", folder=tmp_path)


def psql(dsn: str, query: str) -> list[str]:
    """What psql prints, a row a line; NULL is told from an empty text."""
    command = ["psql", "-X", "-q", "-A", "-t", "-P", "null=NULL", "-d", dsn, "-c", query]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.splitlines()


def test_every_table_has_the_rows_types_and_order_of_the_snapshot(dsn: str, first: Snapshot) -> None:
    copied = postgres.copy(first, dsn)
    with build_file.reading(first.database) as here, psycopg.connect(dsn) as there:
        tables = here.execute(
            "select schema_name, table_name from duckdb_tables() where schema_name in ('marts', 'quality', 'meta')"
        ).fetchall()
        total = 0
        for schema, table in tables:
            mine = here.execute(f'from {schema}."{table}"')
            theirs = there.execute(f'select * from {schema}."{table}"')  # type: ignore[arg-type]
            assert [c.name for c in theirs.description or []] == [c[0] for c in mine.description or []]
            rows = mine.fetchall()
            assert Counter(theirs.fetchall()) == Counter(rows), table
            total += len(rows)
        assert (copied.tables, copied.rows) == (len(tables), total)
        types = dict(
            there.execute(
                "select column_name, data_type from information_schema.columns"
                " where (table_schema, table_name) = ('marts', 'fct_target')"
            ).fetchall()
        )
    assert [types[name] for name in ("target_id", "ordinal", "target_value", "hold", "reviewed_on", "source_row")] == [
        "text", "integer", "double precision", "boolean", "date", "bigint",
    ]  # fmt: skip


def test_psql_reads_chinese_views_comments_keys_and_which_snapshot_it_is(dsn: str, first: Snapshot) -> None:
    postgres.copy(first, dsn)
    value = 100 * 10301 / 25113
    assert psql(
        dsn,
        "select 地区, 级别, 日期, round(数值::numeric, 9), 单位, 依据, 上年数值 from bi.公办园占比_区县"
        " where 地区代码 = '430422' and 年份 = 2020",
    ) == [f"衡南县|区县|2020-01-01|{value:.9f}|%|计算值|NULL"]
    # Empty text and no value stay two things.
    assert psql(dsn, "select distinct measure_stage, input_indicator_code from marts.indicator_term"
                     " where measure_stage = '' order by 1, 2 limit 1") == ["|NULL"]  # fmt: skip
    (comment,) = psql(dsn, "select obj_description('bi.公办园占比'::regclass)")
    assert "公办园在园幼儿占比 = 公办园在园幼儿数 ÷ 在园幼儿总数 × 100" in comment and "不可跨级相加" in comment
    (comment,) = psql(dsn, "select col_description('marts.fct_indicator'::regclass, 7)")
    assert comment.startswith("依据：") and " / basis: " in comment
    keys = psql(
        dsn,
        "select indisprimary, pg_get_indexdef(indexrelid) from pg_index where indrelid in"
        " ('marts.fct_measure'::regclass, 'marts.fct_indicator'::regclass) order by 1",
    )
    # A derived indicator's base is empty for all others, and no column of a primary key may be.
    assert "f|CREATE UNIQUE INDEX" in keys[0] and keys[0].endswith(
        "(region_code, year, stage, segment, indicator_code, base_indicator, basis)"
    )
    assert "t|CREATE UNIQUE INDEX" in keys[1] and keys[1].endswith("(region_code, year, stage, segment, measure_code)")
    assert psql(dsn, "select snapshot_id, as_of from meta.copied_snapshot, meta.build") == [f"{first.id}|2026-01-31"]


def test_a_named_reader_may_read_everything_and_change_nothing(dsn: str, first: Snapshot, second: Snapshot) -> None:
    with psycopg.connect(dsn) as owner:
        owner.execute("create role analyst login; create role stranger login")
    try:
        for one in (first, second):
            postgres.copy(one, dsn, ["analyst"])
            with psycopg.connect(dsn, user="analyst") as analyst:
                assert analyst.execute("select count(*) from bi.指标目录").fetchone() != (0,)
                with pytest.raises(psycopg.errors.InsufficientPrivilege):
                    analyst.execute("delete from marts.fct_measure")
            with psycopg.connect(dsn, user="stranger") as stranger, pytest.raises(psycopg.errors.InsufficientPrivilege):
                stranger.execute("select 1 from marts.fct_measure")
        with pytest.raises(postgres.PostgresError, match="nobody"):
            postgres.copy(first, dsn, ["nobody"])
        assert psql(dsn, "select snapshot_id from meta.copied_snapshot") == [second.id]
    finally:
        with psycopg.connect(dsn) as owner:
            owner.execute("drop owned by analyst; drop role analyst; drop role stranger")


def test_the_same_snapshot_is_copied_once_unless_asked_again(dsn: str, first: Snapshot) -> None:
    def made() -> list[str]:
        return psql(dsn, "select copied_at from meta.copied_snapshot")

    assert postgres.copy(first, dsn).rows
    before = made()
    assert postgres.copy(first, dsn).rows is None and made() == before
    assert postgres.copy(first, dsn, again=True).rows and made() != before


def test_whoever_reads_meanwhile_sees_one_snapshot_whole(dsn: str, first: Snapshot, second: Snapshot) -> None:
    postgres.copy(first, dsn)
    (figures,) = psql(dsn, "select count(*) from marts.fct_measure")
    wholes = {(first.id, int(figures), int(figures)), (second.id, 0, 0)}
    seen: list[tuple[str, int, int]] = []
    done = threading.Event()

    def read() -> None:
        with psycopg.connect(dsn, autocommit=True) as reader:
            while not done.is_set():
                row = reader.execute(
                    "select snapshot_id, (select count(*) from marts.fct_measure), (select count(*) from bi.数据项值)"
                    " from meta.copied_snapshot"
                ).fetchone()
                assert row is not None
                seen.append(row)

    readers = [threading.Thread(target=read) for _ in range(3)]
    for reader in readers:
        reader.start()
    try:
        for one in (second, first):
            postgres.copy(one, dsn)
    finally:
        done.set()
        for reader in readers:
            reader.join()
    assert set(seen) == wholes


def test_a_transaction_older_than_the_copy_finds_it_full_and_not_empty(dsn: str, first: Snapshot) -> None:
    with psycopg.connect(dsn) as reader:
        reader.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        reader.execute("select 1")
        postgres.copy(first, dsn)
        assert reader.execute("select count(*) > 0 from marts.fct_measure").fetchone() == (True,)


def test_while_a_reader_holds_a_transaction_nothing_is_replaced_and_it_is_named(
    dsn: str, first: Snapshot, second: Snapshot
) -> None:
    postgres.copy(first, dsn)
    with psycopg.connect(dsn, application_name="finebi") as reader:
        before = reader.execute("select count(*) from bi.数据项值").fetchone()
        with pytest.raises(postgres.PostgresError, match=r"readers hold transactions.*owner, finebi"):
            postgres.copy(second, dsn, patience=0)
        assert reader.execute("select count(*) from bi.数据项值").fetchone() == before
    assert psql(dsn, "select snapshot_id from meta.copied_snapshot") == [first.id]
    postgres.copy(second, dsn)
    assert psql(dsn, "select snapshot_id from meta.copied_snapshot") == [second.id]


@pytest.mark.parametrize(
    ("prepare", "words"),
    [
        ("create schema marts; create table marts.mine (a integer)", "are not a copy made here.*marts"),
        ("create schema meta_next", "meta_next"),
    ],
)
def test_what_is_not_a_copy_is_left_alone(dsn: str, first: Snapshot, prepare: str, words: str) -> None:
    with psycopg.connect(dsn) as owner:
        owner.execute(prepare)  # type: ignore[arg-type]
    with pytest.raises(postgres.PostgresError, match=words):
        postgres.copy(first, dsn)
    assert psql(dsn, "select nspname from pg_namespace where nspname in ('bi', 'quality')") == []


def test_views_elsewhere_that_rest_on_the_copy_are_not_dropped_with_it(
    dsn: str, first: Snapshot, second: Snapshot
) -> None:
    postgres.copy(first, dsn)
    with psycopg.connect(dsn) as owner:
        owner.execute("create view public.my_report as select * from bi.公办园占比_省")
    with pytest.raises(postgres.PostgresError, match=r"public\.my_report"):
        postgres.copy(second, dsn)
    assert psql(dsn, "select count(*) from public.my_report") != []


def test_metrics_give_there_what_they_give_here(dsn: str, first: Snapshot) -> None:
    postgres.copy(first, dsn)
    with build_file.reading(first.database) as here, psycopg.connect(dsn) as there:
        listed = here.execute("select schema_name, table_name, expression from meta.metric").fetchall()
        assert listed
        several = 0
        for schema, table, expression in listed:
            groups = {"marts": "region_level, year", "bi": '"级别", "年份"'}[schema]
            query = f'select {expression} as figure, count(*) as n from {schema}."{table}"'
            if "segment" in expression or "分组" in expression:
                query += f" group by {groups}, " + ("indicator_code" if schema == "marts" else '"指标代码"')
            mine, theirs = here.execute(query).fetchall(), there.execute(query).fetchall()
            assert _rounded(mine) == _rounded(theirs), query
            several += sum(n > 1 and figure is not None for figure, n in mine)
        assert several > 10


def _rounded(rows: list[tuple[Any, ...]]) -> Counter[tuple[Any, ...]]:
    return Counter((None if figure is None else round(float(figure), 9), n) for figure, n in rows)


SECRET = "open%20sesame"


@pytest.mark.parametrize(
    "dsn",
    [
        f"postgresql://owner:{SECRET}@127.0.0.1:1/none",
        f"host=127.0.0.1 port=1 user=owner password={SECRET}",
        f"postgres//owner:{SECRET}@host",
        f"host=127.0.0.1 password {SECRET}",
    ],
)
def test_a_password_is_never_shown(province: Site, dsn: str) -> None:
    result = province.run("serve-postgres", dsn)
    assert result.exit_code == 1
    assert "PostgreSQL" in result.output
    for shown in (SECRET, "sesame"):
        assert shown not in result.output and shown not in str(result.exception)


def test_the_command_says_what_it_copied(dsn: str, province: Site, site: Site) -> None:
    result = province.run("serve-postgres", dsn)
    assert result.exit_code == 0, result.output
    assert result.output.startswith(f"已复制 / copied: {province.served()}，")
    assert province.run("serve-postgres", dsn).output == f"已是这个快照 / holds it already: {province.served()}\n"
    nothing: Callable[..., Any] = site.run
    assert "no snapshot yet" in str(nothing("serve-postgres", dsn).exception)


@pytest.mark.parametrize(("threshold", "warned"), [("10", True), ("1", False), ("0", False), ("", False)])
def test_who_leaves_out_small_cells_elsewhere_is_told_that_the_copy_has_them(
    dsn: str, province: Site, monkeypatch: pytest.MonkeyPatch, threshold: str, warned: bool
) -> None:
    monkeypatch.setenv("ZHIBIAO_SMALL_CELLS", threshold)
    result = province.run("serve-postgres", dsn)
    assert result.exit_code == 0 and "已复制" in result.stdout
    assert ("counts under 10 persons" in result.stderr) == warned == bool(result.stderr)


def test_over_the_network_with_a_password(
    dsn: str, province: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As a bureau has it: by address, and the password in ~/.pgpass."""
    address = "host=127.0.0.1 user=secretary dbname=postgres"
    passwords = tmp_path / "pgpass"
    monkeypatch.setenv("PGPASSFILE", str(passwords))
    with psycopg.connect(dsn) as owner:
        owner.execute("create role secretary superuser login password 'open sesame'")
    try:
        refused = province.run("serve-postgres", address)
        assert refused.exit_code == 1 and "password" in refused.output
        passwords.write_text("127.0.0.1:*:*:secretary:open sesame\n", encoding="utf-8")
        passwords.chmod(0o600)
        result = province.run("serve-postgres", address)
        assert result.exit_code == 0 and province.served() in result.output
        assert psql(dsn, "select snapshot_id from meta.copied_snapshot") == [province.served()]
    finally:
        with psycopg.connect(dsn) as owner:
            owner.execute("drop owned by secretary cascade; drop role secretary")
