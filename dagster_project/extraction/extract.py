"""A document to its candidates: every paragraph and table read in order, doubles dropped, names resolved.

The same document gives the same candidates, byte for byte; neither the ledger nor any labels are read.
"""

import re
from bisect import bisect_right
from collections.abc import Iterable
from functools import lru_cache

from dagster_project.extraction import facts, periods, places, plans, recognise, tables
from dagster_project.extraction.candidate import Candidate
from dagster_project.extraction.document import Document, Note, Section
from dagster_project.extraction.finding import Finding, State
from dagster_project.extraction.periods import Plan, Time
from dagster_project.extraction.quantities import COUNT, numeral
from dagster_project.extraction.resolve import Reference, reference
from dagster_project.extraction.statements import sentences

VERSION = 2
"""Raised whenever the same document would give other candidates: then it is extracted anew."""

# Where a sentence without any of these stands, no grammar is tried.
_TRIGGER = re.compile(
    r"\d|分之|[一二两三四五六七八九十]成|半数|一半|翻[一两三]番|[一二两三四五六七八九十百千]+多?(?:[所名个间人期次项门座万亿届例起兆周]|年内)|"
    r"[Xx×*＊□]{1,4}(?:[所名个人间万亿元%项年]|[县市区镇])|全覆盖|覆盖[全所每]|消除|杜绝|取缔|清零|归零|零[发辍失事]|为零|为0|通到|惠及|全部|全都|为零|为0|通到|惠及|全都|不能少|不少|全部|所有|全体|每一?[所个名]|不让一|只增不减|增长|"
    r"不低于|不让|目前|以来|去年|明年|今年|年底|预计|要求|提出|县县|半"
)
_NUMBERED = re.compile(r"第?[一二三四五六七八九十\d]+(?:[章节编篇部]|$)|\([一二三四五六七八九十\d]+\)$")
_SHORT = 30
"""Characters of a line before the first article that is a heading or an address."""
_CAPTION = re.compile(
    r"\s*(?:附?[表件录]\s*[\d一二三四五六七八九十]*\s*[:：.、]?)?[^。,，;；:：]{2,50}(?:表|一览|清单|名单|明细)\s*$"
)
"""A line that names the table under it."""
_LEAD_IN = re.compile(r"[:：]\s*$")


def extract(document: Document, known: Reference | None = None) -> list[Candidate]:
    """The candidates of a document, in the order of the text."""
    known = known or reference()
    text = document.text
    plan = plans.plan_of(text)
    own = plans.region_of(text, known.names, known.stems)
    outline = _Outline(document, plans.looks_back(text))
    kept = _without_doubles(_findings(document, plan, outline), outline)
    return _candidates(kept, document, outline, plan, own, known)


def _findings(document: Document, plan: Plan, outline: "_Outline") -> Iterable[Finding]:
    text = document.text
    state = State(plan, facts.Tense(plan))
    place = 0
    for table in document.tables:
        yield from _paragraphs(document, place, table.start, state, outline)
        state.tense.heading = outline.tense(table.start)
        yield from tables.read(document, table, state)
        place = max(place, table.end)
    yield from _paragraphs(document, place, len(text), state, outline)


def _paragraphs(document: Document, start: int, end: int, state: State, outline: "_Outline") -> Iterable[Finding]:
    text = document.text
    section: Section | None = None
    lead_end = 0
    led: Section | None = None
    for line in re.finditer(r"[^\n]+", text[start:end]):
        a, b = start + line.start(), start + line.end()
        if not line[0].strip():
            continue
        now = outline.section(a)
        if now is not section:
            if led is None or now is None or not _inside(now, led):
                state.lead_time = None
            if a >= lead_end:
                state.lead = None
            section = now
            opened = places.opening(now.title)[0] if now is not None else []
            state.scope = opened[0] if len(opened) == 1 else ""
            if now is not None and (stage := _stage_time(now, state.plan)):
                state.lead_time, led = stage, now
        elif state.scope and now is not None and a > now.start + len(now.title) + 8 and "。" in text[now.start : a]:
            state.scope = ""  # an item that is no heading speaks for its own paragraph
        state.tense.heading = outline.tense(a)
        state.tense.preamble = outline.looks_back or (a < outline.preamble_end and len(line[0]) > _SHORT)
        state.paragraph()
        if (bracketed := _STAGE_LINE.match(line[0])) and (stage := _span_of(bracketed["when"], state.plan)):
            state.time = state.held_time = stage
        if re.match(r"\s*注\d*[:：]", line[0]) or _CAPTION.match(line[0]):
            continue
        found_any = False
        for p, q in sentences(text, a, b):
            if not _TRIGGER.search(text, p, q):
                state.tense.hear(text[p:q])
                continue
            if now is not None and now.units_start <= p and q <= now.units_end:
                continue  # the bracket of responsible units
            for finding in recognise.read(text, p, q, state):
                found_any = True
                yield finding
            if text[q : q + 1] == "。":
                state.speaker = ""
        if _LEAD_IN.search(line[0]) and now is not None:
            counted = [f for f in state.recent if f.noun and f.family == COUNT]
            if counted:  # 建设幼儿园17个,其中: what the items under it count
                state.lead, lead_end = counted[-1], now.end
        if (_LEAD_IN.search(line[0]) and state.time is not None) or (
            state.time is not None and not found_any and len(line[0]) < 40 and re.search(r"目标", line[0])
        ):
            state.lead_time, led = state.time, now


