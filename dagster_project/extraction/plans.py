"""Whose plan a document is, and for which years: read from its head, and where that is silent from its text."""

import re
from collections import Counter

from dagster_project.extraction import places
from dagster_project.extraction.periods import YEAR, Plan, year_of

_HEAD = 600
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
_FAR = re.compile(r"(?:现代化|远景|纲要|规划|教育)\D{0,6}(?P<year>20[3-6][05])(?!\d)")
_SPOKEN = re.compile(rf"(?P<year>{YEAR})\s*年[,，]?[^。\n]{{0,12}}(?:是|我[市县区省]|全[市县区省])")
_DATED = re.compile(rf"(?P<year>{YEAR})\s*年\s*\d{{1,2}}\s*月\s*\d{{1,2}}\s*日")
_UNTIL = re.compile(rf"(?:到|至)(?P<year>{YEAR})年(?!的)")
_REVIEW = re.compile(
    r"回顾|总结|工作情况|公报|情况的?通报|综述|成效|述职|汇报|自查报告|情况报告|经验材料|典型材料|简介|概况|调研报告|纪实|获奖|评估报告|自评报告|发展报告|年度报告|成就|巡礼|侧记"
)
_AHEAD = re.compile(r"打算|计划|要点|安排|规划|思路|目标任务|方案|意见|部署|政府工作报告|任务")
_ADDRESS = re.compile(r"(?:全|我|本)(?P<kind>[省市县区旗州])")
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
    if re.search(rf"{YEAR}年[^。\n]{{0,6}}政府工作报告", body):
        work, report = report or work, (report - 1 if report else None)
    if found := next((m for m in (_SPAN.search(line) for line in lines[:4] if len(line) < 60) if m), None):
        first, last = year_of(found["first"]), year_of(found["last"])
    elif found := next((m for m in (_FIVE.search(line) for line in lines[:3] if len(line) < 60) if m), None):
        first = _FIVE_YEARS[found["which"]]
        last = first + 4
    elif work is None and (
        found := next(
            (m for m in (re.search(rf"[(（]\s*(?P<year>{YEAR})\s*年度?\s*[)）]", line) for line in lines[:3]) if m),
            None,
        )
    ):
        first = last = work = year_of(found["year"])
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
    far = next((y for line in lines[:3] if (m := _FAR.search(line)) and (y := year_of(m["year"]))), None)
    if far is not None and first is None:
        work, last = None, far
    if first is not None and last is not None and first != last:
        work = None
    if report is not None and _REVIEW.search(outside) and not _AHEAD.search(outside):
        first = last = work = None
        issued = issued or report
    elif first is None and work is None and issued is not None:
        ends = [y for m in _UNTIL.finditer(text) if (y := year_of(m["year"])) is not None and y >= issued]
        if ends:
            first, last = issued, ends[0]
    return Plan(first, last, issued, report, work)


def looks_back(text: str) -> bool:
    """The document's title says that it tells what was done, and names no plan beside it."""
    title = re.sub(r"《[^》]*》", "", "\n".join(line for line in text[:_HEAD].split("\n") if line.strip())[:80])
    return bool(_REVIEW.search(title)) and not _AHEAD.search(title)


def region_of(text: str, names: frozenset[str], stems: dict[str, str]) -> str:
    """The region whose document this is: 嘉兴市, X市, 区; empty where nothing tells.

    `names` are known regions, `stems` their short names (嘉兴) with the full one.
    """
    head = text[:_HEAD]
    lines = [line.strip() for line in head.split("\n") if line.strip()]
    kinds = Counter(m["kind"] for m in _ADDRESS.finditer(text))
    for line in lines[:8]:
        found = _named(line, names)
        if found:
            return found
        if _NATION.match(line.lstrip("#《 ")) and not kinds:
            return "全国"
    kind = kinds.most_common(1)[0][0] if kinds else ""
    for line in lines[:3]:  # a title names its region before anything else
        bare = re.sub(r"^(?:关于|中共|[#《“\s]|(?:下达|印发|做好|调整))+", "", line)
        if found := next((bare[:n] for n in range(10, 2, -1) if bare[:n] in names), ""):
            return _named(bare[len(found) :], names) or found
        if town := re.match(r"[\u4e00-\u9fff]{2,4}(?:街道|镇|乡)(?![村土])", bare):
            return town[0]
        if (stem := next((bare[:n] for n in (3, 2) if bare[:n] in stems), "")) and not re.match(
            r"路|大学|师范", bare[len(stem) :]
        ):
            return stems[stem]
    if not kind:
        title = next((m[0] for line in lines[:3] if (m := re.match(places.HIDDEN, line.lstrip("#《 ")))), "")
        if title:
            return title
    hidden = Counter(m[0] for m in re.finditer(places.HIDDEN, text) if not kind or m[0].endswith(kind))
    if hidden and kind:
        name, count = max(hidden.items(), key=lambda item: (item[1], -len(item[0]), item[0]))
        if count >= 2 or len(name) <= 3:
            plain = Counter({n: c for n, c in hidden.items() if re.fullmatch(r"[Xx×*＊]+.", n)})
            return max(plain.items(), key=lambda item: (item[1], item[0]))[0] if plain else name
    named = Counter(n for line in text[:3000].split("\n") if (n := _named(line, names)))
    if not named and kind:
        spoken = Counter(
            n
            for m in re.finditer(r"[\u4e00-\u9fff]{2,3}", text[:4000])
            for k in (2, 3)
            if (n := stems.get(m[0][:k], "")) and n.endswith(kind)
        )
        if spoken and (best := max(spoken.items(), key=lambda item: (item[1], item[0])))[1] >= 2:
            return best[0]
    if named:
        return max(named.items(), key=lambda item: (item[1], item[0]))[0]
    if "我国" in text or "全国" in text[:_HEAD]:
        return kind or "全国"
    return kind


def _named(line: str, names: frozenset[str]) -> str:
    """The first place of a line that carries an office or a plan: 隆回县教育局, 贵州省“十四五”."""
    for m in re.finditer(r"[省市县区州旗盟]|自治[区州县]", line[:80]):
        end = m.end()
        for length in range(min(15, end), 1, -1):
            name = line[end - length : end]
            if name in names and (re.match(_OFFICE, line[end:]) or end >= len(line)):
                # A county named behind its province or city is the narrower one.
                later = _named(line[end:], names) if not re.match(r"(?:教育|人民政府|“|\"|\d)", line[end:]) else ""
                return later or name
            if name in names and (later := _named(line[end:], names)):
                return later
    return ""
