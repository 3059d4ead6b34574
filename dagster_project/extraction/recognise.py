"""Clauses to findings: which numbers of a sentence are targets, of what, for whom, until when.

The grammar goes clause by clause. A run of numbers (92%、95.3%、92%以上) is read with the words on its left: a predicate
(达到, 控制在) or a verb of making (新建), before it the subject, before that place and time. What a clause leaves out
(subject, verb, place) comes from the clause before. Implied targets are in `implied`, tables in `tables`.
"""

import re
from dataclasses import dataclass, field, replace
from functools import lru_cache

from dagster_project.extraction import facts, implied, periods, places, quantities, words
from dagster_project.extraction.periods import Plan, Time
from dagster_project.extraction.quantities import AREA, COEFFICIENT, COUNT, MONEY, POINTS, RATE, RATIO, TIME, TIMES, YEARS, Quantity
from dagster_project.extraction.statements import Sentence, sentence


@dataclass(slots=True)
class Finding:
    """A target as a clause says it; places are in the whole text."""

    start: int
    end: int
    place: int
    """Where its number or its word stands."""
    name: str
    comparator: str
    value: str = ""
    value_high: str = ""
    unit: str = ""
    kind: str = "explicit"
    baseline: str = ""
    baseline_year: str = ""
    subject: str = ""
    verb: str = ""
    noun: str = ""
    region: str = ""
    """Empty: the document's own."""
    speaker: str = ""
    time: Time | None = None
    recurs: str = ""
    hold: bool = False
    each: bool = False
    base: str = ""
    """What stands over 占: 教师培训经费 of 教师培训经费占公用经费."""
    own_time: bool = False
    """The time stands in its own clause."""
    family: str = ""
    notes: list[str] = field(default_factory=list)
    doubt: float = 0.0
    past: bool = False

    def doubted(self, why: str, much: float) -> None:
        self.notes.append(why)
        self.doubt += much


@dataclass(slots=True)
class State:
    """What a clause may leave out because it was said before."""

    plan: Plan
    tense: facts.Tense
    time: Time | None = None
    """Time that holds until another is named."""
    onward: Time | None = None
    """从2014年起, for the clause that follows only."""
    held_time: Time | None = None
    """Time that outlives its sentence: 到2025年 does, 2025年 inside a sentence does not."""
    lead_time: Time | None = None
    recurs: str = ""
    speaker: str = ""
    region: str = ""
    regions: list[str] = field(default_factory=list)
    metric: str = ""
    topic: str = ""
    """Whom a clause without numbers speaks of: 对新增的公办学位."""
    recent: list[Finding] = field(default_factory=list)
    """Findings of the paragraph so far."""
    last: list[Finding] = field(default_factory=list)
    """Findings of the clause read last, targets or facts."""
    clause: str = ""
    """The clause before in the sentence, without its times."""
    clause_held: bool = False
    """Whether that clause held a target or a fact."""
    listed_times: list[Time] = field(default_factory=list)
    """Times a clause without numbers lists for the next one: 2023年、2024年、2025年, …分别."""
    bases: list[tuple[str, Quantity, str]] = field(default_factory=list)
    """Subjects with what they start from, where the next clause says what they rise to."""
    scope: str = ""
    """Place that the section's title opens with."""
    head: Finding | None = None
    """The count or amount that 其中 takes apart."""
    total: Finding | None = None
    lead: Finding | None = None
    """What the line that opens a list counts, for the items under it."""
    whole: Finding | None = None
    """What the 其中 that is open takes apart."""

    def paragraph(self) -> None:
        self.tense.paragraph()
        self.time = self.held_time = self.lead_time
        self.recurs = self.speaker = self.region = self.topic = ""
        self.metric, self.last, self.head, self.total, self.regions = "", [], None, None, []
        self.recent = []


_MARK = re.compile(r"\d{1,2}[.、](?!\d)|[①-⑳]")
"""An item's number, which is none of its own."""
_COMMA = re.compile(r"[,，:：]")
_QUOTE = re.compile(r"[“\"「‘][^”\"」’]{1,24}[”\"」’]")
_TITLE = re.compile(r"《[^》]{1,80}》")
_JOIN = re.compile(r"^[、,，和与及以至或]*$")
_LEAD = re.compile(
    r"^(?:至少|最少|以后|此后|之后|每一?[名所个位](?=[\u4e00-\u9fff]{3})|利用|并|且|同时|使得?|让|将(?!来)|把|对(?!口|接)|力争|争取|确保|保证|努力|实现|推动|推进|促进|全面|积极|继续|进一步|稳步|不断|逐步|计划|拟|要(?!素)|须|应当?|其中|分别|各级财政|各级|"
    r"着力|大力|切实|加快|到|至|全年|总体上?|整体|基本(?!均衡|公共|工资|建设)|以(?!上|下|内|县)|按照?|在(?!校|园|职|籍|读|编|学|岗|研)|力求|做到|达到|合计|累计|再|以及|和|与|及|、|的|了|也|还|仍|均|都|就|共(?!同|享|青|建)|每年|年均|"
    r"主要|分年度看|各地(?=.)|原则上|一般(?!公共)|即|是|不断|有效|持续|深入|统筹|抓好|做好|落实|提高(?=.{3})|提升(?=.{3})|扩大(?=.{3})|增强|完善|优化|引导、监督|引导|督促|鼓励|支持(?!建设)|重点|强化|严格(?:控制)?|首期|规划(?=新|建)|动工(?=新)|实施(?=.{0,2}新)|开展(?=.{6})|完成(?=.{2})|—+|-+|\d+[.、]|各(?=校|学校)|为(?!民)|目标)"
)
_TAIL = re.compile(
    r"(?:(?:提高|提升|增加|增长|扩大|降低|下降|压减|控制|保持|稳定|巩固)(?:到|至|在)|要|力争|继续|应当?|须|(?<![生人年校班户师月])均|都|全部|分别|大体|基本|总体|逐步|一般|各|合计|共|也|已|将|需|争取|确保|进一步|稳步|总量|有|在|由|从|至|再|就|全|不|按照?|原则上|严格|为|计划|努力|年底前?|能|可|要求|"
    r"[、,，:：的了和与及]|实现|到|每年|年均|累计|标准|水平)$"
)
_SUBJECT_TAIL_KEPT = re.compile(r"(?:标准|水平|总量)$")
_PER = re.compile(
    r"(?:按|每|以)?(?:每[一百千万]?(?:名|个|位)?(?:学?生|人|班|校|园|学位|学年|学期|年|月|周|天|日|季度|次|所)|每[二两三半]年|生均每学?年|每学?年)+(?:每?(?:学?年|月|周|天|日))?"
)
_BASE = re.compile(r"^(?:[^,，、]{0,18}?的)?$")
_FROM = re.compile(r"(?:由|从|在现有|在)(?P<who>[^由从,，]{0,16}?)(?:的|为)?$")
_RISEN = re.compile(
    rf"^(?:左右|以上)?(?:的(?:基础上)?)?[^,，、]{{0,6}}?(?:{words.any_of(*(f'{v}{t}' for v in (words.RISE + '|' + words.FALL + '|调整|改善').split('|') for t in ('到', '至', '为')))})"
)
_TURNED = re.compile(r"^(?:左右|以上|余)?(?:的(?:基础上)?)?[^,，、\d]{0,10}?[\u4e00-\u9fff](?:到|至|为|成)(?=[^,，、\d]{0,6}$)")
_DEFINES_RATE = re.compile(r"(?:[^,，、\d的]{0,6})的[^,，]{0,8}(?:比例|占比|比重)(?:要|应|均|都|力争)*(?:达|不低|保持|提|控制|占|稳)")
_ON_BASIS = re.compile(r"在(?:现有|原有|现行|目前|原来|现在)?(?:的)?$")
_RISES_NEXT = re.compile(
    rf"(?:分别|均|再)?(?:{words.any_of(*(f'{v}{t}' for v in (words.RISE + '|' + words.FALL).split('|') for t in ('到', '至', '为')))})"
)
_EACH_OF = re.compile(
    rf"(?:各自?|每个?(?:县区|县市|县|区|市|州|地|镇|乡镇|校|园|所)?(?:至少)?|均|都)(?=(?:至少)?(?:{words.MAKE})|投入|配备|$)"
)
_EACH_LIST = re.compile(r"(?:各自?|均|都|全部|每[县区市镇校园地所]{1,2})")
_STOP_AFTER = re.compile(
    r"^(?:的)?(?:目标任务|目标要求|目标|要求|水平|以上水平|任务|标准|规模|左右|以上|以内|范围|范围内|范围之内|比例|指标|的比例|一线|大关|关口|线)?$"
)
_CLASS_SIZE = re.compile(
    r"^(?:及以上|及其以上)?(?:的)?[^,，、]{0,10}?(?:大班额|超大班|大班|班额|大班级|大校额|特大|班级)"
)
_DEFINED = re.compile(
    r"^(?:以上|以下|以内)?的(?:行政村|自然村|村|学校|县|县区|乡镇|镇|社区|小区|班级|幼儿园|企业|地区|教学点|教师可|应当|可)"
)
_DEFINES = re.compile(r"(?:不足|未满|少于|不满|超过|满|超出|低于|高于|达到)$")
_ABOUT_PERIOD = re.compile(r"(?:连续|任期|任职|服务期|合同期|从教|教龄|以来|工作|间隔|周期|每|近)$")
# 22所学校全部完成改造: the number is the set's, what is asked is all of it.
_IS_SET = re.compile(r"[^,，、\d率比]{1,14}?(?:全部|全都)(?!的|通过)[^,，、\d]{2,}$|[^,，、\d]{1,14}人均")
_ALL_OF_IT = re.compile(
    r"[,，](?:到|于|在|要|须|必须|确保|力争|争取|年内|[春秋]季学期|开学|结束|年?底|月|前|\d{1,2}|\d{4}年)*全部[^,，、\d]{2,12}(?=[,，]|$)"
)
_PENALTY = re.compile(r"扣减|扣除|扣分|罚款|处罚|追究|核减|约谈")
_ADVERB = re.compile(r"至少|最少|最多")
_FACT_HAVE = re.compile(r"(?:共|现|尚|仅|仍|还|已|设)有$|(?:下辖|下设|辖|还差|还缺|尚缺|缺)$")


