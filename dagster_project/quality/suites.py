"""Suites: what a reader of a table may rely on, read from data files and run by Great Expectations.

Here: the shape of a suite file, the types of expectation it may use, the run over a DuckDB file and its plain
results. Not here: which suites there are (`expectations/`), what a failure does to a refresh (the gates), and
how results are stored or shown.

A suite file is `expectations/<schema>.<table>.yml`:

    table: marts.fct_measure                # equals the file's name
    meaning_zh: 每个地区、年份、口径只有一个值
    meaning_en: one value for each region, year and measure
    key: [region_code, year, measure_code]  # the columns that name a failing row
    expectations:
      - type: expect_column_values_to_not_be_null
        kwargs: {column: value}
        severity: error                     # error refuses the publish, warning is recorded
        meaning_zh: 值不为空
        meaning_en: there is a value
        consequence_zh: 拒绝发布
        consequence_en: the publish is refused

Rules on rows that no type fits (patterns, conditions, other tables) are a query for the rows that break them,
`type: unexpected_rows_expectation`, `kwargs: {unexpected_rows_query: "select * from {batch} where ..."}`: plain
DuckDB SQL, in which `{batch}` stands for the table and may have an alias, and nothing needs escaping. Its rows
are named by the key if they are whole (`select *`), else by what is selected.

In a compound key, rows with a null in it never count as equal: expect its columns to be not null as well.
"""

from __future__ import annotations

import json
import logging
import math
import re
import sys
import warnings
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from types import ModuleType
from typing import Any, Literal, NamedTuple

import duckdb
import yaml

from dagster_project.sql import identifier

Severity = Literal["error", "warning"]
Outcome = Literal["passed", "failed", "error"]

MAX_KEYS = 1_000
"""At most so many failing rows are named in one result; the count is always of all."""

QUERY = "unexpected_rows_expectation"
COMPOUND = "expect_compound_columns_to_be_unique"

# What runs over DuckDB: type -> required kwargs | optional ones. Great Expectations has more types, but those
# on patterns, and those that know pandas only, raise on this path. A `row_condition` belongs into a query.
_BOUNDS = "| min_value max_value strict_min strict_max"
_ROW_TYPES = {
    "expect_column_values_to_not_be_null": "column | mostly",
    "expect_column_values_to_be_null": "column | mostly",
    "expect_column_values_to_be_unique": "column | mostly",
    "expect_column_values_to_be_between": f"column {_BOUNDS} mostly",
    "expect_column_values_to_be_in_set": "column value_set | mostly",
    "expect_column_values_to_not_be_in_set": "column value_set | mostly",
    "expect_column_value_lengths_to_equal": "column value | mostly",
    "expect_column_value_lengths_to_be_between": f"column {_BOUNDS} mostly",
    "expect_column_pair_values_to_be_equal": "column_A column_B | ignore_row_if mostly",
    "expect_column_pair_values_a_to_be_greater_than_b": "column_A column_B | or_equal ignore_row_if mostly",
    "expect_column_pair_values_to_be_in_set": "column_A column_B value_pairs_set | ignore_row_if mostly",
    "expect_select_column_values_to_be_unique_within_record": "column_list | ignore_row_if mostly",
    "expect_multicolumn_sum_to_equal": "column_list sum_total | ignore_row_if mostly",
    COMPOUND: "column_list | mostly",
    QUERY: "unexpected_rows_query |",
}
_TABLE_TYPES = {
    "expect_column_to_exist": "column |",
    "expect_column_type_to_be": "column type_ |",
    "expect_column_min_to_be_between": f"column {_BOUNDS}",
    "expect_column_max_to_be_between": f"column {_BOUNDS}",
    "expect_column_mean_to_be_between": f"column {_BOUNDS}",
    "expect_column_median_to_be_between": f"column {_BOUNDS}",
    "expect_column_stdev_to_be_between": f"column {_BOUNDS}",
    "expect_column_sum_to_be_between": f"column {_BOUNDS}",
    "expect_column_quantile_values_to_be_between": "column quantile_ranges |",
    "expect_column_unique_value_count_to_be_between": f"column {_BOUNDS}",
    "expect_column_proportion_of_unique_values_to_be_between": f"column {_BOUNDS}",
    "expect_column_proportion_of_non_null_values_to_be_between": f"column {_BOUNDS}",
    "expect_column_distinct_values_to_be_in_set": "column value_set |",
    "expect_column_distinct_values_to_contain_set": "column value_set |",
    "expect_column_distinct_values_to_equal_set": "column value_set |",
    "expect_column_most_common_value_to_be_in_set": "column value_set | ties_okay",
    "expect_table_row_count_to_equal": "value |",
    "expect_table_row_count_to_be_between": _BOUNDS,
    "expect_table_column_count_to_equal": "value |",
    "expect_table_columns_to_match_set": "column_set | exact_match",
    "expect_table_columns_to_match_ordered_list": "column_list |",
}
KWARGS: dict[str, tuple[frozenset[str], frozenset[str]]] = {
    type_: (frozenset(required.split()), frozenset(optional.split()))
    for type_, (required, _, optional) in (
        (type_, spec.partition("|")) for type_, spec in (_ROW_TYPES | _TABLE_TYPES).items()
    )
}
"""Type -> (required kwargs, optional kwargs): everything a suite may say."""


