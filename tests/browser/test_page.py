"""The page as people use it: opened from disk in a real browser, and every value held against a SQL query."""

import csv
import io
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote

import duckdb
import pytest

from dagster_project.page import PAGE, write
from dagster_project.publish import snapshot
from tests.browser.conftest import DESKTOP, PHONE, Opened, open_page
from tests.conftest import Site

COVERAGE = "kg_inclusive_coverage"
RATIO = "pri_pupils_per_teacher"
TARGET = "321100-2023-preschool-plan/n/2"
VIEWS = ("#/", "#/indicator", f"#/indicator/{COVERAGE}", f"#/indicator/{RATIO}?region=430000&year=2018", "#/targets",
         "#/targets?status=met", "#/counties", "#/nowhere", "#/indicator/unknown", "#/target/unknown",
         f"#/target/{quote(TARGET, safe='')}", "#/?lang=en", f"#/indicator/{COVERAGE}?lang=en", "#/targets?lang=en")  # fmt: skip
COUNTY = "#/county/990105/2024/compulsory_quality_balanced_2017"


def rows(site: Site, query: str, *values: Any) -> list[Any]:
    """What a SQL query says; single columns as plain values."""
    with duckdb.connect(str(site.home / "current.duckdb"), read_only=True) as connection:
        found = connection.execute(query, list(values)).fetchall()
    return [row[0] if len(row) == 1 else row for row in found]


@pytest.fixture(scope="module")
def page(chromium: Any, shipped: Site) -> Iterator[Opened]:
    """The shipped page, in one tab for all tests of the module."""
    opened = open_page(chromium, shipped.home / "current" / PAGE)
    yield opened
    opened.tab.context.close()


@pytest.fixture(scope="module")
def counties(chromium: Any, demo_counties: Site) -> Iterator[Opened]:
    """The page of the synthetic counties, likewise."""
    opened = open_page(chromium, demo_counties.home / "current" / PAGE)
    yield opened
    opened.tab.context.close()


@pytest.fixture(autouse=True)
def _clean(request: pytest.FixtureRequest) -> Iterator[None]:
    """Every test ends without an error in the console and without a request that leaves the disk."""
    yield
    for opened in (value for value in request.node.funcargs.values() if isinstance(value, Opened)):
        complaints, asked = list(opened.complaints), list(opened.asked)
        opened.complaints.clear()
        opened.asked.clear()
        assert complaints == []
        assert [url for url in asked if not url.startswith(("file:", "data:", "blob:"))] == []


def column(opened: Opened, table: str, place: int) -> list[str]:
    """The texts of one column of a table, from 1."""
    cells = opened.tab.locator(f"#table-{table} tbody tr > :nth-child({place})")
    return [text.strip() for text in cells.all_inner_texts()]


def downloaded(opened: Opened, table: str) -> tuple[bytes, list[dict[str, str]]]:
    with opened.tab.expect_download() as download:
        opened.tab.click(f"[data-csv={table}]")
    content = Path(download.value.path()).read_bytes()
    return content, list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline="")))


NAMELESS = """[...document.querySelectorAll('main button, main a, main select, main input, header input')].filter(element =>
    !(element.textContent.trim() || element.getAttribute('aria-label') || element.labels?.length)).length"""


@pytest.mark.parametrize("address", VIEWS)
def test_every_view_opens_from_disk_asks_nobody_and_fits_a_phone(page: Opened, address: str) -> None:
    holds(page, address)


@pytest.mark.parametrize("address", ["#/counties", COUNTY, f"{COUNTY}?lang=en"])
def test_the_views_of_counties_do_so_too(counties: Opened, address: str) -> None:
    holds(counties, address)
    assert "990105" in counties.tab.locator("main").inner_text()


def holds(page: Opened, address: str) -> None:
    """What is asked of every view."""
    tab = page.go(address)
    assert page.asked == [page.file.as_uri()]
    assert tab.locator("h1").count() == 1
    assert "undefined" not in tab.locator("main").inner_text()
    # Every control has a name, every table a caption.
    assert tab.evaluate(NAMELESS) == 0
    assert tab.locator("table:not(:has(caption))").count() == 0
    tab.set_viewport_size(PHONE)
    assert tab.evaluate("document.documentElement.scrollWidth <= innerWidth")
    tab.set_viewport_size(DESKTOP)


DRAWN = """[...document.querySelectorAll('.chart')].map(chart => echarts.getInstanceByDom(chart).getOption().series
    .filter(one => ['公布', '计算'].includes(one.name)).flatMap(one => one.data.map(point => point.value)
        .filter(([, value]) => value !== null).map(([year]) => `${year} ${one.name}`)))"""


