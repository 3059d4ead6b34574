"""Holds the dbt models and tests to SQL that means the same on DuckDB, PostgreSQL, Spark and ClickHouse.

Here belong the rules, one function each, and the rendering of Jinja before them; what a model computes is for
the dbt tests to judge. A deliberate exception stands in the SQL, at the end of the line or alone above it:
`-- portable: allow <rule> because <reason>`. Needs the development environment.

    python -m dagster_project.quality.portable_sql [FILES...]
"""

import os
import re
import sys
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from textwrap import shorten
from types import SimpleNamespace
from typing import Any

import sqlglot
from dbt_common.clients.jinja import MaterializationExtension, TestExtension
from jinja2 import Environment, FileSystemLoader, StrictUndefined, TemplateError, UndefinedError
from jinja2.ext import Extension
from jinja2.lexer import Token as JinjaToken
from jinja2.lexer import TokenStream
from jinja2.runtime import Macro
from sqlglot import Token, TokenType, exp
from sqlglot.errors import ParseError, SqlglotError

DBT = Path(__file__).resolve().parents[2] / "dbt"


@dataclass(frozen=True, order=True)
class Finding:
    path: str
    line: int
    rule: str
    found: str
    instead: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.rule}: {self.found}; {self.instead}"


# ---- rules on the tree

Node = exp.Expr
Hits = Iterator[tuple[Node, str]]  # where it is, and what to write instead

KEEPS_DOUBLE = (exp.Paren, exp.Neg, exp.Abs, exp.Sqrt, exp.Nullif, exp.Coalesce, exp.Greatest, exp.Least)
COUNTABLE = (exp.DType.BIGINT, exp.DType.DOUBLE, exp.DType.DECIMAL)
LISTS = (exp.Array, exp.Struct, exp.ToMap, exp.Bracket, exp.ArrayAgg, exp.Explode, exp.Unnest, exp.Lambda)
CLOCKS = (exp.CurrentDate, exp.CurrentTime, exp.CurrentTimestamp, exp.Localtime, exp.Localtimestamp)
CHANGING = (*CLOCKS, exp.Rand, exp.Randn, exp.Uuid, exp.TableSample)
CHANGING_NAMES = {"hash", "now", "get_current_time", "get_current_timestamp", "transaction_timestamp"}
CHANGING_NAMES |= {"current_localtime", "current_localtimestamp", "uuidv4", "uuidv7"}


def brief(node: Node) -> str:
    return shorten(node.sql("duckdb", comments=False), 60, placeholder=" ...")


def start(node: Node) -> int | None:
    """Where the node begins in the text; not every kind of node knows its own place."""
    return min((n.meta["start"] for n in node.walk() if "start" in n.meta), default=None)


def place(node: Node) -> int:
    """Where the node, or else the nearest one around it that knows, begins."""
    found = start(node)
    return found if found is not None else place(node.parent) if node.parent else 0


def above(node: Node, *kinds: type[Node]) -> Node | None:
    """The first node above that is none of these."""
    outer = node.parent
    while isinstance(outer, kinds):
        outer = outer.parent
    return outer


def is_call(node: Node, names: set[str]) -> bool:
    return isinstance(node, exp.Anonymous) and node.name.lower() in names


def is_double(node: Node) -> bool:
    if isinstance(node, exp.Cast):
        return bool(node.to.this == exp.DType.DOUBLE)
    if isinstance(node, exp.Add | exp.Sub | exp.Mul):
        return is_double(node.left) or is_double(node.right)
    return isinstance(node, exp.Div) or (isinstance(node, KEEPS_DOUBLE) and is_double(node.this))


def number(node: Node) -> float | None:
    return float(node.name) if isinstance(node, exp.Literal) and not node.is_string else None


def is_divisor(node: Node) -> bool:
    node = node.unnest()
    if isinstance(node, exp.Nullif):
        return number(node.expression) == 0 and is_double(node.this)
    return isinstance(node, exp.Cast) and is_double(node) and bool(number(node.this))


def division(node: Node) -> Hits:
    """Some engines divide integers to integers and cut decimals; by zero is an error, inf or null."""
    if isinstance(node, exp.Div) and not (is_double(node.left) and is_divisor(node.right)):
        yield node, "write cast(a as {{ dbl() }}) / nullif(cast(b as {{ dbl() }}), 0)"


def lead_lag(node: Node) -> Hits:
    """ClickHouse gives 0, not null, after the last row of a column that is not nullable."""
    if isinstance(node, exp.Lead | exp.Lag) and not node.args.get("default"):
        yield node, "write all three arguments and test for the default: lead(x, 1, 9999)"


