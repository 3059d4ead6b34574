"""The last word before publishing: every gate has reported, and none refuses. It trusts the results, not the caller."""

from collections.abc import Iterable
from dataclasses import dataclass

import duckdb


@dataclass(frozen=True)
class Refusal:
    """Why a build may not be published: the gate, the table and check, and what was seen."""

    gate: str
    check: str
    why: str


def refuses(outcome: str, severity: str) -> bool:
    """Whether one result refuses: a failure of severity error; a check that broke, since it says nothing of the data."""
    return outcome == "error" or (outcome != "passed" and severity == "error")


def refusals(
    connection: duckdb.DuckDBPyConnection, *, sources: Iterable[str], suites: Iterable[str], compared: Iterable[str]
) -> list[Refusal]:
    """Everything that keeps this build from being published; empty when it may.

    `sources`, `suites` and `compared` (tables) name what must have reported: a gate that was never run is a refusal,
    not a pass.
    """
    refused = [
        Refusal(gate, f"{table}: {check}", message or f"{failing} rows")
        for gate, table, check, message, failing, outcome, severity in connection.execute(
            """select gate, table_name, check_name, message, failing_count, outcome, severity from quality.check_result
            where outcome <> 'passed' order by gate, table_name, check_name"""
        ).fetchall()
        if refuses(outcome, severity)
    ]
    ran = set(connection.execute("select gate, table_name from quality.check_result").fetchall())
    due = [("rows", f"raw.{source}") for source in sources]
    due += [("relations", "dbt build")]
    due += [("expectations", suite) for suite in suites]
    due += [("drift", table) for table in compared]
    return refused + [Refusal(gate, name, "did not report / 未运行") for gate, name in due if (gate, name) not in ran]
