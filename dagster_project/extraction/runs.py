"""Runs of numbers: the predicate before them, and one finding for each subject, place or time they are for."""

import re
from dataclasses import replace
from functools import lru_cache

from dagster_project.extraction import periods, places, quantities, words
from dagster_project.extraction.finding import Finding, Made, Run, State
from dagster_project.extraction.measures import GRADE, STAGE_LAST, bound_of, comparator_of, joined, named, same_kind
from dagster_project.extraction.periods import Plan, Time
from dagster_project.extraction.quantities import COEFFICIENT, COUNT, MONEY, POINTS, RATE, RATIO, TIME, TIMES, Quantity
from dagster_project.extraction.statements import Sentence
from dagster_project.extraction.subjects import NUMBERING, clean, shared_tail, trim, with_head, without_times

_COMPARED = re.compile(rf"^(?:比|较|与)(?:{periods.YEAR}年(?:底|末)?|上年度?|去年|原标准)(?:相比)?")
_JOIN = re.compile(r"^[、,，和与及以至或]+$")
_PER = re.compile(
    r"(?:按|每|以)?(?:每[一百千万]?(?:名|个|位)?(?:学?生|人|班|校|园|学位|学年|学期|年|月|周|天|日|季度|次|所|期|组|场|批|点)|每[二两三半]年|生均每学?年|每学?年)+(?:每?(?:学?年|月|周|天|日))?"
)
_BASE = re.compile(r"^(?:[^,，、]{0,18}?的)?$")
_EACH_LIST = re.compile(r"(?:各自?|均|都|全部|每[县区市镇校园地所]{1,2})")
_ADVERB = re.compile(r"至少|最少|最多")
_FACT_HAVE = re.compile(r"(?:共|现|尚|仅|仍|还|已|设)有$|(?:下辖|下设|辖|还差|还缺|尚缺|缺)$")


def runs_of(t: str, begin: int, stop: int, numbers: list[Quantity]) -> list[Run]:
    runs: list[Run] = []
    for q in numbers:
        gap = t[runs[-1].items[-1].end : q.start] if runs else ""
        if runs and _JOIN.match(gap) and (gap or runs[-1].items[-1].unit == q.unit or q.family != COUNT):
            runs[-1].items.append(q)
        else:
            left_start = runs[-1].items[-1].end if runs else begin
            runs.append(Run([q], t[left_start : q.start], "", left_start))
    for run, following in zip(runs, [*runs[1:], None][: len(runs)], strict=True):
        if following is None:
            run.after = t[run.items[-1].end : stop]
            continue
        # The words between two numbers belong to the one that a joint does not part them from.
        gap = following.left
        if not gap:  # 新增4个班120个学位: each count has its own noun
            following.left = re.match(rf"(?:{words.MAKE})?", re.sub(r"^.*[、和与及,，]", "", run.left))[0]  # type: ignore[index]
            continue
        joint = max(gap.rfind(c) for c in "、和与及")
        if gap[:1] in ("、", "和", "与", "及", "以"):
            continue
        run.after = gap if joint < 0 else gap[:joint]
        if joint >= 0:
            following.left = gap[joint:]
            following.left_start += joint
    for i, run in enumerate(runs):
        grade = GRADE.fullmatch(run.after)
        if (not run.after or grade) and (
            behind := next((r for r in runs[i + 1 :] if r.after and r.items[0].unit == run.items[0].unit), None)
        ):
            run.shared = re.sub(r"^的|[、和与及]$", "", behind.after)
            if grade:  # 10个省级、30个市级实训基地
                run.after = run.after + GRADE.sub("", run.shared, count=1)
    return runs


_ALL_OF_THEM = re.compile(r"(?<=[率比例重数])等?(?:上述|以上)?[两二三四五六七八\d]+(?:项|个|类|大)(?:指标|比例|比率)$")


