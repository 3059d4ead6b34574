"""The ledger of policy targets as shipped: every label and every reported target stands in it, its indicators are those
the names lead to, the figures it is measured by are in the warehouse, and what does not belong in it is refused.
"""

import csv
import re
from collections import Counter
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path

import duckdb
import pytest

from dagster_project import build_file
from dagster_project.ingest.contract import load_contracts, row_sql
from dagster_project.ingest.load import Outcome, load
from dagster_project.settings import ROOT, Settings
from tests.conftest import AS_OF, Site

COLLECTED = ROOT.parent / "shared" / "targets"
Row = dict[str, str]

HIDDEN = "002_9e4909ba5b85c168"
# What nothing in a catalogue of figures could measure, and 中学, which may be either stage.
WITHOUT_INDICATOR = {
    "001_e94f0fd08c83ca91/加快学前教育普惠优质发展/3",
    f"{HIDDEN}/一/(二)/4",
    f"{HIDDEN}/二/(三)/2/6",
    f"{HIDDEN}/二/(四)/3/1",
    f"{HIDDEN}/二/(九)/1/2",
    "003_7c068f91f998bae7/二/1/1",
    "003_7c068f91f998bae7/二/3/1",
    "003_7c068f91f998bae7/三/6/1",
    "003_7c068f91f998bae7/四/1/1",
    "004_dbfa96451d588551/三/三是提高经费补助/4",
}


def rows(path: Path) -> list[Row]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def collected(name: str) -> list[Row]:
    path = COLLECTED / name
    if not path.exists():
        pytest.skip(f"the collected targets are not beside this checkout: {name}")
    return rows(path)


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[duckdb.DuckDBPyConnection]:
    """The shipped inputs, loaded and not refreshed."""
    build = tmp_path_factory.mktemp("ledger") / "build.duckdb"
    build_file.start(build)
    with build_file.writing(build) as connection:
        report = load(connection, Settings(ROOT / "raw", build.parent, AS_OF), datetime(2026, 1, 31))
        outcomes = {report.sources[source].outcome for source in ("target_documents", "targets", "indicator_units")}
        assert outcomes == {Outcome.ALL_VALID}, report.problems[:5]
        yield connection


@pytest.fixture(scope="module")
def ledger(loaded: duckdb.DuckDBPyConnection) -> list[Row]:
    """Every target, in the order of files and rows."""
    found = loaded.execute("select * from raw.targets order by _file, _row").df()
    return [{str(key): value for key, value in row.items()} for row in found.to_dict("records")]


@pytest.fixture(scope="module")
def documents(loaded: duckdb.DuckDBPyConnection) -> dict[str, Row]:
    found = loaded.execute("select * from raw.target_documents").df()
    return {row["document_id"]: row for row in found.to_dict("records")}


def reference(name: str) -> list[Row]:
    return rows(ROOT / "raw" / "reference" / f"{name}.csv")


# ---- what is in it


def test_a_file_a_document_and_every_document_has_its_file(ledger: list[Row], documents: dict[str, Row]) -> None:
    shipped = {path.stem for path in (ROOT / "raw" / "targets").glob("*.csv")}
    assert {row["document_id"] for row in ledger} == documents.keys() == shipped
    assert (len(documents), len(ledger)) == (39, 248)
    assert {name for name, document in documents.items() if document["text_file"]} == {
        row["document_id"] for row in ledger if row["evidence_kind"] == "clause"
    }


