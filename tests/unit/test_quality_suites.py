"""Suites from file to result: what a suite file may say, and what each expectation makes of a small table."""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import pytest
import yaml

from dagster_project.quality.suites import (
    KWARGS,
    MAX_KEYS,
    CheckResult,
    Expectation,
    Suite,
    SuiteError,
    load_suites,
    run_suites,
)

QUERY = "unexpected_rows_expectation"
COMPOUND = "expect_compound_columns_to_be_unique"

ENTRY: dict[str, Any] = {
    "type": "expect_column_values_to_not_be_null",
    "kwargs": {"column": "value"},
    "severity": "error",
    "meaning_zh": "值不为空",
    "meaning_en": "there is a value",
    "consequence_zh": "拒绝发布",
    "consequence_en": "the publish is refused",
}
SUITE: dict[str, Any] = {
    "table": "marts.fct",
    "meaning_zh": "一行一个地区",
    "meaning_en": "one row a region",
    "key": ["region", "year"],
    "expectations": [ENTRY],
}


# Files


def write(folder: Path, suite: Any, name: str = "marts.fct.yml") -> Path:
    folder.joinpath(name).write_text(yaml.safe_dump(suite, allow_unicode=True), encoding="utf-8")
    return folder


def test_suites_come_in_order_of_file_names(tmp_path: Path) -> None:
    write(tmp_path, SUITE)
    write(tmp_path, SUITE | {"table": "bi.指标"}, "bi.指标.yml")
    first, second = load_suites(tmp_path)
    assert (first.table, second.table) == ("bi.指标", "marts.fct")
    assert second == Suite(
        table="marts.fct",
        meaning_zh="一行一个地区",
        meaning_en="one row a region",
        key=("region", "year"),
        expectations=(Expectation(number=1, **ENTRY),),
    )


def test_reading_suites_does_not_import_great_expectations(tmp_path: Path) -> None:
    code = (
        "import sys, pathlib; from dagster_project.quality.suites import load_suites;"
        "load_suites(pathlib.Path(sys.argv[1]));"
        "sys.exit(str({'great_expectations', 'sqlalchemy', 'pandas'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code, str(write(tmp_path, SUITE))], capture_output=True, text=True)
    assert done.stderr.splitlines()[0] == "set()"


def entry(**changes: Any) -> dict[str, Any]:
    return SUITE | {"expectations": [ENTRY, ENTRY | changes]}


@pytest.mark.parametrize(
    ("suite", "says"),
    [
        (SUITE | {"owner": "x"}, "marts.fct.yml: unknown owner; remove or correct it"),
        ({k: v for k, v in SUITE.items() if k != "meaning_en"}, "marts.fct.yml: meaning_en missing; add it"),
        (SUITE | {"meaning_zh": " "}, "marts.fct.yml: meaning_zh must be a text"),
        (SUITE | {"table": "marts.other"}, "name the file <schema>.<table>.yml"),
        (SUITE | {"key": []}, "marts.fct.yml: key must list the columns"),
        (SUITE | {"expectations": []}, "marts.fct.yml: expectations must be a list with at least one"),
        ([SUITE], "marts.fct.yml: must be a mapping"),
        (entry(note="x"), "marts.fct.yml, entry 2: unknown note"),
        (entry(severity="warn"), "marts.fct.yml, entry 2: severity must be error or warning, not 'warn'"),
        (entry(meaning_zh=None), "marts.fct.yml, entry 2: meaning_zh must be a text"),
        (entry(consequence_en=""), "marts.fct.yml, entry 2: consequence_en must be a text"),
        (entry(type="expect_column_to_shine"), "entry 2: expect_column_to_shine does not run over DuckDB"),
        (entry(type="expect_column_values_to_match_regex"), f"correct it or write the rule as {QUERY}"),
        (entry(kwargs={"column": "value", "mim_value": 1}), "entry 2, kwargs of .*: unknown mim_value"),
        (entry(kwargs={"mostly": 0.9}), "entry 2, kwargs of .*: column missing; add it"),
        (entry(kwargs=None), "entry 2, kwargs of .*: must be a mapping with column"),
        (entry(type=QUERY, kwargs={"unexpected_rows_query": "select 1"}), "entry 2: the query must say {batch}"),
        (
            entry(type=QUERY, kwargs={"unexpected_rows_query": r"from {batch} where not regexp_matches(a, 'x{{2}}')"}),
            "no brace twice",
        ),
    ],
)
def test_bad_suite_is_refused_by_file_and_entry(tmp_path: Path, suite: Any, says: str) -> None:
    with pytest.raises(SuiteError, match=says):
        load_suites(write(tmp_path, suite))


@pytest.mark.parametrize("name", ["fct.yml", "marts.fct.yaml", "a.marts.fct.yml"])
def test_file_is_named_after_its_table(tmp_path: Path, name: str) -> None:
    with pytest.raises(SuiteError, match=f"{name}: table is 'marts.fct'"):
        load_suites(write(tmp_path, SUITE, name))


@pytest.mark.parametrize("text", ["table: [", "table: a.b\ntable: a.c\n", "table: '\udcff'"])
def test_unreadable_file_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "marts.fct.yml").write_bytes(text.encode("utf-8", "surrogateescape"))
    with pytest.raises(SuiteError, match=r"marts\.fct\.yml: not readable as YAML"):
        load_suites(tmp_path)