def read_run(
    s: Sentence, begin: int, stop: int, run: Run, left: str, times: list[Time], state: State, in_which: bool,
    earlier: list[Finding],
) -> list[Finding]:  # fmt: skip
    first, last = run.items[0], run.items[-1]
    if _FACT_HAVE.search(left) and not re.search(r"至少|不少于", left):
        return []
    in_left = [x for x in times if first.start - len(left) <= x.start < first.start]
    bare = (
        without_times(left, first.start - len(left), in_left)
        if left == run.left
        else re.sub(periods.YEAR + r"年(?:的|底)?", "", left)
    )
    run.after = re.sub(rf"(?<=.)(?:到|至)?{periods.YEAR}年(?:底|末)?(?=.)", "", run.after)
    bare = _COMPARED.sub("", NUMBERING.sub("", bare))
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
            how, subject = (
                ("at_most" if "多" in adverb[0] else "at_least"),
                bare[: adverb.start()] + bare[adverb.end() :],
            )
    subject = _ALL_OF_THEM.sub("", trim(subject))
    listed_time = (
        _times_listed(in_left, len(run.items))
        or _times_listed(state.listed_times, len(run.items))
        or _years_of(in_left[-1] if in_left else state.time, run)
    )
    made = Made(s, begin, stop, run, state, earlier, in_which, per, how, predicate[0] if predicate else "", base)
    shared_times = _times_shared(bare_left=run.left, times=in_left) if len(run.items) == 1 else []
    found = _many(made, subject, listed_time) if len(run.items) > 1 or listed_time else _one(made, subject, first)
    spelled = [x for x in in_left if x.kind not in ("each", "gone", "base")]
    if len(shared_times) > 1:
        found = [replace(f, time=x, own_time=True, notes=list(f.notes)) for f in found for x in shared_times]
    if not spelled and len(run.items) == 1:
        spelled = [x for x in times if x.kind == "year" and last.end <= x.start < last.end + len(run.after)]
    recurs = next((x.words for x in in_left if x.kind == "each"), "") or (
        per if re.search(r"每[二两三半]?学?(?:年|月|周|天|日|期)|每学期", per) else ""
    )
    whole = _OF_ALL.match(bare)
    for finding in found:
        if finding.time is None:
            onward = state.onward if not state.told or state.last[-1].family == finding.family else None
            finding.time = spelled[-1] if spelled else onward or ahead(state.time, state.plan)
            finding.own_time = bool(spelled)
        finding.recurs = (
            finding.recurs or recurs or (state.recurs if not spelled and finding.family in (COUNT, MONEY, TIME) else "")
        )
        finding.speaker = state.speaker or (whole.lastgroup if whole and not finding.region else "") or ""
        finding.region = finding.region or state.scope
        if last.suffix and not finding.comparator:
            finding.comparator = bound_of(last.suffix)
    return [f for f in found if f.name or f.value]


def _times_shared(bare_left: str, times: list[Time]) -> list[Time]:
    """2014年、2015年、2016年各10所: years that get the same number each."""
    dated = [x for x in times if x.kind == "year"]
    return dated if len(dated) > 1 and re.search(r"(?:各|均|都|每年)(?:为|达到?|不[少低]于)?$", bare_left) else []


def ahead(time: Time | None, plan: Plan) -> Time | None:
    """A time said before, unless it is past: what was reached then says nothing of when this is due."""
    begin = min((y for y in (plan.first, plan.now) if y is not None), default=None)
    if time is not None and time.last is not None and begin is not None and time.last < begin:
        return None
    return time


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
                and re.search(r"(?:总数|总额|预算|人数|总量|经费|收入|收益|工资|支出)的?$", rest)
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


def _years_of(time: Time | None, run: Run) -> list[Time]:
    """2021年至2025年,依次开办8所、11所…: a span gives a year to each number where there are as many."""
    if (
        time is None
        or time.kind not in ("span", "plan")
        or time.first is None
        or time.last is None
        or len(run.items) < 3
    ):
        return []
    if time.last - time.first + 1 != len(run.items) or not re.search(r"依次|分别|逐年|每年", run.left):
        return []
    return [Time(time.start, time.end, "year", y, y, "", time.words) for y in range(time.first, time.last + 1)]


_EACH_LAST = re.compile(r"(?<=.{3})(?P<each>(?:每个?|各)(?:县市区|县区|县|区|乡镇|镇|乡|街道|行政村|村|社区))$")
_OF_ALL = re.compile(
    r"^(?:使|确保|力争|实现)*(?:(?P<nation>全国|我国)|(?P<province>全省))(?!性|统一|平均|文明|示范|先进|重点|优秀|前|领先|统考|联考|百强)"
)
"""A subject that is another region's than the document's: 到2020年全国…."""


