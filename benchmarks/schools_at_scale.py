"""How much a refresh of many school records costs, and where: the real pipeline in a process and folders of its own.

    python benchmarks/schools_at_scale.py [--generator tool|own] [--schools N] [--years A-B] [--folder DIR] [--json FILE]

`tool` takes the records of `../shared/tools/generate_schools.py`, through a mapping file and a region overlay: by default
the nation in one year, 530,000 schools in some 2,840 counties. `own` takes the ordinary demo county many times over, every
column of the contract filled: by default a province in twenty years, 88 counties. It is taken where the tool is missing.

Past the reading, work and memory follow the cells (counties x years x stages x segments x measures), not the schools:
the tool's 2,840 counties over twenty years (--schools 26500 --years 2004-2023) make 15 million of them. Measured on two
cores and 24 GB, other work beside it: 905 CPU s, 1,132 s wall, 20 GB at most, a snapshot of 4.6 GB; dbt 87 % of the CPU.

The same refresh with one school and one fact goes before: what the stack itself costs. Read CPU seconds first, since
wall time depends on who else is on the machine. `--keep` and `--only-generate` leave the files for a look.
"""

import argparse
import csv
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import duckdb

from dagster_project.demo.county import counties
from dagster_project.demo.write import write
from dagster_project.ingest import files, sidecar
from dagster_project.ingest.contract import load_contracts
from dagster_project.settings import ROOT

TOOL = ROOT.parent / "shared" / "tools" / "generate_schools.py"
MAPPING = Path(__file__).with_name("generate_schools.mapping.yml")
REFRESH = "import sys; sys.argv = ['zhibiao', 'refresh']; from dagster_project.cli import main; main()"
# Steps of a refresh by what they are shares of.
SHARES = {"load": ("load",), "dbt": ("transform",), "checks": ("check_raw", "check_marts"), "publish": ("publish",)}
SCHOOLS_A_COUNTY = 300
# Schools a year and years: about 530,000 school-years either way.
SHAPES = {"tool": (530_000, "2023-2023"), "own": (26_500, "2004-2023")}
_ABOUT = sidecar.Sidecar("规模测试 / scale test", "benchmarks", "generated", "synthetic", "2026-01-01", "", "A")


@dataclass
class Run:
    """One refresh: seconds of the whole process, its peak memory, and seconds of its steps."""

    rows: int
    wall: float
    cpu: float
    peak_mb: float
    load_average: float
    steps_wall: dict[str, float]
    steps_cpu: dict[str, float]
    snapshot_mb: float
    slowest: dict[str, float]

    def shares(self) -> dict[str, float]:
        """Per cent of the CPU by share; the rest is starting up and telling."""
        found = {name: sum(self.steps_cpu.get(step, 0.0) for step in steps) for name, steps in SHARES.items()}
        found["rest"] = self.cpu - sum(found.values())
        return {name: 100 * seconds / self.cpu for name, seconds in found.items()}


def prepared(folder: Path) -> Path:
    """A raw folder with the shipped reference data and the nation's figures of one year, which the checks ask for."""
    raw = folder / "raw"
    shutil.copytree(ROOT / "raw" / "reference", raw / "reference")
    header, *lines = (ROOT / "raw" / "statistics" / "2018.csv").read_text(encoding="utf-8").splitlines()
    nation = [line for line in lines if line.startswith("100000,")]
    (raw / "statistics").mkdir()
    _vouched(raw / "statistics" / "2018.csv", "\n".join([header, *nation]) + "\n")
    return raw


def one_row(raw: Path) -> int:
    """One school and one fact of an existing county."""
    rows = {
        "schools": {"year": 2023, "region_code": "441802", "school_id": "1", "kind": "primary", "ownership": "public",
                    "area_type": "urban", "pupils": 300},
        "county_facts": {"region_code": "441802", "year": 2023, "stage": "all", "measure_code": "townships", "value": 8,
                         "source_zh": "规模测试"},
    }  # fmt: skip
    for source, row in rows.items():
        names = [column.name for column in load_contracts()[source].columns]
        (raw / source).mkdir()
        lines = [",".join(names), ",".join(str(row.get(name, "")) for name in names)]
        _vouched(raw / source / "2023.csv", "\n".join(lines) + "\n")
    return 1


def own_schools(raw: Path, schools: int, first: int, last: int) -> int:
    """The ordinary demo county as often as is needed; at most 99 times."""
    ordinary = next(county for county in counties(SCHOOLS_A_COUNTY) if county.key == "ordinary")
    # A county of 300 schools has about 320 rows: sections stand on their own.
    wanted = max(1, round(schools / 322))
    many = [
        replace(ordinary, key=f"c{n}", code=f"9901{n:02d}", name_zh=f"合成{n}县", edge_cases=n == 1)
        for n in range(1, wanted + 1)
    ]
    written = write(raw, many, first, last, seed=1, tell=lambda line: print(f"· {line}", flush=True))
    return written[0].rows


def tool_schools(raw: Path, schools: int, first: int, last: int) -> int:
    """Records of the shared generator, as it writes them; a mapping file says what its columns are."""
    made = raw.parent / "made"
    arguments = ["--out", str(made), "--schools", str(schools), "--years", f"{first}-{last}"]
    subprocess.run([sys.executable, str(TOOL), *arguments], check=True, stdout=subprocess.DEVNULL)
    (raw / "schools").mkdir()
    rows = 0
    for year in range(first, last + 1):
        file = raw / "schools" / f"{year}.parquet"
        os.replace(made / "schools" / f"year={year}" / "part-0.parquet", file)
        _vouch(file)
        rows += duckdb.sql(f"select count(*) from '{file}'").fetchall()[0][0]
    shutil.copy(MAPPING, raw / "schools" / "mapping.yml")
    _overlay(raw, made / "regions.parquet", first, last)
    shutil.rmtree(made)
    return rows