def test_every_label_of_the_five_documents_stands_under_its_place_in_its_article(ledger: list[Row]) -> None:
    def facts(row: Row) -> tuple[str, ...]:
        names = ("indicator_zh", "subject_zh", "region_zh", "comparator", "value", "value_high", "unit", "deadline",
                 "level", "kind", "responsible_units", "evidence")  # fmt: skip
        return tuple(row[name] for name in names)

    expected: dict[str, tuple[object, ...]] = {}
    seen: Counter[tuple[str, str]] = Counter()
    for label in collected("five_documents.csv"):
        article = (label["doc"], label["article"])
        seen[article] += 1
        yearly = label["period"] in ("每年", "每学年") or label["unit"] == "次/周"
        year = label["period"].split("-")[-1] if label["period"][:1] == "2" else ""
        expected[f"{label['doc']}/{label['article']}/{seen[article]}"] = (
            *facts(label), year, "yes" if yearly else "no",
            "yes" if label["note"].startswith("DISPUTABLE:") else "no", label["redacted"] == "true",
            "yes" if label["doc"] == HIDDEN else "no",
        )  # fmt: skip
    found = {
        row["target_id"]: (*facts(row), row["target_year"], row["recurs"], row["disputable"],
                           row["kind"] == "redacted", row["year_hidden"])
        for row in ledger if row["evidence_kind"] == "clause"
    }  # fmt: skip
    assert found == expected
    assert len(found) == 125


def test_every_reported_target_that_was_read_is_in_it_and_none_from_memory(
    ledger: list[Row], documents: dict[str, Row]
) -> None:
    names = ("region_code", "region_zh", "indicator_zh", "comparator", "value", "value_high", "unit", "baseline",
             "baseline_year", "target_year", "kind", "confidence")  # fmt: skip
    of_document = ("issuer_zh", "issued_year")
    expected = Counter(
        (row["document_zh"], *(row[name] for name in of_document), *(row[name] for name in names),
         "yes" if "保持" in row["note"] else "no", "yes" if "文件名为描述" in row["note"] else "no")
        for row in collected("national_and_provincial.csv") if row["confidence"] in ("A", "D")
    )  # fmt: skip
    found = Counter(
        (document["title_zh"], *(document[name] for name in of_document), *(row[name] for name in names),
         row["hold"], document["title_is_description"])
        for row in ledger if row["evidence_kind"] == "reported"
        for document in [documents[row["document_id"]]]
    )  # fmt: skip
    assert (found - expected, expected - found) == (Counter(), Counter())
    assert found.total() == 123


def test_interim_milestones_point_at_the_last_of_their_series(ledger: list[Row]) -> None:
    # Two of a plan whose years are hidden, Guangdong twice, Changsha once.
    found = {(row["document_id"][:6], row["value"], row["target_year"]) for row in ledger if row["milestone_of"]}
    assert found == {("002_9e", "90", ""), ("440000", "85", "2012"), ("440000", "30", "2012"), ("430100", "80", "2018")}


def test_a_standard_for_each_county_is_marked_where_a_higher_region_carries_it_only(ledger: list[Row]) -> None:
    found = {(row["region_zh"], row["indicator_zh"]) for row in ledger if row["per_county"] == "yes"}
    assert found == {
        ("全国", "县域学前教育三年毛入园率"),
        ("全国", "县域普惠性幼儿园覆盖率"),
        ("全国", "县域公办园在园幼儿占比"),
        ("清远市", "中小学教师平均工资与公务员之比"),
        ("X市各县(市、区)", "社区教育覆盖率"),
        ("X市各县(市、区)", "创新教学方法数"),
    }


# ---- its indicators


def test_an_indicator_is_what_its_name_leads_to_or_the_ledger_says_why_not(ledger: list[Row]) -> None:
    aliases = {(row["alias_zh"], row["stage"]): row["indicator_code"] for row in reference("indicator_aliases")}
    names = {row["name_zh"]: row["indicator_code"] for row in reference("indicators")}

    def resolved(name: str, stage: str) -> str:
        for key in ((name, stage), (name, "")):
            if key in aliases:
                return aliases[key]
        return names.get(name, "")

    otherwise = [
        (row["target_id"], row["indicator_code"], resolved(row["indicator_zh"], row["stage"]))
        for row in ledger
        if row["indicator_code"] != resolved(row["indicator_zh"], row["stage"]) and not row["indicator_note"]
    ]
    assert otherwise == []
    # Another code than the name leads to is rare: places of schools only, and model schools created, not in all.
    assert {
        (row["indicator_zh"], row["indicator_code"])
        for row in ledger
        if row["indicator_code"] != resolved(row["indicator_zh"], row["stage"])
    } == {
        ("新增学位数", "sch_places_added"),
        ("市级依法治校示范校数", "law_governed_created_city"),
        ("省级依法治校示范校数", "law_governed_created_province"),
    }