@pytest.mark.parametrize(
    ("address", "table"),
    [(f"#/indicator/{COVERAGE}", "figures"), (f"#/target/{quote(TARGET, safe='')}", "values")],
)
def test_every_point_of_a_chart_stands_in_the_table_below_it(page: Opened, address: str, table: str) -> None:
    (points,) = page.go(address).evaluate(DRAWN)
    basis = 2 if table == "figures" else 4
    listed = zip(column(page, table, 1), column(page, table, basis), strict=True)
    assert set(points) <= {f"{year} {tag[:2]}" for year, tag in listed} and points


def test_the_overview_counts_targets_as_the_marts_do(page: Opened, shipped: Site) -> None:
    tab = page.go()
    shown = {
        button.get_attribute("data-value"): int(button.locator(".count").inner_text())
        for button in tab.locator("[data-facet=status]").all()
    }
    query = "select status, count(*) from marts.mart_target_attainment where method = ? group by all"
    assert shown == dict(rows(shipped, query, "ladder"))
    page.after(lambda: tab.select_option("#select-method", "open_sdg"))
    shown = {
        button.get_attribute("data-value"): int(button.locator(".count").inner_text())
        for button in tab.locator("[data-facet=status]").all()
    }
    assert shown == dict(rows(shipped, query, "open_sdg"))


def test_facets_filter_one_another_and_lead_to_the_list(page: Opened, shipped: Site) -> None:
    tab = page.go()
    page.after(lambda: tab.click("[data-facet=status][data-value=met]"))
    shown = {
        button.get_attribute("data-value"): int(button.locator(".count").inner_text())
        for button in tab.locator("[data-facet=region]").all()
    }
    assert shown == dict(
        rows(
            shipped,
            "select region_code, count(*) from marts.mart_target_attainment where method = 'ladder' and status = 'met' group by all",
        )
    )
    page.after(lambda: tab.click("[data-facet=region][data-value='100000']"))
    page.after(lambda: tab.click("main .controls a"))
    expected = rows(
        shipped,
        """select t.indicator_zh from marts.mart_target_attainment as a join marts.fct_target as t using (target_id)
        where a.method = 'ladder' and a.status = 'met' and a.region_code = '100000'""",
    )
    assert sorted(column(page, "targets", 1)) == sorted(expected)
    assert tab.evaluate("location.hash") == "#/targets?status=met&region=100000"


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("普惠性幼儿园覆盖率", COVERAGE),
        ("普惠园覆盖率", COVERAGE),
        ("phxyeyfgl", COVERAGE),
        ("puhuixingyoueryuanfu", COVERAGE),
        ("小学生师比", RATIO),
        ("Nine-year compulsory", "nine_year_retention"),
        ("nine_year_retention", "nine_year_retention"),
    ],
)
def test_an_indicator_is_found_by_name_other_name_letters_and_code(page: Opened, typed: str, code: str) -> None:
    tab = page.go()
    tab.fill("#search", typed)
    assert tab.locator("#search-list [role=option]").first.inner_text().endswith(code)
    page.after(lambda: tab.press("#search", "Enter"))
    assert tab.evaluate("location.hash") == f"#/indicator/{code}"


@pytest.mark.parametrize(("typed", "name"), [("cq", "重庆市"), ("hunan", "湖南省"), ("zj", "镇江市")])
def test_a_region_is_found_by_the_beginning_of_its_letters(page: Opened, typed: str, name: str) -> None:
    tab = page.go(f"#/indicator/{RATIO}")
    tab.fill("#region", typed)
    assert name in tab.locator("#region-list").inner_text()


def test_a_region_is_found_by_its_initials_and_the_place_stays_in_the_address(page: Opened) -> None:
    tab = page.go(f"#/indicator/{RATIO}?year=2018")
    tab.fill("#region", "cqs")
    assert "重庆市" in tab.locator("#region-list [role=option]").first.inner_text()
    page.after(lambda: tab.press("#region", "Enter"))
    assert tab.evaluate("location.hash") == f"#/indicator/{RATIO}?year=2018&region=500000"
    assert tab.input_value("#region") == "重庆市"


