"""Puts the page together: one HTML file that asks nothing of any network, and shards beside it where data are many.

Whatever comes from files stands in JSON inside data blocks, which a browser never runs; the scripts put it into the page
as text only. The page's own policy names the scripts it may run by their hash and forbids every connection.
"""

import base64
import hashlib
import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from string import Template
from typing import Any

import duckdb

from dagster_project.page import PAGE, data

SHARDS = "dashboard"
# Data up to here stand in the page itself, so that one file is all there is to copy; more goes into files beside it.
INLINE_BYTES = 16_000_000

WEB = Path(__file__).parent / "web"
LIBRARY = "vendor/echarts.common.min.js"
# In the order they are put together; a later one uses the earlier ones.
SCRIPTS = (
    "elements.js", "store.js", "language.js", "numbers.js", "route.js", "marks.js", "search.js", "table.js", "filters.js",
    "trend.js", "tiles.js", "changes.js", "overview.js", "indicator.js", "targets.js", "target.js", "counties.js", "start.js",
)  # fmt: skip


def write(
    connection: duckdb.DuckDBPyConnection, folder: Path, snapshot: dict[str, Any], inline_bytes: int = INLINE_BYTES
) -> None:
    """Write `dashboard.html` into a folder, from a built file, and `dashboard/*.js` where the data exceed `inline_bytes`.

    `snapshot` is what the manifest will say (id, published_at, as_of, product_version, tables). Equal data give equal
    bytes, but for id and time.
    """
    blocks = {"words": _words(), **data.blocks(connection, snapshot)}
    shards, inlined, size = data.shards(connection), [], 0
    for shard in shards:
        inlined.append(shard)
        size += len(shard[1])
        if size > inline_bytes:
            blocks["shards"] = json.dumps(_beside(folder / SHARDS, inlined, shards))
            inlined = []
    (folder / PAGE).write_text(_page(blocks, inlined), encoding="utf-8")


def _beside(folder: Path, first: Iterable[data.Shard], rest: Iterator[data.Shard]) -> dict[str, tuple[str, str]]:
    """Each shard as a script of its own, for a page opened from disk may load scripts and nothing else.

    By name its file and the fingerprint of its data, which the script says too: a page takes none but those written with it.
    """
    folder.mkdir()
    files: dict[str, tuple[str, str]] = {}
    for shards in (first, rest):
        for name, text in shards:
            # Numbered: names of documents come from files.
            file, fingerprint = f"{len(files) + 1:05d}.js", hashlib.sha256(text.encode()).hexdigest()[:16]
            files[name] = file, fingerprint
            (folder / file).write_text(
                f'zhibiaoShard("{fingerprint}",{_safe(json.dumps(name))},{_safe(text)})\n', encoding="utf-8"
            )
    return files


def _page(blocks: dict[str, str], inlined: Iterable[data.Shard]) -> str:
    style = _read("page.css")
    library = _read(LIBRARY)
    script = "\n".join(["(() => {", '"use strict";', *map(_read, SCRIPTS), "})();"])
    # Scripts beside a page are its own where it is served, and `file:` where it is opened from disk.
    beside = " 'self' file:" if "shards" in blocks else ""
    policy = "; ".join(
        (
            "default-src 'none'",
            f"script-src {_hash(library)} {_hash(script)}{beside}",
            f"style-src {_hash(style)}",
            "img-src data:",
            "base-uri 'none'",
            "form-action 'none'",
        )
    )
    parts = [
        *(_block(f"block:{name}", text) for name, text in blocks.items()),
        *(_block(name, text) for name, text in inlined),
    ]
    return Template(_read("dashboard.html")).substitute(
        policy=policy, style=style, blocks="\n".join(parts), library=library, script=script
    )


def _block(name: str, text: str) -> str:
    return f'<script type="application/json" data-name="{_attribute(name)}">{_safe(text)}</script>'


def _safe(text: str) -> str:
    """JSON that ends no script element and no line of a script; it means the same."""
    return text.replace("<", "\\u003c").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")


def _attribute(text: str) -> str:
    return text.replace("&", "&amp;").replace('"', "&quot;").replace("<", "&lt;")


def _words() -> str:
    return json.dumps(json.loads(_read("words.json")), ensure_ascii=False, separators=(",", ":"))


def _read(name: str) -> str:
    return (WEB / name).read_text(encoding="utf-8")


def _hash(text: str) -> str:
    """The name by which a policy knows the content of an element."""
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"