def test_only_what_nothing_could_measure_is_without_an_indicator(ledger: list[Row]) -> None:
    assert {row["target_id"] for row in ledger if not row["indicator_code"]} == WITHOUT_INDICATOR


def test_what_is_added_is_counted_in_the_year_and_not_in_all(ledger: list[Row]) -> None:
    # A plan's flow is summed over its years: a stock of all schools would count them again each year.
    definitions = {row["indicator_code"]: row["definition_zh"] for row in reference("indicators")}
    codes = {row["indicator_code"] for row in ledger if row["comparator"] == "add"}
    assert {code for code in codes if not re.search("当年|一个时期内|规划期内", definitions[code])} == set()


def test_published_figures_come_in_the_unit_of_their_indicator() -> None:
    worth = {(row["indicator_unit"], row["base_unit"]): row["base_units"] for row in reference("indicator_units")}
    units = {row["indicator_code"]: row["unit"] for row in reference("indicators")}
    published = {
        (units[row["indicator_code"]], row["base_unit"]) for row in reference("crosswalk") if row["indicator_code"]
    }
    assert {pair for pair in published if worth.get(pair) != "1"} == set()


# ---- the figures it is measured by


@pytest.fixture(scope="module")
def marts(shipped: Site) -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect(str(shipped.settings.served), read_only=True) as connection:
        yield connection


def table(heading: str) -> list[list[str]]:
    """The rows of the collection's table below a heading."""
    path = COLLECTED / "README.md"
    if not path.exists():
        pytest.skip("the collected targets are not beside this checkout: README.md")
    lines = path.read_text(encoding="utf-8").split(f"## {heading}\n")[1].split("\n## ")[0].splitlines()
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines if line.startswith("|")]
    return cells[2:]


FIGURES = """
    select f.year, f.value / t.unit_factor
    from staging.stg_targets as t
    join marts.fct_indicator as f
      on f.indicator_code = t.indicator_code and f.region_code = t.region_code and f.stage = t.stage
      and f.segment = t.segment and f.status = 'ok'
    where t.target_id = ?
"""


def shows(marts: duckdb.DuckDBPyConnection, target_id: str, year: int, printed: str) -> bool:
    """Whether the warehouse has the printed figure of that year for the cell the target is about."""
    digits = len(printed.partition(".")[2])
    figures = marts.execute(FIGURES, [target_id]).fetchall()
    return any(found == year and abs(value - float(printed)) <= 0.5000001 * 10**-digits for found, value in figures)


def test_real_outcomes_stand_under_the_code_of_the_real_target(
    marts: duckdb.DuckDBPyConnection, ledger: list[Row], documents: dict[str, Row]
) -> None:
    pairs = 0
    for region, indicator, year, target, outcome, _, confidences, plan in table(
        "Pairs of a real target and a real outcome"
    ):
        if "B" in confidences:
            continue
        (row,) = [
            row for row in ledger
            if (row["region_zh"], row["indicator_zh"], row["target_year"]) == (region, indicator, year)
            and documents[row["document_id"]]["title_zh"] == plan
        ]  # fmt: skip
        assert f"{row['comparator']} {row['value']}{row['unit']}" == target
        assert shows(marts, row["target_id"], int(year), outcome), row["target_id"]
        pairs += 1
    assert pairs == 33


