"""Great Expectations suites as blocking asset checks, one a table: raw ones before dbt, mart ones before publishing."""

from collections.abc import Iterator

import dagster as dg

from dagster_project.quality.suites import CheckResult, Suite
from dagster_project.refresh import steps
from dagster_project.resources import Warehouse

NAME = "expectations"


def spec(suite: Suite) -> dg.AssetCheckSpec:
    return dg.AssetCheckSpec(
        NAME,
        asset=dg.AssetKey(suite.table.split(".")),
        blocking=True,
        description=f"{suite.meaning_zh} / {suite.meaning_en}",
    )


def verdict(suite: Suite, results: list[CheckResult]) -> dg.AssetCheckResult:
    """One check result a suite: it passes with warnings, and fails on any error-severity expectation or broken check."""
    broken = [result for result in results if result.outcome != "passed"]
    lines = [
        f"- {r.severity} {r.outcome}: {r.meaning_zh} / {r.meaning_en} "
        f"({r.expectation_type} {r.column or ''}, {r.unexpected_count or 0} rows) {r.message or ''}"
        for r in broken
    ]
    refuses = steps.refuses(results)
    return dg.AssetCheckResult(
        asset_key=dg.AssetKey(suite.table.split(".")),
        check_name=NAME,
        passed=not broken,
        severity=dg.AssetCheckSeverity.ERROR if refuses or not broken else dg.AssetCheckSeverity.WARN,
        metadata={"expectations": len(results), "broken": dg.MetadataValue.md("\n".join(lines) or "-")},
    )


def _checks(layer: str) -> dg.AssetChecksDefinition:
    suites = steps.suites(layer)

    @dg.multi_asset_check(name=f"check_{layer}", specs=[spec(suite) for suite in suites])
    def check(warehouse: Warehouse) -> Iterator[dg.AssetCheckResult]:
        results = steps.check(warehouse.settings, layer)
        for suite in suites:
            yield verdict(suite, [result for result in results if result.suite == suite.table])

    return check


def definitions() -> list[dg.AssetChecksDefinition]:
    return [_checks("raw"), _checks("marts")]