class SuiteError(ValueError):
    """A suite file is not usable; the message names file, entry and what to do."""


@dataclass(frozen=True)
class Expectation:
    """One entry of a suite. `number` counts from 1, in file order."""

    number: int
    type: str
    kwargs: Mapping[str, Any]
    severity: Severity
    meaning_zh: str
    meaning_en: str
    consequence_zh: str
    consequence_en: str

    @property
    def column(self) -> str | None:
        """The one column it speaks of, if it is one."""
        return self.kwargs.get("column")

    @property
    def row_level(self) -> bool:
        """Whether single rows can break it, so that failing rows have keys."""
        return self.type in _ROW_TYPES


@dataclass(frozen=True)
class Suite:
    """The expectations on one table; `key` are the columns that name a row."""

    table: str
    meaning_zh: str
    meaning_en: str
    key: tuple[str, ...]
    expectations: tuple[Expectation, ...]


@dataclass(frozen=True)
class CheckResult:
    """What became of one expectation. `suite` is the table; JSON columns are text.

    `outcome` is `error` when the check itself broke (unknown column or table, wrong kwargs, SQL that raises):
    it says nothing about the data then, and `message` says why. `failing_keys` lists, for a failed row-level
    expectation, at most MAX_KEYS objects of the key columns and the offending values; None elsewhere.
    `unexpected_count` counts all of them.
    """

    suite: str
    expectation_no: int
    expectation_type: str
    column: str | None
    severity: Severity
    outcome: Outcome
    observed_value: str | None
    element_count: int | None
    unexpected_count: int | None
    failing_keys: str | None
    message: str | None
    meaning_zh: str
    meaning_en: str
    consequence_zh: str
    consequence_en: str


# Reading suite files


def load_suites(folder: Path) -> list[Suite]:
    """The suites of a folder, by file name. Great Expectations is not imported.

    Raises SuiteError for the first thing wrong: not a folder, unreadable YAML, a file not named as its table,
    an unknown or missing key, an unknown type or kwarg, an empty text.
    """
    if not folder.is_dir():
        raise SuiteError(f"{folder}: no such folder of suites; make it or correct the path")
    return [_suite(path) for path in sorted(folder.glob("*.y*ml"))]


def _suite(path: Path) -> Suite:
    try:
        data = yaml.load(path.read_text(encoding="utf-8"), _StrictLoader)
    except (yaml.YAMLError, UnicodeDecodeError) as problem:
        raise SuiteError(f"{path.name}: not readable as YAML in UTF-8: {_one_line(problem)}") from problem
    data = _mapping(data, path.name, "table meaning_zh meaning_en key expectations")
    table = _text(data, "table", path.name)
    if path.name != f"{table}.yml" or table.count(".") != 1 or "" in table.split("."):
        raise SuiteError(f"{path.name}: table is {table!r}; name the file <schema>.<table>.yml after it")
    key, entries = data["key"], data["expectations"]
    if not isinstance(key, list) or not key or not all(isinstance(name, str) for name in key):
        raise SuiteError(f"{path.name}: key must list the columns that name a row, at least one")
    if not isinstance(entries, list) or not entries:
        raise SuiteError(f"{path.name}: expectations must be a list with at least one entry")
    return Suite(
        table=table,
        meaning_zh=_text(data, "meaning_zh", path.name),
        meaning_en=_text(data, "meaning_en", path.name),
        key=tuple(key),
        expectations=tuple(
            _expectation(entry, number, f"{path.name}, entry {number}") for number, entry in enumerate(entries, start=1)
        ),
    )