def test_a_deep_link_restores_what_was_chosen_with_both_bases(page: Opened, shipped: Site) -> None:
    tab = page.go(f"#/indicator/{RATIO}?region=430000&year=2018&basis=computed")
    assert tab.input_value("#select-year") == "2018"
    assert tab.input_value("#select-basis") == "computed"
    ((printed, value, numerator, denominator),) = rows(
        shipped,
        """select p.value, c.value, c.numerator, c.denominator from marts.fct_indicator as p
        join marts.fct_indicator as c using (indicator_code, region_code, year, stage, segment)
        where p.basis = 'published' and c.basis = 'computed' and indicator_code = ? and region_code = '430000' and year = 2018""",
        RATIO,
    )
    card = tab.locator("section", has_text="湖南省 · 2018").inner_text()
    assert tab.locator("#value b").inner_text() == f"{printed:.2f}"
    for text in (f"{value:.2f}", f"{numerator:,.0f}", f"{denominator:,.0f}", "公布", "计算"):
        assert text in card


def test_percentages_stand_as_they_were_printed(page: Opened, shipped: Site) -> None:
    page.go(f"#/indicator/{COVERAGE}")
    shown = dict(
        zip(
            column(page, "figures", 1),
            zip(column(page, "figures", 2), column(page, "figures", 3), strict=True),
            strict=True,
        )
    )
    # Some years were printed with one decimal, as their rounding says; no second one is added to it.
    printed = dict(
        rows(
            shipped,
            """select cast(year as varchar), cast(value as varchar) from marts.fct_indicator where indicator_code = ?
            and region_code = '100000' and basis = 'published' and round(value_high - value_low, 6) = 0.1 and year not in (
                select year from marts.fct_indicator where indicator_code = ? and region_code = '100000' and basis = 'computed')""",
            COVERAGE,
            COVERAGE,
        )
    )
    assert printed and {year: shown[year][1] for year in printed} == printed
    assert rows(shipped, "select decimals from marts.dim_indicator where indicator_code = ?", COVERAGE) == [2]


def test_the_ranking_is_of_one_level_year_and_basis_and_its_bars_begin_at_zero(page: Opened, shipped: Site) -> None:
    tab = page.go(f"#/indicator/{RATIO}?region=430000&year=2018&basis=computed")
    expected = rows(
        shipped,
        """select cast(rank() over (order by f.value) as varchar), r.name_zh, f.value from marts.fct_indicator as f
        join marts.dim_region as r using (region_code) where f.indicator_code = ? and f.year = 2018 and f.basis = 'computed'
        and r.level = 'province' and r.valid_to is null and f.segment = 'all' order by f.value, r.sort_no""",
        RATIO,
    )
    assert len(expected) == 31
    assert list(zip(column(page, "ranking", 1), column(page, "ranking", 3), strict=True)) == [
        row[:2] for row in expected
    ]
    widths = tab.evaluate(
        "[...document.querySelectorAll('#table-ranking .track i')].map(bar => bar.getBoundingClientRect().width)"
    )
    assert widths[0] / widths[-1] == pytest.approx(expected[0][2] / expected[-1][2], rel=0.02)
    tiles = {tile.get_attribute("data-region"): tile.locator("b").inner_text() for tile in tab.locator(".tile").all()}
    assert tiles["430000"] == f"{dict(row[1:] for row in expected)['湖南省']:.2f}"
    assert len(tiles) == 34 and tiles["710000"] == "无"


def test_the_trend_keeps_bases_apart_gaps_open_and_ends_at_breaks(page: Opened, shipped: Site) -> None:
    tab = page.go("#/indicator/kg_children_per_teacher")
    series = tab.evaluate(
        """echarts.getInstanceByDom(document.querySelector('.chart')).getOption().series.map(one => ({
            name: one.name, data: one.data.map(point => point.value), marks: (one.markLine?.data ?? []).map(mark => mark.xAxis)}))"""
    )
    for basis, name in (("published", "公布"), ("computed", "计算")):
        runs = [[point for point in one["data"] if point[1] is not None] for one in series if one["name"] == name]
        assert [tuple(point) for run in runs for point in run] == rows(
            shipped,
            """select year, value from marts.fct_indicator where indicator_code = 'kg_children_per_teacher' and basis = ?
            and region_code = '100000' and segment = 'all' order by year""",
            basis,
        )
        # The break of 2021: no line has years on both sides of it.
        assert runs and all(len({year < 2021 for year, _ in run}) == 1 for run in runs)
    assert [one["marks"] for one in series if one["name"] == "口径断裂"] == [[2020.5]]
    assert "2021" in tab.locator("section", has_text="趋势").inner_text()


