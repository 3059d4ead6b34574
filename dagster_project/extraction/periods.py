"""When a target is due: years, plan periods, deadlines and recurring duties, as a clause prints them.

What a time means (今年, “十四五”, 三年内) depends on the plan that speaks; `Plan` holds its years. Nothing here knows
numbers other than years.
"""

import re
from dataclasses import dataclass
from functools import lru_cache

from dagster_project.extraction.quantities import numeral

YEAR = r"(?:19[5-9]\d|20[0-6]\d|二[〇零○][〇零○一二三四五六][〇零○一二三四五六七八九])"
_SPAN = r"\s*(?:年)?\s*(?:[-－—–―~～]{1,2}|至|到)\s*"
_FIVE_YEARS = {"九": 1996, "十": 2001, "十一": 2006, "十二": 2011, "十三": 2016, "十四": 2021, "十五": 2026}

_TIME = re.compile(
    # Most places in a text begin no time: one look at the character says so.
    rf"""(?=[截自从到至于在以比较与按\dXx×*＊“"十九今本当年全明来下去上前每逐常一二两三四五六七八未接此春秋学暑寒开])(?P<lead>截至|截止|自|从|(?<![高升大加长展充容降低少减缩压整])[到至]|于|在|以|(?<!占)比(?!例|重)|较|与|按)?(?:
      (?P<first>{YEAR}){_SPAN}(?P<last>{YEAR})(?:学)?年(?:度|期间|间)?
    | (?P<year>{YEAR})\s*学?年度?(?P<when>(?P<month>\d{{1,2}})\s*月份?(?:\d{{1,2}}日)?(?:底|末)?|年?[底末]|春季(?:学期)?(?:开学|结束)?|秋季(?:学期)?(?:开学|结束)?|上半年|下半年|[一二三四]季度)?(?P<before>之?以?前|起)?
    | (?P<hidden>(?:[Xx×＊*]{{1,4}}(?:{_SPAN}[Xx×＊*]{{1,4}})?|20[×Xx*＊]{{2}}|\d{{3}}[×Xx*])\s*年(?!级|龄|度?轻))(?P<hidden_when>年?底|秋季学期|春季学期)?前?
    | [“"]?(?P<plan>十[一二三四五]|九|十)五[”"]?(?P<plan_part>时期|期间|期末|末|以来|规划期?|前期)
    | [“"](?P<plan2>十[一二三四五]|九|十)五[”"]
    | (?P<this>今年|本年度?|当年|年内|全年)
    | (?P<year_end>年底|年末)前?
    | (?P<next>明年|来年|下一?年度?)(?P<next_when>(?:(?P<next_month>\d{{1,2}})月|春季|秋季|上半年|下半年|年?[底末])(?:学期)?(?:开学)?[底末]?之?以?前?)?
    | (?P<gone>去年|上年度?|前年|前几年)
    | (?<![\d年])(?P<lone_month>1[0-2]|[1-9])月(?:份|底|末|上旬|中旬|下旬|\d{{1,2}}日)?(?P<lone_before>底?之?以?前)?
    | (?P<term>(?:学期|暑假|寒假)(?:开学|结束|期间)?之?以?前|开学前)
    | (?P<both>今明[两二]年)
    | (?P<part>(?<!每)[一二三四]季度|上半年|下半年|(?:春|秋)季(?:学期)?(?:开学|入学)?(?=前|起|结束|末|[^\u4e00-\u9fff]|建|投|完|交|新|入|招|达))(?P<part_end>开?学?期?(?:结束)?[前末底])?
    | (?P<each>每(?:个?学年|个?学期|季度|年度?|个?月|周|天|日)|每[两二三半]年|逐年|常年)
    | (?<![一二三四五六七八九十\d])(?P<years_within>[一二两三四五六七八十\d]{{1,3}})(?:年|个月|学年)(?:之?以?内|时间|累计)
    | (?P<plan_years>(?<![一二三四五六七八九十\d])[三四五][年](?=内|新|改|补|累计|共|投|选|招|培|引|评|组|遴|选|扩|增|安排|完成|重点|建|计划|内|总|合计|来))
    | (?P<coming>今后|未来|接下来|下一步|此后)(?:的)?(?P<coming_years>[三四五]年)?
    )""",
    re.VERBOSE,
)


@dataclass(frozen=True, slots=True)
class Plan:
    """The years a document speaks for; None where the text does not say."""

    first: int | None = None
    last: int | None = None
    issued: int | None = None
    report_year: int | None = None
    """Year of a report or summary the document is, or opens with."""
    work_year: int | None = None
    """The one year of a work plan: 今年 and 年内 mean it."""

    speaks_within: bool = False
    """Whether the text calls its work year 今年, so that 明年 is the one after."""

    @property
    def now(self) -> int | None:
        """The year in which the text speaks: earlier years are past."""
        return self.issued or self.work_year or self.first

    @property
    def period(self) -> str:
        if self.last is None:
            return ""
        return f"{self.first}-{self.last}" if self.first and self.first != self.last else str(self.last)


