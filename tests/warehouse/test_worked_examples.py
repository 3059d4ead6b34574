"""Worked examples of the definitions, through the real models: what they must give, and the wrong variants they must not.

The examples are those of the methods' notes the catalogue rests on, W1-W5 on dispersion and T1-T10 on indicators. Each
has a synthetic county or year of its own; all of them go through one refresh.
"""

from collections.abc import Iterator
from typing import Any

import duckdb
import pytest

from tests.conftest import Site, new_site
from tests.warehouse.records import Row, county, put_counties, put_facts, put_schools

QUALITY, PRESCHOOL = "compulsory_quality_balanced_2017", "preschool_universal_inclusive_2020"
YEAR = 2020

W1, W2, W3, W4, W5, T1, T3, T3_LOW, T4, T5, T8, T9, T10 = (county(n) for n in range(1, 14))
# Three counties of a prefecture of their own.
W5_COUNTIES = ("990201", "990202", "990203")


def _school(code: str, number: int, kind: str, year: int = YEAR, **columns: Any) -> Row:
    return {"year": year, "region_code": code, "school_id": f"{code}-{number}", "kind": kind, **columns}


def _dispersion() -> list[Row]:
    books = zip((45, 37, 89, 76, 55), (279, 137, 935, 160, 402), strict=True)
    rows = [_school(W1, n, "primary", pupils=p, books=b) for n, (p, b) in enumerate(books)]
    # Two schools of equal size at mean and deviation of the published indicator; so many pupils that teachers, who are
    # whole, carry all printed digits. The second indicator spreads by 0.501787, the other five by what is left of the mean.
    size, left = 100_000_000, (7 * 0.367503 - 0.297929 - 0.501787) / 5
    for n, side in enumerate((1, -1)):
        rows.append(
            _school(
                W2, n, "primary", pupils=size,
                teachers_postgraduate=0, teachers_bachelor=0, teachers_college=round((5.515273 + side * 1.643162) / 100 * size),
                teachers_backbone=round((1 + side * 0.501787) * size / 50),
                teachers_pe=round((1 + side * left) * size / 50), teachers_music=0, teachers_art=0, teachers_arts=0,
                teaching_area_sqm=6 * size * (1 + side * left), sports_area_sqm=9 * size * (1 + side * left),
                equipment_value_yuan=3000 * size * (1 + side * left), networked_classrooms=round((1 + side * left) * size / 20),
            )
        )  # fmt: skip
    rows += [
        _school(W3, 0, "nine_year", books=23226),
        _school(W3, 1, "primary", parent_id=f"{W3}-0", pupils=166),
        _school(W3, 2, "junior", parent_id=f"{W3}-0", pupils=210),
    ]
    # The rule of schools: arts teachers at 0.8 of 0.9, at 0.7, and at 0.8 with equipment short as well.
    for n, (arts, equipment) in enumerate(((8, 2_100_000), (7, 2_100_000), (8, 1_900_000))):
        rows.append(
            _school(
                W4, n, "primary", pupils=1000, teachers_postgraduate=0, teachers_bachelor=45, teachers_college=0,
                teachers_backbone=12, teachers_pe=arts, teachers_music=0, teachers_art=0, teachers_arts=0,
                teaching_area_sqm=4600, sports_area_sqm=7600, equipment_value_yuan=equipment, networked_classrooms=25,
            )
        )  # fmt: skip
    units = (("town", 1000, 8000), ("village", 2000, 10000), ("urban", 1000, 15000))
    for n, (area, pupils, yuan) in enumerate(units):
        rows.append(_school(W5, n, "primary", area_type=area, pupils=pupils, equipment_value_yuan=pupils * yuan))
    return rows


def _kindergartens() -> list[Row]:
    """T1: the published counts, spread over as many kindergartens."""
    rows, number = [], 0
    for owner, kindergartens, children in (
        ("public", 23, 10301),
        ("private_inclusive", 101, 7629),
        ("private", 31, 7183),
    ):
        for k in range(kindergartens):
            pupils = children // kindergartens + (k < children % kindergartens)
            teachers = 984 // 155 + (number < 984 % 155)
            rows.append(_school(T1, number, "kindergarten", ownership=owner, pupils=pupils, teachers_fulltime=teachers))
            number += 1
    return rows


