"""Words of a subject: cleaned of what leads in and trails, given the stage or tail that only one of a list prints."""

import re
from functools import lru_cache

from dagster_project.extraction import facts, places, words
from dagster_project.extraction.periods import Time

_LEAD = re.compile(
    rf"^(?:(?:市县|县市|各地)(?=(?:{words.MAKE}))|"
    r"要求(?=全|到|各|\d)|至少|最少|以后|此后|之后|最低|最高|依次|每一?[名所个位](?=[\u4e00-\u9fff]{3})|利用|并|且|同时|使得?|让|将(?!来)|把|对(?!口|接)|力争|争取|确保|保证|努力|实现|推动|推进|促进|全面|积极|继续|进一步|稳步|不断|逐步|计划|拟|要(?![素求])|须|应当?|其中|分别|各级财政|各级|"
    r"着力|大力|切实|加快|到|至|全年|总体上?|整体|基本(?!均衡|公共|工资|建设)|以(?!上|下|内|县)|按照?|在(?!校|园|职|籍|读|编|学|岗|研)|力求|做到|达到|合计|累计|再|以及|和|与|及(?!格|时|早)|、|的|了|也|还|仍|均|都|就|共(?!同|享|青|建)|每年|年均|"
    r"主要|分年度看|各地(?=.)|原则上|一般(?!公共)|即|是|不断|有效|持续|深入|统筹|抓好|做好|落实|提高(?=.{3})|提升(?=.{3})|扩大(?=.{3})|增强|完善|优化|引导|监督|督促|鼓励|支持(?!建设)|重点|强化|严格(?:控制)?|首期|规划(?=新|建)|动工(?=新)|实施(?=.{0,2}新)|开展(?=.{6})|完成(?=.{2})|—+|-+|\d+[.、]|各(?=校|学校)|为(?!民)|目标)"
)
_TAIL = re.compile(
    r"(?:(?:提高|提升|增加|增长|扩大|降低|下降|压减|控制|保持|稳定|巩固)(?:到|至|在)|要|力争|继续|应当?|须|(?<![生人年校班户师月])均|都|全部|分别|大体|基本|总体|逐步|一般|各|合计|共|也|已|将|需|争取|确保|进一步|稳步|总量|有|在|由|从|至|再|就|全|不|按照?|原则上|严格|为|计划|努力|最低|最高|至少|依次|年底前?|能|可|要求|"
    r"[、,，:：的了和与及]|实现|到|每|每年|年均|累计|标准|水平)$"
)
_SUBJECT_TAIL_KEPT = re.compile(r"(?:标准|水平|总量)$")


def without_times(text: str, offset: int, times: list[Time]) -> str:
    """`text`, which stands at `offset`, without its times."""
    out, place = [], 0
    for x in times:
        a, b = x.start - offset, x.end - offset
        if a >= place and b <= len(text):
            out.append(text[place:a])
            place = b
    return "".join(out) + text[place:]


_NO_QUOTES = str.maketrans("", "", '“”"「」‘’')
_BATCH = re.compile(r"第[一二三四五六七八九十]+批|首批|一批")


_EACH_DOES = re.compile(rf"^(?:各自?|均|都)(?=(?:至少)?(?:{words.MAKE}))")


@lru_cache(maxsize=16384)
def clean(text: str) -> tuple[str, str]:
    """Words of a subject without what leads in; second, the place it opens with."""
    region = ""
    text = text.translate(_NO_QUOTES).strip("、,，:： ·—-")
    if "批" in text:
        text = _BATCH.sub("", text)
    if said := facts.SAID.match(text):
        text = text[said.end() :]
    while True:
        place, rest = places.of_head(text)
        if place:
            if place != "全" or not region:
                region = place if region in ("", "全") else region
            text = _EACH_DOES.sub("", rest)
            continue
        group, rest = places.group_of(text)
        if group and region in ("", "全"):
            region, text = f"+{group}", rest
            continue
        lead = _LEAD.match(text)
        if lead and len(text) > lead.end():
            text = text[lead.end() :]
            continue
        return text, region


def trim(text: str) -> str:
    """A subject without the adverbs before its predicate."""
    while tail := _TAIL.search(text):
        if _SUBJECT_TAIL_KEPT.search(text):
            break
        text = text[: tail.start()]
    return text


NUMBERING = re.compile(
    r"^(?:[、,，和与及]+|[①-⑳●○■◆▪•]+|\d{1,2}[.、．]|[一二三四五六七八九十]+(?:是|要)|第[一二三四五六七八九十](?![中小幼职实高一二三四五六七八九十])[,，]?)"
)


def with_head(stage: str, name: str) -> str:
    """小学 and 义务教育辍学率 give 小学辍学率."""
    rest = re.sub(rf"^(?:{words.STAGE})(?:阶段)?(?:生(?!均|源|师))?", "", name)
    rest = re.sub(rf"^[、和与及](?:{words.STAGE})", "", rest)
    return stage + rest


STAGED = re.compile(rf"(?:{words.STAGE})(?:学?生)?")


def needs_subject(name: str) -> bool:
    return (
        bool(STAGED.fullmatch(name))
        or name in ("", "比例", "占比", "比重", "率", "这一比例", "达标率", "校均")
        or bool(words.IS_STAGE.fullmatch(name))
        or len(name) < 2
    )


def short(name: str) -> str:
    name = re.sub(r"(?<=[\u4e00-\u9fff]{2})计划(?=招生|招聘|招收|培训)", "", name)
    name = re.sub(r"(?<=.)(?:至少|不少于|不低于)(?=.)|^不低于", "", name)
    name = re.sub(r"^\d+人(?:及)?以上的?(?=[^,]{0,6}大?班额)", "", name)
    return name if len(name) <= 40 else name[-40:]


def shared_tail(parts: list[str]) -> list[str]:
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