def test_the_figures_of_a_computed_value_name_publication_file_and_row(page: Opened, shipped: Site) -> None:
    page.go(f"#/indicator/{RATIO}?region=430000&year=2018")
    shown = set(
        zip(
            column(page, "working", 5),
            column(page, "working", 7),
            column(page, "working", 8),
            column(page, "working", 9),
            strict=True,
        )
    )
    expected = rows(
        shipped,
        """select format('{:,}', cast(f.value as bigint)), s.source_zh, f.source_file, cast(f.source_row as varchar)
        from marts.fct_measure as f join marts.dim_source as s using (source_id) where f.region_code = '430000' and f.year = 2018
        and f.stage = 'primary' and f.segment = 'all' and f.measure_code in ('enrolment', 'teachers_fulltime')""",
    )
    assert shown == set(expected) and len(expected) == 2


def test_where_there_is_no_value_the_page_says_why_and_never_zero(page: Opened, shipped: Site) -> None:
    (without,) = rows(
        shipped,
        """select indicator_code from marts.dim_indicator where indicator_code not in (select indicator_code from marts.fct_indicator)
        order by 1 limit 1""",
    )
    tab = page.go(f"#/indicator/{without}")
    assert "无数据" in tab.locator("main").inner_text() and tab.locator("#value, .chart, .tile").count() == 0
    tab = page.go(f"#/indicator/{COVERAGE}?region=530000")
    value = tab.locator("#value").inner_text()
    assert value.startswith("无数据") and "没有公布值" in value
    tab = page.go(f"#/indicator/{COVERAGE}?region=100000&year=2017")
    assert "2017 年没有公布值" in tab.locator("#value").inner_text()


def test_the_language_turns_where_the_reader_is(page: Opened) -> None:
    tab = page.go("#/targets?status=met&region=410000")
    before = tab.locator("#table-targets tbody tr").count()
    page.after(lambda: tab.click(".language"))
    assert tab.locator("h1").inner_text() == "Targets"
    assert tab.evaluate("document.documentElement.lang") == "en"
    assert tab.evaluate("location.hash") == "#/targets?status=met&region=410000&lang=en"
    assert tab.locator("#table-targets tbody tr").count() == before
    assert tab.locator("#table-targets .mark").first.inner_text() == "met"
    # Links keep the language, and so does a page opened anew from the address.
    tab.reload()
    tab.wait_for_selector("#page[data-drawn] main h1")
    page.after(lambda: tab.click("nav a:nth-child(2)"))
    assert tab.locator("h1").inner_text() == "Indicators"
    page.after(lambda: tab.click(".language"))
    assert tab.locator("h1").inner_text() == "指标"


def test_a_target_tells_clause_verdict_of_each_method_and_the_data_behind(page: Opened, shipped: Site) -> None:
    tab = page.go(f"#/target/{quote(TARGET, safe='')}")
    verdicts = rows(
        shipped,
        """select m.name_zh, a.reason_zh from marts.mart_target_attainment as a join marts.verdict_method as m using (method)
        where target_id = ? order by case method when 'ladder' then 1 else 2 end, method""",
        TARGET,
    )
    assert list(zip(column(page, "verdicts", 1), column(page, "verdicts", 3), strict=True)) == verdicts
    values = rows(
        shipped,
        "select cast(value as varchar) from intermediate.int_target_value where target_id = ? order by year desc",
        TARGET,
    )
    assert column(page, "values", 3) == values != []
    (with_clause,) = rows(
        shipped, "select target_id from marts.fct_target where evidence is not null order by 1 limit 1"
    )
    tab = page.go(f"#/target/{quote(with_clause, safe='')}")
    assert (
        tab.locator("blockquote").inner_text()
        == rows(shipped, "select evidence from marts.fct_target where target_id = ?", with_clause)[0]
    )
    assert tab.locator("#missing").inner_text().startswith("还缺什么才能判定")


def test_a_downloaded_list_holds_what_is_shown_with_the_values_of_the_marts(page: Opened, shipped: Site) -> None:
    tab = page.go("#/targets?status=met&status=missed&sort=-year")
    content, shown = downloaded(page, "targets")
    assert content.startswith(b"\xef\xbb\xbf")
    expected = rows(
        shipped,
        """select target_id, actual_value, target_year from marts.mart_target_attainment
        where method = 'ladder' and status in ('met', 'missed')""",
    )
    assert {(row["编号"], float(row["实际"]), int(row["期限"])) for row in shown} == set(expected)
    assert {row["编号"] for row in shown if row["暂定"] == "是"} == set(
        rows(
            shipped,
            """select target_id from marts.mart_target_attainment
            where method = 'ladder' and status in ('met', 'missed') and provisional""",
        )
    )
    assert {row["判定方法"] for row in shown} == set(
        rows(shipped, "select name_zh from marts.verdict_method where method = 'ladder'")
    )
    assert (
        [row["期限"] for row in shown]
        == column(page, "targets", 4)
        == sorted((row["期限"] for row in shown), reverse=True)
    )
    assert tab.locator("#table-targets th[aria-sort=descending]").inner_text().startswith("期限")