def _one(made: Made, subject: str, q: Quantity) -> list[Finding]:
    """A single number: one finding, or one for each member its subject lists."""
    run, state = made.run, made.state
    after = run.after
    if q.family == COUNT and q.numeral and not _is_counted(made, q, subject):
        return []
    name, region = clean(subject)
    if each := _EACH_LAST.search(name):  # 留守儿童之家每个乡镇不少于2个
        name, region = trim(name[: each.start()]), each["each"] if region in ("", "全") else region
    regions, rest = _regions_listed(subject)
    if regions and places.opening(subject)[1].startswith("等"):  # A县、B县等8个县: the number counts them all
        regions, name, region = [], clean(re.sub("^等", "", places.opening(subject)[1]))[0], ""
    if regions:
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
    elif (
        made.in_which
        and len(state.regions) > 1
        and re.search(r"各(?:自|校|县|区|市)?$", re.sub(_AFTER_EACH, "", run.left))
    ):
        regions, name = state.regions, clean(re.sub(r"各(?:自|校|县|区|市)?$", "", subject))[0]
    elif re.match(r"各(?!校|级|类)", re.sub(r"^其中[,，]?", "", run.left)) and len(state.regions) > 1:
        regions, name = state.regions, clean(re.sub(r"^各自?", "", subject))[0]
    metric = state.metric
    finding = named(made, q, name, region, after)
    if finding is None:
        return []
    if not regions and not finding.region:
        if school := places.school_of(clean(subject)[0]):
            finding.region = f"·{school}"
        elif (
            not joined(made)
            and state.told
            and state.clause_held
            and state.last
            and not made.in_which
            and not made.earlier
        ):
            before_region = state.last[-1].region  # 县职教中心升学率稳定在75%,对口就业率…
            finding.region = before_region if before_region.startswith("·") and "合计" not in run.left else ""
    if not regions and joined(made) and made.earlier and finding.region in ("", made.earlier[-1].region):
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
            one = named(made, q, word, region, after)
            if one is not None:
                out.append(one)
        return out
    return [finding]


_EACH_ONE = re.compile(r"、[^、]*各(?:自|有|设|配)?$")
_AFTER_EACH = re.compile(rf"(?:应|须|要)?(?:{words.AT_LEAST}|{words.AT_MOST}|为)?$")


def _is_counted(made: Made, q: Quantity, subject: str) -> bool:
    """Whether a Chinese numeral counts things to be done, and is no part of a name or a figure of speech."""
    bound = made.how in ("at_least", "at_most", "more") or bool(q.suffix)
    each = bool(re.search(r"每|各|县县|至少", made.run.left + made.per)) or bool(
        made.state.regions and "各" in made.run.left
    )
    if words.EMPTY_NOUN.match(made.run.after) or (not bound and words.CATCHWORD.match(made.run.after)):
        return False
    if q.value == "1" and each and q.unit.split("/")[0] in ("次", "节", "场", "期"):
        return True
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


def _regions_listed(subject: str) -> tuple[list[str], str]:
    """Places or schools that a subject lists and then gives one number each (A县、B县各, 一中、二中各), and the rest."""
    found, rest = places.opening(subject)
    if len(found) > 1:
        return found, rest
    schools, rest = places.schools(subject)
    return ([f"·{n}" for n in schools], rest) if schools and re.match(r"各|每|均|都", rest) else ([], subject)


_WAY_IN = re.compile(r"[\u4e00-\u9fff]{2}(?:到|向|对(?!口)|与|占)[\u4e00-\u9fff]{2}")
"""A member that is a clause of its own: 教师到乡村学校, 薄弱学校交流."""


