"""The schools of one synthetic county, year by year: their sections, pupils, teachers and resources, as rows of records."""

import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from random import Random
from typing import Any

from dagster_project.demo.cohorts import FIRST_GRADE, Year, classes, drawn, next_year, shared_out
from dagster_project.demo.county import County, sites

Row = dict[str, Any]

NOTE = "合成数据，非真实学校 / synthetic, no real school"
# A cohort enters primary school nine years before it leaves junior school: so many years run before the first one told.
BURN_IN = 10

_STAGE = {"kindergarten": "preschool", "teaching_point": "primary"}
_SECTIONS = {
    "nine_year": ("primary", "junior"),
    "complete_secondary": ("junior", "senior"),
    "twelve_year": ("primary", "junior", "senior"),
}
_KIND_ZH = {
    "kindergarten": "幼儿园", "primary": "小学", "teaching_point": "教学点", "junior": "初中", "nine_year": "九年一贯制学校",
    "senior": "高中", "complete_secondary": "完全中学", "twelve_year": "十二年一贯制学校", "vocational": "职业学校",
    "special": "特殊教育学校",
}  # fmt: skip
_SECTION_ZH = {"preschool": "附设幼儿班", "primary": "小学部", "junior": "初中部", "senior": "高中部"}
# Pupils of a grade in a school of ordinary size.
_GRADE_SIZE = {"preschool": 42.0, "primary": 74.0, "junior": 1.0, "senior": 1.0, "vocational": 1.0, "special": 7.0}
_TO_SENIOR, _TO_VOCATIONAL = 0.56, 0.38
_PUPILS_PER_TEACHER = {"primary": 15.5, "junior": 11.5, "senior": 12.6, "vocational": 15.0, "special": 4.0}
_CLASS_SIZE = {"primary": 40, "junior": 45, "senior": 48, "vocational": 45, "special": 12}
_BANDS = (
    ("le_25", 25),
    ("26_30", 30),
    ("31_35", 35),
    ("36_45", 45),
    ("46_50", 50),
    ("51_55", 55),
    ("56_65", 65),
    ("66_plus", 10**6),
)
_AGES = (("small", 25), ("middle", 30), ("large", 35))
_MIXED_LIMIT = 30
# What the measure of 2017 asks a school to have, a hundred pupils or a pupil; senior schools as junior ones.
_STANDARD = {
    "highqual": (4.2, 5.3), "backbone": (1.0, 1.0), "arts_pe": (0.9, 0.9), "teaching_area": (4.5, 5.8),
    "sports_area": (7.5, 10.2), "equipment": (2000.0, 2500.0), "rooms": (2.3, 2.4),
}  # fmt: skip
_SHARED_WEIGHT = {"primary": 1.0, "junior": 1.1, "senior": 1.32}
_MYOPIC = {"primary": 0.36, "junior": 0.61, "senior": 0.78, "vocational": 0.6}


@dataclass
class _Unit:
    """Pupils of one stage, and what the unit is like year after year."""

    school_id: str
    stage: str
    size: float
    rng: Random
    has: dict[str, float]
    crowded: bool = False
    attached: bool = False
    entrants_until: int = 9999
    closes: int = 9999
    grades: dict[int, int] = field(default_factory=dict)


@dataclass
class _Site:
    """A school as a whole: one unit, or several sections."""

    school_id: str
    number: int
    kind: str
    ownership: str
    area_type: str
    units: list[_Unit]
    boarding: bool = False
    places_share: float = 1.04
    becomes: tuple[int, str] | None = None

    @property
    def is_split(self) -> bool:
        return self.kind in _SECTIONS


def records(county: County, first: int, last: int, seed: int) -> Iterator[tuple[int, list[Row]]]:
    """Year and rows of every unit of the county, from `first` to `last`; the same for the same arguments.

    Columns that do not apply are left out of a row; counts are whole, areas in square metres, money in yuan.
    """
    rng = Random(f"{seed} {county.code}")
    schools = _sites(county, rng, first, last)
    for year in range(first - BURN_IN, last + 1):
        _change_kinds(schools, year)
        told = _move_on(schools, year, first)
        if year >= first:
            yield year, [row for site in schools for row in _rows(county, site, year, told)]