def read(text: str, start: int, end: int, state: State) -> list[Finding]:
    """The findings of one sentence, targets and past facts (`past`), in the order of their numbers."""
    s = sentence(text, start, end)
    if mark := _MARK.match(s.text):
        cut = mark.end()
        s = replace(s, text=s.text[cut:], at=s.at[cut:], asides=tuple((max(0, w - cut), a, b) for w, a, b in s.asides))
    if not s.text:
        return []
    found = _sentence(s, state)
    for where, a, b in s.asides:
        found += _aside(text, s, where, a, b, found, state)
    return sorted(found, key=lambda finding: finding.place) if s.asides else found


def _sentence(s: Sentence, state: State) -> list[Finding]:
    t = s.text
    state.tense.sentence(t)
    state.time, state.recurs = state.held_time, ""
    state.clause, state.clause_held, state.listed_times, state.bases, state.onward = "", False, [], [], None
    quoted = facts.speaker(_TITLE.sub(lambda m: m[0], t))
    if quoted:
        state.speaker = quoted
    elif state.speaker and facts.speaks_for_itself(t):
        state.speaker = ""
    masked = [m.span() for m in _TITLE.finditer(t)] + [m.span() for m in _QUOTE.finditer(t)]
    numbers = [q for q in quantities.find(t) if not any(a <= q.start < b for a, b in masked)]
    times = periods.find(t, state.plan)
    numbers = [q for q in numbers if _is_number(q, t, times)]
    found: list[Finding] = []
    state.region = ""
    begin = 0
    bounds = [m.start() for m in _COMMA.finditer(t)] + [len(t)]
    in_which = False
    for stop in bounds:
        if any(a < stop < b for a, b in masked) or (
            0 < stop < len(t) and t[stop] in ":：" and any(q.start < stop < q.end for q in numbers)
        ):
            continue
        if stop > begin:
            clause = t[begin:stop]
            if clause.startswith("其中"):
                in_which, state.whole = True, state.total
            found += _clause(s, begin, stop, [q for q in numbers if begin <= q.start < stop],
                             [x for x in times if begin <= x.start < stop], state, in_which)  # fmt: skip
        begin = stop + 1
    return _dated_behind(_with_purpose(found))


def _with_purpose(found: list[Finding]) -> list[Finding]:
    """投资800万元,新建教学楼1栋: a bare sum is for what the next clause makes."""
    for i, finding in enumerate(found):
        if finding.family == MONEY and finding.name in (
            "投资",
            "投入",
            "总投资",
            "计划投资",
            "投入资金",
            "安排资金",
            "累计投入",
            "计划投入",
        ):
            near = [f for f in found[i + 1 :] if f.family != MONEY][:1] or [
                f for f in reversed(found[:i]) if f.family != MONEY
            ][:1]
            near = [f for f in near if f.verb]
            if near:
                finding.subject = f"{near[0].verb}{near[0].noun}"
                finding.name = _short(f"{finding.subject}{'总投资' if '总投资' in finding.name else '投入'}")
    return found


def _dated_behind(found: list[Finding]) -> list[Finding]:
    """新增学位800个,两年内建成: a last clause that only says when is the time of what stands before it."""
    if len(found) < 2 or found[-1].value or not found[-2].value or found[-1].comparator != "<=" or found[-1].subject:
        return found
    last = found.pop()
    for finding in found:
        if not finding.own_time and not finding.past:
            finding.time, finding.own_time = last.time, True
    return found


def _is_number(q: Quantity, t: str, times: tuple[Time, ...]) -> bool:
    """Whether a quantity can be a target's at all, by what stands around it."""
    before, after = t[max(0, q.start - 12) : q.start], t[q.end : q.end + 16]
    unit = q.unit
    # A time swallows its own number.
    near = [x for x in times if x.start < q.end and q.start < x.end]
    if near and (unit.startswith(("年", "个月")) or any(x.start <= q.start and q.end <= x.end + 1 for x in near)):
        return False
    if re.match(r"的(?:热情|努力|信心|精力|力气|干劲|勇气|决心|真诚|把握|诚意|耐心|投入)", after):
        return False
    if q.hidden and unit in (
        "县",
        "区",
        "市",
        "镇",
        "乡镇",
        "村",
        "校",
        "园",
        "省",
        "级",
        "年",
        "分",
        "岁",
        "届",
        "本",
        "生",
        "类",
        "期",
    ):
        return False
    if unit.startswith(("岁", "周岁", "级", "档", "部", "块钱")) or (
        unit in ("类", "批", "届", "分", "轮") and not re.search(words.AT_LEAST + "|" + words.AT_MOST, before[-6:])
    ):
        return False
    if re.search(r"(?:第|专栏|附件|附表|图|表|每|No\.?)$", before) and unit not in ("%", "‰", "元"):
        return False
    if unit in ("位", "名") and re.search(r"(?:前|后|排名|名列)$", before):
        return False
    if q.family == TIMES and unit == "倍" and not re.search(r"增|提高|扩大|达到|翻|的$", before):
        return False
    if q.family == COEFFICIENT:
        return re.search(r"系数|指数", t[max(0, q.start - 60) : q.start]) is not None
    if q.family == COUNT and _EACH_OF_SET.match(t, q.start + len(_digits(t, q))):
        return False  # 其余4个镇各1所 counts the places that get one each
    if unit in ("县", "区", "市", "镇", "县区", "个县", "地", "校", "园") and re.match(r"各|都|均|每", after):
        return False
    if q.family == COUNT and unit.startswith(("人", "名", "个班", "班", "万人")):
        if _CLASS_SIZE.match(after) or _CLASS_SIZE.match(q.suffix + after):
            return False
        if _DEFINED.match(after) and (_DEFINES.search(before) or q.suffix):
            return False
        if re.match(r"口", after) or re.search(r"(?:不足|未满|每)$", before) or re.search(r"(?<!分别)按$", before):
            return False
    if unit in ("期", "批") and q.numeral and not (q.suffix or re.search(words.AT_LEAST, before[-6:])):
        return False
    if unit == "年" and not re.search(r"年限|年数", t[max(0, q.start - 40) : q.start]):
        return re.search(rf"(?:期|期限|时间|时长)(?:应|须|要|均|原则上)*(?:{words.AT_LEAST}|{words.AT_MOST})$", t[max(0, q.start - 20) : q.start]) is not None
    if unit.startswith(("天", "个月", "个工作日", "工作日")) and not re.search(words.AT_LEAST, before):
        return False
    if unit == "学分" and re.search(r"每\d+个?(?:学时|课时|小时)[^,，]{0,4}$", before):
        return False  # a rate of exchange
    return not (q.family == RATIO and not re.search(r"比|师", t[max(0, q.start - 60) : q.start] + after[:4]))


_EACH_OF_SET = re.compile(r"[所个名]?[^,，、\d]{1,6}?(?:各|均|都|每[人班校园]|分别|人均|(?<=[校园县区师生])中)(?=[^,，]*(?:\d|[一二三四五六七八九十]+[所个名人]))|(?:项|个|大)指标")


def _digits(t: str, q: Quantity) -> str:
    """The number itself, without its unit."""
    found = re.match(r"[\d.,]+|[一二两三四五六七八九十百]+|[Xx×*＊]+", t[q.start : q.end])
    return found[0] if found else ""


# What follows from a condition.
_CONSEQUENCE = (
    r"(?:[,，]?(?:要|须|应|应当|将|可|可以|县级|依法|由[^,，]{1,8})?"
    r"(?:一律|予以|给予|取消|不得|不予|不能|责令|停止|约谈|通报|限期|核减|扣减|扣除|奖励|一次性|优先|方可|追究|暂停|保留|独立|单独|不再|视为|认定为|撤并|撤销|按|配备|实行|设立|设置|可以|调整))"
)
_FOLLOWS = re.compile(rf"的(?:[^,，、\d的]{{1,10}}?)?{_CONSEQUENCE}")
_BOUNDS = re.compile(r"(?:(?<!不)(?<!得)(?<!应)(?<!能)(?:低于|少于|超过|多于|高于|大于)|不足|未达到?|达不到|不到|不满|未满|满|突破|超出|达到|在)$")


_PUNISHED = re.compile(r"(?:(?<!不)(?<!得)(?<!应)(?<!能)低于|不足|达不到|未达到?|不到|未满)$")


def _is_condition(q: Quantity, t: str, begin: int, stop: int) -> bool:
    """Whether a number only says to what the rest applies: 近视率超过50%的学校,…; 报到率低于90%的,….

    It is bound, stands before 的, and a consequence follows; 80%以上的学校配备… is a share and none.
    """
    left, after = t[begin : q.start], t[q.end : stop]
    if after == "的" and t[stop : stop + 1] in ",，":
        return True
    if not after.startswith("的") or not (q.suffix or _BOUNDS.search(left)):
        return False
    whom = re.match(r"的[^,，、\d]{0,10}$", after)
    if whom and re.match(r"(?:凡是?|对于?(?!口|接)|如|若)", left):
        return True
    if q.family == RATE:
        if q.suffix in ("以下", "以内") or _PUNISHED.search(left):
            return whom is not None or _FOLLOWS.match(t, q.end) is not None
        if not clean(_trim(_BOUNDS.sub("", left)))[0]:
            return False
    return _FOLLOWS.match(t, q.end) is not None


@dataclass(slots=True)
class _Run:
    """Numbers that follow each other with nothing but a joint between."""

    items: list[Quantity]
    left: str
    after: str
    left_start: int
    shared: str = ""
    """A noun that only a later run of the list prints: 至少办好2所、…1所中心幼儿园."""


def _runs(t: str, begin: int, stop: int, numbers: list[Quantity]) -> list[_Run]:
    runs: list[_Run] = []
    for q in numbers:
        if runs and _JOIN.match(t[runs[-1].items[-1].end : q.start]):
            runs[-1].items.append(q)
        else:
            left_start = runs[-1].items[-1].end if runs else begin
            runs.append(_Run([q], t[left_start : q.start], "", left_start))
    for run, following in zip(runs, [*runs[1:], None][: len(runs)], strict=True):
        if following is None:
            run.after = t[run.items[-1].end : stop]
            continue
        # The words between two numbers belong to the one that a joint does not part them from.
        gap = following.left
        joint = max(gap.rfind(c) for c in "、和与及")
        if gap[:1] in ("、", "和", "与", "及", "以"):
            continue
        run.after = gap if joint < 0 else gap[:joint]
        if joint >= 0:
            following.left = gap[joint:]
            following.left_start += joint
    for i, run in enumerate(runs):
        if not run.after and (
            behind := next((r for r in runs[i + 1 :] if r.after and r.items[0].unit == run.items[0].unit), None)
        ):
            run.shared = re.sub(r"^的|[、和与及]$", "", behind.after)
    return runs