def _cohorts() -> list[Row]:
    rows = []
    moved = {2018: (7, 30, 40, 0), 2019: (8, 26, 35, 1), 2020: (9, 24, 25, 0)}
    for code, graduates in ((T3, 960), (T3_LOW, 940)):
        rows.append(_school(code, 1, "junior", 2017, pupils=3000, pupils_grade_7=1000, entrants=1000))
        for year, (grade, moved_in, moved_out, died) in moved.items():
            flows = {
                f"transfers_in_grade_{grade}": moved_in,
                f"transfers_out_grade_{grade}": moved_out,
                f"deaths_grade_{grade}": died,
            }
            rows.append(
                _school(code, 1, "junior", year, **flows, pupils=3000, graduates=graduates if year == 2020 else 900)
            )
    rows += [
        _school(T4, 1, "primary", 2019, pupils=10_000),
        _school(
            T4, 1, "primary", 2020, pupils=9_900, suspended=20, left_school=5, transfers_not_arrived=4, other_out=3, other_in=10,
            **{f"deaths_grade_{grade}": 1 if grade in (2, 5) else 0 for grade in range(1, 7)},
            **{f"transfers_out_grade_{grade}": 50 for grade in range(1, 7)},
            **{f"transfers_in_grade_{grade}": 280 if grade == 4 else 0 for grade in range(1, 7)},
        ),
        _school(T5, 1, "primary", pupils=2700, classes=60, classes_56_65=5, classes_66_plus=1),
        _school(T5, 2, "junior", pupils=1800, classes=40, classes_56_65=2, classes_66_plus=2),
        *(_school(T9, 1, "primary", year, pupils=5000, pupils_grade_1=n, entrants=n) for year, n in ((2011, 900), (2012, 1000), (2013, 1100))),
        _school(T9, 2, "junior", 2020, pupils=2900, pupils_grade_9=950),
        _school(T9, 2, "junior", 2021, pupils=2900, graduates=940),
    ]  # fmt: skip
    return rows


def _facts() -> list[tuple[str, int, str, str, str, float]]:
    def fact(
        code: str, stage: str, measure: str, value: float, year: int = YEAR
    ) -> tuple[str, int, str, str, str, float]:
        return (code, year, stage, "", measure, value)

    rows = [
        fact(T8, "all", measure, value, year)
        for year, figures in (
            (2019, {"education_allocation": 100, "recurrent_revenue": 200}),
            (2020, {"education_allocation": 108, "recurrent_revenue": 214}),
        )
        for measure, value in {
            **figures, "per_pupil_education_funds": 12_000, "per_pupil_operating_funds": 900 if year == 2019 else 950,
            "average_pay_teachers": 80_000 if year == 2019 else 84_000, "per_pupil_budget_funds": 12_000,
            "budget_education_expenditure": 100 if year == 2019 else 108,
        }.items()
    ]  # fmt: skip
    rows += [
        fact(T10, "compulsory", "staff_category", 1000),
        fact(T10, "compulsory", "staff_category_rotated", 44),
        fact(T10, "compulsory", "teachers_rotation_eligible", 400),
        fact(T10, "compulsory", "teachers_rotated", 44),
        fact(T10, "compulsory", "teachers_backbone_rotated", 10),
    ]
    for code, pupils, yuan in zip(W5_COUNTIES, (1000, 2000, 1000), (8000, 10000, 15000), strict=True):
        rows += [
            fact(code, "primary", "pupils_average", pupils),
            fact(code, "primary", "operating_funds", pupils * yuan),
        ]
    return rows


