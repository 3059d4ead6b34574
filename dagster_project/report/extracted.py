"""A page that shows documents with the targets found in them: each clause marked in its place, each target beside it.

One file without scripts or outside resources; every text from a document is escaped.
"""

import html
import itertools

from dagster_project.characters import plain
from dagster_project.extraction.candidate import Candidate
from dagster_project.extraction.document import Document

_STYLE = """
body{font:16px/1.7 "Noto Serif CJK SC","Songti SC",serif;margin:0;color:#1a1a1a;background:#fff}
main{max-width:76rem;margin:auto;padding:1rem 2rem}
article{display:grid;grid-template-columns:minmax(0,3fr) minmax(0,2fr);gap:2rem;border-top:1px solid #999;padding-top:1rem}
.text{white-space:pre-wrap;overflow-wrap:anywhere}
mark{background:#ffef9f;border-bottom:2px solid #c90}mark.implied{background:#d7ecff;border-color:#27b}
mark.redacted{background:#eee;border-color:#777}mark.unsure{border-bottom-style:dashed}
sup a{text-decoration:none;color:#555}
ol{padding-left:2rem}li{margin-bottom:.7rem}li:target,mark:target{outline:2px solid #c30}
small{color:#555}
@media(max-width:50rem){article{grid-template-columns:1fr}}
"""


def page(read: list[tuple[Document, list[Candidate]]]) -> str:
    """The page for these documents; the same documents give the same page."""
    parts = [_document(number, document, found) for number, (document, found) in enumerate(read, start=1)]
    return (
        "<!DOCTYPE html>\n<html lang=zh-CN><head><meta charset=utf-8>"
        "<meta http-equiv=Content-Security-Policy content=\"default-src 'none'; style-src 'unsafe-inline'\">"
        "<meta name=viewport content='width=device-width'><title>政策目标 / policy targets</title>"
        f"<style>{_STYLE}</style></head><body><main>\n" + "\n".join(parts) + "\n</main></body></html>\n"
    )


def _document(number: int, document: Document, found: list[Candidate]) -> str:
    items = "\n".join(_item(number, i, one) for i, one in enumerate(found, start=1))
    return (
        f"<h1>{_safe(document.name)}</h1><p>{len(found)} 个目标 / targets</p>\n<article><div class=text>"
        f"{_marked(number, document.text, found)}</div>\n<ol>\n{items}\n</ol></article>"
    )


def _marked(number: int, text: str, found: list[Candidate]) -> str:
    """The text with every clause marked; clauses that overlap are cut where they meet."""
    begins: dict[int, list[int]] = {}
    ends: dict[int, list[int]] = {}
    for i, one in enumerate(found, start=1):
        begins.setdefault(one.char_start, []).append(i)
        ends.setdefault(one.char_end, []).append(i)
    cuts = sorted(begins.keys() | ends.keys())
    out: list[str] = []
    inside: set[int] = set()
    place = 0
    for start, end in itertools.pairwise(cuts):
        inside = (inside - set(ends.get(start, ()))) | set(begins.get(start, ()))
        if not inside:
            continue
        out.append(_safe(text[place:start]))
        kinds = {found[i - 1].kind for i in inside} | (
            {"unsure"} if any(found[i - 1].confidence < 0.8 for i in inside) else set()
        )
        anchors = "".join(f"<sup id=m{number}-{i}><a href=#t{number}-{i}>{i}</a></sup>" for i in begins.get(start, ()))
        out.append(f'<mark class="{" ".join(sorted(kinds))}">{_safe(text[start:end])}</mark>{anchors}')
        place = end
    return "".join(out) + _safe(text[place:])


def _item(number: int, i: int, one: Candidate) -> str:
    high = f"—{one.value_high}" if one.value_high else ""
    value = one.value or ("X" if one.kind == "redacted" else "")
    code = f" <small>{_safe(one.indicator_code)}</small>" if one.indicator_code else ""
    where = "，".join(part for part in (one.region_zh, one.deadline or one.period, one.article) if part)
    note = f"<br><small>{_safe(one.note)}</small>" if one.note else ""
    return (
        f"<li id=t{number}-{i}><a href=#m{number}-{i}>↤</a> {_safe(one.indicator_zh)}{code}: "
        f"<b>{_safe(f'{one.comparator} {value}{high} {one.unit}'.strip())}</b> <small>{_safe(where)}; {one.confidence:.2f}</small>{note}</li>"
    )


def _safe(text: str) -> str:
    return html.escape(plain(text))
