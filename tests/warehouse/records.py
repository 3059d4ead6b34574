"""School records and county facts as files of a site: for tests that make their own counties."""

from collections import defaultdict
from typing import Any

from dagster_project.ingest.contract import load_contracts
from tests.conftest import Site

Row = dict[str, Any]


def county(number: int) -> str:
    """The code of the test's synthetic county of that number."""
    return f"9901{number:02d}"


def put_counties(site: Site, *codes: str) -> None:
    """Register synthetic counties, with the prefecture and province above them."""
    rows = [("990000", "province", "100000"), *((c[:4] + "00", "prefecture", "990000") for c in codes)]
    rows += [(code, "county", code[:4] + "00") for code in codes]
    site.table(
        "local/regions.csv",
        ("region_code", "name_zh", "level", "parent_code", "sort_no", "origin"),
        [
            {"region_code": c, "name_zh": f"合成{c}", "level": level, "parent_code": above, "sort_no": int(c), "origin": "synthetic"}
            for c, level, above in dict.fromkeys(rows)
        ],
    )  # fmt: skip


def put_schools(site: Site, rows: list[Row]) -> None:
    """One file a year; what a row does not say is an empty cell, but public, urban and named by its identifier."""
    plain = {"ownership": "public", "area_type": "urban"}
    _put(site, "schools", [{**plain, "name_zh": f"学校{row['school_id']}", **row} for row in rows])


def put_facts(site: Site, rows: list[tuple[str, int, str, str, str, float]]) -> None:
    """One file a year; a row is region, year, stage, segment, measure, value."""
    names = ("region_code", "year", "stage", "segment", "measure_code", "value")
    _put(site, "county_facts", [{**dict(zip(names, row, strict=True)), "source_zh": "测试县情"} for row in rows])


def _put(site: Site, source: str, rows: list[Row]) -> None:
    columns = [column.name for column in load_contracts()[source].columns]
    by_year = defaultdict(list)
    for row in rows:
        by_year[row["year"]].append(row)
    for year, of_year in by_year.items():
        site.table(f"{source}/{year}.csv", columns, of_year)
