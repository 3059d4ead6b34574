"""Where a target applies: places as a clause prints them, told from the offices and schools that carry their names.

Only the forms of Chinese place names are known here; codes and history are `resolve`'s. A county or city is believed by
its form or the code book, a town only where its name is no verb with its object (送教下乡). A list may print its kind once
(徐泾、华新两镇); a part of a region without a name of its own (牧区, 县城) belongs to the region that speaks.
"""

import re
from functools import lru_cache

from dagster_project.extraction import quantities, words
from dagster_project.extraction.resolve import reference

_KIND = r"(?:自治区|自治州|自治县|新区|高新区|经济技术开发区|开发区|经开区|示范区|管委会|街道|地区|林区|矿区|省|市|县|区|旗|盟|州|乡|镇)"
# What a place's name never holds: particles, verbs, other nouns of office.
_NO_NAME = (
    r"(?!支持|推进|加强|完成|新建|建设|创建|开展|实施|实现|贫困|教育|学前|义务|优质|达标|示范|重点|薄弱|困难|推动|扶持|确保|力争|通过|基本|高中|职业|普通|特殊|广泛|统筹|缩小|覆盖|"
    + words.MAKE
    + ")"
)
_NAME = (
    _NO_NAME
    + r"(?:[^\W\d_的各每全本我这那在和与及、,等该对为个向由从其按把使所有将以了是中大所户要人均内外园校班村]{1,7})"
)
HIDDEN = rf"(?:[Xx×＊*]{{1,3}}(?:[Xx×＊*\u4e00-\u9fff]{{0,2}})?{_KIND})"
PLACE = rf"(?:{HIDDEN}|{_NAME}{_KIND})"

_PLACE = re.compile(PLACE)
_WHOLE = re.compile(
    r"^(?:(?:全|我|本)(?:省|市|县|区|州|旗|盟|镇|乡|街道?(?!道)|国|自治区|兵团)|兵团(?!第|各))(?:各[县市区]+)?"
)
_EACH = re.compile(
    r"^(?:全[省市县区])?(?P<words>\d{1,3}万?人口以[上下]的?(?:县|乡镇|镇|行政村)|(?:(?:其余|其他|其它)(?:[一二两三四五六七八九十\d]+个)?(?:各|每个?)?|各|每个?)(?:省级?|地市?|市县区|市县|县市区|县区|市区|区县|县|市|州|区|旗县|乡镇|镇街|街镇|街道|镇|乡|地|行政村|旗县区|苏木镇|苏木|设区市)+|(?:其余|其他|其它)各?(?:旗县区|县区|县市|市县|州市|乡镇|镇街|[县市区地镇乡州盟旗])+|各地|县县|乡乡|镇镇)"
)
_GROUP = re.compile(
    r"^(?P<words>[东西南北中]部(?:地区)?|[市县区省]直(?:属|管)?(?:学校|单位|校)?|县|市|区|县市|各县|各县市|农村(?:地区|学校)?|城市|城乡|城区|主城区|中心城区|县城|市区|城镇|农村(?:地区)?|乡村|乡镇|民族地区|贫困地区|[^,、的各]{1,3}地区|牧区|农区|农牧区|半农半牧区|[省市县区旗州盟镇乡]?(?:政府)?所在地|[^,、的]{0,2}山区|川区|坝区|库区|边境(?:地区|县)?|城郊|郊区|市本级|县本级|省本级|本级|"
    r"易地扶贫搬迁安置(?:点|区)|山区|边远(?:地区|山区|乡镇)|脱贫地区|沿海地区|[^,、]{0,8}人口以上的?(?:县|乡镇|镇|行政村))$"
)
_NO_PLACE = re.compile(
    r"(?:责任区|服务区|协作区|学区|校区|园区|社区|小区|片区|示范区|实验区|试验区|先行区|城区|市区|地区|县区|市县|各县|本市|全市|全县|全区|全省|我市|均衡县|强县|强市|强区|县城|超市|城市|乡镇|集镇|新市|都市|城镇|^[县市全各在和与对]?城乡|[统筹覆盖缩小推进]城乡|辖区|山区|牧区|库区|灾区|"
    r"老区|特区|街区|景区|旗县|区县|县市|民族县|^自治区|^新区|^郊区|^矿区|^市|^县|^区|^镇|^乡|^省|^州)$"
)