def sum_type(node: Node) -> Hits:
    """The sum of integers is HUGEINT on DuckDB (DOUBLE once in Parquet) and NUMERIC on PostgreSQL."""
    if isinstance(node, exp.Sum):
        outer = above(node, exp.Window, exp.Filter, exp.Paren)
        if not (isinstance(outer, exp.Cast) and outer.to.this in COUNTABLE):
            yield node, "write cast(sum(x) as bigint), or as {{ dbl() }} or decimal"


def is_table(select: exp.Select) -> bool:
    """Whether anything reads the columns by name: nothing does in `exists`, `in` or a scalar subquery."""
    outer = above(select, exp.SetOperation, exp.Subquery)
    return outer is None or isinstance(outer, exp.CTE | exp.From | exp.Join)


def column_alias(node: Node) -> Hits:
    """After a join ClickHouse names the column `g.year`; an expression has another name on every engine."""
    if isinstance(node, exp.Select) and is_table(node):
        for column in node.expressions:
            plain = isinstance(column, exp.Column) and not column.table
            if not (plain or column.is_star or isinstance(column, exp.Alias)):
                yield column, f"write ... as {column.name or 'a_name'}"


def own_nodes(select: exp.Select) -> Iterator[Node]:
    """The nodes of a select without those of the selects inside it."""
    return select.walk(prune=lambda node: isinstance(node, exp.Query) and node is not select)


def alias_shadow(node: Node) -> Hits:
    """Engines differ in whether they read the alias or the column. Ordering by the alias is meant."""
    if isinstance(node, exp.Select):
        aggregates = {a.alias.lower(): a for a in node.expressions if a.alias and a.find(exp.AggFunc)}
        order = node.args.get("order")
        for column in own_nodes(node):
            aggregate = aggregates.get(column.name.lower()) if isinstance(column, exp.Column) else None
            ordered = isinstance(column.parent, exp.Ordered) and column.parent.parent is order
            if aggregate and not ordered and column.find_ancestor(exp.Alias) is not aggregate:
                yield column, f"give the aggregate another alias than {column.name}"


def from_first(node: Node) -> bool:
    source = node.args.get("from_") if isinstance(node, exp.Select) else None
    if not source:
        return False
    begin = start(node.expressions[0])
    # The star of a bare `from t` was never written and stands at 0.
    return begin == 0 or (begin or 0) > (start(source) or 0)


def dialect(node: Node) -> Hits:
    """What only DuckDB reads, or what means a position."""
    if isinstance(node, exp.Group | exp.Order) and isinstance(node.parent, exp.Query):
        for item in node.expressions:
            if number(item.this if isinstance(item, exp.Ordered) else item) is not None:
                yield item, "write the column out"
    elif isinstance(node, exp.Filter):
        yield node, "write the condition as case inside the aggregate"
    elif isinstance(node, exp.CountIf):
        yield node, "write cast(sum(case when ... then 1 else 0 end) as bigint)"
    elif isinstance(node, exp.Columns) or (isinstance(node, exp.Star) and any(node.args.values())):
        yield node, "write the columns out"
    elif isinstance(node, exp.Distinct) and node.args.get("on"):
        yield node, "number the rows with row_number() and keep the first"
    elif isinstance(node, exp.SetOperation) and node.args.get("by_name"):
        yield node.right, "write the columns of each branch out"
    elif from_first(node):
        yield node.args["from_"], "write select before from"
    elif isinstance(node, LISTS) or (isinstance(node, exp.DataType) and node.args.get("nested")):
        yield node, "keep one value in a column: rows, not lists or structs"


def select_star(node: Node) -> Hits:
    """Engines differ in the order of columns (Spark moves a partition column last); a union trusts it."""
    if isinstance(node, exp.Select):
        for star in (column for column in node.expressions if column.is_star):
            if node.args.get("joins"):
                yield star, "write the columns of a join out"
            elif isinstance(above(node, exp.Subquery), exp.SetOperation):
                yield star, "write the columns of each branch out, in one order"


def volatile(node: Node) -> Hits:
    """The same input must give the same rows: on another day, with other threads, in the next version."""
    if isinstance(node, CHANGING) or is_call(node, CHANGING_NAMES):
        yield node, "take the date as an input; make keys with md5 over the business key"


def average(node: Node) -> Hits:
    """The mean of rates weighs a school of ten like one of a thousand."""
    if isinstance(node, exp.Avg) or is_call(node, {"mean", "favg"}):
        yield node, "sum the counts and divide"


