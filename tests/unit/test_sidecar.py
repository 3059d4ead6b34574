"""The sidecar of a file: what it must say, and what is told when it does not."""

from dataclasses import replace
from pathlib import Path

import pytest

from dagster_project.ingest import sidecar
from dagster_project.ingest.sidecar import Sidecar

SHA = "aa0e4336bf6400b7b7ce93eff2574bf6e7feee77248635be8a8d5fd542bc1e31"
ABOUT = Sidecar("2010年教育统计", "教育部", "moe.gov.cn", "公开统计信息", "2026-01-01", SHA, "A", "注：含 # 与 '引号'")


def read(folder: Path, content: str | bytes) -> Sidecar:
    data = content.encode() if isinstance(content, str) else content
    (folder / "2010.csv.source.yml").write_bytes(data)
    return sidecar.read(folder / "2010.csv")


def lines(**changed: str | None) -> str:
    """The text of a sidecar with entries changed, or left out where None."""
    entries = {**vars(ABOUT), "note": "", **changed}
    return "".join(f"{key}: {value}\n" for key, value in entries.items() if value is not None)


def test_what_is_written_is_read_again(tmp_path: Path) -> None:
    path = sidecar.write(tmp_path / "2010.csv", ABOUT)
    assert path == tmp_path / "2010.csv.source.yml"
    assert sidecar.read(tmp_path / "2010.csv") == ABOUT


def test_a_note_is_optional_and_unquoted_dates_are_dates(tmp_path: Path) -> None:
    assert read(tmp_path, lines(note=None)) == replace(ABOUT, note="")


def test_a_mark_before_the_text_and_a_hash_in_capitals_do_no_harm(tmp_path: Path) -> None:
    assert read(tmp_path, "\ufeff" + lines(sha256=SHA.upper())).sha256 == SHA


def test_no_sidecar_is_told_apart_from_a_bad_one(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        sidecar.read(tmp_path / "2010.csv")


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("", "mapping"),
        ("- a list\n", "mapping"),
        ("title: [unclosed\n", "line 2: "),
        (b"title: \xff\n", "utf-8"),
        (lines(title=None, terms="", issuer="  "), "issuer, terms, title"),
        (lines(author="me"), "author"),
        (lines(retrieved="last week"), "last week"),
        (lines(retrieved="2026-02-30"), "2026-02-30"),
        (lines(confidence="B"), "'B', use A or D"),
    ],
)
def test_what_is_wrong_is_said(tmp_path: Path, content: str | bytes, told: str) -> None:
    with pytest.raises(ValueError, match=told):
        read(tmp_path, content)


def test_a_folder_in_the_place_of_a_sidecar_is_a_bad_one(tmp_path: Path) -> None:
    (tmp_path / "2010.csv.source.yml").mkdir()
    with pytest.raises(ValueError, match="directory"):
        sidecar.read(tmp_path / "2010.csv")