def test_a_downloaded_ranking_has_unrounded_values(page: Opened, shipped: Site) -> None:
    page.go(f"#/indicator/{RATIO}?year=2018&basis=computed&level=province")
    _, shown = downloaded(page, "ranking")
    expected = rows(
        shipped,
        """select f.region_code, f.value from marts.fct_indicator as f where indicator_code = ? and year = 2018 and basis = 'computed'
        and segment = 'all' and region_code in (select region_code from marts.dim_region where level = 'province')""",
        RATIO,
    )
    assert {(row["代码"], float(row["数值"])) for row in shown} == set(expected)


@pytest.mark.parametrize(
    ("table", "said"),
    [
        ("ranking", {"级别": "省级", "年份": "2018", "依据": "计算"}),
        ("figures", {"代码": "430000", "地区": "湖南省"}),
        ("working", {"代码": "430000", "地区": "湖南省", "计算年份": "2018", "依据": "计算"}),
    ],
)
def test_a_downloaded_file_says_what_its_values_are_of(page: Opened, table: str, said: dict[str, str]) -> None:
    page.go(f"#/indicator/{RATIO}?region=430000&year=2018&basis=computed")
    content, shown = downloaded(page, table)
    said = {"指标": "小学生师比", "指标代码": RATIO, "学段": "小学", "分组": "全体", **said}
    assert shown and all(said.items() <= row.items() for row in shown)
    names = content.decode("utf-8-sig").splitlines()[0].split(",")
    assert len(names) == len(set(names))


def test_the_page_is_used_without_a_mouse(page: Opened) -> None:
    tab = page.go()
    tab.keyboard.press("Tab")
    assert tab.evaluate("document.activeElement.className") == "skip"
    tab.keyboard.press("Enter")
    assert tab.evaluate("document.activeElement.tagName") == "H1"
    tab.focus("[data-facet=status][data-value=met]")
    page.after(lambda: tab.keyboard.press("Enter"))
    # The focus is where it was, on what is now pressed, and it is seen.
    focused = "document.activeElement"
    assert tab.evaluate(f"[{focused}.dataset.value, {focused}.getAttribute('aria-pressed')]") == ["met", "true"]
    assert tab.evaluate(f"getComputedStyle({focused}).outlineStyle") == "solid"
    page.after(lambda: tab.keyboard.press("Space"))
    assert tab.evaluate("location.hash") == "#/"
    # A choice that is taken away takes its button along: the focus goes to the next one, at last to the heading.
    page.go("#/targets?status=met&status=missed")
    tab.focus("[data-focus=chip-status-met]")
    page.after(lambda: tab.keyboard.press("Enter"))
    assert tab.evaluate(f"{focused}.dataset.focus") == "chip-status-missed"
    page.after(lambda: tab.keyboard.press("Enter"))
    assert tab.evaluate(f"{focused}.tagName") == "H1"
    tab.focus("#search")
    tab.keyboard.type("gaozhong")
    tab.keyboard.press("ArrowDown")
    assert tab.get_attribute("#search", "aria-activedescendant") == "search-1"
    tab.keyboard.press("Escape")
    assert tab.locator("#search-list").is_hidden()


def test_statuses_are_told_by_a_word_and_a_shape(page: Opened) -> None:
    tab = page.go("#/targets")
    marks = tab.locator("#table-targets .mark").all()
    assert len(marks) == tab.locator("#table-targets tbody tr").count() > 1
    for mark in marks:
        assert mark.inner_text().strip() and mark.locator("svg path").get_attribute("d")


def test_printing_leaves_out_what_only_a_screen_can_use(page: Opened) -> None:
    tab = page.go(f"#/indicator/{COVERAGE}")
    tab.emulate_media(media="print")
    assert tab.locator("header").is_hidden() and tab.locator("[data-csv=figures]").is_hidden()
    assert tab.locator("footer").is_visible()
    assert tab.locator("main select:visible, main input:visible").count() == 0
    page.go("#/")
    assert tab.locator("#select-method").is_hidden() and tab.locator(".controls a").is_hidden()
    # Which method counted and what it came to stays.
    assert tab.locator(".print-only").is_visible() and tab.locator("[data-facet=status] .count").first.is_visible()
    assert tab.pdf(format="A4").startswith(b"%PDF")
    tab.emulate_media(media="screen")


def test_an_address_that_means_nothing_says_so(page: Opened) -> None:
    for address in ("#/nowhere", "#/indicator/%E0%A4%A", "#/target/x", "#/county/1/2/3", "#/county",
                    "#/constructor", "#/toString", "#/__proto__"):  # fmt: skip
        assert page.go(address).locator("h1").inner_text() == "没有这个页面"