def _clause(
    s: Sentence, begin: int, stop: int, numbers: list[Quantity], times: list[Time], state: State, in_which: bool
) -> list[Finding]:
    t = s.text
    clause = t[begin:stop]
    own_times = [x for x in times if not _is_baseline_time(t, x, numbers)]
    tense = state.tense.feed(clause, own_times)
    if _PENALTY.search(clause):
        numbers = []
    if len(numbers) == 1 and numbers[0].family == COUNT and not words.MADE.search(t[begin : numbers[0].start]) and _ALL_OF_IT.match(t, stop):
        numbers = []  # 剩余的37个班级,年内全部消化
    numbers = [q for q in numbers if not _is_condition(q, t, begin, stop) and not _IS_SET.match(t[q.end : stop])]
    recurs = next((x.words for x in own_times if x.kind == "each"), "")
    dated = [x for x in own_times if x.kind not in ("each", "base", "gone")]
    if dated and (not numbers or dated[0].start < numbers[0].start):
        if dated[-1].kind == "within" and state.time is not None and state.time.kind == "year" and state.time.until:
            pass  # 到2025年,…三年内: the year stays
        else:
            chosen = dated[0] if len(dated) > 1 and numbers and dated[-1].start > numbers[0].start else dated[-1]
            if chosen.kind == "from":
                state.onward = chosen
            elif not (in_which and clause.startswith("其中")):
                state.time = chosen
            if (
                chosen.until
                or chosen.kind in ("span", "plan", "coming", "hidden", "next")
                or (begin == 0 and chosen.start <= 2 and not state.recent)
            ):
                state.held_time = chosen
        state.recurs = ""
    if recurs:
        state.recurs = recurs
    runs = _runs(t, begin, stop, numbers)
    found: list[Finding] = []
    base_items: list[Quantity] = []
    base_year = ""
    carried_left = ""
    for i, run in enumerate(runs):
        if i + 1 < len(runs) and _DEFINES_RATE.match(
            runs[i + 1].left
        ):  # 培训不少于90学时的比例: the number names the rate
            runs[i + 1].left = run.left + t[run.items[0].start : run.items[-1].end] + runs[i + 1].left
            runs[i + 1].left_start = run.left_start
            continue
        following = runs[i + 1] if i + 1 < len(runs) else None
        origin = _FROM.search(run.left)
        if (
            following
            and (origin or carried_left == "")
            and (_RISEN.match(following.left) or (origin and _TURNED.match(following.left)))
            and (origin or _is_base_year(run.left))
        ):
            base_items = run.items
            if _RISEN.match(following.left) is None:  # 由223所整合到150所: the values say which way
                following.left = _TURNED.sub(_way(run.items[-1], following.items[-1]), following.left, count=1)
            years = [x for x in times if run.left_start <= x.start < run.items[0].start and x.last]
            base_year = str(years[-1].last) if years else ""
            carried_left = run.left[: origin.start()] if origin else run.left
            carried_left = re.sub(
                r"^[^,，]{0,4}(?:年内|年时间)", "", _without_times(carried_left, run.left_start, times)
            )
            continue
        if (
            following is not None
            and (start_at := _ON_BASIS.search(run.left))
            and (onward := re.match(r"(?:的)?基础上", following.left))
        ):
            base_items, base_year = run.items, ""
            carried_left = run.left[: start_at.start()]
            following.left = following.left[onward.end() :]
            continue
        if (origin and following is None and _RISES_NEXT.match(t, stop + 1)) or (
            origin and state.bases is not None and _RISES_NEXT.match(t, stop + 1)
        ):
            years = [x for x in times if run.left_start <= x.start < run.items[0].start and x.last]
            who = clean(re.sub(r"^[、和与及]", "", _without_times(run.left[: origin.start()], run.left_start, times)))[
                0
            ]
            state.bases = [*state.bases, (who, run.items[-1], str(years[-1].last) if years else "")]
            continue
        left = carried_left + run.left if carried_left else run.left
        part = _run(
            s,
            begin,
            stop,
            run,
            left,
            [x for x in own_times if x.start >= run.left_start - len(carried_left) - 1],
            state,
            in_which,
            found,
        )
        for finding, base in zip(part, base_items or [None] * len(part), strict=False):  # type: ignore[list-item]
            if base is not None:
                finding.baseline, finding.baseline_year = base.value, base_year
        base_items, base_year, carried_left = [], "", ""
        for finding in part:
            finding.past = finding.past or tense in (facts.PAST, facts.FORECAST)
        found += part
    found += _unnumbered(s, begin, stop, clause, bool(found), own_times, state, tense)
    if found:
        state.last, state.onward = found, None
        state.recent = (state.recent + found)[-40:]
    if not found and (topic := re.match(r"对(?:于)?(?P<who>[^,，]{2,16})$", clause)):
        state.topic = re.sub(r"^(?:新增|认定)的", "", clean(topic["who"])[0])
    if not runs:
        listed = _subject_of(clause, times, begin)
        if listed:
            state.metric = listed
    state.clause, state.clause_held = _without_times(clause, begin, times), bool(found)
    if not runs:
        state.listed_times = [x for x in times if x.kind == "year"] or state.listed_times
    if ("、" in clause or "和" in clause) and (regions := places.lists(state.clause) or places.members(state.clause)):
        state.regions = regions
        state.region = "、".join(regions) if len(regions) == 1 else ""
    return found


def _way(base: Quantity, goal: Quantity) -> str:
    """The verb of a change whose own verb says no direction."""
    try:
        return "降到" if float(goal.value) < float(base.value) else "提高到"
    except ValueError:
        return "提高到"


def _unnumbered(
    s: Sentence, begin: int, stop: int, clause: str, numbered: bool, times: list[Time], state: State, tense: str
) -> list[Finding]:
    """Implied targets of a clause, and a date that stands alone."""
    if not implied.may_hold(clause):
        return []
    a, b = s.span(begin, stop)
    bare = _without_times(clause, begin, times)
    found = []
    dated = [x for x in times if x.last and x.kind not in ("base", "gone")]
    for one in implied.read(bare, numbered, s.text, state.clause):
        if one.name == implied.CARRIED:
            if not state.metric and not state.last:
                continue
            name, region = state.metric or state.last[-1].name, ""
            if one.comparator == "eliminate" and not _TO_BE_NONE.search(name):
                continue
        else:
            name, region = clean(one.name)
        name = _trim_front(name).replace("党的组织", "党组织")
        if len(re.sub(r"(?:覆盖率|比例|增长率|班级数|数)$", "", name)) < 2:
            continue
        finding = Finding(a, b, s.at[stop - 1], _short(name), one.comparator, one.value, "", one.unit, one.kind,
                          subject=re.sub(r"(?:覆盖率|增长率|数)$", "", name), region="" if region == "全" else region)  # fmt: skip
        finding.time = dated[-1] if dated else state.time
        finding.recurs, finding.speaker = one.recurs, state.speaker
        if one.note:
            finding.notes.append(one.note)
        finding.doubt = one.doubt
        finding.past = tense in (facts.PAST, facts.FORECAST)
        found.append(finding)
    if not found and not numbered:
        ends = [x for x in times if (x.deadline or x.kind == "month") and (x.until or x.kind == "month" or len(x.deadline) > 4)]
        if (
            not ends
            and begin
            and not state.clause
            and state.time is not None
            and state.time.deadline
            and state.time.until
        ):
            ends = [state.time]  # 2022年9月1日前,新校区投入使用
        ready = implied.due(bare, "" if state.clause_held else state.clause) if ends else None
        if ready is not None:
            name, region = clean(ready[0])
            carried = ready[1] < 3 and state.clause_held
            if carried:
                name = ""
            finding = Finding(a, b, s.at[stop - 1], _short(f"{_trim_front(name) or (state.last[-1].name if state.last else '')}时间"), "<=", kind="explicit",
                              region="" if region == "全" else region, subject=name, time=ends[-1])  # fmt: skip
            finding.doubted("只有期限 / a date is all that is set", 0.2)
            finding.past = tense in (facts.PAST, facts.FORECAST)
            found.append(finding)
    return found


_TO_BE_NONE = re.compile(r"大班|班额|无证|辍学|失学|危房|隐患|事故|违规|存量|缺口|问题|近视|旱厕")


def _trim_front(name: str) -> str:
    return re.sub(r"^(?:基本|全面|的|年底前|并|至|在|以)+", "", name)


def _is_baseline_time(t: str, x: Time, numbers: list[Quantity]) -> bool:
    """2020年的43.2%, 由2020年, 比2020年: the year of what is started from."""
    if x.until or t[max(0, x.start - 1) : x.start] in ("到", "至"):
        return False
    if x.kind == "base" or re.search(r"(?:由|从|(?<!占)比|较|自)$", t[max(0, x.start - 2) : x.start]):
        return x.kind in ("year", "base", "span", "gone") and not re.match(r"起", t[x.end : x.end + 1])
    return (
        x.kind in ("year", "gone")
        and bool(re.match(r"的[^,，]{0,2}\d", t[x.end : x.end + 4]))
        and any(q.start > x.end for q in numbers)
    )


def _is_base_year(left: str) -> bool:
    return bool(re.search(r"(?:基础上|20\d\d年(?:的|底的?)?)$", left))


def _without_times(text: str, offset: int, times: list[Time]) -> str:
    """`text`, which stands at `offset`, without its times."""
    out, place = [], 0
    for x in times:
        a, b = x.start - offset, x.end - offset
        if a >= place and b <= len(text):
            out.append(text[place:a])
            place = b
    return "".join(out) + text[place:]


