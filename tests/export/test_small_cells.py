"""Counts of few persons do not leave by an export, nor does what would give them back; the rest does."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import duckdb
import openpyxl
import pytest

from dagster_project.export import small_cells, tables
from dagster_project.export.tables import ExportError
from tests.conftest import Site
from tests.export.conftest import YEAR

K = 5


def shown(site: Site, out: Path, *options: str) -> Path:
    result = site.run("export", str(out), "--format", "parquet", *options)
    assert result.exit_code == 0, result.output
    return out


def cells(out: Path, table: str, key: str, columns: str, where: str) -> dict[Any, tuple[Any, ...]]:
    found = duckdb.execute(f"select ({key}), {columns} from '{out}/{table}.parquet' where {where}").fetchall()
    return {one[0]: one[1:] for one in found}


def test_off_unless_asked_for(small_site: Site, out: Path) -> None:
    shown(small_site, out, "--tables", "fct_measure")
    assert "suppressed" not in duckdb.execute(f"from '{out}/fct_measure.parquet'").df().columns
    assert "not asked for" in (out / "README.txt").read_text(encoding="utf-8-sig")


def test_a_small_count_and_what_would_give_it_back(small_site: Site, out: Path) -> None:
    """3 in private kindergartens: 100 − 97 gives it, so 97 goes; 117 − 20 gives that, so 20 goes; 60 − 40, so 40 goes."""
    shown(small_site, out, "--small-cells", str(K))
    where = f"year = {YEAR} and region_code like '4418%' and stage = 'preschool'"
    assert cells(out, "fct_measure", "region_code, measure_code, segment", "value, suppressed", where) == {
        ("441802", "enrolment", "private"): (None, "small"),
        ("441802", "enrolment", "public"): (None, "sum"),
        ("441803", "enrolment", "public"): (None, "sum"),
        ("441803", "enrolment", "private"): (None, "sum"),
        ("441802", "enrolment", "all"): (100, None),
        ("441803", "enrolment", "all"): (60, None),
        ("441800", "enrolment", "all"): (160, None),
        ("441800", "enrolment", "public"): (117, None),
        ("441800", "enrolment", "private"): (43, None),
        # Nobody is no small number, and schools are no persons.
        ("441802", "enrolment", "inclusive_private"): (0, None),
        ("441802", "schools", "all"): (2, None),
    }


def test_a_rate_made_from_it_goes_with_its_counts_and_stays_where_none_is_hidden(small_site: Site, out: Path) -> None:
    shown(small_site, out, "--small-cells", str(K))
    where = f"year = {YEAR} and indicator_code = 'kg_public_share_children' and region_code like '4418%'"
    gone = (None, None, None, "derived")
    assert cells(out, "fct_indicator", "region_code, basis", "value, numerator, denominator, suppressed", where) == {
        ("441802", "computed"): gone,
        ("441803", "computed"): gone,
        ("441800", "computed"): (73.125, 117, 160, None),
    }
    columns = "value, numerator, denominator, rank_no, parent_value, suppressed"
    assert cells(out, "mart_public_kindergarten_share", "region_code, basis", columns, where) == {
        ("441802", "computed"): (None, None, None, None, 73.125, "derived"),
        ("441803", "computed"): (None, None, None, None, 73.125, "derived"),
        ("441800", "computed"): (73.125, 117, 160, None, None, None),
    }


def test_the_files_say_how_much_was_left_out(small_site: Site, out: Path) -> None:
    shown(small_site, out, "--small-cells", str(K), "--tables", "fct_measure")
    counts = "select count(value) + count(value_low) + count(value_high) + count(uncorrected_value) from"
    with duckdb.connect(str(small_site.home / "current.duckdb"), read_only=True) as connection:
        ((before, after),) = connection.execute(
            f"select ({counts} marts.fct_measure), ({counts} '{out}/fct_measure.parquet')"
        ).fetchall()
    assert before - after >= 4
    said = (out / "README.txt").read_text(encoding="utf-8-sig")
    assert f"共隐去 {before - after} 个值" in said and f"under {K}" in said
    book = out.with_suffix(".xlsx")
    assert small_site.run("export", str(book), "--small-cells", str(K), "--tables", "fct_measure").exit_code == 0
    front = dict(openpyxl.load_workbook(book)["说明"].iter_rows(values_only=True, max_col=2, min_row=3))
    assert f"共隐去 {before - after} 个值" in front["小数隐去 / small cells"]


def test_the_default_comes_from_the_environment(small_site: Site, out: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ZHIBIAO_SMALL_CELLS", str(K))
    shown(small_site, out, "--tables", "fct_measure")
    assert f"under {K}" in (out / "README.txt").read_text(encoding="utf-8-sig")
    shown(small_site, out, "--tables", "fct_measure", "--small-cells", "0", "--force")
    assert "not asked for" in (out / "README.txt").read_text(encoding="utf-8-sig")


def test_in_counties_with_schools_no_sum_gives_a_hidden_figure_back(demo_counties: Site, out: Path) -> None:
    """Independently of the rule's own SQL: public and private, urban, town and rural, girls and boys, regions below."""
    shown(demo_counties, out, "--small-cells", "10", "--tables", "fct_measure,dim_region,dim_measure")
    found = duckdb.execute(
        f"""select region_code, year, stage, measure_code, segment, value, suppressed
        from '{out}/fct_measure.parquet' join '{out}/dim_measure.parquet' using (measure_code) where dim_measure.base_unit = '人'"""
    ).fetchall()
    with duckdb.connect(str(demo_counties.home / "current.duckdb"), read_only=True) as connection:
        true = {tuple(one[:5]): one[5] for one in connection.execute(
            "select region_code, year, stage, measure_code, segment, value from marts.fct_measure"
        ).fetchall()}  # fmt: skip
    hidden = {tuple(one[:5]): one[6] for one in found}
    assert {"small", "sum", None} == set(hidden.values())
    for *_, value, why in found:
        assert (value is None) == (why is not None) and (value is None or value == 0 or value >= 10)

    def alone(members: Iterable[tuple[Any, ...]]) -> bool:
        return sum(hidden[one] is not None for one in members) == 1

    families = [("public", "private"), ("urban", "town", "rural"), ("female", "male")]
    checked = 0
    for region, year, stage, measure in {one[:4] for one in hidden}:
        for family in families:
            members = [(region, year, stage, measure, segment) for segment in ("all", *family)]
            if all(one in hidden for one in members) and true[members[0]] == sum(true[one] for one in members[1:]):
                checked += 1
                assert not alone(members), members
    parents = dict(duckdb.execute(f"select region_code, parent_code from '{out}/dim_region.parquet'").fetchall())
    below: dict[tuple[Any, ...], list[tuple[Any, ...]]] = {}
    for one in hidden:
        below.setdefault((parents.get(one[0]), *one[1:]), []).append(one)
    for whole, members in below.items():
        if whole in hidden and true[whole] == sum(true[one] for one in members):
            checked += 1
            assert not alone([whole, *members]), whole
    assert checked > 100


def test_every_table_of_the_marts_is_known_and_a_new_one_is_refused(small_site: Site) -> None:
    with duckdb.connect(str(small_site.home / "current.duckdb"), read_only=True) as connection:
        known = tables.known(connection)
        shown_, _ = small_cells.applied(connection, known, K)
        assert [table.name for table in shown_] == [table.name for table in known]
    with duckdb.connect(str(small_site.home / "current.duckdb"), read_only=True) as connection:
        new = tables.Table("marts", "mart_new", "新表", "new", ("value",), (), "marts.fct_measure")
        with pytest.raises(ExportError, match="mart_new"):
            small_cells.applied(connection, [new], K)