def _statistics(site: Site) -> None:
    def row(level: str, measure: str, value: str, unit: str = "万人", region: str = "100000") -> dict[str, object]:
        return {"region_code": region, "level": level, "measure": measure, "value": value, "unit": unit}

    site.statistics(
        2022,
        row("preschool", "enrolment_inclusive", "4144.05"),
        row("preschool", "enrolment", "4627.55"),
        row("preschool", "schools_inclusive", "24.57", "万所"),
        row("preschool", "schools", "28.92", "万所"),
        # A warehouse without any pupil-teacher ratio is refused.
        row("primary", "enrolment", "10732"),
        row("primary", "fulltime_teachers", "662.94"),
    )
    site.statistics(2008, row("higher", "total_in_education", "2907"), row("all", "population_18_22", "12438"))
    site.statistics(
        2025,
        row("preschool", "gross_enrolment_rate", "109.2", "%", "640100"),
        row("primary", "stage_retention_rate", "112.1", "%", "640100"),
        row("junior", "stage_retention_rate", "100.9", "%", "640100"),
    )
    names = ("level", "measure", "target", "measure_code", "indicator_code", "stage", "segment", "base_unit")
    lines = [
        ("all", "population_18_22", "measure", "population_18_22", "", "all", "all", "人"),
        ("primary", "stage_retention_rate", "indicator", "", "pri_retention_raw", "primary", "all", "%"),
    ]
    site.table("local/crosswalk.csv", names, [dict(zip(names, line, strict=True)) for line in lines])


@pytest.fixture(scope="module")
def examples(tmp_path_factory: pytest.TempPathFactory) -> Iterator[duckdb.DuckDBPyConnection]:
    site = new_site(tmp_path_factory.mktemp("examples"))
    put_counties(site, *(county(n) for n in range(1, 14)), *W5_COUNTIES)
    put_schools(site, [*_dispersion(), *_kindergartens(), *_cohorts()])
    put_facts(site, _facts())
    _statistics(site)
    result = site.run("refresh")
    assert result.exit_code == 0, result.output
    with duckdb.connect(str(site.settings.served), read_only=True) as connection:
        yield connection


def _value(
    marts: duckdb.DuckDBPyConnection, code: str, region: str, year: int = YEAR, basis: str = "computed"
) -> float:
    (found,) = marts.execute(
        """select value from marts.fct_indicator where indicator_code = ? and region_code = ? and year = ?
        and segment = 'all' and basis = ?""",
        [code, region, year, basis],
    ).fetchall()
    return float(found[0])


def _spread(marts: duckdb.DuckDBPyConnection, code: str, region: str, among: str = "schools") -> dict[str, float]:
    return dict(
        marts.execute(
            """select formula, value from marts.mart_equity
            where indicator_code = ? and region_code = ? and year = ? and segment = 'all' and among = ?""",
            [code, region, YEAR, among],
        ).fetchall()
    )


def _condition(
    marts: duckdb.DuckDBPyConnection, region: str, number: str, code: str, assessment: str = QUALITY
) -> tuple[str, float]:
    (found,) = marts.execute(
        """select status, value from marts.mart_assessment_condition
        where region_code = ? and year = ? and assessment = ? and condition_no = ? and indicator_code = ?""",
        [region, YEAR, assessment, number, code],
    ).fetchall()
    return found


def test_w1_the_coefficient_of_variation_is_weighted_by_pupils(examples: duckdb.DuckDBPyConnection) -> None:
    spread = _spread(examples, "eq_books_pri", W1)
    assert spread["cv_weighted"] == pytest.approx(0.515257, abs=5e-7)
    (mean, deviation) = examples.execute(
        "select mean_value, deviation from intermediate.int_school_dispersion where region_code = ? and indicator_code = 'eq_books_pri'",
        [W1],
    ).fetchall()[0]
    assert (mean, deviation) == (pytest.approx(6.334437, abs=5e-7), pytest.approx(3.263861, abs=5e-7))
    # The plain form stands beside it under its own name; the sample form and the mixed one stand nowhere.
    assert spread["cv_unweighted"] == pytest.approx(0.488771, abs=5e-7)
    for wrong in (0.546462, 0.463919):
        assert all(abs(value - wrong) > 1e-4 for value in spread.values())


