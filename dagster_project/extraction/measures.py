"""A number with its words to a finding: rates, growth, levels, counts and sums, each with its name and comparator.

A name left out is looked for from near to far: in the clause (what a later number prints), in the clause before, in the
sentence, in the paragraph, in the one before. A part (其中) is named by its whole, a sum by what it is for.
"""

import re

from dagster_project.extraction import places, quantities, words
from dagster_project.extraction.finding import Finding, Made
from dagster_project.extraction.quantities import (
    AREA,
    COEFFICIENT,
    COUNT,
    MONEY,
    POINTS,
    RATE,
    RATIO,
    TIME,
    TIMES,
    YEARS,
    Quantity,
)
from dagster_project.extraction.subjects import STAGED, clean, needs_subject, short, trim, with_head

_STOP_AFTER = re.compile(
    r"^(?:的)?(?:目标任务|目标要求|目标|要求|水平|以上水平|任务|标准|规模|左右|以上|以内|范围|范围内|范围之内|比例|指标|的比例|一线|大关|关口|线)?$"
)


def bound_of(suffix: str) -> str:
    if "以上" in suffix:
        return ">="
    if suffix in ("以下", "之下"):
        return "<"
    if suffix in ("左右", "上下"):
        return "="
    return "<=" if suffix else ""


def comparator_of(made: Made, q: Quantity, shared_suffix: str) -> str:
    own = bound_of(q.suffix or shared_suffix)
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


def named(made: Made, q: Quantity, name: str, region: str, after: str) -> Finding | None:
    """A finding with its name from subject, verb and what follows the number; None where the number is no target."""
    _state, family = made.state, q.family
    shared = made.run.items[-1].suffix
    comparator = comparator_of(made, q, shared)
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
        finding.name = finding.subject = f"{trim(name)}高出幅度"
        return finding
    if family == TIMES and q.unit == "倍" and made.run.left.endswith("的"):
        return _rate(made, q, finding, name, after)  # 不少于在校生的1.2倍
    if family in (POINTS, TIMES) or (growth and family in (RATE, YEARS)) or (made.how == "to" and family == POINTS):
        return _growth(made, q, finding, name, growth)
    if growth and growth["down"] and growth[0].endswith("率"):
        growth = None  # 压减率 is a level
    if growth and growth.end() == len(name) and q.family in (COUNT, MONEY, AREA, TIME) and _is_more(made, name, q):
        return _growth(made, q, finding, name, growth)
    if family == YEARS:
        return _level(made, q, finding, name, after)
    if family in (RATE, RATIO, COEFFICIENT):
        return _rate(made, q, finding, name, after)
    return _count(made, q, finding, name, after)


def _is_more(made: Made, name: str, q: Quantity) -> bool:
    """Whether an amount is added to what was: 补助标准提高1元, 比上年增加1000人."""
    if re.search(r"年龄[^,，]{0,2}..$", name):
        return True
    compared = re.search(r"(?<!占)(?:比|较)[^,，例重率]{1,12}|基础上", made.run.left) is not None
    return (
        compared
        or "平均年龄" in name
        or (q.family == MONEY and words.MADE_FIRST.match(name) is None and "再" not in made.run.left[-5:])
    )


