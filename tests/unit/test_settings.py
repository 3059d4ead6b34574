"""Where things lie and which day it is: environment variables, their defaults, and what cannot be read."""

from datetime import date
from pathlib import Path

import pytest

from dagster_project.settings import ROOT, Settings, today

VARIABLES = ("ZHIBIAO_RAW", "ZHIBIAO_HOME", "ZHIBIAO_AS_OF", "ZHIBIAO_KEEP")


@pytest.fixture(autouse=True)
def _bare(monkeypatch: pytest.MonkeyPatch) -> None:
    for variable in VARIABLES:
        monkeypatch.delenv(variable, raising=False)


def test_without_variables_everything_lies_in_the_checkout_wherever_one_stands(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    before = today()
    settings = Settings.from_environment()
    assert (settings.raw, settings.home, settings.keep) == (ROOT / "raw", ROOT / "warehouse", 7)
    assert settings.as_of in (before, today())  # midnight may pass in between


def test_variables_move_inputs_outputs_day_and_count(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for variable, value in zip(VARIABLES, (str(tmp_path), "elsewhere", "2026-01-31", "2"), strict=True):
        monkeypatch.setenv(variable, value)
    assert Settings.from_environment() == Settings(tmp_path, ROOT / "elsewhere", date(2026, 1, 31), 2)


def test_a_day_asked_for_wins_over_the_variable_even_over_a_bad_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ZHIBIAO_AS_OF", "nonsense")
    assert Settings.from_environment(date(2025, 12, 31)).as_of == date(2025, 12, 31)


@pytest.mark.parametrize("variable", ["ZHIBIAO_RAW", "ZHIBIAO_HOME", "ZHIBIAO_KEEP"])
def test_an_empty_variable_is_no_variable(monkeypatch: pytest.MonkeyPatch, variable: str) -> None:
    monkeypatch.delenv(variable, raising=False)
    without = Settings.from_environment(date(2026, 1, 31))
    monkeypatch.setenv(variable, "")
    assert Settings.from_environment(date(2026, 1, 31)) == without


@pytest.mark.parametrize("text", ["2026-02-30", "31.01.2026", "2026", "yesterday"])
def test_a_day_that_is_none_is_refused_by_its_variable(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.setenv("ZHIBIAO_AS_OF", text)
    with pytest.raises(ValueError, match=f"ZHIBIAO_AS_OF='{text}'"):
        Settings.from_environment()


@pytest.mark.parametrize("text", ["0", "-1", "two", "1.5", "²"])
def test_a_count_that_is_none_is_refused_by_its_variable(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.setenv("ZHIBIAO_KEEP", text)
    with pytest.raises(ValueError, match="ZHIBIAO_KEEP="):
        Settings.from_environment()


def test_a_raw_file_is_named_the_same_wherever_raw_lies(tmp_path: Path) -> None:
    settings = Settings(tmp_path / "inputs", tmp_path / "home", date(2026, 1, 31))
    assert settings.raw_name(tmp_path / "inputs" / "statistics" / "2024.csv") == "raw/statistics/2024.csv"


def test_another_day_keeps_the_paths(tmp_path: Path) -> None:
    settings = Settings(tmp_path, tmp_path, date(2026, 1, 31), 3)
    assert settings.at(date(2025, 1, 1)) == Settings(tmp_path, tmp_path, date(2025, 1, 1), 3)