def _expectation(entry: Any, number: int, where: str) -> Expectation:
    texts = "meaning_zh meaning_en consequence_zh consequence_en"
    entry = _mapping(entry, where, f"type kwargs severity {texts}")
    if entry["severity"] not in ("error", "warning"):
        raise SuiteError(f"{where}: severity must be error or warning, not {entry['severity']!r}")
    type_ = _text(entry, "type", where)
    if type_ not in KWARGS:
        raise SuiteError(f"{where}: {type_} does not run over DuckDB; correct it or write the rule as {QUERY}")
    required, optional = KWARGS[type_]
    kwargs = _mapping(entry["kwargs"], f"{where}, kwargs of {type_}", " ".join(required), " ".join(optional))
    if type_ == QUERY:
        query = _text(kwargs, "unexpected_rows_query", where)
        if "{batch}" not in query or "{{" in query:
            raise SuiteError(f"{where}: the query must say {{batch}} for the table, and no brace twice")
    return Expectation(
        number=number,
        type=type_,
        kwargs=kwargs,
        severity=entry["severity"],
        **{name: _text(entry, name, where) for name in texts.split()},
    )


def _mapping(data: Any, where: str, required: str, optional: str = "") -> dict[str, Any]:
    if not isinstance(data, dict):
        raise SuiteError(f"{where}: must be a mapping with {required.replace(' ', ', ')}")
    names, must = {str(name) for name in data}, set(required.split())
    if unknown := sorted(names - must - set(optional.split())):
        allowed = ", ".join(sorted(must | set(optional.split())))
        raise SuiteError(f"{where}: unknown {', '.join(unknown)}; remove or correct it (allowed: {allowed})")
    if missing := sorted(must - names):
        raise SuiteError(f"{where}: {', '.join(missing)} missing; add it")
    return data


def _text(data: Mapping[str, Any], name: str, where: str) -> str:
    value = data[name]
    if not isinstance(value, str) or not value.strip():
        raise SuiteError(f"{where}: {name} must be a text, not {value!r}")
    return value.strip()