def group_by(node: Node) -> Hits:
    """Where an alias and a column have one name, engines differ in which they group by."""
    if isinstance(node, exp.Select) and (group := node.args.get("group")):
        made = {a.alias.lower(): a.this for a in node.expressions if isinstance(a, exp.Alias)}
        for column in group.find_all(exp.Column):
            source = None if column.table else made.get(column.name.lower())
            same = isinstance(source, exp.Column) and source.name.lower() == column.name.lower()
            if source and not same and not source.find(exp.AggFunc):
                yield column, f"group by {brief(source)}, which the alias stands for"


CHECKS: tuple[Callable[[Node], Hits], ...] = (division, lead_lag, sum_type, column_alias, alias_shadow)
CHECKS += (dialect, select_star, volatile, average, group_by)


# ---- rules on the words, for what the tree does not keep

WORDS = {
    TokenType.DCOLON: ("dialect", "write cast(x as type)"),
    TokenType.DIV: ("dialect", "write floor() over a division of doubles"),
    TokenType.QUALIFY: ("dialect", "number the rows in a cte and filter after it"),
    TokenType.ASOF: ("dialect", "join on valid_from <= x and x < valid_to"),
    TokenType.PIVOT: ("dialect", "write case inside the aggregate"),
    TokenType.UNPIVOT: ("dialect", "make a union all with a Jinja loop"),
    TokenType.FLOAT: ("float-type", "write {{ dbl() }}: float has 32 bits on DuckDB and Spark"),
    TokenType.DOUBLE: ("float-type", "write {{ dbl() }}: each engine spells it in its own way"),
}
DBL = "double precision"  # what dbl() becomes here, so that a type written by hand differs from it


def check_words(tokens: list[Token]) -> Iterator[tuple[int, str, str, str]]:
    for before, token in zip([None, *tokens], tokens, strict=False):
        if token.token_type in WORDS and token.text.lower() != DBL:
            rule, instead = WORDS[token.token_type]
            yield token.start, rule, token.text, instead
        elif before and token.text.lower() == "all" and before.text.lower() in ("group by", "order by"):
            yield token.start, "dialect", f"{before.text} {token.text}".lower(), "write the columns out"


# ---- Jinja

# Private characters around the file ("" is the model itself) and the line, so that no SQL contains one.
MARK = re.compile("\ue000([^:]*):([0-9]+)\ue001")


class MarkLines(Extension):
    """Every line of SQL carries where it was written, through loops and macros."""

    def filter_stream(self, stream: TokenStream) -> Iterator[JinjaToken]:
        for token in stream:
            if token.type == "data":
                lines = token.value.split("\n")
                # A macro of one line may return a word to compare, so nothing is added to it.
                for n in range(1 if stream.name else 0, len(lines)):
                    lines[n] = f"\ue000{stream.name or ''}:{token.lineno + n}\ue001{lines[n]}"
                token = JinjaToken(token.lineno, "data", "\n".join(lines))
            yield token


class ReturnedError(Exception):
    """What a macro gives back that is no text: `return` ends it, as in dbt."""


def give_back(value: object) -> object:
    raise ReturnedError(value)


def returning(macro: Macro) -> Callable[..., object]:
    def call(*arguments: object, **named: object) -> object:
        try:
            return macro(*arguments, **named)
        except ReturnedError as returned:
            return returned.args[0]

    return call


@cache
def jinja(incremental: bool) -> Environment:
    """What dbt offers a model, as far as the shape of the SQL needs it, and the project's own macros."""
    env = Environment(
        undefined=StrictUndefined,
        loader=FileSystemLoader(DBT / "macros"),
        extensions=["jinja2.ext.do", MaterializationExtension, TestExtension, MarkLines],
    )

    def dispatch(name: str, *_: str) -> object:
        for candidate in (f"default__{name}", f"duckdb__{name}"):
            if candidate in env.globals:
                return env.globals[candidate]
        raise UndefinedError(f"no macro default__{name} or duckdb__{name}")

    last = {"ref": lambda *names, **_: names[-1], "source": lambda *names: names[-1]}
    given = dict.fromkeys(("var", "env_var"), lambda _, default="0": default)
    silent = dict.fromkeys(("config", "log"), lambda *_, **__: "")
    types = {f"type_{name}": lambda name=name: name for name in ("float", "int", "bigint", "boolean")}
    env.globals |= {**last, **given, **silent, **types, "type_string": lambda: "varchar"}
    # A test over every mart asks the graph for their grains, columns and code; any words will do here.
    node = {"config": {"meta": {"grain": ["key"]}}, "columns": {"key": {}}, "raw_code": "'code'"}
    nodes: dict[str, Any] = defaultdict(lambda: node)
    env.globals |= {"is_incremental": lambda: incremental, "execute": True, "this": "this", "graph": {"nodes": nodes}}
    env.globals |= {"dbt": SimpleNamespace(**types), "adapter": SimpleNamespace(dispatch=dispatch)}
    env.globals |= {"return": give_back, "target": SimpleNamespace(type="duckdb", name="dev")}
    for name in env.list_templates(extensions=["sql"]):
        # Shared, so that a macro sees those of the files after it.
        module = env.get_template(name).make_module(env.globals, shared=True)
        env.globals |= {name: returning(macro) for name, macro in vars(module).items() if isinstance(macro, Macro)}
    env.globals["dbl"] = lambda: DBL
    return env