_STAGE_TITLE = re.compile(r"阶段|年度|学年|分步|步骤|第[一二三四]步|年(?:工作)?(?:目标|任务|重点|计划|安排)?$")


def _stage_time(section: Section, plan: Plan) -> Time | None:
    """The time that a heading sets for what stands under it: 宣传摸底阶段(2022年3月至5月), 2023年目标."""
    title = section.title[:40]
    if not _STAGE_TITLE.search(re.sub(r"[(（][^)）]*[)）]", "", title)):
        return None
    return _span_of(title, plan)


_STAGE_LINE = re.compile(r"[^,，。;；(（]{2,16}[(（](?P<when>[^)）]{4,30})[)）]\s*(?:[:：。]|$)")
"""第一阶段(2020年3月—8月):"""


def _span_of(text: str, plan: Plan) -> Time | None:
    """From the first to the last year that a text names; None where it names none, or ends before the plan begins."""
    found = [t for t in periods.find(text, plan) if t.kind in ("year", "span", "plan") and t.last is not None]
    if not found or (plan.first is not None and (found[-1].last or 0) < plan.first):
        return None
    first, last = found[0].first, found[-1].last
    return Time(0, 0, "span" if first != last else "year", first, last, found[-1].deadline, text)


def _inside(inner: Section, outer: Section) -> bool:
    return outer.start <= inner.start and inner.end <= outer.end


class _Outline:
    """The sections of a document, walked once: what stands around a place, the tense of its headings, its units."""

    def __init__(self, document: Document, looks_back: bool) -> None:
        self.looks_back = looks_back
        self._sections = document.sections
        self._starts = [section.start for section in document.sections]
        self._told: list[str] = []
        self._units: list[str] = []
        above: list[Section] = []
        for section in document.sections:
            while above and above[-1].end <= section.start:
                above.pop()
            above.append(section)
            self._told.append(facts.of_heading([s.title[:40] for s in reversed(above)], looks_back))
            self._units.append(";".join(next((s.units for s in reversed(above) if s.units), ())))
        numbered = [s.start for s in document.sections if _NUMBERED.match(s.path.rsplit("/", 1)[-1])]
        self.preamble_end = numbered[0] if len(numbered) > 1 else 0
        unsure = [note for note in document.notes if not note.sure]
        self._doubts, self._doubt_ends = unsure, [note.end for note in unsure]

    def _at(self, place: int) -> int:
        return bisect_right(self._starts, place) - 1

    def section(self, place: int) -> Section | None:
        """The innermost section around a place."""
        found = self._at(place)
        return self._sections[found] if found >= 0 else None

    def tense(self, place: int) -> str:
        """What the headings above a place say: past, coming or open."""
        found = self._at(place)
        return self._told[found] if found >= 0 else facts.OPEN

    def units(self, place: int) -> str:
        """Responsible units joined by `;`, of the innermost section that names any."""
        found = self._at(place)
        return self._units[found] if found >= 0 else ""

    def doubts(self, start: int, end: int) -> Iterable[Note]:
        """Readings of damaged text inside a span."""
        for i in range(bisect_right(self._doubt_ends, start), len(self._doubts)):
            if self._doubts[i].start >= end:
                return
            yield self._doubts[i]


