"""How fast documents are read: MB of UTF-8 text a second and core, from file text to candidates.

    python -m benchmarks.extraction [--megabytes 2] [FILE…]

Without files the labelled documents of tests/documents/development are repeated until they fill the size. CPU time of
this process is printed for each step, then the rate over both; the reference data is loaded before the clock starts.
"""

import argparse
import platform
import time
from pathlib import Path

from dagster_project.extraction import document
from dagster_project.extraction.extract import extract
from dagster_project.extraction.resolve import reference

OWN = Path(__file__).parents[1] / "tests" / "documents" / "development"


def text_of(files: list[Path], megabytes: float) -> str:
    """The files' texts, repeated to the size, each time in the same order."""
    whole = "\n".join(file.read_text(encoding="utf-8") for file in files)
    return whole * max(1, round(megabytes * 1e6 / len(whole.encode())))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("files", nargs="*", type=Path)
    parser.add_argument("--megabytes", type=float, default=2.0)
    arguments = parser.parse_args()
    files = arguments.files or sorted(f for f in OWN.glob("*.txt") if b"\xc2" not in f.read_bytes()[:4])
    text = text_of(files, arguments.megabytes)
    reference()
    start = time.process_time()
    read = document.from_text("benchmark", text)
    cleaned = time.process_time()
    found = extract(read)
    end = time.process_time()
    size = len(text.encode()) / 1e6
    print(f"{platform.machine()} Python {platform.python_version()}, {size:.2f} MB, {len(found)} targets")
    print(f"clean and structure {cleaned - start:.2f} s, recognise and resolve {end - cleaned:.2f} s")
    print(f"{size / (end - start):.2f} MB/s, {len(found) / (end - start):.0f} targets/s")


if __name__ == "__main__":
    main()