def members(text: str) -> list[str]:
    """The places of a list (A县、B区和C市); empty where a member is none.

    >>> members("安定区、通渭县和X市"), members("小学、初中")
    (['安定区', '通渭县', 'X市'], [])
    """
    if _LAST.search(text) is None:
        return []
    found = [part for part in re.split(r"[、和与及]|以及", text) if part]
    return found if found and all(is_place(part) for part in found) else []


def is_place(text: str) -> bool:
    return bool(_PLACE.fullmatch(text)) and not _NO_PLACE.search(text)


def is_stem(text: str) -> bool:
    """The name of a region without its kind, alone: 门源."""
    return text in reference().stems


_GROUP_OF = re.compile(
    r"^(?:最[高低]的)?(?P<group>主城区|中心城区|城区|县城|城镇|农村|乡村|牧区|农区|[^,、的]{0,2}山区|边远地区|乡镇|市区)(?:的|(?=(?:"
    + words.MAKE
    + r")(?!校)))"
)


def group_of(text: str) -> tuple[str, str]:
    """The part of a region that a text opens with as its owner (主城区的…), and the rest."""
    found = _GROUP_OF.match(text)
    return (found["group"], text[found.end() :]) if found else ("", text)


def is_group(text: str) -> bool:
    """A part of a region that has no name of its own: 城区, 农村, 市本级."""
    return bool(_GROUP.match(text))


_OFFICE = re.compile(
    r"(?:级|属|直|中(?!心城)|教育局|教体局|人民政府|政府|委|[第一二三四五六七八九十\d]+[中小]|中学|小学|实验|职业|示范|职校|职教|农校|卫校|技校|特殊教育|高级中学|幼儿园|师范|财政|域|本级|内|外|民|管校聘|管|城(?!区|乡|镇|关)|际|校|"
    r"园(?!区)|教师|理工|电大|人才|党委|统计|一中|二中|级|组织|编办|人社|发改)"
)
# A town has two characters and more before its kind, and is no verb with its object: 送教下乡, 面向乡镇, 带动乡村.
_STEM = (
    _NO_NAME
    + r"(?:[A-Za-z甲乙丙丁]|(?!(?:抓好|用于|进入|带动|结对|送教|面向|扎根|返回|深入|服务|方便|保留|跨|向|驻|本))(?:(?![往由承送派赴跨占按较比即仅])[^\W\d_的各每全本我这那在和与及、,等该对为个从其把使所有将以了是大要人均内外园校班村]){2,5})"
)
_TOWN = re.compile(
    rf"{_STEM}(?:镇(?!区|街|域|村)|(?<!下)(?<!返)(?<!.[^\W\d_]城)(?<!故)(?<!家)乡(?!村|镇|土|间|级|贤|办)|街道|苏木|新区|高新区|开发区|经开区|管委会|管理区|林区)"
    rf"|(?:{_STEM})(?:县(?!域|级|城|乡|中)|区(?!域|县|划|位|级|教)|市(?!场|级|域|县|民|属)|旗(?!县))"
)
# A list that prints its kind once, behind the last name: 徐泾、华新两镇, 北塬、杜康等镇, 御景湾等3个小区.
_SHARED_KIND = re.compile(
    r"^(?:对|支持|在|其中[,，]?)?(?P<names>[^\W\d_]{2,8}?(?:[、和与及][^\W\d_]{2,8}?)+)(?P<more>等)?(?P<count>[两二三四五六七八九十]|\d{1,2})?个?"
    r"(?P<kind>地(?=各|分别|均|都|每)|镇街|街镇|乡镇|镇|乡|街道|民族自治县|自治县|县市区|县区|县市|县|区|市|州|村|社区|小区|片区|园区)(?=各|分别|每|均|都|共|的|要|也|[\u4e00-\u9fff]|$)"
)
_STEMS = re.compile(r"(?P<names>[^\W\d_]{2,4}(?:[、和与及][^\W\d_]{2,4}?)+)(?=各(?![类级校])|分别|$)")
"""Places without their kind, told by each having a number of its own: 昌图、开原、西丰各."""
_SEPARATOR = re.compile(r"、|和(?!谐|平)|与|及(?!以)|以及")
_OPENS = re.compile(r"^(?:其中[,，]?|在|支持|推进|推动|指导|确保|力争|以|将|由|扶持|完成|实现)+")