def _subject_of(clause: str, times: list[Time], begin: int) -> str:
    """The measure a clause without numbers names for those that follow: 提高生均公用经费标准."""
    if _MEASURE_WORD.search(clause) is None:
        return ""
    name = clean(_without_times(clause, begin, times))[0]
    if cut := re.match(
        r"(?P<name>.{0,24}?(?:率|比例|占比|比重|比|经费|标准|补助|津贴|人数|规模))(?=逐[年步]|提高|提升|上升|下降|降低|增长|大体|稳步|不断|进一步|持续|明显|显著|按照?|由|从|实行|执行|核定|统一|要)",
        name,
    ):
        name = cut["name"]
    return name if 2 < len(name) <= 30 and (words.RATE_NOUN.search(name) or words.LEVEL_NOUN.search(name)) else ""


_NO_QUOTES = str.maketrans("", "", '“”"「」‘’')
_BATCH = re.compile(r"第[一二三四五六七八九十]+批|首批|一批")
_MEASURE_WORD = re.compile(r"[率比例费准助贴数模资入限积值额]")


@lru_cache(maxsize=16384)
def clean(text: str) -> tuple[str, str]:
    """Words of a subject without what leads in; second, the place it opens with."""
    region = ""
    text = text.translate(_NO_QUOTES).strip("、,，:： ·—-")
    if "批" in text:
        text = _BATCH.sub("", text)
    while True:
        place, rest = places.of_head(text)
        if place:
            if place != "全" or not region:
                region = place if region in ("", "全") else region
            text = rest
            continue
        lead = _LEAD.match(text)
        if lead and len(text) > lead.end():
            text = text[lead.end() :]
            continue
        return text, region


def _trim(text: str) -> str:
    """A subject without the adverbs before its predicate."""
    while tail := _TAIL.search(text):
        if _SUBJECT_TAIL_KEPT.search(text):
            break
        text = text[: tail.start()]
    return text


def _run(
    s: Sentence, begin: int, stop: int, run: _Run, left: str, times: list[Time], state: State, in_which: bool,
    earlier: list[Finding],
) -> list[Finding]:  # fmt: skip
    first, last = run.items[0], run.items[-1]
    if _FACT_HAVE.search(left) and not re.search(r"至少|不少于", left):
        return []
    in_left = [x for x in times if first.start - len(left) <= x.start < first.start]
    bare = (
        _without_times(left, first.start - len(left), in_left)
        if left == run.left
        else re.sub(periods.YEAR + r"年(?:的|底)?", "", left)
    )
    bare = re.sub(r"^[、,，和与及]+", "", bare)
    if re.fullmatch(r"(?:其中[,，]?)?[Xx×*＊]{1,3}", bare):
        state.region, bare = bare.removeprefix("其中"), "其中"
    per = "".join(m[0] for m in _PER.finditer(bare))
    bare = re.sub(r"^其中[,，:：]?", "", _PER.sub("", bare))
    predicate, base = _predicate(bare)
    if predicate is not None:
        subject, how = bare[: predicate.start()], str(predicate.lastgroup)
    else:
        subject, how = bare, ""
        if adverb := _ADVERB.search(bare):  # 每校至少开设5门: it may stand before the verb
            how, subject = ("at_most" if "多" in adverb[0] else "at_least"), bare[: adverb.start()] + bare[adverb.end() :]
    subject = _trim(subject)
    listed_time = _times_listed(in_left, len(run.items)) or _times_listed(state.listed_times, len(run.items))
    made = _Made(s, begin, stop, run, state, earlier, in_which, per, how, predicate[0] if predicate else "", base)
    shared_times = _times_shared(bare_left=run.left, times=in_left) if len(run.items) == 1 else []
    found = _many(made, subject, listed_time) if len(run.items) > 1 or listed_time else _one(made, subject, first)
    spelled = [x for x in in_left if x.kind not in ("each", "gone", "base")]
    if len(shared_times) > 1:
        found = [replace(f, time=x, own_time=True, notes=list(f.notes)) for f in found for x in shared_times]
    recurs = next((x.words for x in in_left if x.kind == "each"), "") or (
        per if re.search(r"每[二两三半]?学?(?:年|月|周|天|日|期)|每学期", per) else ""
    )
    for finding in found:
        if finding.time is None:
            finding.time = spelled[-1] if spelled else state.onward or _ahead(state.time, state.plan)
            finding.own_time = bool(spelled)
        finding.recurs = (
            finding.recurs or recurs or (state.recurs if not spelled and finding.family in (COUNT, MONEY, TIME) else "")
        )
        finding.speaker = state.speaker
        finding.region = finding.region or state.scope
        if last.suffix and not finding.comparator:
            finding.comparator = _of_suffix(last.suffix)
    return [f for f in found if f.name or f.value]


def _times_shared(bare_left: str, times: list[Time]) -> list[Time]:
    """2014年、2015年、2016年各10所: years that get the same number each."""
    dated = [x for x in times if x.kind == "year"]
    return dated if len(dated) > 1 and re.search(r"(?:各|均|都|每年)(?:为|达到?|不[少低]于)?$", bare_left) else []


def _ahead(time: Time | None, plan: Plan) -> Time | None:
    """A time said before, unless it is past: what was reached then says nothing of when this is due."""
    begin = min((y for y in (plan.first, plan.now) if y is not None), default=None)
    if time is not None and time.last is not None and begin is not None and time.last < begin:
        return None
    return time


@dataclass(slots=True)
class _Made:
    """What every member of a run shares."""

    s: Sentence
    begin: int
    stop: int
    run: _Run
    state: State
    earlier: list[Finding]
    in_which: bool
    per: str
    how: str
    predicate: str
    base: str


@lru_cache(maxsize=16384)
def _predicate(bare: str) -> tuple[re.Match[str] | None, str]:
    """The last predicate whose rest up to the number is empty or a base (规划的); with that base."""
    chosen, base = None, ""
    for m in words.PREDICATE.finditer(bare):
        rest = bare[m.end() :]
        if (
            _BASE.match(rest)
            or re.fullmatch(r"(?:国家规定的|省定的?|规定的)?(?:" + words.STAGE + r")?", rest)
            or (
                m.lastgroup in ("at_least", "at_most", "more", "less")
                and len(rest) <= 14
                and re.search(r"(?:总数|总额|预算|人数|总量|经费|收入|工资|支出)的?$", rest)
            )
        ):
            if m.lastgroup == "exact" and m[0] in ("共", "计", "是", "按", "为") and rest and not rest.endswith("的"):
                continue
            if m[0] == "达" and bare[m.end() : m.end() + 1] in ("标", "州", "川", "县"):
                continue
            if m[0] in ("是", "计", "共") and (
                bare[m.end() : m.end() + 1] or bare[max(0, m.start() - 1) : m.start()]
            ) in ("划", "算", "总", "统", "合", "同", "享", "公"):
                continue
            if chosen is None or m.start() >= chosen.end() or m.lastgroup != "exact":
                if chosen is not None and chosen.lastgroup == "exact" and not bare[chosen.end() : m.start()]:
                    pass
                chosen, base = m, rest.removesuffix("的")
    if chosen is not None and chosen.lastgroup != "exact" and chosen.end() < len(bare):
        base = re.sub(r"^(?:国家规定|省定|规定|国家)的?", "", base)
    # 力争达到: the words before the predicate belong to it; 年均增长不低于 keeps its growth in the subject.
    return chosen, base


def _times_listed(times: list[Time], count: int) -> list[Time]:
    """Times that stand one for each number: 2021年、2022年、2023年分别."""
    dated = [x for x in times if x.kind in ("year", "hidden")]
    return dated if count > 1 and len(dated) == count else []


def _of_suffix(suffix: str) -> str:
    if "以上" in suffix:
        return ">="
    if suffix in ("以下", "之下"):
        return "<"
    if suffix in ("左右", "上下"):
        return "="
    return "<=" if suffix else ""


def _comparator(made: _Made, q: Quantity, shared_suffix: str) -> str:
    own = _of_suffix(q.suffix or shared_suffix)
    if own:
        return own
    if made.how == "at_least":
        return ">="
    if made.how == "at_most":
        return "<="
    if made.how == "to":
        return "<=" if words.FALL_TO.search(made.predicate) else ">="
    if made.how == "more":
        return ">"
    if made.how == "less":
        return "<"
    if made.how == "exact":
        return "="
    return ""


def _one(made: _Made, subject: str, q: Quantity) -> list[Finding]:
    """A single number: one finding, or one for each member its subject lists."""
    run, state = made.run, made.state
    after = run.after
    if q.family == COUNT and q.numeral and not _is_counted(made, q, subject):
        return []
    name, region = clean(subject)
    regions = _regions_listed(subject)
    if regions:
        rest = places.opening(subject)[1]
        if (
            not re.match(r"(?:各|每|均|都|分别|全部)", rest)
            and not re.search(
                r"(?:各|每.?|均|都|分别)$", made.run.left[: max(0, len(made.run.left) - len(made.predicate))]
            )
            and not _EACH_LIST.match(rest)
        ):
            regions = regions if q.family in (RATE, RATIO, COEFFICIENT) else ["、".join(regions)]
        name, region = clean(re.sub(r"^(?:各自?|每[县区市镇乡地]{1,2}|均|都)", "", rest))
        region = region if region not in ("全", "") and not region.startswith(("各", "每", "其余")) else ""
    elif place := re.match(r"(?P<count>[一二两三四五六七八九\d]+)(?:个?县区|县市|[县区市])(?:都|均)?各?", subject):
        count = quantities.numeral(place["count"])
        if count is not None and len(state.regions) == count:
            regions, name = state.regions, clean(subject[place.end() :])[0]
    elif len(schools := _schools(subject)) > 1:
        state.regions = regions = [f"·{school}" for school in schools]
        name, region = clean(subject[subject.index("各") + 1 :])[0], ""
    elif made.in_which and len(state.regions) > 1 and re.search(r"各(?:自|校|县|区|市)?$", re.sub(_AFTER_EACH, "", run.left)):
        regions, name = state.regions, clean(re.sub(r"各(?:自|校|县|区|市)?$", "", subject))[0]
    elif re.match(r"各(?!校|级|类)", re.sub(r"^其中[,，]?", "", run.left)) and len(state.regions) > 1:
        regions, name = state.regions, clean(re.sub(r"^各自?", "", subject))[0]
    metric = state.metric
    finding = _named(made, q, name, region, after)
    if finding is None:
        return []
    if not regions and not finding.region and joined(made) and made.earlier:
        before = [f.region for f in made.earlier if f.place == made.earlier[-1].place]
        regions = before if len(set(before)) > 1 else []
    if regions:
        state.regions = regions
        return [replace(finding, region=r, notes=list(finding.notes)) for r in regions]
    parts = (
        _members(subject, made)
        if q.family in (RATE, RATIO, COEFFICIENT, MONEY, TIMES, POINTS)
        or (q.family == COUNT and made.how and words.IS_STAGE.search(subject))
        or _EACH_ONE.search(run.left)
        else []
    )
    if len(parts) > 1:
        out = []
        made_first = words.MADE_FIRST.match(clean(subject)[0])
        for part in parts:
            word = clean(part)[0]
            if q.family not in (RATE, RATIO) and made_first and not words.MADE_FIRST.match(word):
                word = made_first[0] + word
            if finding.comparator == "grow" and not words.GROWTH.search(word):
                word += (words.GROWTH.search(subject) or [""])[0]
            if words.IS_STAGE.fullmatch(word) and metric:
                word = with_head(word, metric)
            one = _named(made, q, word, region, after)
            if one is not None:
                out.append(one)
        return out
    return [finding]