def _without_doubles(findings: Iterable[Finding], outline: _Outline) -> list[Finding]:
    """Targets only, each once: a heading's number that its article repeats, one clause said twice in a sentence."""
    targets = [f for f in findings if not f.past]
    kept: list[Finding] = []
    by_section: dict[int, list[Finding]] = {}
    for finding in targets:
        section = outline.section(finding.place)
        by_section.setdefault(section.start if section else -1, []).append(finding)
    for finding in targets:
        section = outline.section(finding.place)
        if section is not None and finding.place < section.start + len(section.title) + 12:
            rest = by_section[section.start]
            if any(
                other is not finding and other.place > section.start + len(section.title) + 4 and other.start > finding.start
                and _says_again(finding, other) for other in rest
            ):  # fmt: skip
                continue
        if any(_is_same(finding, other) for other in kept[-12:]):
            continue
        kept.append(finding)
    return kept


def _says_again(heading: Finding, body: Finding) -> bool:
    if heading.kind == "implied" and body.kind == "implied":
        return heading.comparator == body.comparator and _alike(heading.name, body.name) >= 0.5
    return (
        (heading.value, heading.value_high) == (body.value, body.value_high)
        and heading.unit == body.unit
        and bool(heading.value)
        and not (heading.region and body.region and heading.region != body.region)
        and _alike(heading.name, body.name) >= 0.5
    )


def _is_same(a: Finding, b: Finding) -> bool:
    if (
        a.kind == "implied" == b.kind
        and a.value == b.value
        and a.comparator == b.comparator == "="
        and abs(a.place - b.place) < 60
        and a.region == b.region
    ):
        return _alike(a.name, b.name) >= 0.5
    return (a.place, a.name, a.value, a.region) == (b.place, b.name, b.value, b.region) and a.time == b.time


def _alike(a: str, b: str) -> float:
    """Share of the shorter name's pairs of characters that stand in the longer one."""
    short, long = sorted((a, b), key=len)
    pairs = {short[i : i + 2] for i in range(len(short) - 1)}
    return sum(pair in long for pair in pairs) / len(pairs) if pairs else 0.0


def _candidates(
    findings: list[Finding], document: Document, outline: _Outline, plan: Plan, own: str, known: Reference
) -> list[Candidate]:
    out: list[Candidate] = []
    ordinals: dict[str, int] = {}
    own_code = known.region_code(own, plan.now)
    for f in findings:
        section = outline.section(f.place)
        article = section.path if section else ""
        ordinals[article] = ordinals.get(article, 0) + 1
        notes = list(f.notes)
        doubt = f.doubt
        start, end = _shorten(f)
        source_start, source_end = document.original_span(start, end)
        for note in outline.doubts(start, end):
            notes.append(f"读自受损文字：{note.was} → {note.now} / read from damaged text")
            doubt += 0.1
        region, code = _region(f, own, own_code, plan, known)
        if not code and region:
            notes.append("地区未能对应代码 / region without a code")
        period, deadline, target_year, hidden = _when(f, plan)
        if hidden:
            notes.append("年份隐去 / the year is hidden")
        resolved = known.indicator(f.name, f.unit)
        if not resolved.code:
            notes.append(resolved.note)
        out.append(
            Candidate(
                doc=document.name, article=article, indicator_zh=f.name, indicator_code=resolved.code, subject_zh=f.subject or f.name,
                region_zh=region, region_code=code, comparator=f.comparator, value=f.value, value_high=f.value_high,
                baseline=f.baseline, unit=f.unit, period=period, deadline=deadline, level=level_of(f.name, f.family), kind=f.kind,
                responsible_units=f.units or outline.units(f.place), evidence=document.text[start:end].replace("\n", " "),
                char_start=start, char_end=end, confidence=round(max(0.05, min(0.99, 0.95 - doubt - (0 if resolved.code else 0.05))), 2),
                note="; ".join(n for n in notes if n), ordinal=ordinals[article], baseline_year=f.baseline_year, target_year=target_year,
                year_hidden=hidden, recurs=bool(f.recurs), hold=f.hold, per_county=f.each, proposed_code=resolved.proposed,
                proposed_score=resolved.score, source_start=source_start, source_end=source_end,
            )
        )  # fmt: skip
    return out


def _shorten(f: Finding) -> tuple[int, int]:
    """The evidence: the clause, cut around its number where it is longer than 60 characters."""
    start, end = f.start, f.end
    if end - start > 60:
        start = max(start, f.place - 40)
        end = min(end, start + 60)
    return start, end