class _StrictLoader(yaml.SafeLoader):
    """YAML that refuses a key given twice, where PyYAML keeps the last."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        names = [key.value for key, _ in node.value]
        if twice := {name for name in names if names.count(name) > 1}:
            raise yaml.constructor.ConstructorError(problem=f"{twice} given twice", problem_mark=node.start_mark)
        return super().construct_mapping(node, deep)


# Running suites


def run_suites(database: Path, suites: Iterable[Suite]) -> list[CheckResult]:
    """One result an expectation, in order of suites and entries. The file is only read, and free afterwards.

    Raises duckdb.Error if the file cannot be opened for reading (missing, locked, or open for writing in this
    process). What goes wrong inside an expectation is its outcome.
    """
    with duckdb.connect(str(database), read_only=True) as rows:
        gx = _great_expectations()
        from dagster_project.quality import duckdb_dialect

        duckdb_dialect.register()
        context = gx.get_context(mode="ephemeral")
        context.variables.analytics_enabled = False
        context.variables.progress_bars = {"globally": False}
        source = context.data_sources.add_sql("warehouse", connection_string=duckdb_dialect.database_url(database))
        try:
            return [result for suite in suites for result in _run(suite, source, rows)]
        finally:
            # The source and its execution engine each hold the file open.
            source.get_execution_engine().engine.dispose()
            source.get_engine().dispose()


def _great_expectations() -> Any:
    """The package, imported where suites run: it costs seconds of CPU.

    It imports scipy and altair for distribution tests and charts, which no suite uses. Placeholders stand in
    for them meanwhile, and save 40 % of the import.
    """
    if "great_expectations" not in sys.modules:
        placeholders = {"scipy", "altair"} - set(sys.modules)
        sys.modules.update({name: _Placeholder(name) for name in placeholders})
        try:
            import great_expectations  # noqa: F401
        finally:
            for name in placeholders:
                del sys.modules[name]
        # Its warnings reach whoever listens to this logger; without a listener they stay off stderr.
        logging.getLogger("great_expectations").addHandler(logging.NullHandler())
        logging.getLogger("great_expectations").setLevel(logging.WARNING)
        # Modules of it set a level of their own, and dbt gives the root logger a handler that prints what they tell.
        logging.getLogger("great_expectations").propagate = False
    return sys.modules["great_expectations"]


class _Placeholder(ModuleType):
    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return _Placeholder(name)


class _Answer(NamedTuple):
    """What Great Expectations said of one; `raised`: why it could not; `rows`: the failing ones."""

    success: bool = False
    result: Mapping[str, Any] = {}
    raised: str | None = None
    rows: list[dict[str, Any]] | None = None

    @property
    def failed(self) -> bool:
        return not self.success and self.raised is None


def _run(suite: Suite, source: Any, rows: duckdb.DuckDBPyConnection) -> list[CheckResult]:
    try:
        answers = _answers(suite, source, rows)
    except Exception as problem:  # one broken suite must not hide the others
        answers = dict.fromkeys((e.number for e in suite.expectations), _Answer(raised=_one_line(problem)))
    return [_result(suite, expectation, answers[expectation.number]) for expectation in suite.expectations]


def _answers(suite: Suite, source: Any, rows: duckdb.DuckDBPyConnection) -> dict[int, _Answer]:
    """Answers by expectation number, the failed ones with the rows or values that broke them."""
    if missing := set(suite.key) - set(_columns(rows, f"from {_table(suite)}")):
        raise SuiteError(f"{suite.table} has no column {', '.join(sorted(missing))}; correct the suite's key")
    schema, _, table = suite.table.partition(".")
    with warnings.catch_warnings():
        # The warning asks to name the schema in the address, which has no place for it.
        warnings.simplefilter("ignore", DeprecationWarning)
        asset = source.add_table_asset(suite.table, table_name=table, schema_name=schema)
    # A batch definition would be stored with the context, which costs more than an expectation.
    batch = asset.get_batch(asset.build_batch_request())

    # Counts of everything first; rows are asked for only where some failed.
    answers = _validate(batch, suite, suite.expectations, {"result_format": "BASIC", "partial_unexpected_count": 0})
    failed = [e for e in suite.expectations if answers[e.number].failed]
    # Great Expectations lists no rows of a compound key over SQL, and at most 200 of a query.
    own = [e for e in failed if e.type in (COMPOUND, QUERY)]
    for expectation in own:
        found = _rows(rows, _failing_rows_query(suite, expectation, rows))
        answers[expectation.number] = answers[expectation.number]._replace(rows=found)
    listed = [e for e in failed if e not in own and (e.row_level or "distinct" in e.type)]
    details = {
        "result_format": "SUMMARY",
        "partial_unexpected_count": MAX_KEYS,
        "unexpected_index_column_names": list(suite.key),
    }
    for number, answer in _validate(batch, suite, listed, details).items():
        answers[number] = answer._replace(rows=answer.result.get("partial_unexpected_index_list"))
    return answers


def _validate(
    batch: Any, suite: Suite, expectations: Iterable[Expectation], result_format: dict[str, Any]
) -> dict[int, _Answer]:
    """Answers by expectation number."""
    from great_expectations.core import ExpectationSuite
    from great_expectations.expectations.expectation_configuration import ExpectationConfiguration

    answers: dict[int, _Answer] = {}
    valid = []
    for expectation in expectations:
        kwargs = dict(expectation.kwargs)
        if expectation.type == QUERY:
            kwargs["unexpected_rows_query"] = _templated(_query(suite, expectation))
        # Answers come back in an order of their own; the number travels with them.
        meta = {"number": expectation.number}
        try:
            valid.append(ExpectationConfiguration(expectation.type, kwargs, meta=meta).to_domain_obj())
        except Exception as problem:  # a kwarg of the wrong type has many error classes
            answers[expectation.number] = _Answer(raised=_one_line(problem))
    if not valid:
        return answers
    validated = batch.validate(ExpectationSuite("suite", expectations=valid), result_format=result_format)
    for result in validated.results:
        answers[result.expectation_config.meta["number"]] = _Answer(
            bool(result.success), result.result, _raised(result.exception_info)
        )
    return answers


def _raised(info: Mapping[str, Any] | None) -> str | None:
    """The first exception in a result's `exception_info`: one record, or one record a metric."""
    records = [info] if info and "raised_exception" in info else list((info or {}).values())
    return next((_one_line(r["exception_message"]) for r in records if r["raised_exception"]), None)


