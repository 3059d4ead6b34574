"""What is refused of school records, county facts and decided conditions: each rule once, and what no rule may refuse.

The rows here are of counties of the shipped table of regions, as of 2026-01-31.
"""

from collections.abc import Iterator
from datetime import date, datetime

import duckdb
import pytest

from dagster_project import build_file
from dagster_project.ingest.contract import load_contracts, row_sql
from dagster_project.ingest.load import load
from dagster_project.settings import ROOT, Settings

AS_OF = date(2026, 1, 31)
CONTRACTS = load_contracts()
Row = dict[str, object]

PRIMARY: Row = {
    "year": 2024, "region_code": "441802", "school_id": "P1", "kind": "primary", "ownership": "public",
    "area_type": "town", "pupils": 60, **{f"pupils_grade_{grade}": 10 for grade in range(1, 7)},
    "classes": 2, "teachers_fulltime": 6,
}  # fmt: skip
JUNIOR: Row = {
    "year": 2024, "region_code": "441802", "school_id": "J1", "kind": "junior", "ownership": "public",
    "area_type": "town", "pupils": 30, "classes": 1, "teachers_fulltime": 4,
}  # fmt: skip
KINDERGARTEN: Row = {
    "year": 2024, "region_code": "441802", "school_id": "K1", "kind": "kindergarten", "ownership": "private_inclusive",
    "area_type": "urban", "pupils": 50,
}  # fmt: skip
# A nine-year school: what is shared stands in its own row, pupils and teachers in those of its sections.
NINE_YEAR: Row = {
    "year": 2024, "region_code": "441802", "school_id": "N1", "kind": "nine_year", "ownership": "public",
    "area_type": "village", "is_boarding": "yes", "teaching_area_sqm": "812.5", "books": 3000, "music_rooms": 1,
    "music_room_smallest_sqm": 73,
}  # fmt: skip
SECTIONS: list[Row] = [
    {**PRIMARY, "school_id": "N1-P", "parent_id": "N1"},
    {**JUNIOR, "school_id": "N1-J", "parent_id": "N1"},
]


@pytest.fixture(scope="module")
def reference() -> Iterator[duckdb.DuckDBPyConnection]:
    """A database in memory with the shipped reference tables and empty tables of schools."""
    with duckdb.connect() as connection:
        for schema in ("raw", "quality", "meta"):
            connection.execute(f"create schema {schema}")
        for name, table in build_file.TABLES.items():
            connection.execute(f"create table {name} ({', '.join(f'{c} {t}' for c, (t, _) in table.columns.items())})")
        sources = {s: c for s, c in CONTRACTS.items() if c.group in ("reference", "schools", "local")}
        report = load(connection, Settings(ROOT / "raw", ROOT, AS_OF), datetime(2026, 1, 31), contracts=sources)
        assert not report.refused
        yield connection


Broken = list[tuple[int, str, str]]


def broken(connection: duckdb.DuckDBPyConnection, source: str, *rows: Row) -> Broken:
    """Place among `rows` (from 0), column and rule of all that is broken."""
    contract = CONTRACTS[source]
    connection.execute(f"delete from {contract.table}")
    names = [column.name for column in contract.columns]
    assert all(set(row) <= set(names) for row in rows)
    for place, row in enumerate(rows):
        file = f"raw/{source}/{row['year']}.csv"
        cells = [str(row.get(name, "")) for name in names]
        connection.execute(
            f"insert into {contract.table} values ({'?, ' * len(cells)}?, ?, '', null)", [*cells, file, place]
        )
    found = connection.execute(row_sql(contract, AS_OF, set(CONTRACTS))).fetchall()
    return sorted((place, column, rule) for _, place, rule, column, *_ in found)


def each_broken(connection: duckdb.DuckDBPyConnection, counties: list[list[Row]]) -> list[Broken]:
    """The same of several sets of school rows that know nothing of each other, for the price of one."""
    rows = [
        {**row, **{name: f"{number}:{row[name]}" for name in ("school_id", "parent_id") if row.get(name)}}
        for number, county in enumerate(counties)
        for row in county
    ]
    found, start, told = broken(connection, "schools", *rows), 0, []
    for county in counties:
        end = start + len(county)
        told.append([(place - start, column, rule) for place, column, rule in found if start <= place < end])
        start = end
    return told


# ---- schools


def test_plain_rows_of_every_kind_are_taken(reference: duckdb.DuckDBPyConnection) -> None:
    others = [
        {**KINDERGARTEN, "school_id": kind, "kind": kind}
        for kind in ("teaching_point", "junior", "senior", "vocational", "special")
    ]
    assert broken(reference, "schools", PRIMARY, JUNIOR, KINDERGARTEN, NINE_YEAR, *SECTIONS, *others) == []