def _members(subject: str, made: Made) -> list[str]:
    """The subjects a shared value is for, each with the shared tail: 教师、校干年交流比例 give two."""
    text, counted = re.subn(r"[一二两三四五六七八九十\d]+(?:[项个大]指标|个)$", "", clean(subject)[0])
    each = bool(_EACH_LIST.search(made.run.left)) or counted > 0
    if (made.in_which or re.search(r"应交流|符合(?:交流)?条件", made.base)) and not each:
        return []  # 其中A、B比例 is one share, so is A、B…不低于应交流人数的10%
    if re.search(r"(?:生|师|人员|学校|幼儿|儿童)中(?![小学职考等])|与.*(?:合作|共建|联合|结对|对接)", text):
        return []
    if ("、" not in text and not each) or re.search(r"到|向|赴|中[^、]*的比例$", text):
        return []
    text = re.sub(r"(?:均|都|各|分别|全部)$", "", text)
    parts = [
        part
        for part in re.split(
            r"[、]|(?<!公)和|以及|(?<=[\u4e00-\u9fff])及(?!以|其)|(?<!参)与(?!学生|幼儿|在园|公务|教职|中职|中等)", text
        )
        if part
    ]
    if not 2 <= len(parts) <= 8 or any(len(part) < 2 for part in parts) or any(_WAY_IN.search(p) for p in parts[:-1]):
        return []
    standing = re.compile(rf"(?:{words.CLASS_NOUN})$")
    if _EACH_ONE.search(made.run.left):
        return parts if all(1 < len(part) <= 12 for part in parts) else []
    if not each and not all(standing.search(part) for part in parts[:-1]):
        return []
    if each and not all(standing.search(part) or words.IS_STAGE.fullmatch(part) for part in parts[:-1]):
        return []
    return shared_tail(parts)


_CLASSES = re.compile(
    r"(?P<what>.{2,}?)(?P<list>[一二三四五六](?:[、和][一二三四五六])+)(?P<kind>[类档等级](?:地区|区|学校|园)?).{0,4}"
)
"""补助标准按一、二、三类地区分别为: one measure for each class."""