def _sites(county: County, rng: Random, first: int, last: int) -> list[_Site]:
    made: list[_Site] = []
    number = 0
    for kind, count in sites(county).items():
        for k in range(count):
            number += 1
            school_id = f"{county.code}{number:04d}"
            area = "village" if kind == "teaching_point" else ("urban", "town", "village", "town")[k % 4]
            if kind in ("special", "senior", "vocational", "complete_secondary", "twelve_year"):
                area = "urban"
            owner = {"P": "public", "I": "private_inclusive", "R": "private"}[
                county.ownership[k % len(county.ownership)]
            ]
            ownership = owner if kind == "kindergarten" else "private" if kind == "twelve_year" else "public"
            factor = {"urban": 1.3, "town": 1.0, "village": 0.55}[area] * rng.uniform(0.75, 1.3)
            if kind == "teaching_point":
                # Half of them stay under 50 pupils.
                factor = rng.uniform(0.05, 0.09) if k % 2 else rng.uniform(0.14, 0.2)
            stages = _SECTIONS.get(kind, (_STAGE.get(kind, kind),))
            units = [
                _unit(county, rng, school_id + stage[0].upper() if len(stages) > 1 else school_id, stage, factor)
                for stage in stages
            ]
            site = _Site(school_id, number, kind, ownership, area, units, boarding=kind == "complete_secondary")
            if kind == "primary" and area == "village" and k % 8 == 2:
                attached = _unit(county, rng, school_id + "K", "preschool", 0.35)
                attached.attached = True
                units.append(attached)
            made.append(site)
    if county.edge_cases:
        _place_edge_cases(made, first, last)
    if county.one_short:
        next(site for site in made if site.kind == "primary").units[0].has["equipment"] = 0.91
    return made


def _unit(county: County, rng: Random, school_id: str, stage: str, factor: float) -> _Unit:
    return _Unit(
        school_id,
        stage,
        _GRADE_SIZE[stage] * factor,
        Random(rng.getrandbits(64)),
        {
            name: rng.uniform(*county.resources)
            for name in (*_STANDARD, "books", "terminals", "mid_title", "kindergarten")
        },
        crowded=rng.random() < county.crowded,
    )


def _place_edge_cases(made: list[_Site], first: int, last: int) -> None:
    """One of each odd case, at schools the number of which does not depend on the seed."""
    primary = [s for s in made if s.kind == "primary"]
    middle = (first + last) // 2
    # A school that becomes a teaching point, and one that takes in a junior section.
    village = [s for s in primary if s.area_type == "village" and len(s.units) == 1]
    village[0].becomes = (middle, "teaching_point")
    village[0].units[0].size = 12.0
    town = [s for s in primary if s.area_type == "town"]
    town[0].becomes = (middle, "nine_year")
    # A school without pupils in its last two years: no entrants for three, then everyone moves.
    village[1].units[0].size = 9.0
    village[1].units[0].entrants_until, village[1].units[0].closes = last - 5, last - 1
    # More pupils than places, and a school beyond 2,000 pupils.
    town[1].places_share = 0.84
    next(s for s in primary if s.area_type == "urban").units[0].size = 365.0
    next(s for s in made if s.kind == "junior" and s.area_type == "town").boarding = True


def _change_kinds(schools: list[_Site], year: int) -> None:
    for site in schools:
        if site.becomes and year == site.becomes[0]:
            site.kind = site.becomes[1]
            if site.is_split:
                old = site.units[0]
                old.school_id = site.school_id + "P"
                new = _Unit(site.school_id + "J", "junior", 0.5, Random(old.rng.getrandbits(64)), dict(old.has))
                site.units = [old, new]