def _query(suite: Suite, expectation: Expectation) -> str:
    """A query for unexpected rows as DuckDB reads it."""
    query: str = expectation.kwargs["unexpected_rows_query"]
    return query.rstrip("; \n").replace("{batch}", _table(suite))


def _templated(query: str) -> str:
    """A query as Great Expectations wants it: braces doubled, no `:name` for SQLAlchemy to bind, a `{batch}`.

    That one stands in a comment, since what is put there takes no alias. It also ends a last line `-- so`.
    """
    braced = query.replace("{", "{{").replace("}", "}}")
    return re.sub(r"(?<![:\w\\]):(?=\w)", r"\:", braced) + "\n/* {batch} */"


def _failing_rows_query(suite: Suite, expectation: Expectation, rows: duckdb.DuckDBPyConnection) -> str:
    key = [identifier(name) for name in suite.key]
    if expectation.type == COMPOUND:
        columns = [identifier(name) for name in expectation.kwargs["column_list"]]
        known = " and ".join(f"{column} is not null" for column in columns)
        return (
            f"select {', '.join(dict.fromkeys(key + columns))} from {_table(suite)} where {known} "
            f"qualify count(*) over (partition by {', '.join(columns)}) > 1"
        )
    query = f"from ({_query(suite, expectation)}\n)"
    # `select *` names its rows by key; a list of columns is what its author wants to be shown.
    everything = set(_columns(rows, f"from {_table(suite)}")) <= set(_columns(rows, query))
    return f"select {', '.join(key) if everything else '*'} {query}"


def _columns(rows: duckdb.DuckDBPyConnection, query: str) -> list[str]:
    return [column[0] for column in rows.execute(f"{query} limit 0").description or []]


def _rows(rows: duckdb.DuckDBPyConnection, query: str) -> list[dict[str, Any]]:
    found = rows.execute(f"{query} order by all limit {MAX_KEYS}")
    names = [column[0] for column in found.description or []]
    return [dict(zip(names, row, strict=True)) for row in found.fetchall()]


def _table(suite: Suite) -> str:
    return ".".join(identifier(part) for part in suite.table.split("."))


def _result(suite: Suite, expectation: Expectation, answer: _Answer) -> CheckResult:
    observed, unexpected = answer.result.get("observed_value"), answer.result.get("unexpected_count")
    if expectation.type == QUERY:
        unexpected = observed
    elif "distinct" in expectation.type:
        lists = {name: answer.result.get(f"partial_{name}_list") for name in ("missing", "unexpected")}
        observed = {name: values for name, values in lists.items() if values} or None
    return CheckResult(
        suite=suite.table,
        expectation_no=expectation.number,
        expectation_type=expectation.type,
        column=expectation.column,
        severity=expectation.severity,
        outcome="error" if answer.raised else "passed" if answer.success else "failed",
        observed_value=None if observed is None else _json(observed),
        element_count=answer.result.get("element_count"),
        unexpected_count=unexpected,
        failing_keys=None if answer.rows is None else _json(sorted(answer.rows, key=_json)),
        message=answer.raised,
        meaning_zh=expectation.meaning_zh,
        meaning_en=expectation.meaning_en,
        consequence_zh=expectation.consequence_zh,
        consequence_en=expectation.consequence_en,
    )


def _json(value: Any) -> str:
    return json.dumps(_plain(value), ensure_ascii=False)


def _plain(value: Any) -> Any:
    """As JSON has it: decimals are numbers; dates, and numbers JSON cannot write (nan, inf), are text."""
    if isinstance(value, Mapping):
        return {str(name): _plain(item) for name, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    if isinstance(value, (set, frozenset)):
        return sorted(map(_plain, value), key=str)
    if isinstance(value, Decimal) and value.is_finite():
        return int(value) if value == value.to_integral_value() else float(value)
    if value is None or isinstance(value, (str, int)) or (isinstance(value, float) and math.isfinite(value)):
        return value
    return str(value)


def _one_line(problem: object) -> str:
    """A message without line breaks, and without the statement that SQLAlchemy adds to it."""
    return " ".join(str(problem).partition("\n[SQL: ")[0].split()) or type(problem).__name__
