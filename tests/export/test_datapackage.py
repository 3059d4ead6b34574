"""The data package, read by the library of its specification."""

import json
from pathlib import Path

import pytest
from frictionless import Package, system

from dagster_project import build_file
from tests.conftest import Site

TABLES = (
    "fct_indicator,fct_measure,fct_target,mart_target_attainment,verdict_method,verdict_rule,dim_region,dim_indicator,"
    "dim_measure,dim_source,dim_document,check_result,input_file"
)


@pytest.fixture
def package(small_site: Site, out: Path) -> Path:
    result = small_site.run("export", str(out), "--format", "datapackage", "--tables", TABLES)
    assert result.exit_code == 0, result.output
    return out / "datapackage.json"


def errors(package: Path) -> set[tuple[str, str]]:
    with system.use_context(trusted=True):
        report = Package(str(package)).validate()
    return {(task.name, error.type) for task in report.tasks for error in task.errors} | {
        ("", error.type) for error in report.errors
    }


def test_it_is_valid_and_says_where_it_is_from(package: Path, small_site: Site) -> None:
    assert errors(package) == set()
    said = json.loads(package.read_text(encoding="utf-8"))
    assert said["snapshot"]["id"] == small_site.served() and said["snapshot"]["as_of"] == "2026-01-31"
    assert {"name": "MIT"} in said["licenses"]
    assert {source["file"] for source in said["sources"]} >= {"raw/reference/indicators.csv"}
    assert all(source["terms"] and source["sha256"] for source in said["sources"])
    resources = {one["name"]: one["schema"] for one in said["resources"]}
    assert resources["fct_measure"]["primaryKey"] == ["region_code", "year", "stage", "segment", "measure_code"]
    leads = {key["fields"]: key["reference"]["resource"] for key in resources["fct_measure"]["foreignKeys"]}
    assert leads == {"region_code": "dim_region", "measure_code": "dim_measure", "source_id": "dim_source"}
    value = next(field for field in resources["fct_measure"]["fields"] if field["name"] == "value")
    assert (value["type"], value["title"]) == ("number", "数值") and value["title_en"].startswith("value")
    assert value["unit"] and " / " in value["description"]


def test_all_tables_together_are_valid_too(small_site: Site, out: Path) -> None:
    """With what leads from one to another; nothing is left out for want of `--tables`."""
    result = small_site.run("export", str(out), "--format", "datapackage")
    assert result.exit_code == 0, result.output
    assert errors(out / "datapackage.json") == set()
    said = json.loads((out / "datapackage.json").read_text(encoding="utf-8"))
    with build_file.reading(small_site.settings.served) as connection:
        marts = connection.execute("select table_name from duckdb_tables() where schema_name = 'marts'").fetchall()
    assert {one["name"] for one in said["resources"]} >= {name for (name,) in marts}


def test_a_wrong_value_a_stranger_and_a_repeated_key_are_found(package: Path) -> None:
    file = package.parent / "data" / "fct_measure.csv"
    head, first, *rest = file.read_text(encoding="utf-8").splitlines(keepends=True)
    columns = head.lstrip("\ufeff").strip().split(",")
    cells = first.split(",")
    cells[columns.index("measure_code")] = "no_such_measure"
    wrong = rest[0].split(",")
    wrong[columns.index("value")] = "很多"
    file.write_text("".join([head, ",".join(cells), ",".join(wrong), *rest[1:], rest[-1]]), encoding="utf-8")
    said = json.loads(package.read_text(encoding="utf-8"))
    assert ("fct_measure", "hash-count") in errors(package)
    for resource in said["resources"]:
        del resource["hash"], resource["bytes"]
    package.write_text(json.dumps(said), encoding="utf-8")
    found = errors(package)
    assert {("fct_measure", kind) for kind in ("type-error", "foreign-key", "primary-key")} <= found
