"""Whose plan a document is, and for which years: read from its head, and where that is silent from its text.

A year in the title is the plan's; one in the body only where the title has none. The region is the narrowest place that
opens the title, else the office that carries or signs the text, else the place of its kind that the text names most.
"""

import re
from collections import Counter

from dagster_project.extraction import places
from dagster_project.extraction.periods import YEAR, Plan, year_of

_HEAD = 600
_FOOT = 120
_BODY = 20_000
_TITLE = 80
_SPAN = re.compile(rf"(?P<first>{YEAR})\s*年?\s*(?:[-－—–―~～]{{1,2}}|至|到)\s*(?P<last>{YEAR})\s*年?")
_FIVE = re.compile(
    r"(?:第(?=[十九]))?[“\"]?(?P<which>十[一二三四五]|九|十)(?:五|个五年)[”\"]?[^。\n]{0,20}(?:规划|计划|纲要|行动|方案|指标|攻坚)"
)
_FIVE_YEARS = {"九": 1996, "十": 2001, "十一": 2006, "十二": 2011, "十三": 2016, "十四": 2021, "十五": 2026}
_NUMBER = re.compile(rf"[〔\[【(（]\s*(?P<year>{YEAR})\s*[〕\]】)）]\s*\d+\s*号")
_REPORT = re.compile(
    rf"(?P<year>{YEAR})\s*年度?[^。\n]{{0,12}}?(?:工作总结|总结|工作回顾|工作情况|政府工作报告|统计公报|成效|综述|述职)"
)
_WORK = re.compile(
    rf"(?P<year>{YEAR})\s*年度?[^。\n《》〔\d]{{0,24}}?(?:工作要点|要点|工作计划|计划|工作打算|打算|工作安排|安排|实事|工作任务|任务分解|重点工作|重点任务|工作意见|实施方案|工作方案|行动方案|务虚|工作思路|目标任务|任务|通知|工作部署|绩效|责任书)"
)
_TITLE_YEAR = re.compile(rf"(?P<year>{YEAR})\s*年(?!\s*\d{{1,2}}\s*月)")
_FAR = re.compile(r"(?:现代化|远景|纲要|规划|教育)\D{0,6}(?P<year>20[3-6][05])(?!\d)")
_BRACKETED = re.compile(rf"[(（]\s*(?P<year>{YEAR})\s*年?度?\s*[)）]")
_SPOKEN = re.compile(rf"(?P<year>{YEAR})\s*年[,，]?[^。\n]{{0,12}}(?:是|我[市县区省]|全[市县区省])")
_DATED = re.compile(rf"(?P<year>{YEAR})\s*年\s*\d{{1,2}}\s*月\s*\d{{1,2}}\s*日")
_UNTIL = re.compile(rf"(?:到|至)(?P<year>{YEAR})年(?!的)")
_REVIEW = re.compile(
    r"回顾|总结|工作情况|公报|情况的?通报|综述|成效|述职|汇报|自查报告|情况报告|经验材料|典型材料|简介|概况|调研报告|纪实|获奖|评估报告|自评报告|发展报告|年度报告|成就|巡礼|侧记"
)
_AHEAD = re.compile(r"打算|计划|要点|安排|规划|思路|目标任务|方案|意见|部署|政府工作报告|任务")
_ADDRESS = re.compile(r"(?:全|我|本)(?P<kind>[省市县区旗州盟镇乡]|街道)")
_SPOKEN_OF = re.compile(
    r"(?P<stem>[\u4e00-\u9fff]{4}|(?<![\u4e00-\u9fff])[\u4e00-\u9fff]{2,3})(?=教育|人民|大地|儿女|学子|这[座片]|是一[座个片]|高质量)"
)
# What may stand before the place in a title: 关于下达上饶市…的通知, 中共邯郸市委.
_BEFORE_PLACE = re.compile(
    r"^(?:[—-]*在|附件?\d*[:：]?|标题[:：]|中共|(?:关于)?(?:印发|转发|下达|公布|发布|做好|调整|报送|分解|推进|加快|进一步|深化|加强|实施|修订|编制)*《?(?:中共)?)"
)
# The form of a place no code book holds: towns and zones, and counties under names of their own.
_FORMED = re.compile(
    r"新疆生产建设兵团(?!第)|[\u4e00-\u9fff]{2,8}?合作区|[\u4e00-\u9fff]{2,5}?(?:街道(?!办好)|镇|(?<![城山牧])乡(?!村|镇)|(?:高新技术|高新|经济技术|经济)?(?:开发|新|合作|管理|度假|示范)区|管委会|县(?!域|级|中|城)|旗)(?=[\u4e00-\u9fff“\"\d(（])"
)
_NATION = re.compile(r"^\s*(?:中共中央|国务院|教育部|国家|全国|中国|中华人民共和国)")
_OFFICE = r"(?:人民政府|教育局|教育和体育局|教体局|教育体育局|教育厅|教育委员会|教委|市委|县委|区委|省委|委员会|委(?!托)|“|\"|教育|\d{4}|关于|特殊|职业|学前|义务|深入|贯彻|国民经济|基础|普通|幼儿园|中长期|加快|推进|推动|进一步|民办|高中|校园|第[一二三四])"


