"""Clauses to findings: which numbers of a sentence are targets, of what, for whom, until when.

The grammar goes clause by clause. A run of numbers (92%、95.3%、92%以上) is read with the words on its left: a predicate
(达到, 控制在) or a verb of making (新建), before it the subject, before that place and time. What a clause leaves out
(subject, verb, place) comes from the clause before. A time holds for its clause; for the sentences behind it only where
it opens them or stands alone before any number, and not where the sentence walks through several years. Implied targets are in `implied`, tables in `tables`.
"""

import re
from dataclasses import replace
from itertools import pairwise

from dagster_project.extraction import facts, implied, periods, places, quantities, words
from dagster_project.extraction.finding import Finding, State
from dagster_project.extraction.measures import bound_of
from dagster_project.extraction.periods import Time
from dagster_project.extraction.quantities import AREA, COEFFICIENT, COUNT, MONEY, RATE, RATIO, TIMES, Quantity
from dagster_project.extraction.runs import ahead, read_run, runs_of
from dagster_project.extraction.statements import Sentence, sentence
from dagster_project.extraction.subjects import clean, short, trim, without_times

_MARK = re.compile(r"\d{1,2}[.、](?!\d)|[①-⑳]")
"""An item's number, which is none of its own."""
_COMMA = re.compile(r"[,，:：]")
_QUOTE = re.compile(r"[“\"「‘][^”\"」’]{1,24}[”\"」’]")
_TITLE = re.compile(r"《[^》]{1,80}》")
_FROM = re.compile(r"(?:由|从|在现有|在)(?P<who>[^由从,，]{0,16}?)(?:的|为)?$")
_RISEN = re.compile(
    rf"^(?:左右|以上)?(?:的(?:基础上)?)?[^,，、]{{0,6}}?(?:{words.any_of(*(f'{v}{t}' for v in (words.RISE + '|' + words.FALL + '|调整|改善').split('|') for t in ('到', '至', '为')))})"
)
_TURNED = re.compile(
    r"^(?:左右|以上|余)?(?:的(?:基础上)?)?[^,，、\d]{0,10}?[\u4e00-\u9fff](?:到|至|为|成)(?=[^,，、\d]{0,6}$)"
)
_GROUND = re.compile(r"(?:力争|争取|确保)?在(?P<what>[^,，]{4,40}?)(?:达到|达|为)?$")
_DEFINES_RATE = re.compile(
    r"(?:[^,，、\d的]{0,6})的[^,，]{0,8}(?:比例|占比|比重)(?:要|应|均|都|力争)*(?:达|不低|保持|提|控制|占|稳)"
)
_ANOTHER_YEAR = re.compile(rf"[、和]{periods.YEAR}年(?:底|末)?的?")
_ON_BASIS = re.compile(r"在(?:现有|原有|现行|目前|原来|现在)?(?:的)?$")
_RISES_NEXT = re.compile(
    rf"(?:分别|均|再)?(?:{words.any_of(*(f'{v}{t}' for v in (words.RISE + '|' + words.FALL).split('|') for t in ('到', '至', '为')))})"
)
_CLASS_SIZE = re.compile(
    r"^(?:及以上|及其以上)?(?:的)?[^,，、]{0,10}?(?:大班额|超大班|大班|班额|大班级|大校额|特大|班级)"
)
_DEFINED = re.compile(
    r"^(?:以上|以下|以内)?的[^,，、\d]{0,4}?(?:行政村|自然村|村|学校|县|县区|乡镇|镇|社区|小区|班级|幼儿园|企业|地区|教学点|教师可|应当|可)"
)
_DEFINES = re.compile(r"(?:不足|未满|少于|不满|超过|满|超出|低于|高于|达到)$")
# 22所学校全部完成改造: the number is the set's, what is asked is all of it.
_IS_SET = re.compile(r"[^,，、\d率比]{1,14}?(?:全部|全都)(?!的|通过)[^,，、\d]{2,}$|[^,，、\d]{1,14}人均")
_ALL_OF_IT = re.compile(
    r"[,，](?:到|于|在|要|须|必须|确保|力争|争取|年内|[春秋]季学期|开学|结束|年?底|月|前|\d{1,2}|\d{4}年)*全部[^,，、\d]{2,12}(?=[,，]|$)"
)
_PENALTY = re.compile(r"扣减|扣除|扣分|罚款|处罚|追究|核减|约谈")


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
    state.time, state.recurs, state.told = state.held_time, "", False
    state.clause, state.clause_held, state.listed_times, state.bases, state.onward = "", False, [], [], None
    state.ground, state.project = ("", ""), ""
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
    held = state.held_time
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
                in_which, state.whole = True, _whole_of([q for q in numbers if q.start >= begin], t, state)
            found += _clause(s, begin, stop, [q for q in numbers if begin <= q.start < stop],
                             [x for x in times if begin <= x.start < stop], state, in_which)  # fmt: skip
        begin = stop + 1
    if len({f.time.last for f in found if f.time is not None and f.time.kind == "year"}) > 1:
        state.held_time = held  # a path of years leaves none of them behind
    return _dated_behind(_with_purpose(t, found))