def test_counties_are_filtered_by_verdict_and_show_conditions_and_failing_schools(
    chromium: Any, demo_counties: Site
) -> None:
    opened = open_page(chromium, demo_counties.home / "current" / PAGE)
    tab = opened.go("#/counties?assessment=compulsory_quality_balanced_2017&year=2024&status=not_met")
    assert column(opened, "counties", 2) == rows(
        demo_counties,
        """select region_code from marts.mart_county_assessment where year = 2024 and status = 'not_met'
        and assessment = 'compulsory_quality_balanced_2017' order by 1""",
    )
    opened.after(lambda: tab.click("#table-counties tbody tr:last-child a"))
    assert unquote(tab.evaluate("location.hash")) == COUNTY
    opened.after(lambda: tab.select_option("#select-status", "not_met"))
    conditions = rows(
        demo_counties,
        """select condition_no, name_zh from marts.mart_assessment_condition where region_code = '990105' and year = 2024
        and assessment = 'compulsory_quality_balanced_2017' and status = 'not_met' order by sort_no""",
    )
    assert column(opened, "conditions", 1) == [number for number, _ in conditions]
    opened.after(lambda: tab.click("#table-conditions tbody tr:first-child a"))
    _, schools = downloaded(opened, "schools")
    assert [row["编号"] for row in schools] == rows(
        demo_counties,
        """select school_id from marts.assessment_school where region_code = '990105' and year = 2024 and status = 'not_met'
        and assessment = 'compulsory_quality_balanced_2017' and condition_no = '1.1' and indicator_code = (
            select indicator_code from marts.mart_assessment_condition where region_code = '990105' and year = 2024
            and assessment = 'compulsory_quality_balanced_2017' and status = 'not_met' order by sort_no limit 1)
        order by shortfall desc, school_id""",
    )
    assert opened.complaints == []
    tab.context.close()


def test_a_county_turns_to_another_year_under_the_keyboard_and_drops_a_status_nothing_has(
    counties: Opened, demo_counties: Site
) -> None:
    (count,) = rows(
        demo_counties,
        """select count(*) from marts.mart_assessment_condition where region_code = '990105' and year = 2024
        and assessment = 'compulsory_quality_balanced_2017'""",
    )
    tab = counties.go(f"{COUNTY}?status=other")
    assert tab.input_value("#select-status") == ""
    assert count and f"{count} 行" in tab.locator("#table-conditions caption").inner_text()
    counties.go("#/counties?status=other")
    assert tab.input_value("#select-status") == "" and len(column(counties, "counties", 2)) > 1
    tab = counties.go(COUNTY)
    tab.focus("#select-year")
    counties.after(lambda: tab.keyboard.press("ArrowDown"))
    assert tab.evaluate("document.activeElement.id") == "select-year"
    assert unquote(tab.evaluate("location.hash")) != COUNTY
    # From another view one begins at its heading.
    counties.after(lambda: tab.click("nav a:last-child"))
    assert tab.evaluate("document.activeElement.tagName") == "H1"


def test_a_province_without_a_tile_is_counted_and_shown(chromium: Any, demo_counties: Site) -> None:
    (code,) = rows(
        demo_counties,
        "select indicator_code from marts.fct_indicator where region_code = '990000' and basis = 'computed' and status = 'ok' order by 1 limit 1",
    )
    opened = open_page(chromium, demo_counties.home / "current" / PAGE)
    tab = opened.go(f"#/indicator/{code}?region=990000")
    assert "不在图中的省级代码 1 个：990000 合成省" in tab.locator("main").inner_text()
    tab.context.close()


def copy_of(site: Site, folder: Path) -> Path:
    """The served file of a site, to be changed."""
    file = Path(shutil.copy(site.home / "current.duckdb", folder / "changed.duckdb"))
    file.chmod(0o644)
    return file


@pytest.fixture
def accepted(restated: Site, tmp_path: Path) -> Path:
    """The restated page with a drift that somebody accepted, in words that are an attack, and with one change told."""
    served = snapshot.current(restated.settings)
    assert served is not None
    with duckdb.connect(str(copy_of(restated, tmp_path))) as connection:
        connection.execute(
            "insert into meta.accepted_drift values (2, 'f', 12, '000001-x', '统计科<img src=x>', '核对过', '2026-01-05T09:00:00+08:00')"
        )
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("dagster_project.page.data._TOLD_CHANGES", 1)
            write.write(connection, tmp_path, served.manifest)
    return tmp_path / PAGE