_CITIES = ("11", "12", "31", "50")
"""Provinces that are cities: no city stands between them and their counties."""


def _region(f: Finding, own: str, own_code: str, plan: Plan, known: Reference) -> tuple[str, str]:
    if f.speaker == "nation":
        return "全国", "100000"
    if f.speaker == "province":
        code = f"{own_code[:2]}0000" if own_code else ""
        return known.region_name(code) or "全省", code
    if f.speaker == "city" and own_code and own_code[4:] != "00" and own_code[:2] not in _CITIES:
        code = f"{own_code[:4]}00"
        return known.region_name(code) or "全市", code
    if not f.region:
        return own, own_code
    if f.region.startswith("·"):
        return own + f.region, own_code
    if f.region.startswith("+"):
        return own + f.region[1:], own_code
    if re.match(r"(?:各|每|其余|其他|县县|乡乡|镇镇|全)", f.region):
        return own + f.region, own_code
    return f.region, known.region_code(f.region, plan.now, own_code)


def _when(f: Finding, plan: Plan) -> tuple[str, str, str, bool]:
    """period, deadline, target year, and whether the year is hidden."""
    time = f.time
    if (
        f.recurs
        and re.match(r"每(?:个?学?年|年)|逐年|常年", f.recurs)
        and (time is None or time.kind in ("each", "within", "coming"))
    ):
        each = "每学年" if "学年" in f.recurs else "每年"
        years = plan.period or (str(plan.work_year) if plan.work_year else "")
        return (f"{each}({years})" if years else each), "", "", False
    if time is not None:
        if time.kind == "hidden":
            return "", "", "", True
        if time.last is not None:
            return time.period, time.deadline, str(time.last), False
        if time.kind == "within" and (span := _within(time, plan)):
            return span, "", span[-4:], False
        if time.kind == "within" and plan.last is None and plan.work_year is None:
            return "", time.words, "", False
    if plan.last is not None:
        return plan.period, "", str(plan.last), False
    if plan.work_year is not None:
        return str(plan.work_year), "", str(plan.work_year), False
    return "", "", "", False


def _within(time: Time, plan: Plan) -> str:
    """三年内 in a text of one year: that year and the two after it, in a longer plan its first three; empty for other plans
    of several years."""
    found = re.match(r"[一二两三四五六七八九十\d]+(?=年)", time.words)
    count = numeral(found[0]) if found else None
    if count is not None and count in (2, 3) and plan.first and plan.last and plan.first + int(count) - 1 < plan.last:
        return f"{plan.first}-{plan.first + int(count) - 1}"
    if count is None or count < 2 or plan.now is None or (plan.first != plan.last and plan.work_year is None):
        return ""
    return f"{plan.now}-{plan.now + int(count) - 1}"


_LEVELS = (
    ("学前", r"幼儿|学前|入园|园(?!区|舍)|保教"),
    ("小学", r"小学"),
    ("初中", r"初中"),
    ("普通高中", r"高中|高考|普高|县中"),
    ("职业", r"职业|中职|高职|技工|技能|职普|普职|双师|中专|劳务"),
    ("高等", r"高等|高校|大学|本科|博士|硕士|研究生|学院"),
    ("义务教育", r"义务教育|九年|中小学|大班额|学校"),
)


@lru_cache(maxsize=16384)
def level_of(name: str, family: str) -> str:
    """学前, 教师, 经费 …: what kind of target this is, by who or what its name measures and the kind of its unit."""
    if re.search(r"经费|投入|资金|补助|奖励|工资|支出|投资|津贴|元$", name) and (
        family == "money" or re.search(r"经费|投入|支出|资金|津贴|补助", name)
    ):
        return "教师" if re.search(r"工资", name) else "经费"
    if re.search(r"教师|师资|校长|园长|教职工|教研员|班主任|名师|校干|保育员|师生比|生师比|人才", name):
        return "教师"
    if family == "money":
        return "经费"
    levels = [label for label, pattern in _LEVELS if re.search(pattern, name)]
    if not levels:
        return "其他"
    if "小学" in levels and "初中" in levels:
        return "义务教育"
    if len(levels) > 1 and levels[-1] == "义务教育":
        levels = levels[:-1]
    return levels[0] if len(levels) == 1 or levels[0] in ("普通高中", "职业", "学前") else "其他"