REFUSED: list[tuple[Row, Row, str, str]] = [
    (JUNIOR, {"staff": -1}, "staff", "negative_value"),
    (PRIMARY, {"floor_area_sqm": "-0.5"}, "floor_area_sqm", "negative_value"),
    (PRIMARY, {"pupils": "60.0"}, "pupils", "not_an_integer"),
    (PRIMARY, {"equipment_value_yuan": "nan"}, "equipment_value_yuan", "not_a_number"),
    (PRIMARY, {"equipment_value_yuan": "inf"}, "equipment_value_yuan", "not_a_number"),
    (PRIMARY, {"equipment_value_yuan": "12万"}, "equipment_value_yuan", "not_a_number"),
    (PRIMARY, {"books": "9" * 12}, "books", "out_of_range"),
    (PRIMARY, {"is_boarding": "true"}, "is_boarding", "not_in_list"),
    (PRIMARY, {"kind": "小学"}, "kind", "not_in_list"),
    (PRIMARY, {"area_type": "rural"}, "area_type", "not_in_list"),
    (PRIMARY, {"region_code": "999999"}, "region_code", "unknown_region"),
    (PRIMARY, {"region_code": "371200"}, "region_code", "region_not_in_force"),
    (PRIMARY, {"region_code": "441800"}, "region_code", "not_a_county"),
    (PRIMARY, {"region_code": "440000"}, "region_code", "not_a_county"),
    (PRIMARY, {"pupils": ""}, "pupils", "pupils_missing"),
    (PRIMARY, {"pupils": 61}, "pupils", "grades_do_not_add_up"),
    (PRIMARY, {"pupils": 59}, "pupils", "grades_do_not_add_up"),
    (PRIMARY, {"pupils_grade_6": "", "pupils": 49}, "pupils", "grades_do_not_add_up"),
    (JUNIOR, {"pupils_grade_7": 10, "pupils_grade_8": 10, "pupils_grade_9": 9}, "pupils", "grades_do_not_add_up"),
    (JUNIOR, {"music_room_smallest_sqm": 73, "music_rooms": 0}, "music_room_smallest_sqm", "music_area_without_room"),
    (JUNIOR, {"art_room_smallest_sqm": 73, "art_rooms": 0}, "art_room_smallest_sqm", "art_area_without_room"),
    (JUNIOR, {"parent_id": "X"}, "parent_id", "section_without_parent"),
    (JUNIOR, {"parent_id": "J1"}, "kind", "section_of_wrong_parent"),
    (NINE_YEAR, {"school_id": "N2"}, "kind", "school_without_sections"),
]  # fmt: skip


@pytest.fixture(scope="module")
def of_refused(reference: duckdb.DuckDBPyConnection) -> list[Broken]:
    return each_broken(reference, [[{**school, **changed}] for school, changed, *_ in REFUSED])


@pytest.mark.parametrize(
    "case", range(len(REFUSED)), ids=[f"{rule}-{'-'.join(changed)}" for _, changed, _, rule in REFUSED]
)
def test_a_row_is_refused_for_one_reason(of_refused: list[Broken], case: int) -> None:
    _, _, column, rule = REFUSED[case]
    assert of_refused[case] == [(0, column, rule)]


def test_no_part_exceeds_its_whole(reference: duckdb.DuckDBPyConnection) -> None:
    totals = [total for total in CONTRACTS["schools"].totals if not total.complete]
    pairs = [(total.whole, part) for total in totals for part in total.parts]
    plain = {**KINDERGARTEN, "pupils": 9}
    equal = each_broken(reference, [[{**plain, whole: 9, part: 9}] for whole, part in pairs])
    above = each_broken(reference, [[{**plain, whole: 9, part: 10}] for whole, part in pairs])
    assert equal == [[] for _ in pairs]
    assert above == [[(0, part, "part_above_whole")] for _, part in pairs]


def test_parts_that_share_a_whole_add_up_to_it(reference: duckdb.DuckDBPyConnection) -> None:
    for total in CONTRACTS["schools"].totals:
        if not total.complete:
            continue
        parts, everyone = total.parts, 2 * len(total.parts)
        cases = [
            (everyone, dict.fromkeys(parts, 2), True),
            (everyone + 1, dict.fromkeys(parts, 2), False),
            (everyone - 1, dict.fromkeys(parts, 2), False),
            # What was not reported may make up the difference, but not less than none.
            (everyone + 1, dict.fromkeys(parts[1:], 2), True),
            (1, dict.fromkeys(parts[1:], 2), False),
        ]
        found = each_broken(reference, [[{**KINDERGARTEN, total.whole: whole, **cells}] for whole, cells, _ in cases])
        assert found == [[] if adds_up else [(0, total.whole, "parts_do_not_add_up")] for *_, adds_up in cases]