def _overlay(raw: Path, regions: Path, first: int, last: int) -> None:
    """Periods of the tool's counties that the shipped table does not have: its codes are only in part real ones."""
    known: dict[str, set[int]] = {}
    with (raw / "reference" / "regions.csv").open(encoding="utf-8", newline="") as table:
        for row in csv.DictReader(table):
            in_force = range(int(row["valid_from"] or first), int(row["valid_to"] or last) + 1)
            known.setdefault(row["region_code"], set()).update(in_force)
    lines = ["region_code,name_zh,level,parent_code,valid_from,valid_to,sort_no,origin"]
    for code, province in duckdb.sql(
        f"select county_code::varchar, province_code::varchar from '{regions}' order by 1"
    ).fetchall():
        for start, end in _gaps(known.get(code, set()), first, last):
            lines.append(f"{code},合成{code},county,{province},{start},{end},{code},synthetic")
    (raw / "local").mkdir(exist_ok=True)
    _vouched(raw / "local" / "regions.csv", "\n".join(lines) + "\n")


def _gaps(there: set[int], first: int, last: int) -> Iterator[tuple[int, int]]:
    missing = [year for year in range(first, last + 1) if year not in there]
    while missing:
        start = end = missing.pop(0)
        while missing and missing[0] == end + 1:
            end = missing.pop(0)
        yield start, end


def _vouched(file: Path, text: str) -> None:
    file.write_text(text, encoding="utf-8")
    _vouch(file)


def _vouch(file: Path) -> None:
    sidecar.write(file, replace(_ABOUT, sha256=files.sha256(file)))


def refreshed(raw: Path, rows: int) -> Run:
    """`zhibiao refresh` of a raw folder in a process of its own. Raises SystemExit with its output where it refuses."""
    home = raw.parent / "home"
    environment = {
        **os.environ, "ZHIBIAO_RAW": str(raw), "ZHIBIAO_HOME": str(home), "ZHIBIAO_AS_OF": "2026-01-31",
        "PYTHONPATH": str(ROOT),
    }  # fmt: skip
    load_average = os.getloadavg()[0]
    started = time.perf_counter()
    with (raw.parent / "refresh.log").open("wb") as log:
        process = subprocess.Popen([sys.executable, "-c", REFRESH], env=environment, stdout=log, stderr=log)
        _, status, usage = os.wait4(process.pid, 0)
    wall = time.perf_counter() - started
    if os.waitstatus_to_exitcode(status) != 0:
        sys.exit((raw.parent / "refresh.log").read_text(encoding="utf-8"))
    record: dict[str, Any] = json.loads((home / "last_refresh.json").read_text(encoding="utf-8"))
    return Run(
        rows, wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024, load_average, record["seconds"],
        record["cpu_seconds"], record["snapshot"]["bytes"] / 1e6, record["models"]["slowest"],
    )  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--generator", choices=["tool", "own"], default="tool" if TOOL.exists() else "own")
    parser.add_argument("--schools", type=int, help="rows of school records a year")
    parser.add_argument("--years", help="like 2004-2023")
    parser.add_argument("--folder", type=Path, help="where to work; a temporary folder by default")
    parser.add_argument("--json", type=Path, help="also write the figures here")
    parser.add_argument("--keep", action="store_true", help="keep inputs and warehouse")
    parser.add_argument("--only-generate", action="store_true", help="stop before the refresh")
    arguments = parser.parse_args()
    schools, years = SHAPES[arguments.generator]
    first, last = (int(year) for year in (arguments.years or years).split("-"))
    folder = arguments.folder or Path(tempfile.mkdtemp(prefix="zhibiao-scale-"))
    generate = tool_schools if arguments.generator == "tool" else own_schools
    try:
        raw = prepared(folder / "scale")
        rows = generate(raw, arguments.schools or schools, first, last)
        print(f"{rows:,} 行学校记录 / rows of school records ({arguments.generator}), {first}-{last}", flush=True)
        if arguments.only_generate:
            return
        small = prepared(folder / "one")
        runs = {"one": refreshed(small, one_row(small)), "scale": refreshed(raw, rows)}
    finally:
        if not (arguments.keep or arguments.only_generate):
            shutil.rmtree(folder, ignore_errors=True)
    _tell(runs)
    if arguments.json:
        told = {name: {**vars(run), "shares_pct": run.shares()} for name, run in runs.items()}
        arguments.json.write_text(
            json.dumps({"generator": arguments.generator, **told}, indent=1) + "\n", encoding="utf-8"
        )


def _tell(runs: dict[str, Run]) -> None:
    one, scale = runs["one"], runs["scale"]
    print(f"{'':24}{'一行 / one row':>16}{'规模 / scale':>16}{'倍 / ratio':>12}")
    for name, value in (("CPU s", "cpu"), ("wall s", "wall"), ("peak MB", "peak_mb"), ("snapshot MB", "snapshot_mb")):
        a, b = getattr(one, value), getattr(scale, value)
        print(f"{name:24}{a:16.1f}{b:16.1f}{b / a:12.1f}")
    for name in (*SHARES, "rest"):
        print(f"{name + ' % of CPU':24}{one.shares()[name]:16.1f}{scale.shares()[name]:16.1f}")
    print(f"{'load average before':24}{one.load_average:16.1f}{scale.load_average:16.1f}")
    print(
        "最慢的模型与检查 / slowest models and tests, wall s: "
        + ", ".join(f"{n} {s}" for n, s in scale.slowest.items())
    )
    print(f"{'CPU µs a school-year':24}{'':16}{1e6 * (scale.cpu - one.cpu) / scale.rows:16.1f}")


if __name__ == "__main__":
    main()