def plan_of(text: str) -> Plan:
    """The years a document speaks for; what its head does not say is read from the text, or stays None."""
    head = text[:_HEAD]
    title = "\n".join(line for line in head.split("\n") if line.strip())[:240]
    lines = [line.strip() for line in title.split("\n")][:6]
    first = last = issued = work = report = None
    if found := _NUMBER.search(head):
        issued = year_of(found["year"])
    body = re.split(r"\n\s*(?:[一1][、.．]|第一章|##)", title)[0][:200]
    outside = re.sub(r"《[^》]*》", "", body) if len(re.sub(r"《[^》]*》", "", body).strip()) > 12 else body
    if found := _REPORT.search(outside):
        report = year_of(found["year"])
    works = [year_of(m["year"]) for m in _WORK.finditer(outside if _WORK.search(outside) else body)]
    if works and works[-1] is not None and (report is None or works[-1] != report):
        work = works[-1]
    if work is None and report is None:  # 行动方案(2020年)
        found = next((m for m in (_BRACKETED.search(line) for line in lines[:3] if len(line) < 60) if m), None)
        work = year_of(found["year"]) if found else None
    if re.search(rf"{YEAR}年[^。\n]{{0,6}}政府工作报告", body):
        work, report = report or work, (report - 1 if report else None)
    if found := next((m for m in (_SPAN.search(line) for line in lines[:4] if len(line) < 60) if m), None):
        first, last = year_of(found["first"]), year_of(found["last"])
        work = work if first and last and work and first <= work <= last else None
    elif found := next((m for m in (_FIVE.search(line) for line in lines[:3] if len(line) < 60) if m), None):
        first = _FIVE_YEARS[found["which"]]
        last = first + 4
    if first is not None:
        if work is not None and work < first:
            work = None  # 2011年以来…实施行动计划 tells of an earlier plan
    elif work is not None:
        first = last = work
    elif report is not None:  # a report of half a year plans the other half
        work = report if re.search(r"[上下]半年|季度", body) else report + 1
    if first is None and work is None and (found := next(iter(_WORK.finditer(text)), None)):
        named = [year_of(m["year"]) for m in _WORK.finditer(text)]
        year = Counter(y for y in named if y).most_common(1)[0][0]
        spoken = _SPOKEN.search(head)
        if issued is None and (spoken is None or year_of(spoken["year"]) == year or text.count("年") < 60):
            work = year
    if issued is None and not work and (found := _DATED.search(head)):
        issued = year_of(found["year"])
    if work is None and report is None and first is None and not _REVIEW.search(outside):
        # 关于做好2016年普通高中招生工作的意见: the only year of a title is the one it is for.
        titled = {
            year_of(m["year"])
            for line in lines[:2]
            if len(line) < 60
            for m in _TITLE_YEAR.finditer(re.sub(r"《[^》]*》", "", line))
        }
        work = titled.pop() if len(titled) == 1 else None
        first = last = work
    far = next((y for line in lines[:3] if (m := _FAR.search(line)) and (y := year_of(m["year"]))), None)
    if far is not None and first is None:
        work, last = None, far
    if report is not None and _REVIEW.search(outside) and not _AHEAD.search(outside):
        first = last = work = None
        issued = issued or report
    elif first is None and work is None and issued is not None:
        ends = [y for m in _UNTIL.finditer(text) if (y := year_of(m["year"])) is not None and y >= issued]
        if ends:
            # The year it speaks of most, of equals the first.
            first, last = issued, Counter(ends).most_common(1)[0][0]
    return Plan(first, last, issued, report, work, report is None and "今年" in text)


def looks_back(text: str) -> bool:
    """The document's title says that it tells what was done, and names no plan beside it."""
    title = re.sub(r"《[^》]*》", "", "\n".join(line for line in text[:_HEAD].split("\n") if line.strip())[:80])
    return bool(_REVIEW.search(title)) and not _AHEAD.search(title)