TAKEN: list[tuple[str, Row, Row]] = [
    ("more pupils than places", PRIMARY, {"places_usable": 45}),
    ("no pupils", JUNIOR, {"pupils": 0}),
    ("five years of primary school", PRIMARY, {"pupils": 50, "pupils_grade_6": ""}),
    ("a grade that was not reported", PRIMARY, {"pupils_grade_3": ""}),
    ("junior school from grade 6", JUNIOR, {"pupils": 40, **{f"pupils_grade_{g}": 10 for g in (6, 7, 8, 9)}}),
    ("zeros where there is no room", JUNIOR, {"music_rooms": 0, "music_room_smallest_sqm": 0}),
    ("a city without counties", PRIMARY, {"region_code": "441900"}),
    ("a number written with zeros", PRIMARY, {"floor_area_sqm": "0800.50"}),
]


def test_what_only_looks_wrong_is_taken(reference: duckdb.DuckDBPyConnection) -> None:
    found = each_broken(reference, [[{**school, **changed}] for _, school, changed in TAKEN])
    assert dict(zip((what for what, *_ in TAKEN), found, strict=True)) == {what: [] for what, *_ in TAKEN}


def test_the_same_identifier_twice_in_a_year_is_refused_on_both_rows(reference: duckdb.DuckDBPyConnection) -> None:
    found = broken(reference, "schools", PRIMARY, {**JUNIOR, "school_id": "P1"}, {**PRIMARY, "year": 2023})
    assert found == [(0, "school_id", "duplicate_key"), (1, "school_id", "duplicate_key")]


def test_a_parent_must_stand_in_the_same_year(reference: duckdb.DuckDBPyConnection) -> None:
    last_year = {**NINE_YEAR, "year": 2023}
    found = broken(reference, "schools", last_year, *({**s, "year": 2023} for s in SECTIONS), SECTIONS[0])
    assert found == [(3, "parent_id", "section_without_parent")]


FITS = [
    ("nine_year", "primary", True),
    ("nine_year", "kindergarten", True),
    ("nine_year", "senior", False),
    ("complete_secondary", "senior", True),
    ("complete_secondary", "primary", False),
    ("twelve_year", "senior", True),
    ("primary", "kindergarten", True),
    ("teaching_point", "kindergarten", True),
    ("primary", "junior", False),
    ("kindergarten", "kindergarten", False),
    ("kindergarten", "primary", False),
    ("nine_year", "nine_year", False),
    ("nine_year", "teaching_point", False),
]


def test_a_school_has_the_sections_of_its_kind(reference: duckdb.DuckDBPyConnection) -> None:
    split = ("nine_year", "complete_secondary", "twelve_year")
    counties: list[list[Row]] = [
        [
            {**KINDERGARTEN, "school_id": "S1", "kind": parent, "pupils": "" if parent in split else 50},
            {**KINDERGARTEN, "school_id": "S1-1", "kind": section, "parent_id": "S1"},
        ]
        for parent, section, _ in FITS
    ]
    wrong = [(1, "kind", "section_of_wrong_parent")]
    found = [[entry for entry in told if entry[2] == wrong[0][2]] for told in each_broken(reference, counties)]
    assert found == [[] if fits else wrong for *_, fits in FITS]


def test_a_section_has_no_sections_of_its_own(reference: duckdb.DuckDBPyConnection) -> None:
    class_of_a_section = {**KINDERGARTEN, "school_id": "N1-K", "parent_id": "N1-P"}
    found = broken(reference, "schools", NINE_YEAR, *SECTIONS, class_of_a_section)
    assert found == [(3, "kind", "section_of_wrong_parent")]


def test_a_section_is_where_its_school_is(reference: duckdb.DuckDBPyConnection) -> None:
    elsewhere = {**SECTIONS[1], "region_code": "441803"}
    assert broken(reference, "schools", NINE_YEAR, SECTIONS[0], elsewhere) == [
        (2, "region_code", "section_in_another_county")
    ]


@pytest.mark.parametrize(
    ("column", "sum_of_sections", "rule"),
    [
        ("pupils", 90, "pupils_not_those_of_sections"),
        ("classes", 3, "classes_not_those_of_sections"),
        ("teachers_fulltime", 10, "teachers_not_those_of_sections"),
    ],
)
def test_what_a_school_states_is_the_sum_of_its_sections(
    reference: duckdb.DuckDBPyConnection, column: str, sum_of_sections: int, rule: str
) -> None:
    assert broken(reference, "schools", {**NINE_YEAR, column: sum_of_sections}, *SECTIONS) == []
    assert broken(reference, "schools", {**NINE_YEAR, column: sum_of_sections + 1}, *SECTIONS) == [(0, column, rule)]


