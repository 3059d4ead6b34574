"""Folders of Parquet and CSV: the rows of one snapshot, whole or not at all, harmless in a spreadsheet."""

import csv
from pathlib import Path

import duckdb
import pandas as pd
import pytest

from dagster_project.export import text
from tests.conftest import Site
from tests.export.conftest import HOSTILE, LONG

TABLES = ("dim_source", "fct_indicator", "fct_measure", "mart_pupil_teacher_ratio")


def rows(site: Site, table: str) -> list[tuple[object, ...]]:
    """The rows of a table of the served snapshot, in an order of their own."""
    with duckdb.connect(str(site.home / "current.duckdb"), read_only=True) as connection:
        return connection.execute(f"from marts.{table} order by all").fetchall()


def exported(site: Site, out: Path, *options: str) -> Path:
    result = site.run("export", str(out), *options)
    assert result.exit_code == 0, result.output
    return out


def test_parquet_holds_the_rows_as_they_are_and_names_the_snapshot(small_site: Site, out: Path) -> None:
    exported(small_site, out, "--format", "parquet")
    for table in TABLES:
        assert duckdb.execute(f"from '{out}/{table}.parquet' order by all").fetchall() == rows(small_site, table) != []
    said = duckdb.execute(
        f"select decode(value) from parquet_kv_metadata('{out}/fct_measure.parquet') where key = 'snapshot'"
    )
    assert said.fetchall() == [(small_site.served(),)]
    assert f"snapshot: {small_site.served()}" in (out / "README.txt").read_text(encoding="utf-8-sig")


def test_csv_read_by_another_library_gives_the_same_values(small_site: Site, out: Path) -> None:
    exported(small_site, out, "--format", "csv", "--tables", ",".join(TABLES))
    assert {path.stem for path in out.glob("*.csv")} == set(TABLES)
    for table in TABLES:
        frame = pd.read_csv(
            out / f"{table}.csv", dtype={"region_code": str, "source_id": str}, keep_default_na=False, na_values=[""]
        )
        with duckdb.connect(str(small_site.home / "current.duckdb"), read_only=True) as connection:
            expected = connection.execute(f"from marts.{table}").df()
        assert list(frame.columns) == list(expected.columns)
        assert len(frame) == len(expected)
        for column in expected.select_dtypes("number"):
            assert sorted(frame[column].dropna()) == sorted(expected[column].dropna())
        for column in {"region_code", "source_id"} & set(frame.columns):
            assert sorted(frame[column].dropna()) == sorted(expected[column].dropna())


def test_a_csv_begins_with_the_mark_that_excel_looks_for(small_site: Site, out: Path) -> None:
    exported(small_site, out, "--format", "csv", "--tables", "dim_source")
    assert (out / "dim_source.csv").read_bytes().startswith(b"\xef\xbb\xbfsource_id,")


def test_no_text_of_a_csv_is_run_and_each_comes_back(small_site: Site, out: Path) -> None:
    exported(small_site, out, "--format", "csv", "--tables", "dim_source")
    with (out / "dim_source.csv").open(encoding="utf-8-sig", newline="") as file:
        read = list(csv.DictReader(file))
    written = [row["source_zh"] for row in read]
    assert [one for one in written if one.strip()[0] in "=+-@＝＋－＠"] == []
    original = {row[1] for row in rows(small_site, "dim_source")}
    assert {one.removeprefix("'") for one in written} == original
    # Both kinds were there: such as a formula, and text that has an apostrophe of its own.
    assert {"'" + HOSTILE[0], "''先有撇号", 'a"b, c和换行'} <= set(written)
    assert f"'{LONG}" in {row["publisher_zh"] for row in read}


@pytest.mark.parametrize(
    ("given", "written"),
    [
        ("\t=1", "'\t=1"),
        ("\rx", "'\rx"),
        ("\n", "'\n"),
        (" +1", "' +1"),
        ("\ufeff=1", "'\ufeff=1"),
        ("＋1", "'＋1"),
        ("\u00a0=1", "'\u00a0=1"),
        ("\u2003@1", "'\u2003@1"),
        ("\u0085-1", "'\u0085-1"),
        ("\u2028\u3000＝1", "'\u2028\u3000＝1"),
        ("\u00a01", "\u00a01"),
        ("1-2", "1-2"),
        ("", ""),
        ("a\x00b\x1b\x7f", "a␀b␛␡"),
        ("两行\n第二行\t制表", "两行\n第二行\t制表"),
    ],
)
def test_what_a_spreadsheet_would_take_for_something_else(given: str, written: str) -> None:
    assert duckdb.execute(f"select {text.harmless('t')} from (select $1 as t)", [given]).fetchall() == [(written,)]


def test_numbers_stay_numbers_also_below_zero(small_site: Site, out: Path) -> None:
    exported(small_site, out, "--format", "csv", "--tables", "mart_pupil_teacher_ratio")
    changes = pd.read_csv(out / "mart_pupil_teacher_ratio.csv")["change"].dropna()
    assert changes.dtype == float and min(changes) < 0


def test_what_is_there_is_replaced_only_when_asked_and_only_an_export(small_site: Site, out: Path) -> None:
    exported(small_site, out, "--format", "csv", "--tables", "dim_source")
    refused = small_site.run("export", str(out), "--format", "csv")
    assert refused.exit_code == 2 and "--force" in refused.output
    exported(small_site, out, "--format", "csv", "--tables", "dim_measure", "--force")
    assert {path.name for path in out.iterdir()} == {"dim_measure.csv", "README.txt"}
    (out / "notes.docx").write_text("mine", encoding="utf-8")
    refused = small_site.run("export", str(out), "--format", "csv", "--force")
    assert refused.exit_code == 2 and (out / "notes.docx").read_text(encoding="utf-8") == "mine"
    assert [path.name for path in out.parent.iterdir()] == [out.name]


def test_a_table_that_is_not_there_leaves_nothing_behind(small_site: Site, out: Path) -> None:
    refused = small_site.run("export", str(out), "--format", "parquet", "--tables", "dim_source,fct_nothing")
    assert refused.exit_code == 2 and "fct_nothing" in refused.output
    assert list(out.parent.iterdir()) == []
    # Nor does it take away what was there.
    exported(small_site, out, "--format", "parquet", "--tables", "dim_source")
    refused = small_site.run("export", str(out), "--format", "parquet", "--tables", "fct_nothing", "--force")
    assert refused.exit_code == 2 and (out / "dim_source.parquet").is_file()
    assert list(out.parent.iterdir()) == [out]


@pytest.mark.parametrize(("name", "form"), [("out.xlsx", "csv"), ("out", "xlsx")])
def test_the_name_fits_the_format(small_site: Site, tmp_path: Path, name: str, form: str) -> None:
    assert small_site.run("export", str(tmp_path / name), "--format", form).exit_code == 2


def test_nothing_is_written_among_inputs_or_snapshots(small_site: Site) -> None:
    for place in (small_site.raw / "out", small_site.home / "snapshots" / "out"):
        assert small_site.run("export", str(place), "--format", "csv").exit_code == 2
        assert not place.exists()


def test_a_damaged_snapshot_is_not_handed_on(published: Site, out: Path) -> None:
    file = next((published.home / "current" / "parquet").glob("*.parquet"))
    file.chmod(0o644)
    file.write_bytes(b"?" + file.read_bytes()[1:])
    refused = published.run("export", str(out), "--format", "csv")
    assert refused.exit_code != 0 and not out.exists()
