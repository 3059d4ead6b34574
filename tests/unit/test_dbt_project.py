"""The dbt project as written: every model has its twin, says its grain, and is described in both languages."""

import re
from pathlib import Path

import pytest
import yaml

from dagster_project.settings import ROOT
from tests.conftest import says_both

DBT = ROOT / "dbt"
MODELS = sorted((DBT / "models").rglob("*.sql"))
INDICATOR_MARTS = {path.stem for path in (DBT / "models" / "marts" / "indicators").glob("*.sql")}
TESTS = sorted((DBT / "tests").rglob("*.sql"))
DOCS = dict(
    re.findall(r"{% docs (\w+) %}(.*?){% enddocs %}", (DBT / "models" / "columns.md").read_text(encoding="utf-8"))
)


def twin(model: Path) -> dict[str, object]:
    content = yaml.safe_load(model.with_suffix(".yml").read_text(encoding="utf-8"))
    (described,) = content["models"]
    return dict(described)


@pytest.mark.parametrize("model", MODELS, ids=lambda path: path.stem)
def test_a_model_has_a_twin_with_its_name_grain_and_both_languages(model: Path) -> None:
    described = twin(model)
    assert described["name"] == model.stem
    assert described["config"]["meta"]["grain"]  # type: ignore[index]
    assert says_both(str(described["description"]))


@pytest.mark.parametrize("model", [m for m in MODELS if "marts" in m.parts], ids=lambda path: path.stem)
def test_a_mart_types_and_describes_every_column(model: Path) -> None:
    columns: list[dict[str, str]] = twin(model)["columns"]  # type: ignore[assignment]
    for column in columns:
        assert column["data_type"]
        (word,) = re.findall(r"doc\('(\w+)'\)", column["description"])
        assert word == column["name"] and says_both(DOCS[word])


def test_no_column_is_described_that_no_mart_has() -> None:
    used = {column["name"] for m in MODELS if "marts" in m.parts for column in twin(m)["columns"]}  # type: ignore[attr-defined]
    assert set(DOCS) == used


@pytest.mark.parametrize("test", TESTS, ids=lambda path: path.stem)
def test_a_test_says_what_it_means_in_both_languages_when_it_matters_and_how_to_mend(test: Path) -> None:
    assert re.findall(r"^-- (zh|en|when|fix): \S", test.read_text(encoding="utf-8"), re.MULTILINE) == [
        "zh", "en", "when", "fix",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("test", "marts"),
    [
        ("integrity/every_mart_keeps_its_grain", {m.stem for m in MODELS if "marts" in m.parts}),
        ("value/marts_show_the_standing_value", INDICATOR_MARTS),
        ("value/marts_compare_like_with_like", INDICATOR_MARTS),
    ],
)
def test_tests_over_all_marts_leave_none_out(test: str, marts: set[str]) -> None:
    text = (DBT / "tests" / f"{test}.sql").read_text(encoding="utf-8")
    listed = re.findall(r"'(\w+)'", text.split("{% set marts = [")[1].split("]")[0])
    assert set(listed) == marts and len(listed) == len(marts)


def test_no_python_module_stands_in_the_room_of_the_installed_dbt() -> None:
    assert not list(DBT.rglob("__init__.py"))