@dataclass(frozen=True, slots=True)
class Time:
    """A time in a clause. `first` to `last` are years; `deadline` is YYYY-MM or YYYY where the text sets an end."""

    start: int
    end: int
    kind: str
    """year, span, plan, this, next, gone, month, each, within, coming, hidden or base (比…年)."""
    first: int | None = None
    last: int | None = None
    deadline: str = ""
    words: str = ""
    until: bool = False
    """到, 至 or 前 stands with it: an end, not a moment."""

    @property
    def period(self) -> str:
        if self.last is None:
            return ""
        return f"{self.first}-{self.last}" if self.first and self.first != self.last else str(self.last)


def year_of(text: str) -> int | None:
    value = numeral(text.replace("○", "〇"))
    return None if value is None else int(value)


# 落实2018-2022年幼儿园建设规划: the years are part of a plan's name.
_NAME_OF_PLAN = re.compile(
    r"[^,，。;；\d]{2,16}(?:规划|计划|方案|纲要|行动)(?:的?(?:要求|确定|明确|任务|目标)|(?=[,，、》和]|$))"
)


_TASKS = re.compile(r"(?:的)?(?:目标|任务|规划|计划|方案|纲要|指标)")
"""完成“十三五”目标任务: the plan is named, no time is."""


@lru_cache(maxsize=4096)
def find(text: str, plan: Plan) -> tuple[Time, ...]:
    """Every time of a text, from left to right, read as `plan` speaks; years in the name of a plan are left out."""
    found = []
    for match in _TIME.finditer(text):
        time = _time(match, plan)
        if time is None or (time.kind == "plan" and _TASKS.match(text, match.end())):
            continue
        if time.kind in ("span", "plan") and _NAME_OF_PLAN.match(text, match.end()):
            continue
        found.append(time)
    return tuple(found)


_LEFT_OVER = re.compile(r"(?:度)?(?:结转|遗留|未|续建|转入|结余|欠)")
"""上年结转项目: what the year before left to do is still to be done."""
_PARTS = (("一季", 3), ("二季", 6), ("三季", 9), ("四季", 12), ("上半", 6), ("下半", 12), ("春", 3), ("秋", 9))


def _time(m: re.Match[str], plan: Plan) -> Time | None:
    start, end, words, lead = m.start(), m.end(), m[0], m["lead"] or ""
    work = plan.work_year or (plan.first if plan.first == plan.last else None) or plan.issued
    if m["first"]:
        return Time(start, end, "span", year_of(m["first"]), year_of(m["last"]), "", words)
    if m["year"]:
        year = year_of(m["year"])
        if lead in ("比", "较", "与"):
            return Time(start, end, "base", year, year, "", words)
        when, month = m["when"] or "", m["month"]
        until = lead in ("到", "至", "截至", "截止") or bool(m["before"] and "前" in m["before"])
        deadline = ""
        if month:
            deadline = f"{year}-{int(month):02d}" if 1 <= int(month) <= 12 else ""
        elif when.endswith(("底", "末")):
            deadline = f"{year}-12"
        elif "秋季" in when:
            deadline = f"{year}-09"
        elif until:
            deadline = str(year)
        if m["before"] == "起" or lead in ("自", "从"):
            return Time(start, end, "from", year, year, "", words)
        return Time(start, end, "year", year, year, deadline, words, until)
    if m["hidden"]:
        return Time(start, end, "hidden", words=words, until=lead in ("到", "至"))
    if m["plan"] or m["plan2"]:
        first = _FIVE_YEARS.get(m["plan"] or m["plan2"])
        return None if first is None else Time(start, end, "plan", first, first + 4, "", words)
    if m["this"]:
        return Time(start, end, "this", work, work, "", words)
    if m["year_end"]:
        return Time(start, end, "this", work, work, f"{work}-12" if work else "", words, True)
    if m["next"]:
        # A work plan of a year is written before that year begins: its 明年 is the year it plans, unless 今年 is.
        year = (plan.work_year and plan.work_year + plan.speaks_within) or (plan.issued + 1 if plan.issued else None)
        return Time(start, end, "next", year, year, "", words)
    if m["gone"]:
        if _LEFT_OVER.match(m.string, end):
            return None
        return Time(start, end, "base" if lead in ("比", "较", "与") else "gone", words=words)
    if m["both"]:
        return Time(start, end, "span", work, work + 1, "", words) if work else None
    if m["part"]:
        month = next(v for k, v in _PARTS if k in m["part"])
        return Time(start, end, "month", work, work, f"{work}-{month:02d}" if work else "", words, bool(m["part_end"]))
    if m["lone_month"]:
        until = bool(m["lone_before"]) or "底" in words
        month = int(m["lone_month"])
        return Time(start, end, "month", work, work, f"{work}-{month:02d}" if work else "", words, until)
    if m["term"]:
        return Time(start, end, "this", work, work, "", words, "前" in words)
    if m["each"]:
        return Time(start, end, "each", words=m["each"])
    if m["years_within"]:
        return Time(start, end, "within", words=words)
    if m["plan_years"]:
        return Time(start, end, "within", words=words)
    if m["coming"]:
        return Time(start, end, "coming", words=words)
    return None
