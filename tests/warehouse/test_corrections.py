"""Corrections of received figures: applied with their reason, visible in what they change, refused once they expire."""

import duckdb

from tests.conftest import Site

COLUMNS = (
    "region_code", "year", "level", "measure", "source_zh", "old_value", "new_value", "reason", "decided_by", "decided_on",
)  # fmt: skip
# 衡南县 printed 984 teachers for 25,113 children; the bureau found that it were 1,004.
CORRECTION = {
    "region_code": "430422", "year": 2020, "level": "preschool", "measure": "fulltime_teachers", "source_zh": "测试公报",
    "old_value": 984, "new_value": 1004, "reason": "漏计一所幼儿园", "decided_by": "县教育局", "decided_on": "2026-01-05",
}  # fmt: skip


def test_a_correction_stands_with_its_reason_and_shows_what_it_changed_until_it_expires(published: Site) -> None:
    published.table("local/corrections.csv", COLUMNS, [CORRECTION])
    result = published.run("refresh")
    assert result.exit_code == 0, result.output
    served = published.served()
    with duckdb.connect(str(published.settings.served), read_only=True) as connection:
        teachers = connection.execute(
            """select value, uncorrected_value, correction_reason from marts.fct_measure
            where region_code = '430422' and measure_code = 'teachers_fulltime'"""
        ).fetchall()
        changed = connection.execute(
            "select indicator_code, value, uncorrected_value from marts.fct_indicator where uncorrected_value is not null"
        ).fetchall()
        received = connection.execute(
            "select value from raw.statistics where region_code = '430422' and measure = 'fulltime_teachers'"
        ).fetchall()
    assert teachers == [(1004, 984, "漏计一所幼儿园")]
    assert received == [("984",)]
    assert ("kg_children_per_teacher", 25113 / 1004, 25113 / 984) in changed
    explained = published.run("explain", "kg_children_per_teacher", "430422", "2020").output
    assert "更正为 / corrected to 1004，漏计一所幼儿园（县教育局 2026-01-05）" in explained

    # The bureau prints the figure anew: the correction has nothing left to correct.
    source = published.raw / "statistics" / "2020.csv"
    source.write_text(source.read_text(encoding="utf-8").replace(",984,", ",1004,"), encoding="utf-8")
    published.vouch(source)
    result = published.run("refresh")
    assert result.exit_code == 1
    assert "raw/local/corrections.csv 第 2 行" in result.output
    assert "来源已更正则删除该行" in result.output and "remove the line" in result.output
    assert published.served() == served