def macro_path(name: str) -> str:
    return os.path.relpath(DBT / "macros" / name)


class Rendered:
    """The SQL of a model, and for each place in it the file and line it came from."""

    def __init__(self, sql: str, path: str, incremental: bool) -> None:
        first, *pieces = MARK.split(jinja(incremental).from_string(sql).render())
        self.text, self.places, self.origins = first, [0], [(path, 1)]
        for macro, line, piece in zip(pieces[::3], pieces[1::3], pieces[2::3], strict=True):
            self.places.append(len(self.text))
            self.origins.append((macro_path(macro) if macro else path, int(line)))
            self.text += piece

    def origin(self, place: int) -> tuple[str, int]:
        return self.origins[bisect_right(self.places, place) - 1]


# ---- the lint


def check(sql: str, path: str, incremental: bool) -> Iterator[Finding]:
    try:
        rendered = Rendered(sql, path, incremental)
    except (TemplateError, TypeError) as error:
        name, line = getattr(error, "name", None), getattr(error, "lineno", 1)
        message = getattr(error, "message", None) or str(error)
        instead = "write Jinja that renders without a database"
        yield Finding(macro_path(name) if name else path, line, "unreadable", message, instead)
        return
    try:
        statements = [tree for tree in sqlglot.parse(rendered.text, read="duckdb") if tree]
    except SqlglotError as error:
        row = error.errors[0]["line"] or 1 if isinstance(error, ParseError) else 1
        begin = len("\n".join(rendered.text.split("\n")[:row]))
        yield Finding(*rendered.origin(begin), "unreadable", str(error).split(". ")[0], "write SQL that parses")
        return
    if not statements or any(isinstance(tree, exp.Command) for tree in statements):
        yield Finding(path, 1, "unreadable", "no select", "write one select")
    for tree in statements:
        for node in tree.walk():
            for find in CHECKS:
                rule = find.__name__.replace("_", "-")
                for where, instead in find(node):
                    yield Finding(*rendered.origin(place(where)), rule, brief(where), instead)
    for begin, rule, found, instead in check_words(sqlglot.tokenize(rendered.text, read="duckdb")):
        yield Finding(*rendered.origin(begin), rule, found, instead)


ALLOW = re.compile(r"--\s*portable:\s*allow\s+(?P<rule>\S+)(?P<reason>\s+because\s+\S.*)?")


def lint(sql: str, path: str) -> list[Finding]:
    """What breaks the rules in a model and the macros it calls, built whole or incrementally, in order."""
    findings = {finding for incremental in (False, True) for finding in check(sql, path, incremental)}
    allowed = set()
    for file in {path} | {finding.path for finding in findings}:
        text = sql if file == path else Path(file).read_text(encoding="utf-8")
        for number, line in enumerate(text.split("\n"), 1):
            if not (allow := ALLOW.search(line)):
                continue
            if allow["reason"]:
                alone = line.lstrip().startswith("--")
                allowed |= {(file, number, allow["rule"]), (file, number + alone, allow["rule"])}
            else:
                reasoned = f"write -- portable: allow {allow['rule']} because <reason>"
                findings.add(Finding(file, number, "exception", "no reason given", reasoned))
    return sorted(found for found in findings if (found.path, found.line, found.rule) not in allowed)


def project_files() -> list[Path]:
    return sorted(path for folder in ("models", "tests") for path in DBT.glob(f"{folder}/**/*.sql"))


def main(arguments: list[str]) -> int:
    names = arguments or [os.path.relpath(path) for path in project_files()]
    findings = {found for name in names for found in lint(Path(name).read_text(encoding="utf-8"), name)}
    for found in sorted(findings):
        print(found)
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