_COUNTED = re.compile(r"[\dXx×*＊]|[一二两三四五六七八九十百千万]{2,}|[一二两三四五六七八九十][所个名栋间项]")
_EACH_OF = re.compile(
    r"(?P<count>[一二两三四五六七八九十\d]+)个?(?:县市区|县区|县|区|乡镇|镇|乡|街道|村|社区|学校|校|园)各(?:自)?(?:[^,，、\d]{0,6})$"
)


def _whole_of(parts: list[Quantity], t: str, state: State) -> Finding | None:
    """What 其中 takes apart: of the counts said before, the one its parts add up to, else the last."""
    same = [q for q in parts if q.family == COUNT and q.unit == parts[0].unit and q.value and not q.high]
    if len(same) < 2 or state.total is None:
        return state.total
    total = 0.0
    for q in same:
        each = _EACH_OF.search(t, max(0, q.start - 24), q.start)
        total += float(q.value) * float((each and quantities.numeral(each["count"])) or 1)
    fits = [f for f in state.recent[-6:] if f.family == COUNT and f.value and _plain_value(f) == total and f.noun]
    return fits[-1] if fits else state.total


def _plain_value(f: Finding) -> float:
    try:
        return float(f.value)
    except ValueError:
        return -1.0


_BARE_SUM = re.compile(
    r"(?:(?:总|计划|累计|安排|共|概算|估算|预计|完成)*(?:投资|投入|资金|经费|金额)){1,2}(?:资金|额)?"
)
_MADE_OF_IT = re.compile(
    rf"[,，](?:将?主要)?(?:用于)?(?P<what>(?:{words.MAKE})(?:第[一二三四五六七八九十]+|[^,，\dXx×*＊一二两三四五六七八九十百]){{2,18}})(?=[,，]|$)"
)
"""投资1.2亿元,新建县第四小学: what a sum is for, where no number goes with it."""


_PROJECT = re.compile(rf"(?:\d{{1,2}}[.、])?(?P<what>(?:{words.MAKE})[^,，。、\dXx×*＊]{{3,18}})[,，]")
"""A sentence that opens with the one thing it makes."""


def _with_purpose(t: str, found: list[Finding]) -> list[Finding]:
    """新建教学楼1栋,投资800万元: a bare sum is for what the sentence makes."""
    if not any(f.family == MONEY for f in found):
        return found
    project = _PROJECT.match(t)
    for i, finding in enumerate(found):
        if finding.family == MONEY and _BARE_SUM.fullmatch(finding.name):
            near = [f for f in reversed(found[:i]) if f.family == COUNT and f.verb and not f.noun.endswith("规模")][
                :1
            ] or [f for f in found[i + 1 :] if f.family != MONEY][:1]
            near = [f for f in near if f.verb]
            if "总" in finding.name or "概算" in finding.name:  # all of the sentence's, named by what it opens with
                near = [f for f in found if f.verb and f.family != MONEY][:1]
            what = project["what"] if project else f"{near[0].verb}{near[0].noun}" if near else ""
            if what:
                finding.subject = what
                finding.name = short(
                    f"{finding.subject}{'总投资' if '总投资' in finding.name else '资金' if finding.name == '资金' else '投资' if '投资' in finding.name else '投入'}"
                )
    return found