def test_targets_with_a_figure_of_a_near_year_only_have_that_figure_and_none_of_their_year(
    marts: duckdb.DuckDBPyConnection, ledger: list[Row]
) -> None:
    near = 0
    for region, indicator, year, target, figures in table("Targets with an outcome of a near year only"):
        for row in ledger:
            if (row["region_zh"], row["indicator_zh"], row["target_year"], row["value"]) != (
                region,
                indicator,
                year,
                target,
            ):
                continue
            at_hand = re.findall(r"(\d{4}): ([\d.]+)", figures)
            assert at_hand and all(shows(marts, row["target_id"], int(of), value) for of, value in at_hand)
            assert int(year) not in {found for found, _ in marts.execute(FIGURES, [row["target_id"]]).fetchall()}
            near += 1
    assert near == 9


# ---- what is refused

LABEL = f"{HIDDEN}/二/(二)/1/1"  # 乡镇公办中心园覆盖率 = 100 %
RANGE = f"{HIDDEN}/二/(二)/1/2"  # 1-2 所
ADDED = f"{HIDDEN}/二/(二)/1/3"
REDACTED = "004_dbfa96451d588551/三/一是统筹项目推进/1"
BASED = "410000-2017-education-plan/n/2"  # 毛入园率, with a baseline of 2015
MILESTONE = "430100-2018-inclusive-kindergartens/n/2"
GONE = "003_7c068f91f998bae7/三/2/3"  # 无证幼儿园 eliminate


def refusals(connection: duckdb.DuckDBPyConnection, source: str, key: str, changes: Row) -> set[tuple[str, str]]:
    """Which rules one row breaks once its cells are changed; the table is left as it was."""
    contract = load_contracts()[source]
    cells = ", ".join(f"{column} = ?" for column in changes)
    connection.begin()
    try:
        connection.execute(f"update raw.{source} set {cells} where {contract.key[0]} = ?", [*changes.values(), key])
        broken = connection.execute(row_sql(contract, date(2026, 1, 31), set(load_contracts()))).fetchall()
    finally:
        connection.rollback()
    return {(rule, column) for _, _, rule, column, *_ in broken}