def region_of(text: str, names: frozenset[str], stems: frozenset[str] = frozenset()) -> str:
    """The region whose document this is, as printed: 嘉兴市, X市, 荔城街道, 区; empty where nothing tells.

    A title says it first: by the place it opens with, then by one that carries an office or a plan; the office that
    signs comes next. A text that only says 全市 names its city somewhere: the place of that kind it names most.
    `names` are known regions, `stems` the same without their kind.
    """
    head = text[:_HEAD]
    lines = [line.strip().lstrip("#> ").strip() for line in head.split("\n") if line.strip()]
    kinds = Counter(m["kind"] for m in _ADDRESS.finditer(text))
    kind = kinds.most_common(1)[0][0] if kinds else ""
    if not kind:
        title = next((m[0] for line in lines[:3] if (m := re.match(places.HIDDEN, line.lstrip("#《 ")))), "")
        if title:
            return title
    for line in lines[:3]:
        if found := _titled(line, kinds, names, stems):
            return found
    for line in lines[:8]:
        if found := _named(line, names):
            return found
        if _NATION.match(line.lstrip("《 ")) and not kinds:
            return "全国"
    hidden = Counter(m[0] for m in re.finditer(places.HIDDEN, text) if not kind or m[0].endswith(kind))
    if hidden and kind:
        name, count = max(hidden.items(), key=lambda item: (item[1], -len(item[0]), item[0]))
        if count >= 2 or len(name) <= 3:
            plain = Counter({n: c for n, c in hidden.items() if re.fullmatch(r"[Xx×*＊]+.", n)})
            return max(plain.items(), key=lambda item: (item[1], item[0]))[0] if plain else name
    for line in reversed(text[-_FOOT:].split("\n")):
        if (found := _named(line.strip(), names)) and (not kind or found.endswith(kind)):
            return found
    # A text that says 全市 is no district's, whichever its lines name first.
    named = Counter(
        n for line in text[:3000].split("\n") if (n := _named(line, names)) and (not kind or n.endswith(kind))
    )
    if named:
        return max(named.items(), key=lambda item: (item[1], item[0]))[0]
    if spoken := _most_spoken_of(text[:_BODY], kind, names, stems):
        return spoken
    return kind or ("全国" if "我国" in text or "全国" in head else "")


def _titled(line: str, kinds: Counter[str], names: frozenset[str], stems: frozenset[str]) -> str:
    """The place a title opens with: 白水县中小学布局…, 荔城街道学前教育…, 三明教育现代化2035; the narrowest of several."""
    if len(line) > _TITLE or re.search(r"[,，。;；]", line):
        return ""
    line = _BEFORE_PLACE.sub("", line)
    rest, found = line, ""
    while rest:
        name = next((rest[:n] for n in range(min(15, len(rest)), 1, -1) if rest[:n] in names), "")
        if not name and (m := _FORMED.match(rest)) and (m[0] not in ("城市", "全省", "全市", "全县", "全区")):
            name = m[0]
        if not name:
            break
        found, rest = name, rest[len(name) :]
    if found:
        return found
    for n in range(min(6, len(line)), 1, -1):
        if line[:n] in stems and re.match(_OFFICE, line[n:]):
            full = [line[:n] + kind for kind in sorted(kinds, key=lambda k: -kinds[k]) if line[:n] + kind in names]
            return full[0] if full else ""
    return ""


def _most_spoken_of(text: str, kind: str, names: frozenset[str], stems: frozenset[str]) -> str:
    """The region of `kind` that a text names most, with or without its kind; twice at least."""
    if not kind:
        return ""
    counts: Counter[str] = Counter()
    for m in _SPOKEN_OF.finditer(text):
        counts.update({m["stem"][i:] for i in range(3) if m["stem"][i:] in stems})
    for stem, count in counts.most_common():
        if count >= 2 and stem + kind in names:
            return stem + kind
    return ""


def _named(line: str, names: frozenset[str]) -> str:
    """The first place of a line that carries an office or a plan: 隆回县教育局, 贵州省“十四五”."""
    line = line[:120]
    ends = [m.end() for m in re.finditer(r"[省市县区州旗盟]|自治[区州县]", line[:96])]
    # From the right: what a place means depends on what the rest of the line names, and each rest is read once.
    after: dict[int, str] = {}
    for i in range(len(ends), -1, -1):
        start = ends[i - 1] if i else 0
        after[start] = _first_of(line, start, [e for e in ends if e > start], after, names)
    return after[0]


def _first_of(line: str, start: int, ends: list[int], after: dict[int, str], names: frozenset[str]) -> str:
    """What `_named` finds in line[start:], where `after` has the answer for every later end of a place."""
    for end in ends:
        for at in range(max(start, end - 15), end - 1):
            name = line[at:end]
            if name not in names:
                continue
            if re.match(_OFFICE, line[end:]) or end >= len(line):
                # A county named behind its province or city is the narrower one.
                later = after[end] if not re.match(r"(?:教育|人民政府|“|\"|\d)", line[end:]) else ""
                return later or name
            if after[end]:
                return after[end]
    return ""