def _move_on(schools: list[_Site], year: int, first: int) -> dict[str, Year]:
    """A school year for every unit; who leaves a stage enters the next one somewhere in the county."""
    told: dict[str, Year] = {}
    units = [unit for site in schools for unit in site.units]
    for unit in units:
        told[unit.school_id] = next_year(unit.rng, unit.stage, unit.grades, closes=year == unit.closes)
    leavers = {
        stage: sum(told[u.school_id].graduates for u in units if u.stage == stage) for stage in ("primary", "junior")
    }
    entering = {
        "junior": leavers["primary"],
        "senior": round(leavers["junior"] * _TO_SENIOR),
        "vocational": round(leavers["junior"] * _TO_VOCATIONAL),
    }
    for stage, heads in entering.items():
        of_stage = [u for u in units if u.stage == stage]
        for unit, part in zip(of_stage, shared_out(heads, [u.size for u in of_stage]), strict=True):
            told[unit.school_id].entrants = part
    for unit in units:
        now = told[unit.school_id]
        if unit.stage not in entering:
            trend = 1 + 0.008 * (year - first) * (1 if unit.stage == "primary" else -0.5)
            wanted = unit.size * trend * unit.rng.uniform(0.95, 1.05)
            now.entrants = 0 if year >= unit.entrants_until else round(wanted)
        now.grades[FIRST_GRADE[unit.stage]] = now.entrants
        unit.grades = dict(now.grades)
    return told


def _rows(county: County, site: _Site, year: int, told: dict[str, Year]) -> list[Row]:
    zh = f"{county.name_zh}第{site.number}{_KIND_ZH[site.kind]}"
    common: Row = {
        "year": year, "region_code": county.code, "ownership": site.ownership, "area_type": site.area_type, "note": NOTE,
    }  # fmt: skip
    whole: Row = {
        "is_boarding": _yes(site.boarding), "is_standardised": _yes(site.number % 5 != 0),
        "is_prov_quality": _yes(site.number % 3 == 0), "is_quality": _yes(site.number % 2 == 0),
        "is_law_standard": _yes(site.number % 7 != 0), "has_broadband": _yes(site.number % 11 != 0),
        "in_group": _yes(site.number % 4 == 0),
    }  # fmt: skip
    rows: list[Row] = []
    for unit in site.units:
        section = site.is_split or unit.attached
        row = {
            **common,
            "school_id": unit.school_id,
            "parent_id": site.school_id if section else None,
            "name_zh": zh + _SECTION_ZH[unit.stage] if section else zh,
            "kind": _kind(unit, site),
            **({} if site.is_split else {**whole, "is_quality": "no"} if unit.attached else whole),
            **_people(county, unit, site, told[unit.school_id], year),
        }
        if not site.is_split:
            row |= _things(unit, site, {unit.stage: told[unit.school_id].pupils}, unit.has, year)
        rows.append(row)
    if site.is_split:
        heads = {unit.stage: told[unit.school_id].pupils for unit in site.units}
        rooms = sum(row["classes"] for row in rows)
        parent: Row = {
            **common, "school_id": site.school_id, "name_zh": zh, "kind": site.kind, **whole,
            **_things(site.units[0], site, heads, site.units[0].has, year), "music_rooms": _per(rooms, 8), "art_rooms": _per(rooms, 8),
        }  # fmt: skip
        rows.insert(0, parent)
    else:
        for row, unit in zip(rows, site.units, strict=True):
            if unit.stage in ("primary", "junior"):
                row["music_rooms"] = row["art_rooms"] = _per(row["classes"], 12)
    for row in rows:
        if row.get("music_rooms"):
            row["music_room_smallest_sqm"], row["art_room_smallest_sqm"] = 98.0, 92.5
    return rows


def _kind(unit: _Unit, site: _Site) -> str:
    if unit.attached:
        return "kindergarten"
    return unit.stage if site.is_split else site.kind