_LAST = re.compile(r"[省市县区州旗盟域部团地镇乡道木会]")


def named(text: str) -> str:
    """The place that a text opens with: one of the code book, hidden, or of a town's form; empty where none."""
    return _named(text[:14])


_VERB_FIRST = re.compile(r"新建[县区](?=第|[一二三四五六七八九十\d]|[实职公民特中小幼高进])")
"""新建县第三幼儿园 is to be built; 新建 is a district's name too."""


def is_known(text: str) -> bool:
    """The text opens with a place of the code book."""
    found = named(text)
    return bool(found) and found in reference().names


@lru_cache(maxsize=65536)
def _named(text: str) -> str:
    if _LAST.search(text, 1) is None:
        return ""
    if _VERB_FIRST.match(text):
        return ""
    names = reference().names
    for length in range(min(12, len(text)), 1, -1):
        if text[:length] in names:
            return text[:length]
    if found := re.match(HIDDEN, text):
        return found[0]
    found = _TOWN.match(text)
    return found[0] if found and len(found[0]) <= 7 and not _NO_PLACE.search(found[0]) else ""


_SCHOOL_FORM = r"[^\W_、,，和与及各均每]{1,12}?(?:[一二三四五六七八九十\d]中(?!学)|[一二三四五六七八九十\d]小(?!学)|中学|小学|学校|学院|大学|幼儿园|实小|实验中学|职高|职中|职校|职教中心|农校|卫校|技校|附中|附小|中专|师范)"
_SCHOOL = re.compile(_SCHOOL_FORM)
_SCHOOLS = re.compile(
    rf"(?:其中[,，]?|支持|推进|由)?(?P<names>{_SCHOOL_FORM}(?:[、和与及]{_SCHOOL_FORM})+)(?:等?[两二三四五六七八九十\d]+[所校])?"
)
# Schools of a class, not one by its name.
_ANY_SCHOOL = re.compile(
    rf"(?:.{{0,4}}?(?:农村|城区|城市|城镇|乡镇|乡村|公办|民办|县城|普通|完全|高级|特殊教育|专门|职业|寄宿制|一贯制|小规模|薄弱|中心|义务教育|中等|高等|示范|优质|普惠|附属|新建|改扩?建|扩建|{words.MAKE}))?"
    rf"(?:{words.STAGE}|学校|中学|大学|学院|幼儿园|园|校)*"
)


def schools(text: str) -> tuple[list[str], str]:
    """Schools by their names that a text opens with, two or more, and the rest: (["信州职校", "玉山职校"], "分别招生")."""
    found = _SCHOOLS.match(text[:120])
    if found is None:
        return [], text
    names = re.split(r"[、和与及]", found["names"])
    return ([], text) if any(_ANY_SCHOOL.fullmatch(n) for n in names) else (names, text[found.end() :])


def is_school(text: str) -> bool:
    """One school by its name: 市卫校, 城关一小; not a class of schools (农村小学)."""
    return bool(
        (_SCHOOL.fullmatch(text) and re.match(r"[省市县区旗州]|.{0,6}[一二三四五六七八九十\d][中小]", text))
        or re.fullmatch(r".{2,4}(?:职校|职高|职教中心|卫校|农校|技校)", text)
    )