def _many(made: Made, subject: str, listed_time: list[Time]) -> list[Finding]:
    """Several numbers in a run: one for each time, place or subject named before, or for each finding of the clause before."""
    items, state = made.run.items, made.state
    count = len(items)
    after = made.run.after
    if len(state.bases) == count and not clean(re.sub("分别$", "", trim(subject)))[0]:
        bases, state.bases = state.bases, []
        risen = []
        for q, (name, base, year) in zip(items, bases, strict=True):
            finding = named(made, q, name, "", after)
            if finding is not None:
                finding.baseline, finding.baseline_year = base.value, year
                risen.append(finding)
        return risen
    subject = re.sub(r"(?:分别|依次|各自|各)$", "", trim(re.sub(r"^依次", "", subject)))
    subject = _COUNTED_THINGS.sub("", subject)
    split = subject.split("分别", 1)
    head, verb_tail = (split[0], split[1]) if len(split) == 2 else (subject, "")
    out: list[Finding] = []
    if listed_time:
        name, region = clean(subject)
        for q, time in zip(items, listed_time, strict=True):
            finding = named(made, q, name or verb_tail, region, after)
            if finding is not None:
                finding.time = time
                out.append(finding)
        return out
    regions, rest = places.opening(head)
    if not regions:
        schools, behind = places.schools(head)
        regions, rest = ([f"·{n}" for n in schools], behind) if len(schools) == count else (regions, rest)
    if len(regions) == count:
        verb_tail = verb_tail or rest
        if verb_tail != rest and rest:
            verb_tail = rest + verb_tail
    lone = head.split("、")
    if len(regions) != count and len(lone) == count and any(places.is_place(p) for p in lone):
        regions = lone
    if not regions and not head and len(state.regions) == count and count > 1:
        regions = state.regions
    if (
        not regions
        and "分别" in made.run.left
        and len(state.regions) == count
        and places.members(state.clause) == state.regions
    ):
        regions, verb_tail = state.regions, head + verb_tail  # A县、B县:项目分别为65个、55个
    if len(regions) == count:
        state.regions = regions
        for q, region in zip(items, regions, strict=True):
            finding = named(made, q, clean(verb_tail)[0], "", after)
            if finding is not None:
                finding.region = region
                out.append(finding)
        return out
    if (classes := _CLASSES.fullmatch(head)) and len(kinds := re.split("[、和]", classes["list"])) == count:
        name = re.sub(r"(?:按照?|分)$", "", clean(classes["what"])[0])
        listed = [
            (q, named(made, q, f"{name}{verb_tail}", clean(head)[1], after), k)
            for q, k in zip(items, kinds, strict=True)
        ]
        for _, finding, k in listed:
            if finding is not None:
                finding.name += f"({k}{classes['kind']})"
        return [finding for _, finding, _ in listed if finding is not None]
    parts = [p for p in re.split(r"、|以及|和|与(?!学生)|(?<!以)及(?!以|其)", head) if p]
    grouped = _GROUP.match(parts[-1]) if len(parts) == count else None
    if grouped and len(grouped[0]) < len(parts[-1]) and all(_GROUP.fullmatch(p) for p in parts[:-1]):
        for q, group in zip(items, [*parts[:-1], grouped[0]], strict=True):  # 城区、乡村学校班额分别
            finding = named(made, q, parts[-1][grouped.end() :], "", after)
            if finding is not None:
                finding.region = f"+{group}"
                out.append(finding)
        return out
    if len(parts) == count and all(_SCHOOL.search(p) and not words.IS_STAGE.fullmatch(p) for p in parts):
        for q, part in zip(items, parts, strict=True):
            finding = named(made, q, clean(verb_tail)[0], "", after)
            if finding is not None:
                finding.region = f"·{part}"
                out.append(finding)
        return out
    area = _AREA.match(parts[-1]) if len(parts) == count else None
    if area and all(_AREA.fullmatch(p) for p in parts[:-1]):
        for q, part in zip(items, [*parts[:-1], area[0]], strict=True):  # 江北片区、桂林片区分别新建
            finding = named(made, q, clean(parts[-1][area.end() :] + verb_tail)[0], "", after)
            if finding is not None:
                finding.region = part
                out.append(finding)
        return out
    if len(parts) > count and count > 1:
        parts = _regroup(head, count)
    if len(parts) == count:
        region = clean(head)[1]
        if (staged := STAGE_LAST.match(parts[0])) and all(words.IS_STAGE.fullmatch(p) for p in parts[1:]):
            parts = [staged["stage"], *parts[1:]]
            state.metric = clean(staged["what"])[0]
        names = shared_tail([clean(p)[0] if i == 0 else p for i, p in enumerate(parts)])
        for q, part in zip(items, names, strict=True):
            name = clean(part)[0]
            if words.IS_STAGE.fullmatch(name) and state.metric:
                name = with_head(name, state.metric)
            finding = named(made, q, name + ("" if q.family in (RATE, RATIO) else verb_tail), region, after)
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
        and all(same_kind(f.unit, q.unit) for f, q in zip(state.recent[-count:], items, strict=True))
    ):
        before = state.recent[-count:]
    if not before and not state.recent and "分别" in made.run.left:
        before = [f for f in state.before if same_kind(f.unit, items[0].unit)][-count:]
    if len(before) == count and (not clean(head)[0] or len(clean(head)[0]) < 3 or "分别" in made.run.left):
        fresh = []
        for q, old in zip(items, before, strict=True):
            a, b = made.s.span(made.begin, made.stop)
            fresh.append(
                replace(
                    old, start=a, end=b, place=made.s.at[q.start], value=q.value, value_high=q.high, unit=q.unit,
                    comparator=comparator_of(made, q, items[-1].suffix) or old.comparator, time=None, baseline="", baseline_year="",
                    kind="redacted" if q.hidden else "explicit", notes=list(old.notes), past=False, recurs="",
                )
            )  # fmt: skip
        return fresh
    name, region = clean(head)
    name = name or state.metric
    if count == 1 or name:
        for q in items:
            finding = named(made, q, name + verb_tail, region, after)
            if finding is not None:
                finding.doubted("并列数值与对象个数不等 / as many values as subjects were not found", 0.3)
                out.append(finding)
    return out


_AREA = re.compile(r"[^\W\d_]{2,8}?(?:片区|新城|组团|园区|社区)")
_COUNTED_THINGS = re.compile(r"[两二三四五六七八九十\d]+个(?:项目|工程)(?=$|分别)")
"""两个项目 behind the names of both."""
_GROUP = re.compile(r"城区|镇区|乡村|农村|城市|城镇|县城|乡镇|市区|郊区|山区|平原|牧区")
_SCHOOL = re.compile(
    r"(?:[一二三四五六七八九十]中|[一二三四五六七八九十]小|中学|小学|学校|学院|大学|幼儿园|职高|职中|附中|附小|中专|[职卫农技体艺警商师]校)$"
)


def _regroup(head: str, count: int) -> list[str]:
    """Subjects parted by 、 where 和 stands inside one of them."""
    parts = [p for p in re.split(r"、", head) if p]
    return parts if len(parts) == count else []