def _people(county: County, unit: _Unit, site: _Site, now: Year, year: int) -> Row:
    """Pupils, classes and teachers of one unit."""
    pupils = now.pupils
    row: Row = {
        "pupils": pupils,
        "pupils_female": round(pupils * 0.47),
        "entrants": now.entrants,
        "graduates": now.graduates,
        "migrant_children": round(pupils * (0.14 if site.area_type == "urban" else 0.03)),
        "left_behind_children": round(pupils * (0.16 if site.area_type == "village" else 0.05)),
        "boarders": round(pupils * 0.6) if site.boarding else 0,
        "disabled_pupils": pupils if unit.stage == "special" else round(pupils * 0.004),
        "places_usable": math.ceil(pupils * site.places_share),
    }
    if unit.stage == "preschool":
        return row | _children(county, unit, now, year)
    if unit.stage != "special":
        row |= {f"pupils_grade_{grade}": heads for grade, heads in now.grades.items()}
        row |= {"pupils_year_start": now.began, "pupils_year_end": now.ended}
        tested, screened = round(pupils * 0.98), round(pupils * 0.99)
        row |= {
            "fitness_tested": tested, "fitness_pass": round(tested * 0.95), "fitness_good": round(tested * 0.56),
            "pupils_screened": screened, "pupils_myopic": round(screened * _MYOPIC[unit.stage]),
        }  # fmt: skip
    if unit.stage == "vocational":
        row |= {
            "graduates_certified": round(now.graduates * 0.82), "graduates_progressing": round(now.graduates * 0.71),
        }  # fmt: skip
    if unit.stage in ("primary", "junior"):
        for name, by_grade in (("transfers_in", now.moved_in), ("transfers_out", now.moved_out), ("deaths", now.died)):
            row |= {f"{name}_grade_{grade}": heads for grade, heads in by_grade.items()}
        row |= {
            "pupils_school_age": round(pupils * 0.995), "suspended": now.suspended, "left_school": now.left,
            "transfers_not_arrived": now.not_arrived, "other_in": now.other_in, "other_out": now.other_out,
            "funded_pupils": max(pupils, 100) if pupils else 0,
        }  # fmt: skip
    size = _CLASS_SIZE[unit.stage] + (22 if unit.crowded else 0)
    sizes = [n for heads in now.grades.values() for n in classes(heads, size)]
    row["classes"] = len(sizes)
    below = 0
    for band, top in _BANDS:
        row[f"classes_{band}"] = sum(below < n <= top for n in sizes)
        below = top
    return row | _teachers(county, unit, pupils, year)