_EACH_ONE = re.compile(r"、[^、]*各(?:自|有|设|配)?$")
_AFTER_EACH = re.compile(rf"(?:应|须|要)?(?:{words.AT_LEAST}|{words.AT_MOST}|为)?$")


def _schools(subject: str) -> list[str]:
    """The schools of a list that get one number each: 一中、二中各招生."""
    head, each, _ = subject.partition("各")
    parts = re.split(r"[、和与及]", head) if each else []
    return parts if all(_SCHOOL.search(part) and not words.IS_STAGE.fullmatch(part) for part in parts) else []


def _is_counted(made: _Made, q: Quantity, subject: str) -> bool:
    """Whether a Chinese numeral counts things to be done, and is no part of a name or a figure of speech."""
    bound = made.how in ("at_least", "at_most", "more") or bool(q.suffix)
    each = bool(re.search(r"每|各|县县|至少", made.run.left + made.per)) or bool(
        made.state.regions and "各" in made.run.left
    )
    if words.EMPTY_NOUN.match(made.run.after) or (not bound and words.CATCHWORD.match(made.run.after)):
        return False
    if q.value == "1":
        return bound or (
            each and bool(re.search(r"(?:有|建|办好|形成|配备|培育|打造|创建|开展|组织|举办|召开|进行)", made.run.left))
        )
    return (
        bound
        or each
        or bool(re.search(rf"(?:{words.MAKE}|其中|为|达)(?:第?[^,，、的]{{0,10}})$", made.run.left))
        or not made.run.after
    )


def _regions_listed(subject: str) -> list[str]:
    """Places that a subject lists and then gives one number each: A县、B县各, A区、B区每区."""
    found, _rest = places.opening(subject)
    if len(found) < 2:
        return []
    # A list with one number and neither 各 nor 每 is a set that shares it, unless the number itself is a floor.
    return found


def _named(made: _Made, q: Quantity, name: str, region: str, after: str) -> Finding | None:
    """A finding with its name from subject, verb and what follows the number; None where the number is no target."""
    _state, family = made.state, q.family
    shared = made.run.items[-1].suffix
    comparator = _comparator(made, q, shared)
    a, b = made.s.span(made.begin, made.stop)
    finding = Finding(
        a, b, made.s.at[q.start], "", comparator, q.value, q.high, q.unit, "redacted" if q.hidden else "explicit",
        region="" if region == "全" else region, family=family,
    )  # fmt: skip
    finding.hold = bool(re.search(r"保持|稳定|维持|巩固", made.predicate))
    if q.high:
        finding.comparator = "range"
    if q.rough:
        finding.notes.append("约数 / a round number")
    if q.suffix in ("左右", "上下") or made.predicate.startswith("约"):
        finding.notes.append("左右、约 / about")
    if region and region not in ("全",) and re.match(r"(?:各|每|其余|其他|县县|乡乡)", region):
        finding.each = True
    growth = words.GROWTH.search(name)
    if growth and growth["down"] and growth[0].endswith("率"):
        growth = None  # 压减率 is a level
    if family == POINTS and q.high and "高于" in made.predicate:
        finding.comparator = "range"
        finding.name = finding.subject = f"{_trim(name)}高出幅度"
        return finding
    if family == TIMES and q.unit == "倍" and made.run.left.endswith("的"):
        return _rate(made, q, finding, name, after)  # 不少于在校生的1.2倍
    if family in (POINTS, TIMES) or (growth and family in (RATE, YEARS)) or (made.how == "to" and family == POINTS):
        return _growth(made, q, finding, name, growth)
    if growth and growth.end() == len(name) and q.family in (COUNT, MONEY, AREA, TIME) and _is_more(made, name, q):
        return _growth(made, q, finding, name, growth)
    if family == YEARS:
        return _level(made, q, finding, name, after)
    if family in (RATE, RATIO, COEFFICIENT):
        return _rate(made, q, finding, name, after)
    return _count(made, q, finding, name, after)


def _is_more(made: _Made, name: str, q: Quantity) -> bool:
    """Whether an amount is added to what was: 补助标准提高1元, 比上年增加1000人."""
    compared = re.search(r"(?<!占)(?:比|较)[^,，例重率]{1,12}|基础上", made.run.left) is not None
    return compared or (q.family == MONEY and words.MADE_FIRST.match(name) is None and "再" not in made.run.left[-5:])


def _growth(made: _Made, q: Quantity, finding: Finding, name: str, growth: re.Match[str] | None) -> Finding | None:
    """增长, 提高…个百分点, 翻番: how much more, against what was."""
    stem = name[: growth.start()] if growth else name
    stem = re.sub(r"(?:(?<!占)比(?!例|重)|较)[^,，]{0,14}$|在[^,，]{1,14}基础上$", "", _trim(stem)) or made.state.metric
    if not stem and made.state.last:
        stem = made.state.last[-1].name
    stem = _trim(clean(stem)[0])
    yearly = "年均" if "年均" in made.run.left or "年均" in name or "每年" in made.run.left or (made.per and "年" in made.per) else ""
    if q.family in (COUNT, MONEY, AREA, TIME):
        yearly = ""
        if made.per and "/" not in finding.unit:
            finding.unit += _per_unit(made.per)
    fall = bool(growth and growth["down"]) or bool(re.search(rf"(?:{words.FALL})", made.predicate))
    finding.comparator = "range" if q.high else "grow"
    if yearly and "/" not in finding.unit:
        finding.unit += "/年"
    if fall and finding.value:
        finding.value = f"-{finding.value}"
    word = "降幅" if fall else "提高幅度" if q.family in (POINTS, YEARS) else "增长率" if q.family in (RATE, TIMES) else "增加额" if q.family == MONEY else "增加数"
    finding.name = re.sub(r"(?:增长率|增速|增幅)$", "", stem) + yearly + word
    finding.noun, finding.subject = stem, stem
    if not stem:
        return None
    if words.RATE_NOUN.search(stem) or words.LEVEL_NOUN.search(stem):
        made.state.metric = stem
    return finding


def _level(made: _Made, q: Quantity, finding: Finding, name: str, after: str) -> Finding | None:
    name = name or made.state.metric
    if not name:
        return None
    finding.comparator = finding.comparator or "="
    finding.name = finding.subject = name
    made.state.metric = name
    return finding


_PAY = re.compile(
    r"^(?:的)?(?:标准|比例)?(?:足额)?(?P<verb>安排|提取|计提|列支|拨付|核拨|补助|投入|设立|预算|统筹|用于|发放|配备|核定|分配|给予)"
)