def _growth(made: Made, q: Quantity, finding: Finding, name: str, growth: re.Match[str] | None) -> Finding | None:
    """增长, 提高…个百分点, 翻番: how much more, against what was."""
    if growth and made.how == "at_most" and re.search(r"(?:增|涨)(?:幅|速)$|增长率$", name):
        if "年均" in name and "/" not in finding.unit:
            finding.unit += "/年"
        finding.name = finding.subject = finding.noun = trim(name)  # 年均增幅控制在0.3个百分点以内
        return finding
    stem = re.sub(r"(?<![\d一二三四五六七八九十])[三四五]年$", "", name[: growth.start()] if growth else name)
    stem = re.sub(r"(?:(?<!占)比(?!例|重)|较)[^,，]{0,14}$|在[^,，]{1,14}基础上$", "", trim(stem)) or (
        made.state.last[-1].noun or made.state.last[-1].name
        if made.state.told and made.state.last
        else made.state.metric
    )
    if not stem and made.state.last:
        stem = made.state.last[-1].name
    stem = trim(clean(stem)[0])
    yearly = (
        "年均"
        if "年均" in made.run.left or "年均" in name or "每年" in made.run.left or (made.per and "年" in made.per)
        else ""
    )
    if q.family in (COUNT, MONEY, AREA, TIME):
        yearly = ""
        if made.per and "/" not in finding.unit:
            finding.unit += _per_unit(made.per)
    fall = bool(growth and growth["down"]) or bool(
        re.search(rf"(?:{words.FALL})", made.predicate) and made.how != "at_most"
    )
    finding.comparator = "range" if q.high else "grow"
    if made.how == "at_most" and not fall:
        finding.comparator = "<="  # 年均增幅控制在0.3个百分点以内
    if yearly and "/" not in finding.unit:
        finding.unit += "/年"
    if fall and finding.value:
        finding.value = f"-{finding.value}"
    word = (
        "降幅"
        if fall
        else "提高幅度"
        if q.family in (POINTS, YEARS)
        else "增长率"
        if q.family in (RATE, TIMES)
        else "增加额"
        if q.family == MONEY
        else "增加数"
    )
    finding.name = re.sub(r"(?:增长率|增速|增幅)$", "", stem) + yearly + word
    finding.noun, finding.subject = stem, stem
    if not stem:
        return None
    if words.RATE_NOUN.search(stem) or words.LEVEL_NOUN.search(stem):
        made.state.metric = stem
    return finding


def _level(made: Made, q: Quantity, finding: Finding, name: str, after: str) -> Finding | None:
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


def _rate(made: Made, q: Quantity, finding: Finding, name: str, after: str) -> Finding | None:
    """率, 比例, 占比; also 80%以上的学校达到… and …的七成用于…."""
    state = made.state
    is_ratio = q.family in (RATIO, TIMES)
    tail = re.sub(r"^(?:以上|以下|以内|左右)", "", after)
    tail = re.sub(r"[、和与及以]+$", "", tail)
    subject = trim(name)
    base = re.sub(r"^(?:占)", "", made.base)
    of = re.search(r"占(?:到)?(?P<base>[^占,，]{0,20}?)(?:的)?$", name) if made.how in ("", "exact") else None
    if of and not made.base:
        subject, base = trim(name[: of.start()]), of["base"]
    elif made.how == "" and name.endswith("的") is False and re.search(r"(?:的)$", made.run.left) and not base:
        subject = trim(name)
    if re.match(r"的?(?:热情|努力|信心|精力|干劲|决心)", tail):
        return None
    if not subject and not base and made.run.shared and words.RATE_NOUN.search(re.sub("的?目标$", "", made.run.shared)):
        subject = re.sub("的?目标$", "", made.run.shared)
    forward = bool(tail) and not _STOP_AFTER.match(tail)
    if (
        forward
        and tail.startswith("的")
        and not _PAY.match(tail)
        and not (subject and (words.RATE_NOUN.search(subject)))
    ):
        rest = re.sub(r"^(?:比例|标准)(?=.{2})", "", clean(tail[1:])[0])
        verb = re.sub(r"^(?:到|以上)", "", subject)
        full = re.sub(r"目标$", "", f"{verb}{rest}")
        if base and not verb:
            full = f"{full}占{base}"
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
    full = re.sub(r"^(?:使得?|让|确保|力争|实现|推动|要(?!求)|有(?!需))+(?=.{2})", "", full)
    if (
        made.in_which
        and state.whole is not None
        and state.whole.family == RATE
        and places.is_group(re.sub("比例$", "", full))
    ):
        finding.region, full = f"+{full}", state.whole.name
    elif places.is_group(re.sub("比例$", "", full)) and (
        carried := next((f.name for f in reversed((*state.recent, *made.earlier)) if f.family == RATE), "")
    ):
        finding.region, full = (finding.region or "+") + re.sub("比例$", "", full), carried
    elif places.is_stem(full) and (
        carried := next((f.name for f in reversed((*state.recent, *made.earlier)) if f.family == RATE), "")
    ):
        finding.region, full = full, carried
    elif staged := STAGE_LAST.match(full):  # 高于规定学历的比例小学
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
    if needs_subject(full):
        carried = _carried(made, finding)
        if not carried:
            return None
        if full and (STAGED.fullmatch(full) or re.fullmatch(r"(?:其中)?.{1,6}(?:级|类|城区|农村)", full)):
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
    finding.name = short(full)
    finding.subject = re.sub(r"(?:的)?(?:比例|占比|比重|比)$", "", finding.name)
    if not finding.comparator:
        finding.comparator = "="
        if not is_ratio and q.value != "100":
            finding.comparator = "<=" if re.search(r"辍学率|大班额|近视率|择校|系数|班额", full) else ">="
            finding.doubted("界限未写明，按指标方向读 / no bound is printed: read by the indicator's direction", 0.05)
    if q.value == "100" and q.unit == "%" and finding.comparator == ">=":
        finding.comparator = "="
    if is_ratio and finding.comparator == ">=" and made.how not in ("at_least",) and not q.suffix:
        finding.comparator = "="
    state.metric = finding.name
    state.total = finding
    return finding