def _dated_behind(found: list[Finding]) -> list[Finding]:
    """新增学位800个,两年内建成: a last clause that only says when is the time of what stands before it."""
    if (
        len(found) < 2
        or found[-1].value
        or not (found[-2].value or found[-2].kind == "redacted")
        or found[-1].comparator != "<="
        or found[-1].subject
    ):
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
    if q.family == COUNT and (
        ("、" in t[: q.start] and _counts_list(q, t)) or _EACH_OF_SET.match(t, q.start + len(_digits(t, q)))
    ):
        return False
    if q.numeral and places.is_known(t[q.start : q.start + 8]):  # 三台县, 五河县
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
    if unit in ("岁", "周岁") and re.search(r"平均年龄[^,，]{0,8}$", t[max(0, q.start - 16) : q.start]):
        return True
    if unit.startswith(("岁", "周岁", "级", "档", "部", "块钱")) or (
        unit in ("类", "批", "届", "分", "轮")
        and not q.suffix
        and not re.search(words.AT_LEAST + "|" + words.AT_MOST, before[-6:])
    ):
        return False
    if re.search(r"(?:第|专栏|附件|附表|图|表|每|No\.?)$", before) and unit not in ("%", "‰", "元"):
        return False
    if unit == "本" and re.match(r"[及以]|上线|率|批|线", after):
        return False  # 一本上线人数
    if re.search(r"(?:上述|这)$", before) and q.family == COUNT:
        return False  # said before
    if unit in ("位", "名") and re.search(r"(?:前|后|排名|名列)$", before):
        return False
    if q.family == TIMES and unit == "倍" and not re.search(r"增|提高|扩大|达到|翻|的$", before):
        return False
    if q.family == COEFFICIENT:
        return re.search(r"系数|指数", t[max(0, q.start - 60) : q.start]) is not None
    if re.match(
        r"个?(?:县|市|区|旗|乡镇|乡|镇|街道|村|社区|学校|单位|校区)[^,，、\d]{0,3}(?:各|均|都|每|分别)",
        t[q.start + len(_digits(t, q)) :],
    ):
        return False  # 其余4个镇各1所 counts the places that get one each
    if unit in ("县", "区", "市", "镇", "县区", "个县", "地", "校", "园") and re.match(r"各|都|均|每", after):
        return False
    if q.family == COUNT and unit.startswith(("人", "名", "个班", "班", "万人")):
        if _CLASS_SIZE.match(after) or _CLASS_SIZE.match(q.suffix + after):
            return False
        if _DEFINED.match(after) and (_DEFINES.search(before) or q.suffix):
            return False
        if (
            re.match(r"口", after)
            or re.search(r"(?:不足|未满|每)$", before)
            or (re.search(r"(?<!分别)按$", before) and not re.match(r"[、,和]\d|安排|下达|组织|执行", after))
        ):
            return False
    if unit in ("期", "批") and q.numeral and not (q.suffix or re.search(words.AT_LEAST, before[-6:])):
        return False
    if unit == "年" and not re.search(r"年限|年数", t[max(0, q.start - 40) : q.start]):
        return (
            re.search(
                rf"(?:期|期限|时间|时长)(?:应|须|要|均|原则上)*(?:{words.AT_LEAST}|{words.AT_MOST})$",
                t[max(0, q.start - 20) : q.start],
            )
            is not None
        )
    if unit.startswith(("天", "个月", "个工作日", "工作日")) and not re.search(words.AT_LEAST, before):
        return False
    if unit == "学分" and re.search(r"每\d+个?(?:学时|课时|小时)[^,，]{0,4}$", before):
        return False  # a rate of exchange
    return not (q.family == RATIO and not re.search(r"比|师", t[max(0, q.start - 60) : q.start] + after[:4]))


def _counts_list(q: Quantity, t: str) -> bool:
    """富港花园、御景湾、碧水豪庭3个小区分别提供…: the number counts the names before it, others are what is asked."""
    digits = _digits(t, q)
    listed = re.search(
        r"(?:^|[,，;；:：]|其中|对|在)(?P<names>[^,，;；:：\d]{2,60})$", t[max(0, q.start - 62) : q.start]
    )
    kind = re.match(
        r"个?(?:民族自治县|自治县|县|市|区|旗|乡镇|乡|镇|街道|村|社区|小区|学校|校区|单位|[\u4e00-\u9fff]{0,6}市)",
        t[q.start + len(digits) :],
    )
    if listed is None or kind is None or quantities.numeral(digits) != len(re.split(r"[、和与及]", listed["names"])):
        return False
    rest = t[q.start + len(digits) + kind.end() :]
    return bool(re.match(r"(?:各|分别|每|均|都|的)|[^,，;；]{0,24}分别", rest))