def _children(county: County, unit: _Unit, now: Year, year: int) -> Row:
    """What only kindergartens and attached classes report."""
    pupils = now.pupils
    mixed = unit.attached
    row: Row = {
        "pupils_age_3_5": round(pupils * 0.97), "children_nursery": 0,
        "children_mixed": pupils if mixed else 0, "classes_mixed": 0, "classes_mixed_within": 0,
    }  # fmt: skip
    total = 0
    for (age, limit), heads in zip(_AGES, now.grades.values(), strict=True):
        sizes = classes(0 if mixed else heads, limit + 3 if unit.crowded else limit - 2)
        row |= {
            f"children_{age}": 0 if mixed else heads, f"classes_{age}": len(sizes),
            f"classes_{age}_within": sum(n <= limit for n in sizes),
        }  # fmt: skip
        total += len(sizes)
    if mixed:
        sizes = classes(pupils, _MIXED_LIMIT - 2)
        row |= {"classes_mixed": len(sizes), "classes_mixed_within": len(sizes)}
        total = len(sizes)
    teachers = max(2, math.ceil(pupils / county.kg_per_teacher))
    nurses = max(1, math.ceil(total * 0.9))
    heads_count = 0 if mixed else 1
    college = round(teachers * min(0.98, 0.7 + 0.02 * (year % 100)))
    bachelor = round(college * min(0.7, 0.12 + 0.02 * (year % 100)))
    row |= {
        "classes": total, "classes_two_one_staffed": min(total, teachers // 2, nurses),
        "staff": teachers + nurses + heads_count + math.ceil(pupils / 60), "teachers_fulltime": teachers,
        "teachers_postgraduate": 0, "teachers_bachelor": bachelor, "teachers_college": college - bachelor,
        "teachers_senior_secondary": teachers - college, "teachers_below": 0, "teachers_qualified": teachers,
        "teachers_certified": math.floor(teachers * county.certified), "teachers_backbone": teachers // 12,
        "teachers_mid_title": teachers // 3, "heads": heads_count, "heads_certified": heads_count,
        "heads_college_plus": heads_count, "care_nurses": nurses,
    }  # fmt: skip
    return row


def _teachers(county: County, unit: _Unit, pupils: int, year: int) -> Row:
    """Teachers by qualification and subject: as many as the unit's multiple of the standard says."""
    level = 0 if unit.stage == "primary" else 1

    def wanted(name: str) -> int:
        return math.ceil(pupils * _STANDARD[name][level] / 100 * unit.has[name])

    teachers = max(math.ceil(pupils / _PUPILS_PER_TEACHER[unit.stage]), wanted("highqual"), 1)
    high = wanted("highqual") if unit.stage in ("primary", "junior") else teachers
    later = year % 100
    postgraduate = round(high * min(0.2, 0.004 * later))
    if unit.stage == "primary":
        bachelor = round((high - postgraduate) * min(0.9, 0.3 + 0.02 * later))
        college, secondary = high - postgraduate - bachelor, teachers - high
    else:
        bachelor, college, secondary = high - postgraduate, teachers - high, 0
    arts_pe = min(teachers, wanted("arts_pe"))
    music, art = arts_pe // 4, arts_pe // 4
    row: Row = {
        "teachers_fulltime": teachers, "staff": teachers + math.ceil(teachers * 0.08), "teachers_postgraduate": postgraduate,
        "teachers_bachelor": bachelor, "teachers_college": college, "teachers_senior_secondary": secondary,
        "teachers_below": 0, "teachers_qualified": teachers,
        "teachers_certified": math.floor(teachers * county.certified),
        "teachers_backbone": min(teachers, wanted("backbone")),
        "teachers_mid_title": min(teachers, math.ceil(teachers * 0.4 * unit.has["mid_title"])),
        "teachers_pe": arts_pe - music - art, "teachers_music": music, "teachers_art": art, "teachers_arts": 0,
        "visiting_arts_pe": drawn(unit.rng, 0.5) if 50 <= pupils < 100 else 0, "heads": 1,
    }  # fmt: skip
    if unit.stage == "vocational":
        specialised = round(teachers * 0.55)
        row |= {"teachers_specialised": specialised, "teachers_dual": round(specialised * 0.58)}
    return row


def _things(unit: _Unit, site: _Site, heads: dict[str, int], has: dict[str, float], year: int) -> Row:
    """Areas, equipment and money of a school as a whole; `heads` are the pupils by stage that share them."""
    pupils = sum(heads.values())
    budget = pupils * 900.0 + 60_000
    row: Row = {
        "land_area_sqm": round(pupils * 24.0 + 500, 1), "floor_area_sqm": round(pupils * 11.4 + 120, 1),
        "operating_budget_yuan": budget, "training_spending_yuan": round(budget * 0.056, 2),
        "operating_funds_yuan": round(pupils * 1050.0 + 40_000, 2), "budget_funds_yuan": round(pupils * (9_800.0 + 300 * (year % 100)), 2),
    }  # fmt: skip
    if unit.stage == "preschool":
        row |= {
            "outdoor_play_area_sqm": round(pupils * 4.0 * has["kindergarten"] + 1, 1),
            "activity_area_sqm": round(pupils * 8.17 * has["kindergarten"] + 1, 1),
            "floor_area_sqm": round(pupils * 10.44 * has["kindergarten"] + 1, 1),
            "operating_grant_yuan": pupils * 620.0 if site.ownership == "public" else 0.0,
            "subsidy_yuan": pupils * 560.0 if site.ownership == "private_inclusive" else 0.0,
            "books": pupils * 8, "terminals": pupils // 25,
        }  # fmt: skip
        return row
    if unit.stage == "special":
        row["operating_funds_yuan"] = pupils * 6_800.0
    # Pupils by the weight with which sections share a school; enough for the stage that asks most.
    equivalents = sum(n * _SHARED_WEIGHT.get(stage, 1.0) for stage, n in heads.items())

    def asked(name: str) -> float:
        each = (_STANDARD[name][0 if stage == "primary" else 1] / _SHARED_WEIGHT.get(stage, 1.0) for stage in heads)
        return max(each) * equivalents * has[name]

    row |= {
        "teaching_area_sqm": round(asked("teaching_area") + 0.1, 1), "sports_area_sqm": round(asked("sports_area") + 0.1, 1),
        "equipment_value_yuan": round(asked("equipment") + 1, 2), "networked_classrooms": math.ceil(asked("rooms") / 100),
        "books": round(equivalents * 24 * has["books"]), "terminals": math.ceil(equivalents * 0.12 * has["terminals"]),
    }  # fmt: skip
    return row


def _per(number: int, each: int) -> int:
    return -(-number // each)


def _yes(truth: bool) -> str:
    return "yes" if truth else "no"