def test_changes_lead_to_the_target_and_the_indicator_where_what_was_before_stands(
    chromium: Any, accepted: Path, restated: Site, province: Site
) -> None:
    opened = open_page(chromium, accepted)
    tab = opened.go()
    (count,) = rows(restated, "select count(*) from marts.mart_change where snapshot_no = 2")
    shown = tab.locator("#table-changes tbody td.number").all_inner_texts()
    assert sum(int(text.replace(",", "")) for text in shown) == count
    assert "统计科<img src=x>，2026-01-05，12 项（与 000001-x 相比），理由：核对过" in tab.locator("main").inner_text()
    assert tab.locator("img").count() == 0
    assert [" ".join(text.split()) for text in column(opened, "changed-verdicts", 3)] == ["达到 → 未达到"]
    assert "共 3 行，列出前 1 行" in tab.locator("#table-changed-verdicts caption").inner_text()
    _, file = downloaded(opened, "changed-verdicts")
    expected = rows(
        restated,
        """select target_id, cast(old_value as varchar), cast(new_value as varchar) from marts.mart_change
        where table_name = 'marts.mart_target_attainment' and change_kind = 'changed'""",
    )
    assert sorted((row["编号"], row["原数值"], row["现数值"]) for row in file) == sorted(expected)
    opened.after(lambda: tab.click("#table-changed-verdicts tbody a"))
    assert column(opened, "known-verdicts", 4)[:2] == ["未达到", "达到"]
    assert column(opened, "known-verdicts", 3)[:2] == ["现在", "快照 2（2026-01-31）"]
    assert "目标年的数值未达到" in tab.locator("main .lead").inner_text()
    opened.after(tab.go_back)
    assert "16.85 → 17.3" in tab.locator("#table-changed-values").inner_text()
    opened.after(lambda: tab.click("#table-changed-values tbody a"))
    assert "17.3" in tab.locator("#value").inner_text()
    assert "16.85" in column(opened, "former", 3)
    assert opened.complaints == []
    tab.context.close()
    first = open_page(chromium, province.home / "current" / PAGE)
    assert "没有可比的前一快照" in first.go().locator("main").inner_text()
    first.tab.context.close()


HOSTILE = '=1+1</script><script>window.ran=1</script><img src=x onerror="window.ran=1">\u2028"\'${`'


@pytest.fixture
def hostile(published: Site, tmp_path: Path) -> Path:
    """A page of a file in which whatever comes from files is an attack; its data stand beside it."""
    served = snapshot.current(published.settings)
    assert served is not None
    served.database.chmod(0o644)
    folder = tmp_path / "page"
    folder.mkdir()
    with duckdb.connect(str(served.database)) as connection:
        for column_of in (
            "marts.dim_indicator.name_zh", "marts.dim_indicator.name_en", "marts.dim_indicator.definition_zh",
            "marts.dim_region.name_zh", "marts.dim_source.source_zh", "marts.indicator_break.reason_zh",
            "marts.dim_measure.name_zh", "marts.indicator_alias.alias_zh",
        ):  # fmt: skip
            schema, name, changed = column_of.split(".")
            connection.execute(f"update {schema}.{name} set {changed} = ?", [HOSTILE])
        connection.execute(
            "update quality.check_result set outcome = 'failed', meaning_zh = ?, message = ?", [HOSTILE] * 2
        )
        write.write(connection, folder, served.manifest, 0)
    return folder / PAGE


def test_names_that_are_attacks_are_only_text(chromium: Any, hostile: Path) -> None:
    opened = open_page(chromium, hostile)
    for address in ("#/", "#/indicator", "#/indicator/kg_public_share_children", f"#/indicator/{RATIO}", "#/targets"):
        tab = opened.go(address)
        assert tab.evaluate("window.ran") is None
        assert tab.locator("img").count() == 0
        tab.fill("#search", "script")
        assert HOSTILE[:20] in tab.locator("#search-list").inner_text()
    tab = opened.go("#/indicator")
    _, shown = downloaded(opened, "indicators")
    assert all(row["指标"].startswith("'=1+1") for row in shown)
    assert opened.complaints == []
    tab.context.close()


