"""What the page costs at national size, to build and to open: a published file blown up, the page written from it, and a
Chromium of the system that opens it from disk.

    python benchmarks/page_at_scale.py [--counties N] [--years N] [--indicators N] [--measures N] [--folder DIR]

Cells are put straight into the tables of a copy of the served snapshot: every county of the region table, every year,
computed, each with value, numerator and denominator, the widest a cell gets. No refresh runs; what a refresh of that size
costs, `schools_at_scale.py` tells. Read CPU seconds first, wall time depends on who else is on the machine.
"""

import argparse
import json
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import duckdb

from dagster_project.page import PAGE, write
from dagster_project.publish import snapshot
from dagster_project.settings import Settings

BUILD = """
import json, resource, sys, time
from pathlib import Path
import duckdb
from dagster_project.page import write
database, folder, manifest = sys.argv[1:]
started, used = time.perf_counter(), time.process_time()
with duckdb.connect(database, read_only=True) as connection:
    write.write(connection, Path(folder), json.loads(manifest))
print(json.dumps({"wall": time.perf_counter() - started, "cpu": time.process_time() - used,
    "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024}))
"""
FLAGS = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-component-update",
         "--disable-sync"]  # fmt: skip


def blow_up(database: Path, counties: int, years: int, indicators: int, measures: int) -> dict[str, int]:
    """Cells and figures for so many counties, years, indicators and measures; returns how many rows there are then."""
    size = {"counties": counties, "first": 2026 - years, "indicators": indicators, "measures": measures}
    with duckdb.connect(str(database)) as connection:
        connection.execute(
            """create temp table place as select distinct region_code from marts.dim_region
            where level = 'county' and valid_to is null
                and region_code not in (select region_code from marts.fct_indicator union select region_code from marts.fct_measure)
            order by 1 limit $counties""",
            {"counties": counties},
        )
        connection.execute(
            "create temp table span as select unnest(range($first, 2026)) as year", {"first": size["first"]}
        )
        connection.execute(
            """insert into marts.fct_indicator by name
            select p.region_code, s.year, i.level as stage, 'all' as segment, i.indicator_code, 'computed' as basis,
                n as numerator, n * 1.37 + 1 as denominator, 100 * n / (n * 1.37 + 1) as value, 'default' as variant,
                'reported' as inputs_basis, 'ok' as status, 'A' as confidence
            from (select * from marts.dim_indicator where unit = '%' or unit = 'ratio' or unit = 'persons' order by 1 limit $indicators) as i,
                place as p, span as s, lateral (select cast(hash(p.region_code, s.year, i.indicator_code) % 1000003 as double) as n)""",
            {"indicators": indicators},
        )
        connection.execute(
            """insert into marts.fct_measure by name
            select p.region_code, s.year, 'primary' as stage, 'all' as segment, m.measure_code, m.base_unit, 'reported' as basis,
                n as value, n as value_low, n as value_high, 'A' as confidence, 'only' as chosen_by,
                (select min(source_id) from marts.dim_source) as source_id, 'raw/statistics/' || s.year || '.csv' as source_file,
                cast(hash(p.region_code, m.measure_code) % 100000 as bigint) as source_row
            from (select * from marts.dim_measure order by 1 limit $measures) as m, place as p, span as s,
                lateral (select cast(hash(p.region_code, s.year, m.measure_code) % 1000003 as double) as n)""",
            {"measures": measures},
        )
        return {
            table: connection.execute(f"select count(*) from marts.{table}").fetchall()[0][0]
            for table in ("fct_indicator", "fct_measure")
        }


def build(database: Path, folder: Path, manifest: dict[str, Any]) -> dict[str, Any]:
    """The page from a built file, in a process of its own: seconds, peak memory, bytes."""
    folder.mkdir()
    run = subprocess.run(
        [sys.executable, "-c", BUILD, database, folder, json.dumps(manifest)],
        capture_output=True,
        text=True,
        check=True,
    )
    shards = [path.stat().st_size for path in folder.glob(f"{write.SHARDS}/*.js")]
    return {
        **{name: round(value, 2) for name, value in json.loads(run.stdout.splitlines()[-1]).items()},
        "page_mb": round((folder / PAGE).stat().st_size / 1e6, 2),
        "shards": len(shards),
        "shards_mb": round(sum(shards) / 1e6, 1),
        "largest_shard_mb": round(max(shards, default=0) / 1e6, 2),
    }


def opened(page: Path, address: str) -> dict[str, Any] | None:
    """Milliseconds until something is painted and until the view is drawn, the middle one of three times; None without
    a Chromium.
    """
    from playwright.sync_api import sync_playwright

    program = shutil.which("chromium") or shutil.which("google-chrome")
    if program is None:
        return None
    times = []
    with sync_playwright() as started:
        for _ in range(3):
            browser = started.chromium.launch(executable_path=program, args=FLAGS)
            tab = browser.new_page(viewport={"width": 1366, "height": 768})
            begun = time.perf_counter()
            tab.goto(page.as_uri() + address)
            tab.wait_for_selector("#page[data-drawn] main h1")
            drawn = 1000 * (time.perf_counter() - begun)
            painted = tab.evaluate("performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? null")
            times.append((drawn, painted or drawn))
            browser.close()
    drawn, painted = sorted(times)[1]
    return {"drawn_ms": round(drawn), "first_paint_ms": round(painted)}


def main() -> None:
    """Build and open the page of the served snapshot, then that of the nation; one line of JSON each."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--counties", type=int, default=2900)
    options.add_argument("--years", type=int, default=20)
    options.add_argument("--indicators", type=int, default=160)
    options.add_argument("--measures", type=int, default=80)
    options.add_argument("--folder", type=Path, help="keep the pages here")
    chosen = options.parse_args()
    served = snapshot.current(Settings.from_environment())
    if served is None:
        sys.exit("还没有快照 / no snapshot yet: make refresh")
    with tempfile.TemporaryDirectory() as made:
        folder = chosen.folder or Path(made)
        folder.mkdir(parents=True, exist_ok=True)
        database = Path(shutil.copy(served.database, folder / "nation.duckdb"))
        database.chmod(0o644)
        code = "kg_inclusive_coverage"
        for name, file in (("shipped", served.database), ("nation", database)):
            tables = None
            if name == "nation":
                tables = blow_up(database, chosen.counties, chosen.years, chosen.indicators, chosen.measures)
            told = build(file, folder / name, served.manifest)
            page = folder / name / PAGE
            told["overview"] = opened(page, "#/")
            told["indicator"] = opened(page, f"#/indicator/{code}?region=430000&level=county&scope=all")
            print(json.dumps({"size": name, "rows": tables, **told}), flush=True)


if __name__ == "__main__":
    main()