def joined(made: Made) -> bool:
    return made.run.left[:1] in ("、", "和", "与", "及")


STAGE_LAST = re.compile(
    rf"(?P<what>.*(?:率|比例|占比|比重|比|数|值|标准|面积|经费|学历|图书|册数|班额|时间|时长|规模|额|学时|补助|津贴|补贴|资助))(?P<stage>{words.STAGE})$"
)


def _carried(made: Made, finding: Finding) -> str:
    if made.earlier:
        last = made.earlier[-1]
        return last.noun if last.comparator == "grow" else last.name
    if made.state.metric:
        return made.state.metric
    if made.state.last:
        last = made.state.last[-1]
        return last.noun if last.comparator == "grow" else last.name
    return ""


def _count(made: Made, q: Quantity, finding: Finding, name: str, after: str) -> Finding | None:
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
    subject = trim(name) if made.how else re.sub(r"[的、]$", "", name)
    if (made.how or family == MONEY) and (staged := STAGE_LAST.match(subject)):
        state.metric = staged["what"]
        subject = staged["stage"] + staged["what"]
    elif made.per and family == COUNT and not forward and (staged := _STAGE_BEHIND.match(subject)):
        state.metric = staged["what"]  # 每百名学生拥有计算机小学6台
        subject = staged["stage"] + staged["what"]
        made.how = made.how or "at_least"
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
    same = head is not None and same_kind(head.unit, finding.unit)
    bound = made.how in ("at_least", "at_most", "more", "less", "to") or bool(q.suffix) or bool(q.high)
    part = state.whole if made.in_which and state.whole is not None else head
    if part is None and state.lead is not None and family == COUNT and _counts_alike(state.lead.unit, finding.unit):
        part = state.lead
    if part is None or not same_kind(part.unit, finding.unit):
        alike = [f for f in (*state.recent, *made.earlier) if f.noun and same_kind(f.unit, finding.unit)]
        if alike and family == COUNT:
            part = alike[-1]
    if noun and not verb and _is_stage_of(noun, state.metric) and head is None and state.metric:
        finding.name = finding.subject = finding.noun = with_head(noun, state.metric)
        return _counted(made, q, finding)
    if (
        noun
        and not verb
        and words.IS_STAGE.fullmatch(noun)
        and head is not None
        and not _OF_SCHOOLS.search(head.name)
        and (same or not head.unit)
    ):
        finding.name = finding.subject = finding.noun = with_head(noun, _YEARS_FIRST.sub("", head.name))
        return _counted(made, q, finding)
    if not forward and family in (COUNT, AREA) and state.project and (of := _OF_PROJECT.fullmatch(subject)):
        finding.name = finding.subject = finding.noun = f"{state.project}{of['what'] or '占地'}"
        return _counted(made, q, finding)  # 迁建县三中初中部,占地90亩,可容纳学生2400人
    if noun and not verb and family in (TIME, COUNT, MONEY) and _CLASS_OF.fullmatch(noun):
        said = head.name if head is not None and same else state.metric  # 小学生睡眠10小时,初中生9小时
        if said and (head is None or same) and not _OF_SCHOOLS.search(said):
            if not finding.comparator and head is not None:
                finding.comparator = head.comparator
            finding.name = finding.subject = finding.noun = noun + _CLASS_FIRST.sub("", _CLASS_LAST.sub("", said))
            return _counted(made, q, finding)
    bare = family == COUNT and made.how in ("to", "at_most") and not (noun or verb or state.clause_held)
    if bare and (about := _ABOUT.match(clean(state.clause)[0])):  # 中职学校布局进一步优化,由223所整合到150所
        finding.name = finding.subject = finding.noun = about["what"]
        return _counted(made, q, finding)
    if family in (COUNT, MONEY, AREA):
        region_only = not noun and not verb and bool(finding.region)
        if not verb and not forward and part is not None and not q.unit.startswith("所") and places.is_school(noun):
            finding.region, noun, region_only = f"·{noun}", "", True
        if not verb and not forward and part is not None and places.is_stem(noun):
            finding.region, noun, region_only = noun, "", True
        group = bool(noun) and not verb and places.is_group(noun)
        time_only = not noun and not verb and not finding.region
        own = ""
        if region_only and part is state.whole and not made.earlier and not state.clause_held:
            own = _quota(made)  # 其中,特岗教师名额分配为: a part with a name of its own
        if own and own != "名额":
            finding.name = finding.subject = finding.noun = own
            return _counted(made, q, finding)
        if (
            region_only
            and made.earlier
            and made.in_which
            and made.earlier[-1].noun != (state.whole.noun if state.whole is not None else "")
        ):
            part = made.earlier[-1]
        if (
            (region_only or group or (time_only and not has_verb))
            and part is not None
            and (same_kind(part.unit, finding.unit) or not part.unit or part.value == "")
        ):
            finding.verb, finding.noun, finding.name = part.verb, part.noun, part.name
            finding.comparator = finding.comparator if finding.comparator not in ("", "=", ">=") else part.comparator
            if not finding.region and not group and made.earlier and not made.run.left:  # 南海区22所2.4万个
                finding.region = made.earlier[-1].region
            total = re.search(r"(?:合计|总计|共计)$", made.run.left) is not None
            finding.region = f"+{noun}" if group else finding.region or ("" if total else part.region)
            finding.subject = part.subject
            if finding.comparator == "range":
                finding.comparator = "add"
            return _counted(made, q, finding)
        if (
            (region_only or group or (time_only and made.earlier))
            and (part is None or not same_kind(part.unit, finding.unit))
            and (what := _quota(made))
        ):
            finding.name = finding.subject = finding.noun = what
            finding.region = f"+{noun}" if group else finding.region
            return _counted(made, q, finding)
        if time_only and not has_verb and state.metric and bound:
            finding.name = finding.subject = state.metric
            finding.noun = state.metric
            return _counted(made, q, finding)
        if part is not None and part.noun and GRADE.fullmatch(noun):  # 国家级2个、省级6个
            noun = noun + part.noun
            verb = verb or part.verb
        if verb and not noun and made.run.shared and family == COUNT:
            noun = made.run.shared
        if verb and not noun and re.fullmatch(r"个?(?:教学)?班", q.unit):
            noun = "班"
        if verb and not noun and family == COUNT and (about := re.fullmatch(r"(?P<what>.{2,12})方面", state.clause)):
            noun = clean(about["what"])[0]
        if not verb and not noun and family in (COUNT, AREA) and not has_verb and state.doing and part is None:
            verb_match = words.MADE_FIRST.match(state.doing)
            verb = verb_match[0] if verb_match else ""
            noun, has_verb = state.doing[len(verb) :], True
        if verb and not noun and not (family == MONEY and words.MONEY_NOUN.search(verb)):
            if part is not None and part.noun and (same or _counts_alike(part.unit, finding.unit)):
                noun = part.noun
                if finding.region == "":
                    finding.region = ""
            elif family == MONEY:
                noun = ""
            elif not part and state.topic:
                noun = re.sub(r"^.*[\d内的]", "", state.topic)[-12:]  # 对8个配套园,…移交5所
            elif not part and not _NOMINAL.search(verb):
                noun = next(
                    (
                        f.noun
                        for f in state.before
                        if f.noun and f.verb.endswith(verb) and same_kind(f.unit, finding.unit)
                    ),
                    "",
                )
                if not noun:
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
                same_kind(part.unit, finding.unit)
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
        and bool(re.fullmatch(r"(?:都|均|应|要)?(?:有|拥有|建有|设有|配有|设)?", subject))
        and (finding.each or bool(finding.region))
    )
    if has and not has_verb:
        finding.comparator, noun = finding.comparator or ">=", tail
    listed = bool(made.earlier) and joined(made) and same_kind(made.earlier[-1].unit, finding.unit) and bool(noun)
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
    member = (
        joined(made)
        and bool(made.earlier)
        and (
            (forward and same_kind(made.earlier[-1].unit, finding.unit))
            or (bool(noun) and bool(words.MADE.search(made.earlier[-1].verb + made.earlier[-1].name)))
        )
    )
    carried = bool(state.last) and state.last[-1].unit == finding.unit and state.told and bool(noun)
    often = bool(_OFTEN_HERE.search(made.per + made.run.left)) and family == COUNT and bool(noun)
    accepted = (
        has
        or member
        or often
        or staffed
        or listed
        or has_verb
        or bound
        or meant
        or bool(acts)
        or bool(helped)
        or (forward and words.MADE_FIRST.match(tail) is not None)
        or made.how == "exact"
        or (made.in_which and part is not None)
        or (q.unit == "节" and bool(_OFTEN_IN.search(made.run.left)) and bool(noun))
        or (family in (COUNT, AREA) and not forward and _SIZE.search(subject) is not None)
    )
    if not noun and not verb and (of := re.search(r"每[一]?个?(期|组|场|批|次|所|个)$", made.per)):
        counted = [
            f
            for f in (*made.earlier, *reversed(state.recent))
            if f.noun and (same_kind(f.unit, of[1]) or f.noun.endswith(of[1]))
        ]
        if not counted and (set_out := _set_out(made, of[1])):
            noun, accepted = f"{set_out}每{of[1]}" + {"人": "人数", "名": "人数"}.get(q.unit.split("/")[0], ""), True
        elif counted:  # 举办研修班4期,每期50人
            noun = f"{counted[0].noun}每{of[1]}" + {"人": "人数", "名": "人数"}.get(q.unit.split("/")[0], "")
            accepted = True
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
        noun = re.sub(r"^(?:对|给予|给)[^,，]{0,6}?(?:给予)?(?=一次性|[奖补]助|奖补|奖励|补贴)", "", noun)
        if re.fullmatch(r"(?:给予|给|一次性|适当|分别|的)*(?:奖补|补助|奖励|补贴|资助)?", noun) and (
            state.topic or state.clause
        ):
            whom = (state.topic or clean(state.clause)[0])[-16:]
            aid = re.sub("^(?:给予|给|的)+", "", noun) or "补助"
            noun = f"{whom}标准" if re.search(r"(?:资助|补助|奖补|奖励|补贴)$", whom) else f"{whom}{aid}"
        if made.per and state.told and head is not None and head.family == COUNT and head.verb and not subject:
            noun, accepted = f"{head.noun}{head.verb if words.MONEY_NOUN.fullmatch(head.verb) else ''}标准", True
        accepted = accepted or bool(words.MONEY_NOUN.search(subject + tail))
        if words.IS_STAGE.fullmatch(noun) and _AID.search(state.clause):  # 每人每年补助生活费:小学750元
            noun, accepted = f"{noun}{re.sub('^.*(?=补助|资助|补贴|奖励)', '', clean(state.clause)[0])[-10:]}", True
        elif not (noun or verb) and made.per and _AID.search(state.clause):  # 资助学生1600名,每人4000元
            whom = re.sub(r"\d.*$", "", clean(state.clause)[0])[-14:]
            noun, accepted = f"{whom}标准", True
        if not (noun or verb):
            noun = state.metric if words.MONEY_NOUN.search(state.metric) else ""
            if not noun:
                return None
    if (
        family == MONEY
        and made.in_which
        and part is not None
        and part.family == MONEY
        and not re.search(rf"{words.MONEY_NOUN.pattern}|[费金款]$", noun)
    ):
        use = re.sub(r"^用于|的$", "", noun)
        noun = f"{use}{re.sub(r'^.*?(?:安排|投入|拨付|设立)(?=.{2})', '', part.noun or part.name)}"  # of the sum: 乡村教师培训专项经费
    if family == TIME:
        accepted = (
            bound
            or carried
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
        noun = (state.recent[-1].noun if state.recent and not state.clause else "") or short(clean(state.clause)[0])[
            -14:
        ]
        if state.recent and state.clause_held and state.recent[-1].noun:
            noun = state.recent[-1].noun
    if not noun and not verb and family == quantities.AREA and made.earlier:
        noun = made.earlier[-1].name.removesuffix("数")
    if not noun and not verb:
        noun = state.metric or (part.noun if part is not None else "") or ""
        if not noun and not (made.per or finding.recurs):
            return None
    if family == COUNT and state.topic and (way := _WAY.fullmatch(subject)) and not (forward or verb_match):
        what = re.sub(r"的|数$", "", state.topic)
        finding.name, finding.subject, finding.noun = f"{what}数({way['way']})", what, what
        return _counted(made, q, finding)
    finding.verb, finding.noun = verb, noun
    if (
        not finding.region
        and state.told
        and state.clause_held
        and _ATTRIBUTE.fullmatch(subject)
        and state.last
        and not made.in_which
    ):
        finding.region = state.last[-1].region  # 在会师镇新建小学1所,投资5000万元
    if not finding.region and made.earlier and joined(made) and made.earlier[-1].region and not made.in_which:
        finding.region = made.earlier[-1].region
    if made.in_which and part is not None and not finding.region and not part.region.startswith("+"):
        finding.region = part.region
    noun = re.sub(r"的(?:要求|目标|任务|标准|计划)$", "", noun)
    if verb and noun.startswith(verb):
        noun = noun[len(verb) :]
    text = f"{verb}{noun}"
    if family == MONEY and (not words.MONEY_NOUN.search(text) or re.search(r"(?:安排|拨付|预算)$", text)):
        text += "资金"
    text = re.sub(r"^增加", "新增", re.sub(r"^(.{2,6})\1", r"\1", text))
    if not text:
        return None
    finding.name = short(text)
    finding.subject = noun
    return _counted(made, q, finding)


def _counted(made: Made, q: Quantity, finding: Finding) -> Finding:
    if q.family == COUNT:
        if finding.name and not re.search(
            r"(?:数|数\([^)]*\)|人次|次数|频次|规模|班额|总量|招生|在校生|在园幼儿|均|年龄)$", finding.name
        ):
            often = "频次" if _OFTEN.search(finding.unit + made.per + made.run.left) else "次数"
            finding.name += {"期": "期数", "次": often, "人次": "人次", "场": "场数"}.get(q.unit.split("/")[0], "数")
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


_OF_PROJECT = re.compile(
    r"可?(?P<what>(?:容纳|提供|新增)?(?:学生|学位|床位)|(?:总|规划)?(?:占地|用地|建筑|校舍)面积|(?=占地))(?:占地)?"
)
_CLASS_OF = re.compile(
    rf"(?:{words.STAGE})学?生|[一二三四五六][类档](?:地区|学校|区)?|(?:{words.STAGE})?[一二三四五六七八九]+(?:[、至到][一二三四五六七八九])?年级(?:以上)?(?:(?:及|和|以及)(?:{words.STAGE}))?"
)
"""A member of a class that takes its measure from the member before."""
_CLASS_FIRST = re.compile(
    rf"^(?:[一二三四五六][类档](?:地区|学校|区)?)?(?:(?:{words.STAGE})(?:学?生)?)?(?:[一二三四五六七八九]+(?:[、至到][一二三四五六七八九])?年级(?:以上)?(?:(?:及|和|以及)(?:{words.STAGE}))?)?"
)
_YEARS_FIRST = re.compile(r"^[一二三四五六七八九]+(?:[、至到][一二三四五六七八九])?年级(?:以上)?(?:及|和|以及)?")
_CLASS_LAST = re.compile(r"[一二三四五六][类档](?:地区|学校|区)?(?:资金)?$")
_STAGE_BEHIND = re.compile(rf"(?P<what>[^,，、]{{3,}}?)(?P<stage>{words.STAGE})$")
_OFTEN_IN = re.compile(r"每[周天日]|每学期")
_OFTEN = re.compile(r"[/每](?:半|[两三]|\d)?个?[学年月周天季日]")
GRADE = re.compile(r"(?:国家|省|市|县|区|校|省部|自治区|地市)级(?:以上)?")
_OF_SCHOOLS = re.compile(r"(?:园|小学|初中|高中|中学|学校|校)数?$")
_NOMINAL = re.compile(r"(?:招生|招聘|培训|轮训|交流|轮岗|招录|转岗|支教|投资|受益|惠及)$")
"""Verbs that name what is counted as well."""
_QUOTA = re.compile(r"名额|指标|任务|计划|分配|安排|数(?:量)?(?:为|如下|分别)|如下")


_ATTRIBUTE = re.compile(
    r"(?:办学|建设|设计)?规模|(?:总|预计|计划|概算|估算|完成)*(?:投资|投入)|(?:总|规划)?(?:占地|用地|建筑|校舍|校园)*面积|占地|可?(?:提供|新增)?学位|覆盖人口"
)
"""What is said of the thing a clause before makes."""
_WAY = re.compile(
    r"(?:通过|采取|利用|依托|采用)(?P<way>[^,，]{2,16}?)(?:方式|等方式)?(?:解决|消化|提供|补充|新增|增加)?"
)
"""How a part of what was said before comes about: 通过民办园转制解决."""


def _set_out(made: Made, unit: str) -> str:
    """What the sentence counts in `unit` before: 研修班 of 举办研修班4期, 工作组 of 派出3个工作组; empty where nothing."""
    number = r"[\d一二两三四五六七八九十]+"
    before = made.s.text[: made.begin]
    found = re.search(rf"(?P<a>[^,，、\d]{{2,14}}?){number}{unit}|{number}个(?P<b>[^,，、\d]{{0,6}}{unit})", before)
    return words.MADE_FIRST.sub("", clean(found["a"] or found["b"])[0], count=1) if found else ""


def _is_stage_of(noun: str, metric: str) -> bool:
    """A stage, or a part of one (起始年级小学), for which a measure said before is set."""
    if words.IS_STAGE.fullmatch(noun):
        return True
    return re.fullmatch(rf"[^以]{{0,6}}?(?:{words.STAGE})", noun) is not None and not words.IS_STAGE.search(metric)


_ABOUT = re.compile(
    r"(?P<what>[^,，]{2,14}?(?:学校|幼儿园|教学点|院校|专业|教师|班级|机构|园|校))(?:的)?(?:布局|结构|数量|规模|设置|资源|队伍|体系)"
)


def _quota(made: Made) -> str:
    """What a list of places with numbers shares out, from the clause before: 招聘教师任务分别为:A县120名."""
    clause = made.state.clause
    if _QUOTA.search(clause) is None:
        return ""
    what = re.sub(
        r"(?:具体|如下|分别|分解|分配|安排|下达|情况|为|是|的|将)+", "", clean(re.sub(r"^各[县市区校]+", "", clause))[0]
    )
    if what in ("", "任务", "名额", "指标", "计划", "数量", "数"):  # 具体任务为: what it is stands before
        said = re.search(
            r"(?:^|[,，])(?P<what>[^,，、\d]{2,16}?(?:名额|任务|指标|计划|人数))", made.s.text[: made.begin]
        )
        what = clean(said["what"])[0] if said else what
    return what[-16:] or "名额"


_OFTEN_HERE = re.compile(r"每(?:周|天|日|月|学期|学年|年)|每[百千万]")
_AID = re.compile(r"资助|补助|奖励|补贴|救助|奖补|费")
_SIZE = re.compile(r"(?:面积|规模|总数|总量|人数|数量|学位数|学校数|班数|幼儿数|教师数|学生数|学位)$")
"""What a number alone may stand behind: 总建筑面积5.86万平方米."""


def _per_unit(per: str) -> str:
    found = re.findall(r"百名学生|学年|学期|学位|年|月|周|天|日|生|人|班|校|园|次|季度|所|期|组|场|批|点", per)
    return "/" + "·".join(dict.fromkeys(found)) if found else ""


_ACTOR = re.compile(
    rf"^(?:[省市县区]本?级(?:财政)?|[省市县区]、[县市区]|各?级?财政(?:部门)?|(?:各)?(?:中小)?学校|[省市县区]?教育(?:局|厅|行政部门)|[省市县区]直部门)(?=(?:{words.MAKE}))"
)


def _counts_alike(a: str, b: str) -> bool:
    """个 counts what 所, 家 and 处 count."""
    return same_kind(a, b) or ("个" in (a, b) and {a, b} <= {"个", "所", "家", "处", "座", "间"})


def same_kind(a: str, b: str) -> bool:
    strip = str.maketrans("", "", "万亿千")
    x, y = a.split("/")[0].translate(strip), b.split("/")[0].translate(strip)
    return x == y or {x, y} <= {"名", "人", "位"}