def test_shards_are_opened_from_beside_the_page_and_one_that_is_lost_is_named(
    chromium: Any, province: Site, tmp_path: Path
) -> None:
    served = snapshot.current(province.settings)
    assert served is not None
    with duckdb.connect(str(province.home / "current.duckdb"), read_only=True) as connection:
        write.write(connection, tmp_path, served.manifest, 0)
    opened = open_page(chromium, tmp_path / PAGE)
    tab = opened.go("#/")
    assert opened.asked == [opened.file.as_uri()]  # no shard before it is needed
    (code,) = rows(
        province, "select indicator_code from marts.fct_indicator where region_code = '100000' order by 1 limit 1"
    )
    tab = opened.go(f"#/indicator/{code}")
    assert tab.locator("#value b").count() == 1
    scripts = [url for url in opened.asked if url.endswith(".js")]
    assert scripts and all(url.startswith(tmp_path.as_uri()) for url in scripts)
    assert opened.complaints == []
    for file in (tmp_path / write.SHARDS).iterdir():
        file.unlink()
    tab = opened.go(f"#/indicator/{code}")
    assert "dashboard 文件夹" in tab.locator("main").inner_text()
    tab.context.close()


def test_a_page_takes_no_data_but_those_that_were_written_with_it(
    chromium: Any, province: Site, tmp_path: Path
) -> None:
    served = snapshot.current(province.settings)
    assert served is not None
    code, other = rows(
        province,
        "select distinct indicator_code from marts.fct_indicator where region_code = '100000' order by 1 limit 2",
    )
    older, newer = tmp_path / "older", tmp_path / "newer"
    with duckdb.connect(str(copy_of(province, tmp_path))) as connection:
        for folder in (older, newer):
            folder.mkdir()
            write.write(connection, folder, served.manifest, 0)
            connection.execute("update marts.fct_indicator set value = value + 1 where indicator_code = ?", [code])
    shutil.copy(newer / PAGE, older / PAGE)
    opened = open_page(chromium, older / PAGE)
    tab = opened.go(f"#/indicator/{code}")
    assert "不属于本页" in tab.locator("main").inner_text() and tab.locator("#value").count() == 0
    # What did not change is the same, whichever snapshot it was written for.
    assert opened.go(f"#/indicator/{other}").locator("#value b").count() == 1
    assert opened.complaints == []
    for file in (older / write.SHARDS).iterdir():
        file.write_text(file.read_text("utf-8")[:-9], encoding="utf-8")
    tab = opened.go(f"#/indicator/{other}")
    assert "损坏" in tab.locator("main").inner_text()
    assert opened.complaints and all("unexpected" in text.lower() for text in opened.complaints)
    tab.context.close()


@pytest.fixture
def crowded(restated: Site, tmp_path: Path) -> Path:
    """The restated page with more checks and set-aside rows than a table shows at once, its data beside it."""
    served = snapshot.current(restated.settings)
    assert served is not None
    with duckdb.connect(str(copy_of(restated, tmp_path))) as connection, pytest.MonkeyPatch.context() as patch:
        connection.execute("update quality.check_result set outcome = 'failed'")
        connection.execute(
            """insert into quality.quarantine by name select 's' as source, 'raw/local/x.csv' as file, n as row_no, 'a' as column_name,
            'r' as rule, 'quarantined' as consequence from range(2, 62) as r(n)"""
        )
        patch.setattr("dagster_project.page.data._TOLD_CHANGES", 1)
        patch.setattr("dagster_project.page.data._TOLD_QUARANTINE", 55)
        write.write(connection, tmp_path, served.manifest, 0)
    return tmp_path / PAGE


def test_long_tables_are_shown_whole_one_beside_the_other_and_say_how_many_rows_there_are(
    chromium: Any, crowded: Path
) -> None:
    opened = open_page(chromium, crowded)
    tab = opened.go()
    caption = tab.locator("#table-quarantine caption").inner_text()
    assert "共 60 行，列出前 55 行，下载的文件中有 55 行" in caption
    for table in ("checks", "quarantine"):
        assert len(column(opened, table, 1)) == 50
        opened.after(lambda table=table: tab.click(f"[data-focus=all-{table}]"))
    assert len(column(opened, "checks", 1)) > 50 and len(column(opened, "quarantine", 1)) == 55
    assert len(downloaded(opened, "quarantine")[1]) == 55
    assert opened.complaints == []
    tab.context.close()


def test_a_file_whose_data_are_lost_says_so_beside_its_button(chromium: Any, crowded: Path) -> None:
    opened = open_page(chromium, crowded)
    tab = opened.go()
    assert len(downloaded(opened, "changed-verdicts")[1]) == 3
    tab = opened.go()
    shutil.rmtree(crowded.parent / write.SHARDS)
    tab.click("[data-csv=changed-verdicts]")
    told = tab.locator("#table-changed-verdicts [role=alert]")
    told.filter(has_text="dashboard 文件夹").wait_for()
    assert [text for text in opened.complaints if "ERR_FILE_NOT_FOUND" not in text] == []
    tab.context.close()
