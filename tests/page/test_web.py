"""What the browser runs: the library as its makers ship it, words in both languages, nothing that could run a text."""

import csv
import hashlib
import json
import re
from pathlib import Path

import pytest
import yaml

from dagster_project import fingerprint
from dagster_project.page import write
from dagster_project.settings import ROOT

WEB = write.WEB
WORDS = json.loads((WEB / "words.json").read_text("utf-8"))
SCRIPTS = "\n".join((WEB / name).read_text("utf-8") for name in write.SCRIPTS)


def test_the_library_is_the_one_its_sidecar_names() -> None:
    about = yaml.safe_load((WEB / "vendor" / "echarts.source.yml").read_text("utf-8"))
    there = {path.name for path in (WEB / "vendor").iterdir()} - {"echarts.source.yml"}
    assert set(about["files"]) == there
    for name, digest in about["files"].items():
        assert hashlib.sha256((WEB / "vendor" / name).read_bytes()).hexdigest() == digest, name
    assert f't.version="{about["version"]}"' in (WEB / write.LIBRARY).read_text("utf-8")


def test_every_script_is_a_part_of_the_page() -> None:
    assert sorted(write.SCRIPTS) == sorted(path.name for path in WEB.glob("*.js"))


def test_scripts_put_in_text_as_text_and_call_nobody() -> None:
    for forbidden in ("innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(", "new Function", "fetch(",
                      "XMLHttpRequest", "http:", "https:", "localStorage"):  # fmt: skip
        assert forbidden not in SCRIPTS.replace("http://www.w3.org/2000/svg", ""), forbidden


def test_nothing_in_a_script_or_style_ends_its_element() -> None:
    for name in (*write.SCRIPTS, write.LIBRARY):
        text = (WEB / name).read_text("utf-8").lower()
        assert "</script" not in text and "<!--" not in text, name
    assert "</style" not in (WEB / "page.css").read_text("utf-8").lower()


def test_every_word_is_said_in_both_languages_with_the_same_places() -> None:
    for key, (zh, en) in WORDS.items():
        assert zh and en, key
        assert sorted(re.findall(r"\{\w+\}", zh)) == sorted(re.findall(r"\{\w+\}", en)), key
        assert not re.search(r"[一-鿿]", en), key


def test_the_words_are_those_that_the_scripts_say() -> None:
    assert set(re.findall(r'say\("(\w+)"', SCRIPTS)) <= set(WORDS)
    # Some are said by the code of what they tell: say(`level_${level}`).
    beginnings = tuple(re.findall(r"say\(`(\w+_)\$\{", SCRIPTS))
    assert [key for key in WORDS if f'"{key}"' not in SCRIPTS and not key.startswith(beginnings)] == []


def test_no_script_says_chinese_but_tiles_and_marks_between_words() -> None:
    for name in write.SCRIPTS:
        for number, line in enumerate((WEB / name).read_text("utf-8").splitlines(), 1):
            if name != "tiles.js" and "pick(" not in line:
                assert not re.search(r"[一-鿿（）：；、，]", line.split("//")[0]), f"{name}:{number}"


def test_the_tiles_are_the_provinces_each_at_its_own_place() -> None:
    tiles = re.findall(r'\["(\d{6})", (\d), (\d), "([^"]+)"', (WEB / "tiles.js").read_text("utf-8"))
    with (ROOT / "raw" / "reference" / "regions.csv").open(encoding="utf-8", newline="") as file:
        provinces = {row["region_code"]: row["name_zh"] for row in csv.DictReader(file) if row["level"] == "province"}
    assert {code for code, *_ in tiles} == set(provinces)
    assert len({(row, column) for _, row, column, _ in tiles}) == len(tiles)
    assert all(provinces[code].startswith(short) for code, _, _, short in tiles)


@pytest.mark.parametrize(
    "name", ["page/web/overview.js", "page/web/page.css", "page/web/dashboard.html", "page/web/words.json"]
)
def test_a_changed_page_is_changed_code(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "dagster_project" / name
    file.parent.mkdir(parents=True)
    file.write_text("a")
    (tmp_path / "requirements.lock").write_text("")
    monkeypatch.setattr(fingerprint, "ROOT", tmp_path)
    before = fingerprint.of_code()
    file.write_text("b")
    assert fingerprint.of_code() != before