@pytest.mark.parametrize(
    ("target", "changes", "told"),
    [
        (LABEL, {"ordinal": "9"}, {("target_id_mismatch", "target_id")}),
        (LABEL, {"target_id": RANGE}, {("duplicate_key", "target_id"), ("target_id_mismatch", "target_id")}),
        (BASED, {"document_id": "x"}, {("target_id_mismatch", "target_id"), ("document_not_of_file", "document_id"),
                                       ("unknown_document", "document_id")}),
        (LABEL, {"indicator_code": "kg_nothing"}, {("target_of_unknown_indicator", "indicator_code")}),
        (LABEL, {"indicator_code": ""}, {("unresolved_without_note", "indicator_note")}),
        (LABEL, {"stage": "primary"}, {("stage_not_of_indicator", "stage")}),
        (LABEL, {"stage": "kindergarten"}, {("not_in_list", "stage"), ("stage_not_of_indicator", "stage")}),
        (BASED, {"region_code": "999999"}, {("unknown_region", "region_code")}),
        (LABEL, {"comparator": "about"}, {("not_in_list", "comparator")}),
        (LABEL, {"value": "", "note": ""}, {("value_missing", "value")}),
        (LABEL, {"value": "约100"}, {("not_a_number", "value")}),
        (REDACTED, {"value": "3"}, {("redacted_with_value", "value")}),
        (RANGE, {"value_high": ""}, {("range_without_end", "value_high")}),
        (LABEL, {"value_high": "120"}, {("range_without_end", "value_high")}),
        (RANGE, {"value_high": "1"}, {("range_reversed", "value_high")}),
        (GONE, {"value": "3"}, {("eliminate_not_zero", "value")}),
        (LABEL, {"unit": "所"}, {("unit_does_not_convert", "unit")}),
        (LABEL, {"unit": ""}, {("unit_does_not_convert", "unit")}),
        (BASED, {"baseline_year": ""}, {("baseline_without_year", "baseline_year")}),
        (BASED, {"baseline": ""}, {("baseline_without_year", "baseline_year")}),
        (LABEL, {"target_year": "2020"}, {("hidden_year_with_year", "target_year")}),
        (LABEL, {"deadline": "秋季开学-以前"}, {("deadline_not_a_date", "deadline")}),
        (LABEL, {"deadline": "2020-13"}, {("deadline_not_a_date", "deadline")}),
        (LABEL, {"evidence": ""}, {("evidence_mismatch", "evidence")}),
        (BASED, {"evidence": "达到90%以上"}, {("evidence_mismatch", "evidence")}),
        (BASED, {"evidence_kind": "clause"}, {("evidence_mismatch", "evidence"), ("article_mismatch", "article")}),
        (ADDED, {"counted": "no"}, {("added_not_counted", "counted")}),
        (LABEL, {"milestone_of": "nothing/n/1"}, {("milestone_of_unknown_target", "milestone_of")}),
        (LABEL, {"milestone_of": LABEL}, {("milestone_does_not_fit", "milestone_of")}),
        (LABEL, {"milestone_of": RANGE}, {("milestone_does_not_fit", "milestone_of")}),
        (MILESTONE, {"target_year": "2021"}, {("milestone_does_not_fit", "milestone_of")}),
        (LABEL, {"review_status": "candidate"}, {("not_in_list", "review_status")}),
        (LABEL, {"reviewed_by": ""}, {("required", "reviewed_by")}),
        (LABEL, {"reviewed_on": "2026-02-30"}, {("not_a_date", "reviewed_on")}),
        (LABEL, {"confidence": "B"}, {("not_in_list", "confidence")}),
        (GONE, {"unit": ""}, set()),  # down to none needs no unit
        (MILESTONE, {"target_year": "2019"}, set()),
    ],
    ids=lambda part: "-".join(part) if isinstance(part, dict) else "",
)  # fmt: skip
def test_a_target_that_does_not_hold_together_is_refused(
    loaded: duckdb.DuckDBPyConnection, target: str, changes: Row, told: set[tuple[str, str]]
) -> None:
    assert refusals(loaded, "targets", target, changes) == told


@pytest.mark.parametrize(
    ("source", "key", "changes", "told"),
    [
        ("target_documents", HIDDEN, {"document_id": "教育提升"}, {("bad_form", "document_id")}),
        ("target_documents", HIDDEN, {"region_code": "999999"}, {("unknown_region", "region_code")}),
        ("target_documents", "370811-2024-public-kindergartens", {"plan_to": "2023"}, {("plan_reversed", "plan_to")}),
        ("target_documents", HIDDEN, {"title_is_description": ""}, {("required", "title_is_description")}),
        ("indicator_units", "hours", {"base_units": "0"}, {("base_units_not_usable", "base_units")}),
        ("indicator_units", "hours", {"indicator_unit": "furlongs"}, {("unit_of_no_indicator", "indicator_unit")}),
        ("indicator_units", "hours", {"base_unit": "里"}, {("base_unit_of_no_unit", "base_unit")}),
    ],
    ids=lambda part: "-".join(part) if isinstance(part, dict) else "",
)
def test_a_document_or_unit_that_does_not_hold_together_is_refused(
    loaded: duckdb.DuckDBPyConnection, source: str, key: str, changes: Row, told: set[tuple[str, str]]
) -> None:
    assert refusals(loaded, source, key, changes) == told


def test_a_site_without_a_ledger_has_an_empty_one(site: Site) -> None:
    build = site.home / "build.duckdb"
    build_file.start(build)
    with build_file.writing(build) as connection:
        report = load(connection, site.settings, datetime(2026, 1, 31))
        for source in ("target_documents", "targets"):
            assert (report.sources[source].outcome, report.sources[source].row_count) == (Outcome.ALL_VALID, 0)
            assert connection.execute(f"select count(*) from raw.{source}").fetchone() == (0,)