def _rate(made: _Made, q: Quantity, finding: Finding, name: str, after: str) -> Finding | None:
    """率, 比例, 占比; also 80%以上的学校达到… and …的七成用于…."""
    state = made.state
    is_ratio = q.family in (RATIO, TIMES)
    tail = re.sub(r"^(?:以上|以下|以内|左右)", "", after)
    tail = re.sub(r"[、和与及以]+$", "", tail)
    subject = _trim(name)
    base = re.sub(r"^(?:占)", "", made.base)
    of = re.search(r"占(?:到)?(?P<base>[^占,，]{0,20}?)(?:的)?$", name) if made.how in ("", "exact") else None
    if of and not made.base:
        subject, base = _trim(name[: of.start()]), of["base"]
    elif made.how == "" and name.endswith("的") is False and re.search(r"(?:的)$", made.run.left) and not base:
        subject = _trim(name)
    forward = bool(tail) and not _STOP_AFTER.match(tail)
    if (
        forward
        and tail.startswith("的")
        and not _PAY.match(tail)
        and not (subject and (words.RATE_NOUN.search(subject)))
    ):
        rest = clean(tail[1:])[0]
        verb = re.sub(r"^(?:到|以上)", "", subject)
        full = f"{verb}{rest}"
    elif forward and (pay := _PAY.match(tail)):
        rest = tail[pay.start("verb") :]
        if pay["verb"] in ("发放", "核定", "补助", "给予", "核拨", "拨付", "配备") and subject:
            rest = ""
        elif pay["verb"] in ("安排", "提取", "计提", "列支", "投入", "设立", "预算") and base and len(rest) > 3:
            rest = rest[len(pay["verb"]) :]
        full = f"{subject}{rest}"
        if base:
            full = f"{full}占{base}"
    elif forward and not (subject and words.RATE_NOUN.search(subject)):
        full = f"{subject}{base if not subject else ''}{tail}"
    else:
        full = subject
        if base and not full and made.predicate == "完成":
            full = f"{base}完成率"
        elif base and (not full or not words.RATE_NOUN.search(full)):
            stage = words.IS_STAGE.fullmatch(base)
            full = with_head(base, full or state.metric) if stage else f"{full}占{base}"
        elif base and words.IS_STAGE.fullmatch(base):
            full = with_head(base, full)
            state.metric = state.metric or subject
    full = re.sub(r"^(?:[^,，]{0,2}看|选派|覆盖(?=.{0,3}$))", "", full) if full.startswith(("分年度看",)) else full
    if (
        made.earlier
        and joined(made)
        and made.earlier[-1].base
        and not base
        and not words.RATE_NOUN.search(subject)
        and not made.how
    ):
        full = f"{made.earlier[-1].base}占{subject}比例"
    if base and full and not words.IS_STAGE.fullmatch(base):
        finding.base = re.sub(rf"占{re.escape(base)}$", "", full)
    full = re.sub(r"^(?:使得?|让|确保|力争|实现|推动|要|有(?!需))+(?=.{2})", "", full)
    if (
        made.in_which
        and state.whole is not None
        and state.whole.family == RATE
        and places.is_group(re.sub("比例$", "", full))
    ):
        finding.region, full = f"+{full}", state.whole.name
    elif (
        places.is_group(full)
        and state.recent
        and state.recent[-1].region.startswith("+")
        and state.recent[-1].family == RATE
    ):
        finding.region, full = f"+{full}", state.recent[-1].name
    elif staged := _STAGE_LAST.match(full):  # 高于规定学历的比例小学
        full = staged["stage"] + staged["what"]
    if re.fullmatch(r".{1,2}率", full) and (state.recent or made.earlier):
        before = (made.earlier or state.recent)[-1]
        if (
            before.family == RATE
            and re.search(r"[^毛净]{3}.{2}率$", before.name)
            and (made.earlier or state.clause_held)
        ):
            full = re.sub(r"[毛净]?.{2}率$", "", before.name) + full
        stem = re.match(rf"(?:{words.STAGE})(?:阶段|教育)?", before.name) if before.family == RATE else None
        if len(full) <= 3:
            full = (
                stem[0]
                if stem
                else ""
                if before.family == RATE or not re.match(r"覆盖|参与|达标|配备|开通|使用|接入|普及|完成", full)
                else before.noun
            ) + full
    if _needs_subject(full):
        carried = _carried(made, finding)
        if not carried:
            return None
        if full and (_STAGED.fullmatch(full) or re.fullmatch(r"(?:其中)?.{1,6}(?:级|类|城区|农村)", full)):
            full = with_head(full, carried)
        elif full in ("", "比例", "占比", "比重", "率", "这一比例"):
            full = carried
        else:
            full = f"{carried}{full}"
        if finding.region == "" and state.last:
            finding.region = state.last[-1].region if len({f.region for f in state.last}) == 1 else ""
    elif (
        made.in_which
        and not words.RATE_NOUN.search(full)
        and not forward
        and state.total is not None
        and state.total.noun
        and "占" not in full
    ):
        full = f"{full}占比" if q.family == RATE else full
    if not words.RATE_NOUN.search(full) and not re.search(r"率|比例|占比|比重|增速|[系指]数", full):
        full = re.sub(r"的$", "", full) + ("比" if is_ratio else "比例")
    finding.name = _short(full)
    finding.subject = re.sub(r"(?:的)?(?:比例|占比|比重|比)$", "", finding.name)
    if not finding.comparator:
        finding.comparator = "="
        if not is_ratio and q.value != "100":
            finding.comparator = "<=" if re.search(r"辍学率|大班额|近视率|择校|系数|班额", full) else ">="
    if q.value == "100" and q.unit == "%" and finding.comparator == ">=":
        finding.comparator = "="
    if is_ratio and finding.comparator == ">=" and made.how not in ("at_least",) and not q.suffix:
        finding.comparator = "="
    state.metric = finding.name
    state.total = finding
    return finding


def joined(made: _Made) -> bool:
    return made.run.left[:1] in ("、", "和", "与", "及")


def with_head(stage: str, name: str) -> str:
    """小学 and 义务教育辍学率 give 小学辍学率."""
    rest = re.sub(rf"^(?:{words.STAGE})(?:阶段)?(?:生(?!均|源|师))?", "", name)
    rest = re.sub(rf"^[、和与及](?:{words.STAGE})", "", rest)
    return stage + rest


_STAGED = re.compile(rf"(?:{words.STAGE})(?:学?生)?")


def _needs_subject(name: str) -> bool:
    return (
        bool(_STAGED.fullmatch(name))
        or name in ("", "比例", "占比", "比重", "率", "这一比例", "达标率", "校均")
        or bool(words.IS_STAGE.fullmatch(name))
        or len(name) < 2
    )


_STAGE_LAST = re.compile(
    rf"(?P<what>.*(?:率|比例|占比|比重|数|值|标准|面积|经费|学历|图书|册数|班额|时间|时长|规模|额|学时))(?P<stage>{words.STAGE})$"
)


def _carried(made: _Made, finding: Finding) -> str:
    if made.earlier:
        last = made.earlier[-1]
        return last.noun if last.comparator == "grow" else last.name
    if made.state.metric:
        return made.state.metric
    if made.state.last:
        last = made.state.last[-1]
        return last.noun if last.comparator == "grow" else last.name
    return ""


def _short(name: str) -> str:
    name = re.sub(r"^\d+人(?:及)?以上的?(?=[^,]{0,6}大?班额)", "", name)
    return name if len(name) <= 40 else name[-40:]


def _count(made: _Made, q: Quantity, finding: Finding, name: str, after: str) -> Finding | None:
    """Counts, amounts, areas, hours: a verb of making, a level, or a part of a count said before."""
    state, family = made.state, q.family
    tail = re.sub(r"^(?:以上|以内|以下|左右|多|余)?(?:的)?", "", after)
    tail = re.sub(r"[、和与及以]+$", "", tail)
    forward = bool(tail) and not _STOP_AFTER.match(tail)
    if (
        words.EMPTY_NOUN.match(tail)
        and not (made.how in ("at_least", "at_most") and family != COUNT)
        and family == COUNT
        and forward
    ):
        return None
    subject = _trim(name) if made.how else re.sub(r"[的、]$", "", name)
    school = subject if _SCHOOL.search(subject) and not words.IS_STAGE.fullmatch(subject) else ""
    if school and not made.how and not forward and state.recent and state.recent[-1].region.startswith("·"):
        last = state.recent[-1]  # 一中招生800人;二中600人
        if _same_kind(last.unit, finding.unit):
            finding.region, finding.name, finding.noun, finding.verb = f"·{school}", last.name, last.noun, last.verb
            return _counted(made, q, finding)
    if made.how and (staged := _STAGE_LAST.match(subject)):
        state.metric = staged["what"]
        subject = staged["stage"] + staged["what"]
    if len(acted := _ACTOR.sub("", subject)) > 2:
        subject = acted
    verb_match = words.MADE_FIRST.match(subject)
    has_verb = words.MADE.search(subject) is not None or (
        made.how == "" and words.MADE.search(made.run.left) is not None
    )
    verb = verb_match[0] if verb_match else ""
    noun = subject[len(verb) :]
    if forward:
        tail = re.split(r"[,，;；]|的(?:标准|比例|要求)(?=.)", tail)[0][:24]
        noun = f"{noun}{tail}"
    noun = re.sub(r"^(?:不少于|至少|的)", "", noun)
    if state.region and re.fullmatch(r"[Xx×*＊]+", state.region):
        finding.region, state.region = state.region, ""
    head = made.earlier[-1] if made.earlier else (state.last[-1] if state.last else None)
    same = head is not None and _same_kind(head.unit, finding.unit)
    bound = made.how in ("at_least", "at_most", "more", "less", "to") or bool(q.suffix) or bool(q.high)
    part = state.whole if made.in_which and state.whole is not None else head
    if part is None and state.lead is not None and family == COUNT and _counts_alike(state.lead.unit, finding.unit):
        part = state.lead
    if part is None or not _same_kind(part.unit, finding.unit):
        alike = [f for f in (*state.recent, *made.earlier) if f.noun and _same_kind(f.unit, finding.unit)]
        if alike and family == COUNT:
            part = alike[-1]
    if noun and not verb and words.IS_STAGE.fullmatch(noun) and head is not None and (same or not head.unit):
        finding.name = finding.subject = finding.noun = with_head(noun, head.name)
        return _counted(made, q, finding)
    if family in (COUNT, MONEY, AREA):
        region_only = not noun and not verb and finding.region
        group = bool(noun) and not verb and places.is_group(noun)
        time_only = not noun and not verb and not finding.region
        if (
            (region_only or group or (time_only and not has_verb))
            and part is not None
            and (_same_kind(part.unit, finding.unit) or not part.unit or part.value == "")
        ):
            finding.verb, finding.noun, finding.name = part.verb, part.noun, part.name
            finding.comparator = finding.comparator if finding.comparator not in ("", "=", ">=") else part.comparator
            finding.region = f"+{noun}" if group else finding.region or part.region
            finding.subject = part.subject
            if finding.comparator == "range":
                finding.comparator = "add"
            return _counted(made, q, finding)
        if (
            (region_only or group or (time_only and made.earlier))
            and (part is None or not _same_kind(part.unit, finding.unit))
            and (what := _quota(made))
        ):
            finding.name = finding.subject = finding.noun = what
            finding.region = f"+{noun}" if group else finding.region
            return _counted(made, q, finding)
        if time_only and not has_verb and state.metric and bound:
            finding.name = finding.subject = state.metric
            finding.noun = state.metric
            return _counted(made, q, finding)
        if verb and not noun and made.run.shared and family == COUNT:
            noun = made.run.shared
        if verb and not noun:
            if part is not None and part.noun and (same or _counts_alike(part.unit, finding.unit)):
                noun = part.noun
                if finding.region == "":
                    finding.region = ""
            elif family == MONEY:
                noun = ""
            elif not part and state.topic:
                noun = re.sub(r"^.*[\d内的]", "", state.topic)[-12:]  # 对8个配套园,…移交5所
            elif not part and not _NOMINAL.search(verb):
                return None
        if (
            not verb
            and noun
            and not has_verb
            and not bound
            and part is not None
            and (made.in_which or part.verb)
            and family in (COUNT, AREA)
            and part.verb
        ):
            if (
                _same_kind(part.unit, finding.unit)
                or made.in_which
                or made.run.left.startswith(("、", "和", "与", "及"))
                or part.comparator in ("add", "range")
            ):
                verb, has_verb = part.verb, True
        elif not verb and made.in_which and part is not None and part.verb and family == COUNT and not has_verb:
            verb, has_verb = part.verb, True
    acts = forward and re.search(
        r"(?:通过|达到|实现|完成|创建|建成|成为|获得|纳入|开展|接入|推行|试点|结对|投入使用|运行|招生|启动|开工|参加|进入|达标|合格|挂牌|竣工|完工|成立|参与)",
        tail,
    )
    if acts and not has_verb and not bound:
        finding.comparator = finding.comparator or "="
    helped = forward and re.search(r"(?:为|给|帮助|组织)$", made.run.left) is not None and words.MADE.search(tail)
    meant = bool(re.search(r"力争|争取|确保", made.run.left)) and bool(subject)
    has = (
        forward
        and bool(re.fullmatch(r"(?:都|均|应|要)?(?:有|拥有|建有|设有|配有)?", subject))
        and (finding.each or bool(finding.region))
    )
    if has and not has_verb:
        finding.comparator, noun = finding.comparator or ">=", tail
    staffed = bool(re.search(r"每(?:个|所)?(?:班|园|校|所)", made.per + made.run.left)) and forward
    if staffed and not has_verb:
        finding.comparator = finding.comparator or "="
    if (
        made.earlier
        and joined(made)
        and made.earlier[-1].unit.endswith(("/班", "/园", "/校", "/所"))
        and family == COUNT
        and forward
        and not has_verb
    ):
        staffed, made.per = True, "每" + made.earlier[-1].unit.rsplit("/", 1)[1]
    member = joined(made) and forward and bool(made.earlier) and _same_kind(made.earlier[-1].unit, finding.unit)
    accepted = (
        has
        or member
        or staffed
        or has_verb
        or bound
        or meant
        or bool(acts)
        or bool(helped)
        or (forward and words.MADE_FIRST.match(tail) is not None)
        or made.how == "exact"
        or (made.in_which and part is not None)
        or (family in (COUNT, AREA) and not forward and _SIZE.search(subject) is not None)
    )
    if family == MONEY:
        noun = (
            re.sub(
                r"^(?:[省市县区](?:本?级)?|各级)?(?:财政|人?民?政府)(?:部门)?(?:每年|按)?(?:统筹)?(?:安排|拨付|投入|设立|给予|给)?",
                "",
                f"{verb}{noun}",
            )
            or noun
        )
        verb = ""
        if re.fullmatch(r"(?:给予|给|一次性|适当|分别|的)*(?:奖补|补助|奖励|补贴|资助)?", noun) and (
            state.topic or state.clause
        ):
            noun = f"{(state.topic or clean(state.clause)[0])[-14:]}{re.sub('^(?:给予|给|的)+', '', noun) or '补助'}"
        accepted = accepted or bool(words.MONEY_NOUN.search(subject + tail))
        if not (noun or verb):
            noun = state.metric if words.MONEY_NOUN.search(state.metric) else ""
            if not noun:
                return None
    if family == TIME:
        accepted = (
            bound
            or bool(made.per)
            or (
                bool(re.search(r"每天|每日|每周|课时|学时", made.run.left + tail + q.unit))
                and bool(noun or state.metric)
            )
        )
    if not accepted:
        return None
    if (
        made.how == "exact"
        and not has_verb
        and not staffed
        and family == COUNT
        and not made.in_which
        and not (q.suffix or words.LEVEL_NOUN.search(subject) or part is not None)
    ):
        return None
    if (
        not noun
        and not verb
        and (family == TIME or q.unit.split("/")[0] in ("次", "场", "期"))
        and (state.clause or state.recent)
    ):
        noun = (state.recent[-1].noun if state.recent and not state.clause else "") or _short(clean(state.clause)[0])[
            -14:
        ]
        if state.recent and state.clause_held and state.recent[-1].noun:
            noun = state.recent[-1].noun
    if not noun and not verb:
        noun = state.metric or (part.noun if part is not None else "") or ""
        if not noun and not (made.per or finding.recurs):
            return None
    finding.verb, finding.noun = verb, noun
    if not finding.region and made.earlier and joined(made) and made.earlier[-1].region and not made.in_which:
        finding.region = made.earlier[-1].region
    if made.in_which and part is not None and not finding.region and not part.region.startswith("+"):
        finding.region = part.region
    noun = re.sub(r"的(?:要求|目标|任务|标准|计划)$", "", noun)
    text = f"{verb}{noun}"
    if family == MONEY and not words.MONEY_NOUN.search(text):
        text += "资金"
    text = re.sub(r"^增加", "新增", text)
    if not text:
        return None
    finding.name = _short(text)
    finding.subject = noun
    return _counted(made, q, finding)