def test_a_sum_of_sections_is_not_asked_of_what_a_section_did_not_report(
    reference: duckdb.DuckDBPyConnection,
) -> None:
    silent = {**SECTIONS[1], "classes": "", "teachers_fulltime": ""}
    stated = {**NINE_YEAR, "classes": 8, "teachers_fulltime": 40}
    assert broken(reference, "schools", stated, SECTIONS[0], silent) == []


# ---- county facts

FACT: Row = {
    "region_code": "441802", "year": 2024, "stage": "preschool", "segment": "", "measure_code": "population_3_5",
    "value": "4200", "source_zh": "统计局",
}  # fmt: skip


@pytest.mark.parametrize(
    ("changed", "column", "rule"),
    [
        ({"region_code": "999999"}, "region_code", "unknown_region"),
        ({"region_code": "371200"}, "region_code", "region_not_in_force"),
        ({"measure_code": "population_3_6"}, "measure_code", "fact_of_unknown_measure"),
        ({"measure_code": "conditions_met"}, "measure_code", "fact_that_is_computed"),
        ({"measure_code": "veto_count"}, "measure_code", "fact_that_is_computed"),
        ({"measure_code": "assessed_pupils"}, "measure_code", "fact_that_is_computed"),
        ({"measure_code": "schools_passing_resources"}, "measure_code", "fact_that_is_computed"),
        ({"segment": "countryside"}, "segment", "unknown_segment"),
        ({"stage": "学前"}, "stage", "not_in_list"),
        ({"value": "4200.5"}, "value", "fraction_of_a_count"),
        ({"value": "-1"}, "value", "negative_value"),
        ({"value": "4,200"}, "value", "not_a_number"),
        ({"value": ""}, "value", "required"),
        ({"year": 2027}, "year", "future_year"),
        ({"source_zh": ""}, "source_zh", "required"),
    ],
)
def test_a_fact_is_refused_for_one_reason(
    reference: duckdb.DuckDBPyConnection, changed: Row, column: str, rule: str
) -> None:
    assert broken(reference, "county_facts", {**FACT, **changed}) == [(0, column, rule)]


@pytest.mark.parametrize(
    "changed",
    [
        {},
        {"segment": "rural"},
        {"segment": "all"},
        {"region_code": "441800"},  # of the city as a whole
        {"value": "4200.00"},
        {"measure_code": "average_pay_teachers", "value": "98765.43", "stage": "compulsory"},
        {"measure_code": "good_senior_places_allotted", "value": "0", "stage": "senior"},
    ],
)
def test_a_plain_fact_is_taken(reference: duckdb.DuckDBPyConnection, changed: Row) -> None:
    assert broken(reference, "county_facts", {**FACT, **changed}) == []


# ---- conditions that people decide

DECISION: Row = {
    "region_code": "441802", "year": 2025, "assessment": "compulsory_quality_balanced_2017", "condition_no": "2.1",
    "decision": "met", "decided_by": "督导室", "decided_on": "2025-12-01", "evidence": "布局规划文件",
}  # fmt: skip


@pytest.mark.parametrize(
    ("changed", "column", "rule"),
    [
        ({"region_code": "441800"}, "region_code", "not_a_county"),
        ({"decided_on": "2025-02-30"}, "decided_on", "not_a_date"),
        ({"decided_on": "2025/12/01"}, "decided_on", "not_a_date"),
        ({"decided_on": "2026-02-01"}, "decided_on", "judgement_from_the_future"),
        ({"condition_no": "9.9"}, "condition_no", "unknown_condition"),
        (
            {"assessment": "preschool_universal_inclusive_2020", "condition_no": "veto.1"},
            "condition_no",
            "unknown_condition",
        ),
        ({"condition_no": "1.1"}, "condition_no", "judgement_of_a_figure"),
        ({"decision": "是"}, "decision", "not_in_list"),
        ({"evidence": ""}, "evidence", "required"),
    ],
)
def test_a_decision_is_refused_for_one_reason(
    reference: duckdb.DuckDBPyConnection, changed: Row, column: str, rule: str
) -> None:
    assert broken(reference, "condition_judgements", {**DECISION, **changed}) == [(0, column, rule)]


def test_a_decision_of_the_day_is_taken(reference: duckdb.DuckDBPyConnection) -> None:
    assert broken(reference, "condition_judgements", {**DECISION, "decided_on": "2026-01-31"}) == []
