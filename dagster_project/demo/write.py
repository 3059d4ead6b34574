"""Synthetic counties into a `raw/` folder: schools, facts, regions and judgements, each file with its sidecar.

What belongs to others is never overwritten: a file that this module did not write stops it before anything is written;
in files that hold rows of several owners only rows of synthetic regions are replaced.
"""

import csv
import os
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd

from dagster_project.demo import facts, schools
from dagster_project.demo.county import PREFECTURE, PREFECTURE_ZH, PROVINCE, PROVINCE_ZH, County
from dagster_project.ingest import files, readers, sidecar
from dagster_project.ingest.contract import Contract, load_contracts
from dagster_project.ingest.problem import ShapeError
from dagster_project.settings import ROOT

Row = dict[str, Any]

ISSUER = "zhibiao demo-county"
_SYNTHETIC = PROVINCE[:2]
_ABOUT = sidecar.Sidecar(
    title="",
    issuer=ISSUER,
    read_from="由随机种子生成 / made from a seed",
    terms="合成数据，不得当作真实统计 / synthetic, never to be taken for statistics",
    retrieved="",
    sha256="",
    confidence="A",
    note="合成数据 / synthetic",
)
_TYPES = {"integer": "bigint", "year": "bigint", "number": "double"}
# Judgements are made for this many years at the end.
_JUDGED_YEARS = 3
# Primary-style teaching in kindergartens, and too much homework in schools.
_WANTING = "3.8"
_JUDGED_BY, _EVIDENCE = "合成评估组 / synthetic panel", "合成数据：虚构的认定 / synthetic: an invented judgement"


class DemoError(Exception):
    """Demo files cannot be written here; the message says which file is in the way and what to do."""


@dataclass(frozen=True)
class Written:
    """Files of one sort, and how many rows of synthetic counties they hold."""

    name: str
    files: int
    rows: int


def write(
    raw: Path, counties: Sequence[County], first: int, last: int, seed: int, tell: Callable[[str], None] = print
) -> list[Written]:
    """Write the counties' files for the years `first` to `last`; the same arguments give the same bytes.

    Files of an earlier run are replaced, or removed where the years no longer hold them. `tell` gets a line a year.
    Raises DemoError before anything is written.
    """
    contracts = load_contracts()
    years = range(first, last + 1)
    own = {
        *(raw / "schools" / f"{year}.parquet" for year in years),
        *(raw / "county_facts" / f"{year}.csv" for year in range(first - 1, last + 1)),
    }
    shared = {name: raw / "local" / f"{name}.csv" for name in ("regions", "condition_judgements")}
    _refuse(own, set(shared.values()))
    others = {name: _of_others(path, contracts[name]) for name, path in shared.items()}
    for folder in ("schools", "county_facts", "local"):
        (raw / folder).mkdir(parents=True, exist_ok=True)
    for stale in _made_before(raw) - own:
        stale.unlink()
        sidecar.path_of(stale).unlink()

    synthetic = {"regions": _regions(counties), "condition_judgements": _judgements(counties, first, last)}
    in_shared = {
        name: _shared(path, contracts[name], others[name], synthetic[name], last) for name, path in shared.items()
    }
    before = [row for county in counties for row in facts.before(county, first)]
    _csv(raw / "county_facts" / f"{first - 1}.csv", contracts["county_facts"], before)
    school_rows, fact_rows = 0, len(before)
    told = [schools.records(county, first, last, seed) for county in counties]
    for year in years:
        of_counties = [next(records)[1] for records in told]
        of_schools = [row for rows in of_counties for row in rows]
        of_facts = [
            row
            for county, rows in zip(counties, of_counties, strict=True)
            for row in facts.of_year(county, first, year, rows)
        ]
        _parquet(raw / "schools" / f"{year}.parquet", contracts["schools"], of_schools)
        _csv(raw / "county_facts" / f"{year}.csv", contracts["county_facts"], of_facts)
        school_rows += len(of_schools)
        fact_rows += len(of_facts)
        tell(f"{year}: {len(of_schools):,} 行学校 / school rows, {len(of_facts):,} 行县情 / fact rows")
    return [
        Written("schools/<year>.parquet", len(years), school_rows),
        Written("county_facts/<year>.csv", len(years) + 1, fact_rows),
        *(Written(f"local/{name}.csv", 1, count) for name, count in in_shared.items()),
    ]


def _is_own(file: Path) -> bool:
    try:
        about = sidecar.read(file)
    except (FileNotFoundError, ValueError):
        return False
    return about.issuer == ISSUER and about.sha256 == files.sha256(file)


def _made_before(raw: Path) -> set[Path]:
    there = [path for folder in ("schools", "county_facts") for path in (raw / folder).glob("[0-9][0-9][0-9][0-9].*")]
    return {path for path in there if not path.name.endswith(files.SIDECAR) and _is_own(path)}


def _refuse(own: set[Path], shared: set[Path]) -> None:
    foreign = sorted(path for path in own if path.exists() and not _is_own(path))
    if foreign:
        raise DemoError(
            f"{foreign[0]}{f' (+{len(foreign) - 1})' if len(foreign) > 1 else ''}: 不是演示数据，不覆盖；请换一个文件夹 / "
            "is no demo file and is not overwritten; name another folder"
        )
    for path in sorted(shared):
        if path.exists():
            try:
                vouched = sidecar.read(path).sha256 == files.sha256(path)
            except (FileNotFoundError, ValueError):
                vouched = False
            if not vouched:
                raise DemoError(
                    f"{path}: 来源说明与文件不符，先运行 zhibiao add / its sidecar does not vouch for it, run zhibiao add first"
                )


