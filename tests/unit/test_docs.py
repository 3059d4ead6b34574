"""The README in both languages keeps step with the code: refusals, commands, make targets, variables, sections."""

import re
from pathlib import Path

import click
import pytest

from dagster_project.cli import cli
from dagster_project.ingest import limits
from dagster_project.ingest.contract import load_contracts
from dagster_project.ingest.load import OUTCOMES, Outcome
from dagster_project.ingest.problem import MESSAGES
from dagster_project.settings import ROOT

READMES = [ROOT / "README.md", ROOT / "README.zh-CN.md"]
OPERATIONS = [ROOT / "docs" / "operations.md", ROOT / "docs" / "operations.zh-CN.md"]
CONNECTING = [ROOT / "docs" / "connecting.md", ROOT / "docs" / "connecting.zh-CN.md"]
DOCUMENTS = [*READMES, *OPERATIONS, ROOT / "CONTRIBUTING.md", ROOT / "CHANGELOG.md"]
RULES = sorted({*MESSAGES, *(rule.name for contract in load_contracts().values() for rule in contract.rules)})
_FENCE = re.compile(r"^ *```(\w*)\n(.*?)^ *```$", re.MULTILINE | re.DOTALL)


def code(path: Path) -> list[str]:
    """What a document shows as something to type or to write: blocks line by line, and words in backquotes."""
    text = path.read_text(encoding="utf-8")
    lines = [line for kind, block in _FENCE.findall(text) if kind != "text" for line in block.splitlines()]
    return lines + re.findall(r"`([^`\n]+)`", _FENCE.sub("", text))


@pytest.mark.parametrize("readme", READMES, ids=lambda path: path.name)
def test_every_refusal_is_explained(readme: Path) -> None:
    text = readme.read_text(encoding="utf-8")
    assert [rule for rule in RULES if f"| `{rule}` |" not in text] == []


@pytest.mark.parametrize(("readme", "language"), [*zip(READMES, ("en", "zh"), strict=True)], ids=["en", "zh"])
def test_every_outcome_of_a_source_is_explained_in_the_words_of_the_code(readme: Path, language: str) -> None:
    text = readme.read_text(encoding="utf-8")
    assert set(OUTCOMES) == set(Outcome)
    for outcome, told in OUTCOMES.items():
        meaning, consequence = getattr(told, f"meaning_{language}"), getattr(told, f"consequence_{language}")
        assert f"| `{outcome}` | {meaning} | {consequence} |" in text


@pytest.mark.parametrize("document", [*DOCUMENTS, *CONNECTING], ids=lambda path: path.name)
def test_every_command_that_is_named_exists_with_its_options(document: Path) -> None:
    for words in code(document):
        for command, rest in re.findall(r"(?<!=)zhibiao ([a-z-]+)([^`;|]*)", words):
            assert command in cli.commands, words
            known = {option for param in cli.commands[command].params for option in param.opts}
            assert set(re.findall(r"--[a-z-]+", rest)) <= known, words


@pytest.mark.parametrize("readme", READMES, ids=lambda path: path.name)
def test_every_command_and_option_that_exists_is_named(readme: Path) -> None:
    text = readme.read_text(encoding="utf-8")
    for name, command in cli.commands.items():
        (line,) = re.findall(rf"^\| `(zhibiao {name}\b[^`]*)` \|", text, re.MULTILINE)
        options = [param.opts[0] for param in command.params if isinstance(param, click.Option)]
        assert [option for option in options if option not in line] == [], line


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_every_make_target_that_is_named_exists(document: Path) -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    shown = [found for words in code(document) for found in re.findall(r"^make ([a-z-]+)", words)]
    assert shown or document.name == "CHANGELOG.md"
    assert set(shown) <= targets


@pytest.mark.parametrize("readme", READMES, ids=lambda path: path.name)
def test_every_variable_that_is_read_is_named_and_no_other(readme: Path) -> None:
    rooms = [*(ROOT / "dagster_project").rglob("*.py"), ROOT / "dbt" / "profiles.yml"]
    read = {name for path in rooms for name in re.findall(r"ZHIBIAO_[A-Z_]+", path.read_text(encoding="utf-8"))}
    assert set(re.findall(r"ZHIBIAO_[A-Z_]+", readme.read_text(encoding="utf-8"))) == read


@pytest.mark.parametrize("document", [*DOCUMENTS, *sorted((ROOT / "docs").glob("*.md"))], ids=lambda path: path.name)
def test_every_file_that_is_linked_exists(document: Path) -> None:
    links = re.findall(r"\]\(([^)#:]+)\)", document.read_text(encoding="utf-8"))
    assert [link for link in links if not (document.parent / link).exists()] == []


@pytest.mark.parametrize("pages", [READMES, OPERATIONS, CONNECTING], ids=["README", "operations", "connecting"])
def test_both_languages_have_the_same_sections_tables_and_blocks(pages: list[Path]) -> None:
    english, chinese = (
        [
            (len(re.findall(r"^ *\| ", part, re.MULTILINE)), [kind for kind, _ in _FENCE.findall(part)])
            for part in re.split(r"^## ", path.read_text(encoding="utf-8"), flags=re.MULTILINE)[1:]
        ]
        for path in pages
    )
    assert english == chinese


@pytest.mark.parametrize("pages", [READMES, OPERATIONS, CONNECTING], ids=["README", "operations", "connecting"])
def test_both_languages_ask_the_same_queries(pages: list[Path]) -> None:
    english, chinese = (
        [block for kind, block in _FENCE.findall(path.read_text(encoding="utf-8")) if kind == "sql"] for path in pages
    )
    assert english == chinese != []


def test_the_columns_of_a_statistics_file_are_those_of_its_contract() -> None:
    contract = load_contracts()["statistics"]
    expected = [(column.name, column.zh, column.required) for column in contract.columns]
    for readme, yes in zip(READMES, ("yes", "是"), strict=True):
        rows = re.findall(r"^ *\| `(\w+)` \| (\S+) \| (\S*) ?\| .*$", readme.read_text(encoding="utf-8"), re.MULTILINE)
        known = {column.name for column in contract.columns}
        assert [(name, zh, required == yes) for name, zh, required in rows if name in known] == expected


@pytest.mark.parametrize("page", ["limits.md", "limits.zh-CN.md"])
def test_every_limit_stands_in_the_docs_with_its_value(page: str) -> None:
    shown = re.findall(
        r"^\| `([A-Z_]+)` \| ([0-9,]+) \|", (ROOT / "docs" / page).read_text(encoding="utf-8"), re.MULTILINE
    )
    assert dict(shown) == {name: f"{value:,}" for name, value in vars(limits).items() if name.isupper()}
