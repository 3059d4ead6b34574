"""Reads a written page as a browser would: its data blocks and shards by name, and rows out of their columns."""

import json
from html.parser import HTMLParser
from pathlib import Path
from typing import Any


class _Blocks(HTMLParser):
    """The elements of a page: the text of data blocks by name, and every tag that was opened."""

    def __init__(self) -> None:
        super().__init__()
        self.found: dict[str, str] = {}
        self.tags: list[str] = []
        self.policy = ""
        self._name: str | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        about = dict(attrs)
        self.tags.append(tag)
        self._name = about.get("data-name") if tag == "script" else None
        if about.get("http-equiv") == "Content-Security-Policy":
            self.policy = about["content"] or ""

    def handle_data(self, data: str) -> None:
        if self._name is not None:
            self.found[self._name] = data

    def handle_endtag(self, tag: str) -> None:
        self._name = None


def parsed(page: Path) -> _Blocks:
    blocks = _Blocks()
    blocks.feed(page.read_text(encoding="utf-8"))
    return blocks


def data(page: Path) -> dict[str, Any]:
    """Blocks (`block:<name>`) and shards by name, those beside the page too."""
    found = {name: json.loads(text) for name, text in parsed(page).found.items()}
    for name, (file, fingerprint) in found.get("block:shards", {}).items():
        call = (page.parent / "dashboard" / file).read_text(encoding="utf-8").removeprefix("zhibiaoShard")
        stamp, shown, content = json.loads(f"[{call.strip()[1:-1]}]")
        assert (stamp, shown) == (fingerprint, name)
        found[name] = content
    return found


def rows(table: dict[str, Any]) -> list[dict[str, Any]]:
    """The rows of a table by columns; a column without any value is None in each."""
    length = next((len(values) for values in table.values() if values is not None), 0)
    return [{name: values and values[place] for name, values in table.items()} for place in range(length)]


def cells(shard: dict[str, Any]) -> list[dict[str, Any]]:
    """The rows of an indicator or measure, each with what its slice says."""
    columns = {name: values for name, values in shard.items() if name != "slices"}
    slices = [
        {name: said for name, said in one.items() if name != "cells"}
        for one in shard["slices"]
        for _ in range(one["cells"])
    ]
    return [{**one, **row} for one, row in zip(slices, rows(columns), strict=True)]
