"""Which files under `raw/` are inputs, which are left alone, and whose they are."""

import hashlib
from pathlib import Path

import pytest

from dagster_project.ingest import files
from dagster_project.ingest.contract import load_contracts, year_of_file

LEFT_ALONE = [
    "~$2024.xlsx", ".~2024.xlsx", ".~lock.2024.csv#", "2024.csv~", "2024.csv.tmp", "2024.TMP", "2024.csv.part",
    "2024.csv.partial", "2024.csv.filepart", "2024.csv.crdownload", "2024.csv.download", ".2024.csv.swp", "2024.csv.bak",
    "2024.csv.lock", "Thumbs.db", "thumbs.db", "desktop.ini", ".DS_Store", "._2024.csv", "2024.csv.source.yml",
]  # fmt: skip


@pytest.mark.parametrize("name", LEFT_ALONE)
def test_what_other_programs_leave_behind_is_no_input(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text("x")
    assert files.inputs(tmp_path) == []


@pytest.mark.parametrize(
    "name", ["2024.csv", "2024.pdf", "partial.csv", "tmp.csv", "template.xlsx", "2024-清远市.xlsx"]
)
def test_every_other_file_is_an_input_readable_or_not(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text("x")
    assert files.inputs(tmp_path) == [tmp_path / name]


def test_inputs_come_sorted_from_all_folders_but_hidden_ones(tmp_path: Path) -> None:
    for name in ("statistics/2.csv", "local/1.csv", ".git/3.csv", "statistics/.cache/old/4.csv"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("x")
    assert files.inputs(tmp_path) == [tmp_path / "local/1.csv", tmp_path / "statistics/2.csv"]


def test_a_hidden_folder_above_raw_does_not_matter(tmp_path: Path) -> None:
    raw = tmp_path / ".data" / "raw"
    raw.mkdir(parents=True)
    (raw / "1.csv").write_text("x")
    assert files.inputs(raw) == [raw / "1.csv"]


def test_no_folder_has_no_inputs(tmp_path: Path) -> None:
    assert files.inputs(tmp_path / "none") == []


def test_the_hash_is_that_of_the_bytes(tmp_path: Path) -> None:
    (tmp_path / "1.csv").write_bytes(b"a,b\r\n")
    assert files.sha256(tmp_path / "1.csv") == hashlib.sha256(b"a,b\r\n").hexdigest()


def test_a_file_rests_until_its_size_or_time_changes(tmp_path: Path) -> None:
    file = tmp_path / "1.csv"
    file.write_bytes(b"a")
    before = files.stamp(file)
    assert files.is_resting(file, before)
    file.write_bytes(b"ab")
    assert not files.is_resting(file, before)


@pytest.mark.parametrize(
    ("path", "owner"),
    [
        ("statistics/2024.csv", "statistics"),
        ("statistics/2024-清远市.xlsx", "statistics"),
        ("statistics/2024.pdf", "statistics"),
        ("reference/regions.csv", "regions"),
        ("local/regions.xlsx", "regions"),
        ("reference/regions.old.csv", None),
        ("regions.csv", None),
        ("old/statistics/2019.csv", None),  # a copy put aside is not read a second time
        ("old/reference/regions.csv", None),
        ("statistics/清远市/2024.csv", None),
    ],
)
def test_a_file_belongs_to_the_source_of_its_whole_path(path: str, owner: str | None) -> None:
    assert [name for name, contract in load_contracts().items() if contract.owns(Path(path))] == (
        [owner] if owner else []
    )


@pytest.mark.parametrize(
    ("name", "year"),
    [
        ("raw/statistics/2024.csv", "2024"),
        ("2024-清远市.xlsx", "2024"),
        ("2024年.csv", "2024"),
        ("20241.csv", None),
        ("清远市2024.csv", None),
        ("２０２４.csv", None),
        ("24.csv", None),
    ],
)
def test_the_year_of_a_file_is_what_its_name_begins_with(name: str, year: str | None) -> None:
    assert year_of_file(name) == year