_EACH_OF_SET = re.compile(
    r"[所个名]?[^,，、\d]{1,6}?(?:各|均|都|每[人班校园]|分别|人均|(?<=[校园点所县区师生])中)(?=[^,，]*(?:\d|[一二三四五六七八九十]+[所个名人]))|(?:项|个|大)指标"
)


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
_BOUNDS = re.compile(
    r"(?:(?<!不)(?<!得)(?<!应)(?<!能)(?:低于|少于|超过|多于|高于|大于)|不足|未达到?|达不到|不到|不满|未满|满|突破|超出|达到|在)$"
)


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
        if not clean(trim(_BOUNDS.sub("", left)))[0]:
            return False
    return _FOLLOWS.match(t, q.end) is not None


def _clause(
    s: Sentence, begin: int, stop: int, numbers: list[Quantity], times: list[Time], state: State, in_which: bool
) -> list[Finding]:
    t = s.text
    clause = t[begin:stop]
    own_times = [x for x in times if not _is_baseline_time(t, x, numbers)]
    if state.plan.work_year is None and state.time is not None and state.time.kind in ("year", "this", "month"):
        own_times = [_in_running_year(x, state.time.last) for x in own_times]
    tense = state.tense.feed(clause, own_times)
    if _PENALTY.search(clause):
        numbers = []
    if (
        len(numbers) == 1
        and numbers[0].family == COUNT
        and not words.MADE.search(t[begin : numbers[0].start])
        and _ALL_OF_IT.match(t, stop)
    ):
        numbers = []  # 剩余的37个班级,年内全部消化
    numbers = [q for q in numbers if not _is_condition(q, t, begin, stop) and not _IS_SET.match(t[q.end : stop])]
    recurs = next((x.words for x in own_times if x.kind == "each"), "")
    dated = [x for x in own_times if x.kind not in ("each", "base", "gone")]
    if dated and (not numbers or dated[0].start < numbers[0].start):
        if dated[-1].kind == "within" and state.time is not None and state.time.kind == "year" and state.time.until:
            pass  # 到2025年,…三年内: the year stays
        else:
            chosen = dated[0] if len(dated) > 1 and numbers and dated[-1].start > numbers[0].start else dated[-1]
            several = len(dated) > 1 and any(len(dated) == len(run.items) for run in runs_of(t, begin, stop, numbers))
            if several:
                pass  # a list of years belongs to its own list of numbers
            elif chosen.kind == "from":
                state.onward = chosen
            elif not (in_which and clause.startswith("其中")):
                state.time = chosen
            if _outlives(chosen, begin, stop, state):
                state.held_time = chosen
        state.recurs = ""
    if recurs:
        state.recurs = recurs
    runs = runs_of(t, begin, stop, numbers)
    found: list[Finding] = []
    base_items: list[Quantity] = []
    base_year = ""
    carried_left = ""
    for low, high in pairwise(runs):
        if _FLOOR_LAST.search(low.left) and _CEILING.fullmatch(high.left) and len(low.items) == len(high.items) == 1:
            # 不低于500元、不超过1000元 are the two ends of one range.
            high.items = [replace(low.items[0], high=high.items[0].value, end=high.items[0].end)]
            high.left, high.left_start, low.items = low.left, low.left_start, []
    runs = [run for run in runs if run.items]
    for i, run in enumerate(runs):
        if (
            i + 1 == len(runs)
            and not found
            and (ground := _GROUND.match(run.left))
            and re.match(r"的?基础上", run.after)
        ):
            # 在2020年公办园占比48%的基础上: the start of what the next clause asks for.
            state.metric = clean(re.sub(rf"^{periods.YEAR}年(?:底|末)?(?:的)?", "", ground["what"]))[0]
            years = [x for x in times if x.start < run.items[0].start and x.last]
            state.ground = (run.items[0].value, str(years[-1].last) if years else "")
            return []
        if i + 1 < len(runs) and _DEFINES_RATE.match(
            runs[i + 1].left
        ):  # 培训不少于90学时的比例: the number names the rate
            runs[i + 1].left = run.left + t[run.items[0].start : run.items[-1].end] + runs[i + 1].left
            runs[i + 1].left_start = run.left_start
            continue
        following = runs[i + 1] if i + 1 < len(runs) else None
        origin = _FROM.search(run.left)
        if following and origin and _ANOTHER_YEAR.fullmatch(following.left):
            carried_left = run.left[: origin.start()]  # 由2020年的90%、2021年的92%提高到: the last one is the start
            continue
        if (
            following
            and (origin or carried_left == "" or _is_base_year(run.left))
            and (_RISEN.match(following.left) or (origin and _TURNED.match(following.left)))
            and (origin or _is_base_year(run.left))
        ):
            base_items = run.items
            if _RISEN.match(following.left) is None:  # 由223所整合到150所: the values say which way
                following.left = _TURNED.sub(_way(run.items[-1], following.items[-1]), following.left, count=1)
            years = [x for x in times if run.left_start <= x.start < run.items[0].start and x.last]
            base_year = str(years[-1].last) if years else ""
            if origin or not carried_left:
                start_words = run.left[: origin.start()] if origin else run.left
                start_words = without_times(start_words, run.left_start, times)
                carried_left = re.sub(r"^[^,，]{0,4}(?:年内|年时间)", "", start_words)
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
            who = clean(re.sub(r"^[、和与及]", "", without_times(run.left[: origin.start()], run.left_start, times)))[0]
            state.bases = [*state.bases, (who, run.items[-1], str(years[-1].last) if years else "")]
            continue
        left = carried_left + run.left if carried_left else run.left
        part = read_run(
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
    if found and state.ground[0]:
        found[0].baseline, found[0].baseline_year = state.ground
        state.ground = ("", "")
    if found:
        state.last, state.told = found, True
        state.recent = (state.recent + found)[-40:]
    if (
        found
        and found[-1].family == MONEY
        and (what := _MADE_OF_IT.match(t, stop))
        and _BARE_SUM.fullmatch(found[-1].name)
    ):
        found[-1].subject = what["what"]
        found[-1].name = short(f"{what['what']}投资")
    if found:
        state.doing = ""
    if not runs:
        doing = clean(without_times(clause, begin, times))[0]
        state.doing = doing if len(doing) <= 20 and words.MADE_FIRST.match(doing) and not _COUNTED.search(doing) else ""
        if state.doing and _BUILDING.search(state.doing):
            state.project = words.MADE_FIRST.sub("", state.doing, count=1)
        listed = _subject_of(clause, times, begin)
        if listed:
            state.metric = listed
        if topic := _TOPIC.match(clause):
            state.topic = re.sub(r"^(?:新增|认定)的", "", clean(topic["who"] or topic["of"])[0]) + (topic["aid"] or "")
    elif not found and t[stop : stop + 1] in (":", "："):  # 为2万名学生补助伙食费:小学…
        state.metric = _subject_of(t[runs[-1].items[-1].end : stop], [], 0) or state.metric
    state.clause, state.clause_held = without_times(clause, begin, times), bool(found)
    if not runs:
        state.listed_times = [x for x in times if x.kind == "year"] or state.listed_times
    if ("、" in clause or "和" in clause) and (regions := places.lists(state.clause) or places.members(state.clause)):
        state.regions = regions
        state.region = "、".join(regions) if len(regions) == 1 else ""
    return found


_TOPIC = re.compile(
    r"对(?:于)?(?P<who>[^,，]{2,16}?)(?:$|(?:按[^,，]{2,10})?(?:实行|给予|实施|提供|发放|予以)[^,，]{0,4}(?P<aid>资助|补助|奖补|奖励|补贴|减免))|(?P<of>[^,，]{2,16})中$"
)
"""Whom the numbers that follow are for: 对孤儿实行资助, 新增的学位中."""


def _in_running_year(x: Time, year: int | None) -> Time:
    """当年, 年底前 in a plan of several years mean the year the text speaks of."""
    if x.kind not in ("this", "month") or x.words[:1] in "今本" or year is None:
        return x
    return replace(
        x,
        first=year,
        last=year,
        deadline=f"{year}{x.deadline[4:]}" if x.deadline else "" if x.kind == "this" else x.deadline,
    )


def _outlives(time: Time, begin: int, stop: int, state: State) -> bool:
    """Whether a time holds for the sentences that follow: an end or a span that opens the sentence or stands alone in
    its clause before any number does; one that dates a clause of its own, or a later one, does not."""
    opens = time.start - begin <= 4
    if time.kind in ("span", "plan", "coming", "hidden", "next"):
        return True
    if time.until:
        alone = time.end >= stop - 1
        return time.last == state.plan.last or (not state.told and opens and (begin == 0 or alone))
    return begin == 0 and time.start <= 2 and not state.recent


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
    bare = without_times(clause, begin, times)
    if re.search(r"(?:规划|方案|计划|意见|办法|行动)(?:的)?(?:通知|通告|公告|批复|函)$", bare):
        return []  # the title of a document
    found = []
    dated = [x for x in times if x.last and x.kind not in ("base", "gone")]
    for one in implied.read(bare, numbered, s.text, state.clause):
        if one.name == implied.CARRIED:
            if not state.metric and not state.last:
                continue
            name, region = state.metric or state.last[-1].name, ""
            if one.comparator == "eliminate" and not _TO_BE_NONE.search(name):
                continue
        elif one.name.startswith(implied.CARRIED):
            before = state.recent[-1] if state.recent else None
            if before is None or not (before.noun or before.family == RATE):
                continue
            rest = one.name.removeprefix(implied.CARRIED)
            name, region = before.name if before.family == RATE else before.noun + rest, ""
        elif one.comparator == "eliminate" and re.fullmatch(
            r"(?:必须|务必|要|应|须|全部|基本|存量|动态)*数?", one.name
        ):
            if state.told and state.last:
                name, region = state.last[-1].name, ""
                one = replace(one, unit=state.last[-1].unit)
            else:
                name, region = clean(implied.gone_in(state.clause) or state.metric)
        else:
            name, region = clean(one.name)
        name = _trim_front(name).replace("党的组织", "党组织")
        if len(re.sub(r"(?:覆盖率|比例|增长率|班级数|数)$", "", name)) < 2:
            continue
        finding = Finding(a, b, s.at[stop - 1], short(name), one.comparator, one.value, "", one.unit, one.kind,
                          subject=re.sub(r"(?:覆盖率|增长率|数)$", "", name), region="" if region == "全" else region)  # fmt: skip
        finding.time = dated[-1] if dated else ahead(state.time, state.plan)
        finding.recurs, finding.speaker = one.recurs, state.speaker
        if one.note:
            finding.notes.append(one.note)
        finding.doubt = one.doubt
        finding.past = tense in (facts.PAST, facts.FORECAST)
        found.append(finding)
    if not found and not numbered:
        ends = [
            x
            for x in times
            if (x.deadline or x.kind == "month") and (x.until or x.kind == "month" or len(x.deadline) > 4)
        ]
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
            name = re.sub(r"^(?:所有|全部|各)", "", name)
            if ready[1] < 3 and state.clause_held and state.last:
                due_before = state.last[-1].comparator == "<=" and not state.last[-1].value
                name = f"{state.last[-1].noun}{name}" if due_before else ""
            elif ready[1] < 3 and not state.clause and state.recent:
                name = f"{state.recent[-1].noun}{name}"
            finding = Finding(a, b, s.at[stop - 1], short(f"{_trim_front(name) or (state.last[-1].name if state.last else '')}时间"), "<=", kind="explicit",
                              region="" if region == "全" else region, subject=name, time=ends[-1])  # fmt: skip
            if (verb := implied.MADE_READY.search(name)) is not None:
                finding.noun = name[: verb.start()]
            finding.doubted("只有期限 / a date is all that is set", 0.2)
            finding.past = tense in (facts.PAST, facts.FORECAST)
            found.append(finding)
    return found


_TO_BE_NONE = re.compile(r"大班|班额|无证|辍学|失学|危房|隐患|事故|违规|存量|缺口|问题|近视|旱厕")


def _trim_front(name: str) -> str:
    return re.sub(r"^(?:基本|全面|的|年底前|并|至|在|以)+", "", name)


def _is_baseline_time(t: str, x: Time, numbers: list[Quantity]) -> bool:
    """2020年的43.2%, 由2020年, 比2020年: the year of what is started from."""
    if re.match(r"年?为基", t[x.end : x.end + 3]):
        return True  # 以2020年为基数
    if x.until or t[max(0, x.start - 1) : x.start] in ("到", "至"):
        return False
    if x.kind == "base" or re.search(r"(?:由|从|(?<!占)比|较|自)$", t[max(0, x.start - 2) : x.start]):
        return x.kind in ("year", "base", "span", "gone", "plan") and not re.match(r"起", t[x.end : x.end + 1])
    if re.search(r"(?:到|至|为)[^,，]*[、和]$", t[max(0, x.start - 30) : x.start]):
        return False  # 提高到2025年的70%、2035年的85%
    return (
        x.kind in ("year", "gone", "plan")
        and bool(re.match(r"的[^,，]{0,2}\d", t[x.end : x.end + 4]))
        and any(q.start > x.end for q in numbers)
    )


def _is_base_year(left: str) -> bool:
    return bool(re.search(r"(?:基础上|20\d\d年(?:的|底的?)?)$", left))


_CHANGES = re.compile(
    r"^(?:逐步|进一步|继续|严格|着力|不断|切实)*(?:降低|控制|压缩|减少|严控|缩小|规范|提高|改善)+(?=.{2})"
)


def _subject_of(clause: str, times: list[Time], begin: int) -> str:
    """The measure a clause without numbers names for those that follow: 提高生均公用经费标准."""
    if _MEASURE_WORD.search(clause) is None:
        return ""
    name = clean(_FOR_WHOM.sub("", without_times(clause, begin, times)))[0]
    name = _CHANGES.sub("", name)
    if cut := re.match(
        r"(?P<name>.{0,24}?(?:率|比例|占比|比重|比|经费|标准|补助|津贴|人数|规模))(?=也|还|逐[年步]|提高|提升|上升|下降|降低|增长|大体|稳步|不断|进一步|持续|明显|显著|按照?|由|从|实行|执行|核定|统一|要)",
        name,
    ):
        name = cut["name"]
    measure = words.RATE_NOUN.search(name) or words.LEVEL_NOUN.search(name) or name.endswith("费")
    return name if 2 <= len(name) <= 30 and measure else ""


_FOR_WHOM = re.compile(r"^(?:为|对|向)?\d[\d.]*[万余多]*(?=[名人所个])[名人所个]|每(?:[生人名月]|学?年)+")
_MEASURE_WORD = re.compile(r"[率比例费准助贴数模资入限积值额]")
_FLOOR_LAST = re.compile(rf"(?:{words.AT_LEAST})$")
_CEILING = re.compile(r"[、,，]?(?:且|并|但)?(?:最高)?(?:不超过|不高于|不多于|不得超过|不得高于)")


_BUILDING = re.compile(
    r"(?:校区|[初高]中部|小学部|分园|分校|中学|小学|幼儿园|学院|[一二三四五六七八九十\d][中小]|基地|楼|馆|项目|工程)$"
)
_SIZED = re.compile(
    r"(?:幼儿园|小学|中学|高中|学校|学院|校区|园区|分园|分校|校|园|中心|基地|楼|馆|食堂|餐厅|公寓|宿舍|项目|工程)$"
)


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
        noun = clean(trim(before))[0] or (after[0] if after else "")
        if q.family not in (COUNT, AREA, MONEY) or q.unit.startswith(("号", "期")):
            continue
        noun = noun or ("班" if q.unit == "个班" else {AREA: "面积", MONEY: "投资"}.get(q.family, ""))
        if not noun:
            continue
        a, b = inner.span(0, len(inner.text))
        finding = Finding(a, b, inner.at[q.start], short(project + noun + ("数" if q.family == COUNT else "")), "=", q.value, q.high, q.unit,
                          "redacted" if q.hidden else "explicit", subject=project, region=region if region not in ("", "全") else state.region or state.scope,
                          family=q.family, time=ahead(state.time, state.plan), speaker=state.speaker)  # fmt: skip
        finding.comparator = "range" if q.high else bound_of(q.suffix) or "="
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