def _regions(counties: Sequence[County]) -> list[Row]:
    def region(code: str, name: str, level: str, parent: str, number: int) -> Row:
        return {
            "region_code": code, "name_zh": name, "level": level, "parent_code": parent, "sort_no": 990_000 + number,
            "origin": "synthetic",
        }  # fmt: skip

    return [
        region(PROVINCE, PROVINCE_ZH, "province", "100000", 0),
        region(PREFECTURE, PREFECTURE_ZH, "prefecture", PROVINCE, 1),
        *(region(c.code, c.name_zh, "county", PREFECTURE, n) for n, c in enumerate(counties, start=2)),
    ]


def _judgements(counties: Sequence[County], first: int, last: int) -> list[Row]:
    """A decision on every condition that people decide; the ordinary county is found wanting on one of each."""
    table = ROOT / "raw" / "reference" / "assessment_conditions.csv"
    with table.open(encoding="utf-8", newline="") as file:
        asked = [row for row in csv.DictReader(file) if row["decided_by"] == "judgement"]
    by_assessment: dict[str, list[str]] = {}
    for row in asked:
        by_assessment.setdefault(row["assessment"], []).append(row["condition_no"])
    rows = []
    for county in counties:
        for year in range(max(first, last - _JUDGED_YEARS + 1), last + 1):
            for assessment, numbers in by_assessment.items():
                for number in numbers[1:] if county.undecided and year == last else numbers:
                    wanting = county.edge_cases and number == _WANTING
                    rows.append({
                        "region_code": county.code, "year": year, "assessment": assessment, "condition_no": number,
                        "decision": "not_met" if wanting else "met", "decided_by": _JUDGED_BY,
                        "decided_on": f"{year}-12-01", "evidence": _EVIDENCE,
                    })  # fmt: skip
    return rows


def _of_others(path: Path, contract: Contract) -> list[Row]:
    """Rows of a file that are of no synthetic region, by the contract's column names; none without the file."""
    if not path.exists():
        return []
    try:
        header, *lines = readers.first_rows(path, contract.source, path.name, sys.maxsize)
    except ShapeError as error:
        raise DemoError(str(error)) from error
    names = {column.zh: column.name for column in contract.columns}
    header = [names.get(heading, heading) for heading in header]
    rows = [dict(zip(header, cells, strict=False)) for cells in lines]
    return [row for row in rows if not row["region_code"].startswith(_SYNTHETIC)]


def _shared(path: Path, contract: Contract, others: list[Row], rows: list[Row], last: int) -> int:
    """A file of several owners' rows, others' first; returns how many are synthetic."""
    if path.exists():
        about = sidecar.read(path)
    else:
        title = f"{contract.title_zh}（合成） / {contract.title_en} (synthetic)"
        about = replace(_ABOUT, title=title, retrieved=_date(last))
    names = [column.name for column in contract.columns]
    # A column of others that no contract knows is theirs all the same.
    names += [name for name in dict.fromkeys(name for row in others for name in row) if name not in names]
    _replace(path, lambda temporary: _write_csv(temporary, names, [*others, *rows]))
    sidecar.write(path, replace(about, sha256=files.sha256(path)))
    return len(rows)


def _csv(path: Path, contract: Contract, rows: list[Row]) -> None:
    _replace(path, lambda temporary: _write_csv(temporary, [column.name for column in contract.columns], rows))
    _vouch(path, contract)


def _write_csv(path: Path, names: list[str], rows: list[Row]) -> None:
    with path.open("w", encoding="utf-8", newline="") as target:
        writer = csv.DictWriter(target, names, restval="", lineterminator="\n", extrasaction="ignore")
        writer.writeheader()
        writer.writerows(rows)


def _parquet(path: Path, contract: Contract, rows: list[Row]) -> None:
    frame = pd.DataFrame.from_records(rows, columns=[column.name for column in contract.columns])
    casts = ", ".join(
        f"cast({column.name} as {_TYPES.get(column.type, 'varchar')}) as {column.name}" for column in contract.columns
    )
    # One thread: the order of row groups is part of the bytes.
    with duckdb.connect(config={"threads": 1}) as connection:
        connection.register("frame", frame.astype(object).where(frame.notna(), None))
        _replace(
            path,
            lambda temporary: connection.execute(
                f"copy (select {casts} from frame) to '{str(temporary).replace(chr(39), chr(39) * 2)}' (format parquet)"
            ),
        )
    _vouch(path, contract)


def _replace(path: Path, make: Callable[[Path], object]) -> None:
    """Write beside and rename, so that a reader never meets half a file."""
    temporary = path.with_name(f".{path.name}.tmp")
    make(temporary)
    os.replace(temporary, path)


def _vouch(path: Path, contract: Contract) -> None:
    about = replace(
        _ABOUT,
        title=f"{contract.title_zh} {path.stem}（合成） / {contract.title_en} {path.stem} (synthetic)",
        retrieved=_date(int(path.stem)),
        sha256=files.sha256(path),
    )
    sidecar.write(path, about)


def _date(year: int) -> str:
    # A constant day: the same arguments give the same bytes.
    return f"{year}-12-31"