def _counted(made: _Made, q: Quantity, finding: Finding) -> Finding:
    if q.family == COUNT:
        if finding.name and not re.search(r"(?:数|人次|次数|规模|班额|总量|招生|在校生|在园幼儿|均)$", finding.name):
            finding.name += {"期": "期数", "次": "次数", "人次": "人次", "场": "场数"}.get(q.unit.split("/")[0], "数")
    elif q.family == TIME and finding.name:
        unit = q.unit.split("/")[0]
        word = (
            "学时"
            if unit == "学时"
            else "课时"
            if unit == "课时"
            else "时间"
            if unit in ("小时", "分钟")
            else "天数"
            if unit.endswith(("天", "日"))
            else ""
        )
        if word and word not in finding.name[-4:]:
            finding.name += word
    elif q.family == AREA and not re.search(r"面积$", finding.name):
        finding.name += "面积" if q.unit.endswith(("平方米", "亩", "公顷", "平方公里")) else ""
    makes = (
        bool(finding.verb)
        or (made.how == "" and bool(words.MADE.search(finding.name)))
        or bool(re.search(r"(?:增加|新增|招生|招聘|补充|培训)数?$", finding.name))
    )
    if (
        q.family in (COUNT, AREA)
        and makes
        and finding.comparator in ("", ">=", "=", ">")
        and made.how not in ("to", "exact")
    ):
        if (
            finding.comparator == ">="
            and not finding.verb
            and made.how == "at_least"
            and made.predicate in ("达到", "达", "保持", "保持在", "稳定在")
        ):
            pass
        else:
            finding.comparator = "add"
    if not finding.comparator:
        finding.comparator = "="
    if made.per and "/" not in finding.unit:
        finding.unit += _per_unit(made.per)
    made.state.total = finding
    if q.family == COUNT:
        made.state.head = finding
    elif words.MONEY_NOUN.search(finding.name):
        made.state.metric = finding.name
    return finding


_NOMINAL = re.compile(r"(?:招生|招聘|培训|轮训|交流|轮岗|招录|转岗|支教)$")
"""Verbs that name what is counted as well."""
_QUOTA = re.compile(r"名额|指标|任务|计划|分配|安排|数(?:量)?(?:为|如下|分别)|如下")


def _quota(made: _Made) -> str:
    """What a list of places with numbers shares out, from the clause before: 招聘教师任务分别为:A县120名."""
    clause = made.state.clause
    if _QUOTA.search(clause) is None:
        return ""
    what = re.sub(r"(?:具体|如下|分别|分解|分配|安排|下达|情况|为|是|的|将)+", "", clean(re.sub(r"^各[县市区校]+", "", clause))[0])
    return what[-16:] or "名额"


_SIZE = re.compile(r"(?:面积|规模|总数|总量|人数|数量|学位数|学校数|班数|幼儿数|教师数|学生数|学位)$")
"""What a number alone may stand behind: 总建筑面积5.86万平方米."""


def _per_unit(per: str) -> str:
    found = re.findall(r"百名学生|学年|学期|学位|年|月|周|天|日|生|人|班|校|园|次|季度", per)
    return "/" + "·".join(dict.fromkeys(found)) if found else ""


_ACTOR = re.compile(
    rf"^(?:[省市县区]本?级(?:财政)?|[省市县区]、[县市区]|各?级?财政(?:部门)?|(?:各)?(?:中小)?学校|[省市县区]?教育(?:局|厅|行政部门)|[省市县区]直部门)(?=(?:{words.MAKE}))"
)


def _same_kind(a: str, b: str) -> bool:
    strip = str.maketrans("", "", "万亿千")
    x, y = a.split("/")[0].translate(strip), b.split("/")[0].translate(strip)
    return x == y or {x, y} <= {"名", "人", "位"}


def _counts_alike(a: str, b: str) -> bool:
    """个 counts what 所, 家 and 处 count."""
    return _same_kind(a, b) or ("个" in (a, b) and {a, b} <= {"个", "所", "家", "处", "座", "间"})


def _members(subject: str, made: _Made) -> list[str]:
    """The subjects a shared value is for, each with the shared tail: 教师、校干年交流比例 give two."""
    text, counted = re.subn(r"[一二两三四五六七八九十\d]+(?:[项个大]指标|个)$", "", clean(subject)[0])
    each = bool(_EACH_LIST.search(made.run.left)) or counted > 0
    if made.in_which and not each:
        return []  # 其中A、B比例 is one share
    if re.search(r"(?:生|师|人员|学校|幼儿|儿童)中(?![小学职考等])|与.*(?:合作|共建|联合|结对|对接)", text):
        return []
    if "、" not in text and not each:
        return []
    text = re.sub(r"(?:均|都|各|分别|全部)$", "", text)
    parts = [
        part
        for part in re.split(
            r"[、]|(?<!公)和|以及|(?<=[\u4e00-\u9fff])及(?!以|其)|与(?!学生|幼儿|在园|公务|教职|中职|中等)", text
        )
        if part
    ]
    if not 2 <= len(parts) <= 8 or any(_WAY_IN.search(part) for part in parts[:-1]):
        return []
    standing = re.compile(rf"(?:{words.CLASS_NOUN})$")
    if _EACH_ONE.search(made.run.left):
        return parts if all(1 < len(part) <= 12 for part in parts) else []
    if not each and not all(standing.search(part) for part in parts[:-1]):
        return []
    if each and not all(standing.search(part) or words.IS_STAGE.fullmatch(part) for part in parts[:-1]):
        return []
    return _shared_tail(parts)


_WAY_IN = re.compile(r"[\u4e00-\u9fff]{2}(?:到|向|对(?!口)|与|占)[\u4e00-\u9fff]{2}")
"""A member that is a clause of its own: 教师到乡村学校, 薄弱学校交流."""


