"""Reads one PDF from stdin with memory and processor time bounded, and writes what it gave, or why not, as JSON.

python -m dagster_project.extraction.confined BYTES SECONDS < file.pdf
"""

import json
import resource
import sys
from typing import Any

from dagster_project.extraction import formats


def main() -> None:
    memory, seconds = map(int, sys.argv[1:])
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    json.dump(_read(sys.stdin.buffer.read(), memory), sys.stdout, ensure_ascii=True)


def _read(data: bytes, memory: int) -> dict[str, Any]:
    try:
        found = formats.read_pdf_here(data)
    except formats.RefusedError as refused:
        return {"rule": refused.rule, "found": str(refused.found), "expected": str(refused.expected)}
    except MemoryError:
        limit = f"{memory:,}"
        return {"rule": "over_limit", "found": f"{limit} 字节内存以上 / bytes of memory and more", "expected": limit}
    return {
        "text": found.text,
        "grids": [(grid.kind, grid.rows, grid.header_rows) for grid in found.grids],
    }


if __name__ == "__main__":
    main()