def test_w2_each_of_the_seven_must_hold_whatever_their_mean(examples: duckdb.DuckDBPyConnection) -> None:
    assert _condition(examples, W2, "1.cv.1", "eq_cv_pri") == ("met", pytest.approx(0.297929, abs=1e-6))
    (mean,) = examples.execute(
        "select mean_value from marts.mart_equity where region_code = ? and indicator_code = 'eq_highqual_teachers_pri' and formula = 'cv_weighted'",
        [W2],
    ).fetchall()[0]
    assert mean == pytest.approx(5.515273, abs=1e-6)
    seven = [_condition(examples, W2, f"1.cv.{n}", "eq_cv_pri") for n in range(1, 8)]
    assert seven[1] == ("not_met", pytest.approx(0.501787, abs=1e-6))
    assert sum(value for _, value in seven) / 7 == pytest.approx(0.367503, abs=1e-6)
    assert [status for status, _ in seven].count("not_met") == 1


def test_w3_sections_share_by_weighted_pupils(examples: duckdb.DuckDBPyConnection) -> None:
    amounts = dict(
        examples.execute(
            "select stage, value from marts.fct_measure where region_code = ? and measure_code = 'assessed_books' and segment = 'all'",
            [W3],
        ).fetchall()
    )
    assert amounts == {"primary": pytest.approx(9711.63, abs=0.005), "junior": pytest.approx(13514.37, abs=0.005)}
    assert _value(examples, "eq_books_pri", W3) == pytest.approx(58.503778, abs=5e-7)


def test_w4_a_school_may_miss_one_of_seven_by_less_than_fifteen_per_cent(examples: duckdb.DuckDBPyConnection) -> None:
    found = examples.execute(
        """select school_id, status, indicators_met, worst_ratio_pct from marts.assessment_school
        where region_code = ? and condition_no = '1.rule.c' order by school_id""",
        [W4],
    ).fetchall()
    assert found == [
        (f"{W4}-0", "met", 6, pytest.approx(88.8889, abs=5e-5)),
        (f"{W4}-1", "not_met", 6, pytest.approx(77.7778, abs=5e-5)),
        (f"{W4}-2", "not_met", 5, pytest.approx(88.8889, abs=5e-5)),
    ]


def test_w5_gini_theil_and_its_parts_among_schools_and_among_regions(examples: duckdb.DuckDBPyConnection) -> None:
    schools = _spread(examples, "eq_equipment_value_pri", W5)
    regions = _spread(examples, "pri_public_funds_per_pupil", "990200", "regions")
    for spread in (schools, regions):
        assert spread["cv_weighted"] == pytest.approx(0.240560, abs=5e-7)
        assert spread["gini"] == pytest.approx(0.122093, abs=5e-7)
        assert spread["theil"] == pytest.approx(0.027606, abs=5e-7)
        assert spread["max_min_ratio"] == pytest.approx(1.875)
    assert schools["theil_within"] == pytest.approx(0.003411, abs=5e-7)
    assert schools["theil_between"] == pytest.approx(0.024195, abs=5e-7)
    assert 100 * schools["theil_between"] / schools["theil"] == pytest.approx(87.65, abs=0.01)


def test_t1_shares_of_kindergartens_are_reckoned_by_children(examples: duckdb.DuckDBPyConnection) -> None:
    expected = {
        "kg_public_share_children": 41.0186, "kg_public_share_kg": 14.8387, "kg_inclusive_coverage": 71.3973,
        "kg_inclusive_share_kg": 80.0, "kg_children_per_teacher_kindergartens": 25.5213,
    }  # fmt: skip
    assert {code: _value(examples, code, T1) for code in expected} == pytest.approx(expected, abs=5e-5)
    verdicts = {
        number: _condition(examples, T1, number, code, PRESCHOOL)
        for number, code in (("1.2", "kg_inclusive_coverage"), ("1.3", "kg_public_share_children"), ("3.3", "kg_children_per_teacher"))
    }  # fmt: skip
    # By kindergartens 1.2 would have been reached.
    assert verdicts == {
        "1.2": ("not_met", pytest.approx(71.3973, abs=5e-5)),
        "1.3": ("not_met", pytest.approx(41.0186, abs=5e-5)),
        "3.3": ("not_met", pytest.approx(25.5213, abs=5e-5)),
    }