def school_of(text: str) -> str:
    """The one school, by its name, that a text opens with: 磐安中学 of 磐安中学上线率; empty where none."""
    found = _SCHOOL.match(text[:16])
    if found is None or len(found[0]) == len(text):
        return ""
    name = found[0]
    if _OWN_SCHOOL.fullmatch(name):
        return name
    if _ANY_SCHOOL.fullmatch(name):
        return ""
    of_place = named(name) or next((name[:n] for n in (4, 3, 2) if is_stem(name[:n])), "")
    rest = name[len(of_place) :]
    return name if _NUMBERED_SCHOOL.fullmatch(rest) or (of_place and _OF_PLACE.fullmatch(rest)) else ""


_OWN_SCHOOL = re.compile(r"[省市县区州旗](?:职教中心|职校|职高|卫校|技校|农校)")
_NUMBERED_SCHOOL = re.compile(
    r"[省市县区]?第?[一二三四五六七八九十\d]+(?:中学?|小学?)|[省市县区](?:直|属)?.{1,6}(?:中学|小学|幼儿园)"
)
_OF_PLACE = re.compile(r"中学|学院|职校|职高|职教中心|师范")


def _of_shared_kind(text: str) -> tuple[list[str], str]:
    found = _SHARED_KIND.match(text)
    if found is None or not (found["count"] or found["more"]):
        return [], text
    listed = re.split(r"[、和与及]", found["names"])
    count = quantities.numeral(found["count"]) if found["count"] else len(listed)
    if count != len(listed) and not found["more"]:
        return [], text
    kind = found["kind"]
    if kind in ("民族自治县", "自治县"):
        kind = "县"
    if kind == "地" or (len(kind) > 1 and kind not in ("街道", "社区")):
        return listed, text[found.end() :]
    return [n if n.endswith(kind) else n + kind for n in listed], text[found.end() :]


def opening(text: str) -> tuple[list[str], str]:
    """Places that a text opens with, and the rest: (["A县", "B县"], "分别新建"); an empty list where it opens with none."""
    if "、" in text[:40] or "和" in text[:12]:
        listed, rest = _of_shared_kind(text[:80])
        if listed:
            return listed, rest + text[80:]
        if stems := _STEMS.match(text[:80]):
            names = re.split("[、和与及]", stems["names"])
            if all(is_stem(name) or named(name) == name for name in names):
                return names, text[stems.end() :]
    rest = text
    if not named(rest):
        rest = _OPENS.sub("", rest)
    if stems := _STEMS.match(rest[:80]):
        listed = _SEPARATOR.split(stems["names"])
        if all(is_stem(name) or named(name) == name for name in listed):
            return listed, rest[stems.end() :]
    found: list[str] = []
    while place := named(rest):
        if _OFFICE.match(rest[len(place) :]):
            break
        found.append(place)
        rest = rest[len(place) :]
        joint = _SEPARATOR.match(rest)
        if joint is None or not named(rest[joint.end() :]):
            break
        rest = rest[joint.end() :]
    rest = (
        re.sub(r"^等?[一二两三四五六七八九十\d]+个?(?:县区|县市|市县|县市区|县|区|市|地|旗)(?=[^,，]|$)", "", rest)
        if len(found) > 1
        else rest
    )
    return found, rest


def lists(text: str) -> list[str]:
    """The places a text lists: 支持A县、B县新建; empty where it lists none or one."""
    found = opening(text)[0]
    return found if len(found) > 1 else []


def of_head(text: str) -> tuple[str, str]:
    """The place a clause opens with and what follows it; the place is `全` for the document's own region.

    Returned is an empty place where the clause opens with none, or with an office or school of that name.
    """
    if found := _WHOLE.match(text):
        return "全", text[found.end() :]
    if found := _EACH.match(text):
        return found["words"], text[found.end() :]
    name = named(text)
    if name and not _OFFICE.match(text[len(name) :]):
        return name, text[len(name) :]
    return "", text