def _shared_tail(parts: list[str]) -> list[str]:
    """Members with what only the last one prints: 小学, 初中辍学率 become 小学辍学率, 初中辍学率; likewise a shared head."""
    last = parts[-1]
    if (
        all(words.RATE_NOUN.search(p) or words.LEVEL_NOUN.search(p) for p in parts[:-1])
        and not all(re.search(rf"(?:{words.CLASS_NOUN})$", p) and not words.RATE_NOUN.search(p) for p in parts[:-1])
        and not all(re.search(r"(?:面积|金额|项目)$", p) for p in parts[:-1])
    ):
        return parts
    tail = ""
    stage = re.match(rf"(?:.{{0,4}}?)(?:{words.STAGE})(?:阶段)?", last)
    if stage and any(re.fullmatch(rf".{{0,6}}(?:{words.STAGE})", p) for p in parts[:-1]):
        tail = last[stage.end() :]
    if not tail:
        head = re.match(rf"(.*?(?:{words.CLASS_NOUN}))(?=.)", last)
        rate = re.search(r".{2}率$|.{0,2}比例$|占比$", last)
        tail = last[head.end() :] if head else (rate[0] if rate else "")
        if tail and not (words.RATE_NOUN.search(tail) or words.LEVEL_NOUN.search(tail)):
            tail = rate[0] if rate else ""
    opening = ""
    if found := re.match(rf"(公办|民办|农村|城区|城镇|全市|乡镇)(?=.*(?:{words.STAGE}))", parts[0]):
        opening = (
            found[0] if not parts[-1].startswith(found[0]) and re.fullmatch(rf"(?:{words.STAGE}).*", parts[-1]) else ""
        )
    return [p + tail for p in parts[:-1]] + [opening + last]


def _many(made: _Made, subject: str, listed_time: list[Time]) -> list[Finding]:
    """Several numbers in a run: one for each time, place or subject named before, or for each finding of the clause before."""
    items, state = made.run.items, made.state
    count = len(items)
    after = made.run.after
    if len(state.bases) == count and not clean(re.sub("分别$", "", _trim(subject)))[0]:
        bases, state.bases = state.bases, []
        risen = []
        for q, (name, base, year) in zip(items, bases, strict=True):
            finding = _named(made, q, name, "", after)
            if finding is not None:
                finding.baseline, finding.baseline_year = base.value, year
                risen.append(finding)
        return risen
    subject = re.sub(r"(?:分别|依次|各自|各)$", "", _trim(subject))
    split = subject.split("分别", 1)
    head, verb_tail = (split[0], split[1]) if len(split) == 2 else (subject, "")
    out: list[Finding] = []
    if listed_time:
        name, region = clean(subject)
        for q, time in zip(items, listed_time, strict=True):
            finding = _named(made, q, name or verb_tail, region, after)
            if finding is not None:
                finding.time = time
                out.append(finding)
        return out
    regions, rest = places.opening(head)
    if len(regions) == count:
        verb_tail = verb_tail or rest
        if verb_tail != rest and rest:
            verb_tail = rest + verb_tail
    lone = head.split("、")
    if len(regions) != count and len(lone) == count and any(places.is_place(p) for p in lone):
        regions = lone
    if not regions and not head and len(state.regions) == count and count > 1:
        regions = state.regions
    if len(regions) == count:
        state.regions = regions
        for q, region in zip(items, regions, strict=True):
            finding = _named(made, q, clean(verb_tail)[0], "", after)
            if finding is not None:
                finding.region = region
                out.append(finding)
        return out
    parts = [p for p in re.split(r"、|以及|和|与(?!学生)|(?<!以)及(?!以|其)", head) if p]
    if len(parts) == count and all(_SCHOOL.search(p) and not words.IS_STAGE.fullmatch(p) for p in parts):
        for q, part in zip(items, parts, strict=True):
            finding = _named(made, q, clean(verb_tail)[0], "", after)
            if finding is not None:
                finding.region = f"·{part}"
                out.append(finding)
        return out
    if len(parts) > count and count > 1:
        parts = _regroup(head, count)
    if len(parts) == count:
        region = clean(head)[1]
        if (staged := _STAGE_LAST.match(parts[0])) and all(words.IS_STAGE.fullmatch(p) for p in parts[1:]):
            parts = [staged["stage"], *parts[1:]]
            state.metric = clean(staged["what"])[0]
        names = _shared_tail([clean(p)[0] if i == 0 else p for i, p in enumerate(parts)])
        for q, part in zip(items, names, strict=True):
            name = clean(part)[0]
            if words.IS_STAGE.fullmatch(name) and state.metric:
                name = with_head(name, state.metric)
            finding = _named(made, q, name + ("" if q.family in (RATE, RATIO) else verb_tail), region, after)
            if finding is not None:
                if (
                    made.in_which
                    and not finding.verb
                    and state.head is not None
                    and state.head.verb
                    and q.family == COUNT
                    and finding is not state.head
                ):
                    finding.verb = ""
                out.append(finding)
        return out
    before = (made.earlier or state.last)[-count:]
    if (
        len(before) != count
        and len(state.recent) >= count
        and all(_same_kind(f.unit, q.unit) for f, q in zip(state.recent[-count:], items, strict=True))
    ):
        before = state.recent[-count:]
    if len(before) == count and (not clean(head)[0] or len(clean(head)[0]) < 3 or "分别" in made.run.left):
        fresh = []
        for q, old in zip(items, before, strict=True):
            a, b = made.s.span(made.begin, made.stop)
            fresh.append(
                replace(
                    old, start=a, end=b, place=made.s.at[q.start], value=q.value, value_high=q.high, unit=q.unit,
                    comparator=_comparator(made, q, items[-1].suffix) or old.comparator, time=None, baseline="", baseline_year="",
                    kind="redacted" if q.hidden else "explicit", notes=list(old.notes), past=False, recurs="",
                )
            )  # fmt: skip
        return fresh
    name, region = clean(head)
    name = name or state.metric
    if count == 1 or name:
        for q in items:
            finding = _named(made, q, name + verb_tail, region, after)
            if finding is not None:
                finding.doubted("并列数值与对象个数不等 / as many values as subjects were not found", 0.3)
                out.append(finding)
    return out


_SCHOOL = re.compile(
    r"(?:[一二三四五六七八九十]中|[一二三四五六七八九十]小|中学|小学|学校|学院|大学|幼儿园|职高|职中|附中|附小|中专|[职卫农技体艺警商师]校)$"
)


def is_school(name: str) -> bool:
    """A name of one school: 信州职校, 第一中学, not a stage like 小学."""
    return _SCHOOL.search(name) is not None and len(name) > 2 and not words.IS_STAGE.fullmatch(name)


def _regroup(head: str, count: int) -> list[str]:
    """Subjects parted by 、 where 和 stands inside one of them."""
    parts = [p for p in re.split(r"、", head) if p]
    return parts if len(parts) == count else []


_SIZED = re.compile(r"(?:幼儿园|小学|中学|高中|学校|学院|校区|园区|分园|分校|校|园|中心|基地|楼|馆|食堂|餐厅|公寓|宿舍|项目|工程)$")


def _sizes(inner: Sentence, owner: str, state: State) -> list[Finding]:
    """A named project and in brackets how large it will be: 新建县第三幼儿园(12个班、学位360个)."""
    name, region = clean(owner)
    verb = words.MADE_FIRST.match(name)
    if verb is None or _SIZED.search(name) is None:
        return []
    project, found, end = name[verb.end() :], [], 0
    tense = state.tense.running
    for q in quantities.find(inner.text):
        before = re.split(r"[,，、]", inner.text[end : q.start])[-1]
        after = re.match(r"学位|班|教室|床位", inner.text[q.end :])
        end = q.end + (after.end() if after else 0)
        noun = clean(_trim(before))[0] or (after[0] if after else "")
        if q.family not in (COUNT, AREA, MONEY) or q.unit.startswith(("号", "期")):
            continue
        noun = noun or ("班" if q.unit == "个班" else {AREA: "面积", MONEY: "投资"}.get(q.family, ""))
        if not noun:
            continue
        a, b = inner.span(0, len(inner.text))
        finding = Finding(a, b, inner.at[q.start], _short(project + noun + ("数" if q.family == COUNT else "")), "=", q.value, q.high, q.unit,
                          "redacted" if q.hidden else "explicit", subject=project, region="" if region == "全" else region,
                          family=q.family, time=_ahead(state.time, state.plan), speaker=state.speaker)  # fmt: skip
        finding.comparator = "range" if q.high else _of_suffix(q.suffix) or "="
        finding.past = tense in (facts.PAST, facts.FORECAST)
        found.append(finding)
    return found


def _aside(text: str, s: Sentence, where: int, a: int, b: int, found: list[Finding], state: State) -> list[Finding]:
    """A bracket: a breakdown of the number before it, or the figure it starts from."""
    inner = sentence(text, a, b)
    before = [f for f in found if f.place < a]
    head = before[-1] if before else None
    if head is not None and re.match(
        rf"(?:以?{periods.YEAR}年|上年|现状|基期|目前)[^,，]{{0,8}}?(?:为|达到|达|是)?\d", inner.text
    ):
        number = quantities.find(inner.text)
        level = [q for q in number if q.family == head.family]
        if level and not head.baseline:
            year = re.search(periods.YEAR, inner.text)
            head.baseline = level[-1].value
            head.baseline_year = str(periods.year_of(year[0])) if year else ""
        return []
    owner = re.split(r"[,，;；:：]", s.text[:where])[-1]
    if head is None or head.place < s.at[where - len(owner)] if owner else False:
        return _sizes(inner, owner, state)
    if head is None or head.family not in (COUNT, MONEY, RATE, AREA):
        return []
    kept = (state.total, state.head, state.last, state.time, list(state.recent))
    state.total, state.head, state.last = head, head, [head]
    kept_whole = state.whole
    if opening := re.match(r"(?:包?含|包括|其中包括)", inner.text):
        cut = opening.end()
        inner = Sentence(inner.text[cut:], inner.at[cut:], inner.start, inner.end, inner.asides)
    if not inner.text.startswith("其中"):
        inner = Sentence(
            "其中" + inner.text, [inner.at[0]] * 2 + inner.at if inner.at else [], inner.start, inner.end, inner.asides
        )
    out = _sentence(inner, state)
    state.total, state.head, state.last, state.time, state.recent = kept
    state.whole = kept_whole
    for finding in out:
        finding.past = head.past
        if finding.time is None or finding.time is kept[3]:
            finding.time = head.time
        finding.recurs = finding.recurs or head.recurs
    return out