def test_missing_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SuiteError, match="no such folder of suites"):
        load_suites(tmp_path / "none")


def test_kwargs_are_those_of_great_expectations(database: Path) -> None:
    run_suites(database, [])  # imports the package at the lower price
    from great_expectations.expectations.registry import get_expectation_impl

    for type_, (required, optional) in KWARGS.items():
        assert required | optional <= set(get_expectation_impl(type_).__fields__), type_


# Runs


def suite(*entries: tuple[str, dict[str, Any]], table: str = "marts.fct", severity: Any = "error") -> Suite:
    return Suite(
        table=table,
        meaning_zh="表",
        meaning_en="table",
        key=("region", "year"),
        expectations=tuple(
            Expectation(number, type_, kwargs, severity, "义", "meaning", "果", "consequence")
            for number, (type_, kwargs) in enumerate(entries, start=1)
        ),
    )


def keys(result: CheckResult) -> list[list[Any]] | None:
    """Failing rows without their column names, which follow the key and the kwargs."""
    return None if result.failing_keys is None else [list(row.values()) for row in json.loads(result.failing_keys)]


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Six rows of two regions; one of them twice, one without a value."""
    path = tmp_path_factory.mktemp("有 空格") / "仓库 100%.duckdb"
    with duckdb.connect(str(path)) as con:
        con.execute("create schema marts; create schema bi")
        con.execute(
            """
            create table marts.fct as select * from (values
                ('110101', 2023, 10.5, 20, 'A1', date '2023-09-01'),
                ('110101', 2024, 11.5, 20, 'A2', date '2024-09-01'),
                ('110102', 2023, null, 20, 'B12', date '2023-09-01'),
                ('110102', 2024,  9.0,  5, 'b3', date '2024-09-01'),
                ('110102', 2024,  9.0,  9, 'B4', date '2025-09-01'),
                ('11010X', 2025, 99.0, 99, 'B5', null)
            ) t(region, year, value, capacity, code, opened)
            """
        )
        con.execute('create view bi.指标 as select region, year, value as "数 值" from marts.fct')
        con.execute(
            "create table marts.many as select 'a' region, i as year, -i as value, 'x' as kind from range(5000) r(i)"
        )
    return path


COLUMNS = ["region", "year", "value", "capacity", "code", "opened"]

# (type, kwargs that pass, kwargs that fail, failing rows: key columns, then the offending values)
ROW_RULES: list[tuple[str, dict[str, Any], dict[str, Any], list[list[Any]]]] = [
    (
        "expect_column_values_to_not_be_null",
        {"column": "region"},
        {"column": "value"},
        [["110102", 2023, None]],
    ),
    (
        "expect_column_values_to_be_null",
        {"column": "opened", "mostly": 0.1},
        {"column": "opened", "mostly": 0.9},
        [
            ["110101", 2023, "2023-09-01"],
            ["110101", 2024, "2024-09-01"],
            ["110102", 2023, "2023-09-01"],
            ["110102", 2024, "2024-09-01"],
            ["110102", 2024, "2025-09-01"],
        ],
    ),
    (
        "expect_column_values_to_be_unique",
        {"column": "code"},
        {"column": "value"},
        [["110102", 2024, 9], ["110102", 2024, 9]],
    ),
    (
        "expect_column_values_to_be_between",
        {"column": "value", "min_value": 9, "max_value": 99},
        {"column": "value", "min_value": 9, "strict_min": True, "max_value": 50},
        [["110102", 2024, 9], ["110102", 2024, 9], ["11010X", 2025, 99]],
    ),
    (
        "expect_column_values_to_be_in_set",
        {"column": "year", "value_set": [2023, 2024, 2025]},
        {"column": "year", "value_set": [2023, 2024]},
        [["11010X", 2025]],
    ),
    (
        "expect_column_values_to_not_be_in_set",
        {"column": "code", "value_set": ["C"]},
        {"column": "code", "value_set": ["A1"]},
        [["110101", 2023, "A1"]],
    ),
    (
        "expect_column_value_lengths_to_equal",
        {"column": "region", "value": 6},
        {"column": "code", "value": 2},
        [["110102", 2023, "B12"]],
    ),
    (
        "expect_column_value_lengths_to_be_between",
        {"column": "code", "min_value": 2, "max_value": 3},
        {"column": "code", "min_value": 3},
        [
            ["110101", 2023, "A1"],
            ["110101", 2024, "A2"],
            ["110102", 2024, "B4"],
            ["110102", 2024, "b3"],
            ["11010X", 2025, "B5"],
        ],
    ),
    (
        "expect_column_pair_values_a_to_be_greater_than_b",
        {"column_A": "year", "column_B": "capacity"},
        {"column_A": "capacity", "column_B": "value", "or_equal": True, "ignore_row_if": "either_value_is_missing"},
        [["110102", 2024, 5, 9]],
    ),
    (
        "expect_column_pair_values_to_be_equal",
        {"column_A": "year", "column_B": "year"},
        {"column_A": "capacity", "column_B": "value", "ignore_row_if": "either_value_is_missing"},
        [["110101", 2023, 20, 10.5], ["110101", 2024, 20, 11.5], ["110102", 2024, 5, 9]],
    ),
    (
        "expect_multicolumn_sum_to_equal",
        {"column_list": ["capacity", "year"], "sum_total": 2043, "mostly": 0.3},
        {"column_list": ["capacity", "year"], "sum_total": 2043, "mostly": 0.5},
        [["110101", 2024, 20], ["110102", 2024, 5], ["110102", 2024, 9], ["11010X", 2025, 99]],
    ),
    (
        "expect_select_column_values_to_be_unique_within_record",
        {"column_list": ["region", "code"]},
        {"column_list": ["value", "capacity"], "ignore_row_if": "any_value_is_missing"},
        [["110102", 2024, 9, 9], ["11010X", 2025, 99, 99]],
    ),
    (
        COMPOUND,
        {"column_list": ["region", "year", "code"]},
        {"column_list": ["region", "year"]},
        [["110102", 2024], ["110102", 2024]],
    ),
    (
        QUERY,
        {"unexpected_rows_query": "select * from {batch} where value < 0"},
        {"unexpected_rows_query": r"select * from {batch} where not regexp_matches(region, '^(?:\d{6})$')"},
        [["11010X", 2025]],
    ),
]
# (type, column, kwargs that pass, kwargs that fail, what is observed when they fail)
_TABLE_RULES: list[tuple[str, str | None, dict[str, Any], dict[str, Any], Any]] = [
    ("expect_column_type_to_be", "year", {"type_": "INTEGER"}, {"type_": "VARCHAR"}, "INTEGER"),
    ("expect_column_min_to_be_between", "value", {"min_value": 9}, {"min_value": 10}, 9),
    (
        "expect_column_max_to_be_between",
        "opened",
        {"max_value": "2026-01-01"},
        {"max_value": "2024-12-31"},
        "2025-09-01",
    ),
    ("expect_column_mean_to_be_between", "capacity", {"min_value": 28}, {"max_value": 1}, pytest.approx(173 / 6)),
    ("expect_column_median_to_be_between", "capacity", {"min_value": 20}, {"min_value": 21}, 20),
    (
        "expect_column_stdev_to_be_between",
        "year",
        {"max_value": 1},
        {"max_value": 0.1},
        pytest.approx(0.7528, abs=1e-4),
    ),
    ("expect_column_sum_to_be_between", "value", {"min_value": 139}, {"max_value": 138}, 139),
    (
        "expect_column_quantile_values_to_be_between",
        "capacity",
        {"quantile_ranges": {"quantiles": [0.5], "value_ranges": [[20, 20]]}},
        {"quantile_ranges": {"quantiles": [0.5], "value_ranges": [[1, 2]]}},
        {"quantiles": [0.5], "values": [20]},
    ),
    ("expect_column_unique_value_count_to_be_between", "region", {"max_value": 3}, {"max_value": 2}, 3),
    ("expect_column_proportion_of_unique_values_to_be_between", "region", {"min_value": 0.5}, {"min_value": 1}, 0.5),
    (
        "expect_column_proportion_of_non_null_values_to_be_between",
        "value",
        {"min_value": 0.8},
        {"min_value": 0.9},
        pytest.approx(5 / 6),
    ),
    (
        "expect_column_distinct_values_to_be_in_set",
        "year",
        {"value_set": [2023, 2024, 2025]},
        {"value_set": [2023, 2024]},
        {"unexpected": [2025]},
    ),
    (
        "expect_column_distinct_values_to_contain_set",
        "year",
        {"value_set": [2023]},
        {"value_set": [2022, 2023]},
        {"missing": [2022]},
    ),
    (
        "expect_column_distinct_values_to_equal_set",
        "year",
        {"value_set": [2023, 2024, 2025]},
        {"value_set": [2022, 2023, 2024]},
        {"missing": [2022], "unexpected": [2025]},
    ),
    ("expect_column_most_common_value_to_be_in_set", "year", {"value_set": [2024]}, {"value_set": [2023]}, [2024]),
    ("expect_column_to_exist", None, {"column": "value"}, {"column": "valeu"}, None),
    ("expect_table_row_count_to_equal", None, {"value": 6}, {"value": 7}, 6),
    ("expect_table_row_count_to_be_between", None, {"min_value": 1}, {"max_value": 5}, 6),
    ("expect_table_column_count_to_equal", None, {"value": 6}, {"value": 7}, 6),
    (
        "expect_table_columns_to_match_set",
        None,
        {"column_set": ["region", "year"], "exact_match": False},
        {"column_set": ["region", "year"]},
        sorted(COLUMNS),
    ),
    ("expect_table_columns_to_match_ordered_list", None, {"column_list": COLUMNS}, {"column_list": ["year"]}, COLUMNS),
]
TABLE_RULES = [
    (type_, *({"column": column} | kwargs if column else kwargs for kwargs in (passing, failing)), observed)
    for type_, column, passing, failing, observed in _TABLE_RULES
]
RULES = ROW_RULES + TABLE_RULES


@pytest.fixture(scope="module")
def results(database: Path) -> Callable[[str], tuple[CheckResult, CheckResult]]:
    """By type, the result of the kwargs that pass and of those that fail: all types in one run."""
    both = [(type_, kwargs) for type_, passing, failing, _ in RULES for kwargs in (passing, failing)]
    found = run_suites(database, [suite(*both)])
    assert [r.expectation_no for r in found] == list(range(1, len(both) + 1)), "in order of entries"
    return lambda type_: tuple(r for r in found if r.expectation_type == type_)  # type: ignore[return-value]


@pytest.mark.parametrize(("type_", "failing_rows"), [(rule[0], rule[3]) for rule in ROW_RULES])
def test_row_rule(results: Callable[[str], tuple[CheckResult, CheckResult]], type_: str, failing_rows: Any) -> None:
    passed, failed = results(type_)
    assert (passed.outcome, passed.failing_keys, passed.message) == ("passed", None, None)
    assert (failed.outcome, failed.message) == ("failed", None)
    assert keys(failed) == failing_rows
    assert failed.unexpected_count == len(failing_rows)
    assert failed.element_count == (None if type_ == QUERY else 6)


@pytest.mark.parametrize(("type_", "observed"), [(rule[0], rule[3]) for rule in TABLE_RULES])
def test_table_rule(results: Callable[[str], tuple[CheckResult, CheckResult]], type_: str, observed: Any) -> None:
    passed, failed = results(type_)
    assert (passed.outcome, failed.outcome) == ("passed", "failed")
    assert (failed.observed_value and json.loads(failed.observed_value)) == observed
    assert failed.failing_keys is None and failed.message is None


def test_every_type_is_tried() -> None:
    # A pair set is compared as the pair rules above are.
    assert set(KWARGS) - {rule[0] for rule in RULES} == {"expect_column_pair_values_to_be_in_set"}


def test_texts_and_severity_are_carried(database: Path) -> None:
    rule = ("expect_column_values_to_not_be_null", {"column": "value"})
    error, warning = run_suites(database, [suite(rule), suite(rule, table="bi.指标", severity="warning")])
    assert (error.suite, error.severity, error.column) == ("marts.fct", "error", "value")
    assert (error.meaning_zh, error.meaning_en) == ("义", "meaning")
    assert (error.consequence_zh, error.consequence_en) == ("果", "consequence")
    assert (warning.suite, warning.severity) == ("bi.指标", "warning")


def test_what_raises_is_an_error_and_leaves_its_neighbours_alone(database: Path) -> None:
    found = run_suites(
        database,
        [
            suite(
                ("expect_column_values_to_not_be_null", {"column": "valeu"}),
                ("expect_column_sum_to_be_between", {"column": "code", "min_value": 1}),
                ("expect_column_value_lengths_to_equal", {"column": "year", "value": 4}),
                (COMPOUND, {"column_list": ["region", "yaer"]}),
                ("expect_column_values_to_be_in_set", {"column": "code", "value_set": 5}),
                (QUERY, {"unexpected_rows_query": "select * from {batch} where code::int > 3"}),
                (QUERY, {"unexpected_rows_query": "selekt * from {batch}"}),
                ("expect_table_row_count_to_equal", {"value": 6}),
                ("expect_column_sum_to_be_between", {"column": "year", "max_value": 1}),
            )
        ],
    )
    assert [r.outcome for r in found] == ["error"] * 7 + ["passed", "failed"]
    assert 'column "valeu"' in str(found[0].message)
    assert "Could not convert string" in str(found[5].message)
    assert all(r.message and "\n" not in r.message and r.failing_keys is None for r in found[:7])


def test_unknown_table_or_key_is_an_error_of_its_suite_only(database: Path) -> None:
    rule = ("expect_table_row_count_to_be_between", {"min_value": 1})
    keyless = Suite("marts.fct", "表", "table", ("region", "yaer"), suite(rule).expectations)
    unknown, wrong_key, good = run_suites(database, [suite(rule, table="marts.none"), keyless, suite(rule)])
    assert (unknown.outcome, wrong_key.outcome, good.outcome) == ("error", "error", "passed")
    assert "none does not exist" in str(unknown.message)
    assert wrong_key.message == "marts.fct has no column yaer; correct the suite's key"


@pytest.mark.parametrize(
    ("query", "rows"),
    [
        pytest.param(
            "select code, value from {batch} where value > 50", [["B5", 99]], id="a selection is shown as it is"
        ),
        pytest.param(
            "select b.* from {batch} b where b.region like '%X' and not exists "
            "(select 1 from {batch} c where c.region = b.region and c.year < b.year) -- of the first year",
            [["11010X", 2025]],
            id="aliases",
        ),
        pytest.param(
            r"select region from {batch} where regexp_matches(code, '^(?:b\d{1})$') and {'a':1}.a::text = '1';",
            [["110102"]],
            id="braces and colons",
        ),
        pytest.param(
            "select region, sum(value) s from {batch} group by 1 having s > 90 order by 2 limit 5",
            [["11010X", 99]],
            id="groups",
        ),
    ],
)
def test_query_is_plain_sql(database: Path, query: str, rows: list[list[Any]]) -> None:
    (result,) = run_suites(database, [suite((QUERY, {"unexpected_rows_query": query}))])
    assert result.message is None
    assert (result.outcome, result.unexpected_count, result.observed_value) == ("failed", len(rows), str(len(rows)))
    assert keys(result) == rows


def test_chinese_names_of_tables_and_columns(database: Path) -> None:
    (result,) = run_suites(
        database, [suite(("expect_column_values_to_not_be_null", {"column": "数 值"}), table="bi.指标")]
    )
    assert result.failing_keys == '[{"region": "110102", "year": 2023, "数 值": null}]'


def test_at_most_a_thousand_rows_are_named_and_all_are_counted(database: Path) -> None:
    found = run_suites(
        database,
        [
            suite(
                ("expect_column_values_to_be_between", {"column": "value", "min_value": 1}),
                ("expect_column_values_to_be_unique", {"column": "region"}),
                (COMPOUND, {"column_list": ["region", "kind"]}),
                (QUERY, {"unexpected_rows_query": "select * from {batch}"}),
                table="marts.many",
            )
        ],
    )
    assert [(r.outcome, r.unexpected_count) for r in found] == [("failed", 5000)] * 4
    assert [len(keys(r) or []) for r in found] == [MAX_KEYS] * 4


def test_nulls_never_make_a_compound_key_equal(tmp_path: Path) -> None:
    with duckdb.connect(str(tmp_path / "a.duckdb")) as con:
        con.execute("create schema marts")
        con.execute("create table marts.fct as select * from (values (null, 1), (null, 1), ('a', 1)) t(region, year)")
    (result,) = run_suites(tmp_path / "a.duckdb", [suite((COMPOUND, {"column_list": ["region", "year"]}))])
    assert (result.outcome, result.unexpected_count) == ("passed", 0)


def test_numbers_that_json_cannot_write_are_text(tmp_path: Path) -> None:
    with duckdb.connect(str(tmp_path / "a.duckdb")) as con:
        con.execute("create schema marts")
        con.execute("create table marts.fct as select 'a' region, 1 as year, 'nan'::double as value")
    rule = ("expect_column_values_to_be_between", {"column": "value", "max_value": 1})
    (result,) = run_suites(tmp_path / "a.duckdb", [suite(rule)])
    assert keys(result) == [["a", 1, "nan"]]


def test_file_can_be_written_right_after(database: Path) -> None:
    run_suites(
        database,
        [suite((QUERY, {"unexpected_rows_query": "select * from {batch}"}), table="marts.many")],
    )
    with duckdb.connect(str(database)) as con:
        con.execute("create or replace table marts.mine as select 1")
        con.execute("drop table marts.mine")


def test_file_that_cannot_be_read_raises(database: Path, tmp_path: Path) -> None:
    with pytest.raises(duckdb.IOException):
        run_suites(tmp_path / "none.duckdb", [])
    with duckdb.connect(str(database)), pytest.raises(duckdb.ConnectionException):
        run_suites(database, [])


def test_placeholders_are_gone_after_the_import(database: Path) -> None:
    run_suites(database, [])
    import scipy  # type: ignore[import-untyped]

    assert scipy.__version__