def test_t2_the_nation_by_children_and_by_kindergartens(examples: duckdb.DuckDBPyConnection) -> None:
    assert _value(examples, "kg_inclusive_coverage", "100000", 2022) == pytest.approx(89.5517, abs=5e-5)
    assert _value(examples, "kg_inclusive_share_kg", "100000", 2022) == pytest.approx(84.9585, abs=5e-5)


@pytest.mark.parametrize(
    ("code", "official", "county_form", "raw"), [(T3, 98.0981, 97.9592, 96.0), (T3_LOW, 96.0961, 95.9184, 94.0)]
)
def test_t3_transfers_belong_to_three_year_retention(
    examples: duckdb.DuckDBPyConnection, code: str, official: float, county_form: float, raw: float
) -> None:
    assert _value(examples, "jun_three_year_retention", code) == pytest.approx(official, abs=5e-5)
    assert _value(examples, "jun_three_year_retention_county", code) == pytest.approx(county_form, abs=5e-5)
    assert _value(examples, "jun_retention_raw", code) == pytest.approx(raw)
    # The raw form alone would have failed the second county.
    assert _condition(examples, code, "3.1", "jun_three_year_retention") == ("met", pytest.approx(official, abs=5e-5))


def test_t4_the_two_definitions_of_dropout(examples: duckdb.DuckDBPyConnection) -> None:
    assert _value(examples, "pri_dropout_rate", T4) == pytest.approx(0.29)
    assert _value(examples, "pri_dropout_rate_two_basics", T4) == pytest.approx(0.40)


def test_t5_large_classes_hold_the_super_large_ones(examples: duckdb.DuckDBPyConnection) -> None:
    assert _value(examples, "large_class_share", T5) == pytest.approx(10.0)
    assert _value(examples, "super_large_class_share", T5) == pytest.approx(3.0)
    # The narrow reading has a code of its own.
    assert _value(examples, "comp_classes_56_65_share", T5) == pytest.approx(7.0)


def test_t6_published_rates_above_a_hundred_stand(examples: duckdb.DuckDBPyConnection) -> None:
    found = examples.execute(
        "select indicator_code, value from marts.fct_indicator where region_code = '640100' and year = 2025 and basis = 'published' order by 1"
    ).fetchall()
    assert found == [("jun_retention_raw", 100.9), ("kg_gross_enrol_rate", 109.2), ("pri_retention_raw", 112.1)]


def test_t7_gross_enrolment_in_higher_education(examples: duckdb.DuckDBPyConnection) -> None:
    assert _value(examples, "he_gross_enrol_rate", "100000", 2008) == pytest.approx(23.3719, abs=5e-5)


def test_t8_growth_must_be_positive_and_only_increase_may_stand_still(examples: duckdb.DuckDBPyConnection) -> None:
    assert _value(examples, "grow_alloc_vs_revenue", T8) == pytest.approx(1.0)
    assert _value(examples, "grow_per_pupil", T8) == 0
    assert _value(examples, "three_growths", T8) == 0
    assert _value(examples, "two_no_decrease", T8) == 1


def test_t9_a_cohort_is_met_eight_or_nine_years_later(examples: duckdb.DuckDBPyConnection) -> None:
    assert _value(examples, "nine_year_retention", T9, 2020) == pytest.approx(95.0)
    assert _value(examples, "comp_retention_graduates", T9, 2021) == pytest.approx(94.0)
    # Neither stands with another lag.
    others = examples.execute(
        """select indicator_code, year from marts.fct_indicator where region_code = ?
        and indicator_code in ('nine_year_retention', 'comp_retention_graduates') and value is not null order by 1""",
        [T9],
    ).fetchall()
    assert others == [("comp_retention_graduates", 2021), ("nine_year_retention", 2020)]


def test_t10_rotation_on_both_bases(examples: duckdb.DuckDBPyConnection) -> None:
    assert _condition(examples, T10, "2.11a", "rotation_rate_eligible") == ("met", pytest.approx(11.0))
    assert _condition(examples, T10, "2.11b", "rotation_backbone_share") == ("met", pytest.approx(22.7273, abs=5e-5))
    assert _value(examples, "rotation_rate_same_category", T10) == pytest.approx(4.4)
