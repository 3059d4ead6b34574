"""Numbers with their units, as Chinese policy texts print them: one scan, no judgement what a number is for.

Read are Arabic and Chinese numerals, 万 and 亿, 百分之, 成, 分之, 半数, 番, ranges, ratios, and numbers hidden behind
X or *. Numerals are read here in twenty lines: the published converters are slower than the whole scan, and the best
kept one installs stray top-level packages.
"""

import re
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import lru_cache

RATE, COUNT, MONEY, AREA, TIME, RATIO, POINTS, TIMES, YEARS, COEFFICIENT = (
    "rate", "count", "money", "area", "time", "ratio", "points", "times", "years", "coefficient",
)  # fmt: skip

_PERCENT = ("个百分点", "百分点", "%", "‰", "﹪")
_MONEY = ("元", "圆")
_AREA = ("平方公里", "平方米", "平米", "公顷", "亩", "㎡", "m²", "立方米", "公里", "千米", "米")
_TIME = (
    "个小时",
    "小时",
    "个课时",
    "课时",
    "个学时",
    "学时",
    "分钟",
    "个月",
    "个工作日",
    "工作日",
    "学分",
    "天",
    "周",
    "Mbps",
    "兆",
    "M",
    "G",
)
_COUNT = (
    "人次", "场次", "人天", "个班", "台套", "台件",
    "所", "个", "名", "人", "位", "间", "班", "套", "册", "台", "辆", "张", "项", "门", "种", "节", "座", "处", "条", "家",
    "对", "支", "批", "场", "次", "期", "轮", "户", "组", "片", "件", "例", "株", "幅", "篇", "部", "栋", "幢", "块", "类", "本", "生",
    "校", "园", "县", "区", "省", "市", "乡镇", "镇", "村", "岁", "周岁", "级", "轨", "枚", "档", "届", "分", "堂", "栋", "起", "枚",
)  # fmt: skip
_UNITS = sorted((*_PERCENT, *_MONEY, *_AREA, *_TIME, *_COUNT, "倍", "番", "年"), key=lambda u: (-len(u), u))
_FAMILY = {
    **dict.fromkeys(("%", "‰", "﹪", "成"), RATE),
    **dict.fromkeys(("个百分点", "百分点"), POINTS),
    **dict.fromkeys(_MONEY, MONEY),
    **dict.fromkeys(_AREA, AREA),
    **dict.fromkeys(_TIME, TIME),
    **dict.fromkeys(("倍", "番"), TIMES),
    "年": YEARS,
}

_HAN_DIGITS = "一二两三四五六七八九"
_HAN = rf"(?<![第{_HAN_DIGITS}十百千])[{_HAN_DIGITS}十廿百千零〇]{{1,12}}(?:[万亿]{{1,2}}[{_HAN_DIGITS}十百千零〇]{{1,12}}){{0,3}}(?:点[{_HAN_DIGITS}零〇]{{1,6}})?"
_ARABIC = r"\d{1,3}(?:,\d{3}){1,5}(?:\.\d{1,6})?|\d{1,15}(?:\.\d{1,6})?"
_HIDDEN = r"\d{1,3}\.[Xx×*＊]{1,2}|\d?[Xx×*＊]{1,4}(?:\.[Xx×*＊]{1,2})?|[□○_]{1,6}"
_NUMBER = rf"(?:{_ARABIC}|{_HAN}|{_HIDDEN})"
_BIG = r"(?:千万|百万|十万|万|亿|千|百)"
# A unit that begins another word is none: 人民, 名师, 项目, 班级.
_NOT_BEFORE = {
    "人": "民大社力口均才事文工物员为格间心防身类生机学",
    "个": "人性体别",
    "项": "目",
    "班": "级主额子车组",
    "家": "长庭校园具级",
    "对": "口接应外标策照象",
    "支": "教持部出撑付援",
    "场": "所地馆",
    "期": "间末中望限刊",
    "本": "以上线率科级土地校市省县区行规专年学",
    "组": "织建长",
    "部": "门分署级长队",
    "门": "户",
    "节": "能约日",
    "处": "理分于级",
    "条": "例款",
    "座": "谈位",
    "位": "于置列",
    "片": "区",
    "区": "域级内",
    "校": "园长区舍均",
    "园": "区长所舍",
    "生": "均源活师产",
    "次": "年日序性",
    "类": "别型",
    "分": "别类校批级层析工解配管期年享散段数园之布",
    "种": "植",
    "轮": "岗训换",
    "批": "评准复次",
    "级": "别",
    "省": "级定委教",
    "市": "级直场委教民政属",
    "县": "级域城直委教",
    "块": "钱",
    "件": "事",
    "年": "级轻龄度制段",
    "周": "年岁末边期",
    "兆": "瓦",
    "M": "BbOo",
    "G": "Bb",
}
_NOT = {unit: f"(?![{begins}])" for unit, begins in _NOT_BEFORE.items()}
_NOT["名"] = "(?!师(?!范|资)|校(?![长医外])|[优牌园家单录额称誉特著])"  # 50名师范生 are fifty
_NOT["人"] = "(?![民社力口均才事文工物员为格间心防身类生机学]|大(?!关))"
_NOT["个"] = "(?!人(?![工才员文])|[性体别])"
_NOT["次"] = "(?![年日序性]|全会|全体会议|会议|党代会)"
_UNIT = "|".join(re.escape(unit) + _NOT.get(unit, "") for unit in _UNITS)
_PER = (
    r"(?:\s*(?:/|每)\s*(?:学生|生|人|名|年|月|班|校|园|周|天|日|学期|学年|平方米|学生|百人|次|期)"
    r"(?:\s*[/·.•・]?\s*每?(?:学年|学期|年|月|周|天|日))?)"
)
_DASH = r"\s*(?:[-－—–―~～]{1,2}|至|到)\s*"
_SUFFIX = r"(?:\(含\)|及|或)?(?:以上|以内|之内|以下|之下|左右|上下|范围内|范围之内|范围以内)"

_PATTERN = re.compile(
    rf"""(?=[\d百千一二两三四五六七八九十廿零〇半翻过Xx×*＊□○_])(?<![第\dA-WYZa-wyz.])(?:
      (?P<of>百分之|千分之)(?P<of_low>{_ARABIC}|{_HAN}|{_HIDDEN})(?:{_DASH}(?:百分之|千分之)?(?P<of_high>{_ARABIC}|{_HAN}))?
    | (?P<below>[{_HAN_DIGITS}十百]{{1,4}})分之(?P<above>[{_HAN_DIGITS}十百]{{1,4}})
    | (?P<tenth>[{_HAN_DIGITS}十\d])成(?P<half_tenth>半|[{_HAN_DIGITS}])?(?![功立为就绩长员本果效套型人家])
    | (?P<part>\d{{1,2}})/(?P<whole>\d{{1,2}})(?![\d/%年月])
    | (?P<half>半数|(?<!超)过半(?!数|个?小时|年|天)|(?<!另)一半)
    | (?P<half_of>半(?=个?小时|天))(?P<half_unit>个?小时|天)
    | 翻(?P<fold>[{_HAN_DIGITS}])番
    | (?P<left>\d{{1,4}}(?:\.\d{{1,3}})?)\s*(?:[:：∶]|比(?=\d))\s*(?P<right>\d{{1,4}}(?:\.\d{{1,3}})?)(?![:：\d])
    | (?P<low>{_NUMBER})(?P<low_big>{_BIG})?(?P<low_few>[多余])?(?P<low_unit>{_UNIT})?
      {_DASH}
      (?P<high>{_ARABIC}|{_HAN})(?P<high_big>{_BIG})?(?P<few2>[多余])?(?P<unit2>{_UNIT})(?P<per2>{_PER})?
    | (?P<num>{_NUMBER})(?P<big>{_BIG})?(?P<few>[多余来])?\s?(?:(?P<unit>{_UNIT})(?P<per>{_PER})?|(?P<bare>(?=学位|幼儿|学生|名?教师)))
    | (?P<coefficient>0\.\d{{1,4}})(?![\d%‰.]|\s?[万亿千百])
    )(?P<suffix>{_SUFFIX})?""",
    re.VERBOSE,
)


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number with its unit in a text; `start` and `end` enclose a bound behind it (以上) too."""

    start: int
    end: int
    value: str
    """Decimal text; empty where hidden."""
    high: str
    unit: str
    family: str
    hidden: bool
    suffix: str
    """The bound behind the number: 以上, 以内, 左右 …; empty where none."""
    numeral: bool
    """Written in Chinese numerals, which names and set phrases use as well."""
    rough: bool = False
    """多, 余 or 来 stands behind the number."""


@lru_cache(maxsize=4096)
def find(text: str) -> tuple[Quantity, ...]:
    """Every quantity of a text, from left to right, none overlapping."""
    found: list[Quantity] = []
    for match in _PATTERN.finditer(text):
        q = _quantity(match)
        if q is None:
            continue
        if q.start and text[q.start - 1] in "、和与及":
            if q.family == POINTS:
                for i in range(len(found) - 1, -1, -1):  # 5个、3个百分点
                    after = found[i + 1].start if i + 1 < len(found) else q.start
                    if found[i].unit != "个" or after - found[i].end != 1:
                        break
                    found[i] = replace(found[i], unit=q.unit, family=POINTS)
            found += _listed_before(text, q, found[-1].end if found else 0)
        found.append(q)
    return tuple(found)


_BARE_LIST = re.compile(rf"(?:(?:{_ARABIC})(?:{_BIG})?个?[、和与及])+$")
_BARE = re.compile(rf"(?P<num>{_ARABIC})(?P<big>{_BIG})?个?[、和与及]")


def _listed_before(text: str, q: Quantity, begin: int) -> list[Quantity]:
    """Numbers before `q` that have only its unit: 18.5万、12万和9.6万平方米, 5个、3个百分点."""
    begin = max(begin, q.start - 60)
    found = _BARE_LIST.search(text, begin, q.start)
    if found is None or q.family in (YEARS, RATIO):
        return []
    unit = q.unit.lstrip("万亿")
    out = []
    for item in _BARE.finditer(text, found.start(), q.start):
        value, big, _ = _in_units(_text(item["num"]), item["big"] or "")
        out.append(Quantity(item.start(), item.end() - 1, value, "", big + unit, q.family, False, "", False))
    return out


@lru_cache(maxsize=4096)
def numeral(text: str) -> Decimal | None:
    """The value of an Arabic or Chinese numeral; None where it is none.

    >>> numeral("一百零五"), numeral("二〇二五"), numeral("十八亿六千万"), numeral("1,200"), numeral("三千五")
    (Decimal('105'), Decimal('2025'), Decimal('1860000000'), Decimal('1200'), Decimal('3500'))
    """
    if text[:1].isdigit():
        return Decimal(text.replace(",", ""))
    whole, _, fraction = text.partition("点")
    digits = {c: i for i, c in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}
    if fraction:
        value = numeral(whole)
        if value is None or any(c not in digits for c in fraction):
            return None
        return value + Decimal("0." + "".join(str(digits[c]) for c in fraction))
    if len(whole) > 1 and all(c in digits for c in whole):  # read digit by digit: 二〇二五
        return Decimal("".join(str(digits[c]) for c in whole))
    total = section = figure = 0
    last = 1
    for c in whole:
        if c in digits:
            figure = digits[c]
            if c in "零〇":
                last = 10
        elif c in "十百千廿":
            power = {"十": 10, "廿": 10, "百": 100, "千": 1000}[c]
            section += (2 if c == "廿" else figure or 1) * power
            figure, last = 0, power
        elif c in "万亿":
            power = 10_000 if c == "万" else 100_000_000
            total = (total + section + figure) * power if c == "亿" else total + (section + figure) * power
            section = figure = 0
            last = power
        else:
            return None
    # 三千五 is 3500: a last figure counts in the place below the one before it.
    return Decimal(total + section + figure * (last // 10 if last > 10 else 1)) if whole else None


def plain(value: Decimal) -> str:
    """A number without exponent and without trailing zeros behind the point."""
    text = format(value, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def _quantity(m: re.Match[str]) -> Quantity | None:
    suffix = (m["suffix"] or "").removeprefix("(含)").lstrip("及或")
    value, high, unit, hidden, is_numeral, rough = "", "", "", False, False, False
    if m["of"]:
        unit = "%" if m["of"] == "百分之" else "‰"
        hidden = _is_hidden(m["of_low"])
        value = "" if hidden else _text(m["of_low"])
        high = _text(m["of_high"]) if m["of_high"] else ""
    elif m["below"]:
        below, above = numeral(m["below"]), numeral(m["above"])
        if not below or above is None or above > below:
            return None
        value, unit = plain((above / below * 100).quantize(Decimal("0.01"))), "%"
    elif m["tenth"]:
        tenths = numeral(m["tenth"]) or Decimal(0)
        ones = 5 if m["half_tenth"] == "半" else numeral(m["half_tenth"]) if m["half_tenth"] else 0
        value, unit = plain(tenths * 10 + (ones or 0)), "%"
    elif m["part"]:
        if not 0 < int(m["part"]) < int(m["whole"]) or m.string[m.start() - 1 : m.start()] not in (
            "的",
            "占",
            "到",
            "达",
            "于",
        ):
            return None
        value, unit = plain((Decimal(m["part"]) / Decimal(m["whole"]) * 100).quantize(Decimal("0.01"))), "%"
    elif m["coefficient"]:
        return Quantity(m.start(), m.end(), plain(Decimal(m["coefficient"])), "", "", COEFFICIENT, False, suffix, False)
    elif m["half_of"]:
        unit = _one_name(m["half_unit"])
        return Quantity(m.start(), m.end(), "0.5", "", unit, TIME, False, suffix, False)
    elif m["half"]:
        value, unit = "50", "%"
    elif m["fold"]:
        value, unit = plain((2 ** (numeral(m["fold"]) or Decimal(1)) - 1) * 100), "%"
        return Quantity(m.start(), m.end(), value, "", unit, TIMES, False, suffix, True)
    elif m["left"]:
        return Quantity(m.start(), m.end(), f"{m['left']}:{m['right']}", "", "", RATIO, False, suffix, False)
    elif m["high"]:
        hidden = _is_hidden(m["low"])
        unit = _one_name(m["unit2"])
        is_numeral = not m["low"][0].isdigit()
        low_big, high_big = m["low_big"] or "", m["high_big"] or ""
        if m["low_unit"] and _one_name(m["low_unit"]) != unit:
            return None
        if not low_big or low_big == high_big:  # 3—5万人 counts both in 万
            value, high = _text(m["low"]), _text(m["high"])
            value, _, low_big = _in_units(value, high_big)
            high, unit_big, _ = _in_units(high, high_big)
            unit = unit_big + unit + _per(m["per2"])
        else:
            return None
        if not hidden and value and high and Decimal(value) >= Decimal(high):
            return None
    else:
        number, big = m["num"], m["big"] or ""
        if big and not number[0].isdigit() and re.search("[万亿]", number):
            number, big = number + big, ""
        hidden = _is_hidden(number)
        is_numeral = not hidden and not number[0].isdigit()
        value = "" if hidden else _text(number)
        if not hidden and not value:
            return None
        rough = bool(m["few"])
        unit = (
            _one_name(m["unit"])
            if m["unit"]
            else "人"
            if m["bare"] is not None and not m.string.startswith("学位", m.end("num") + len(m["big"] or ""))
            else "个"
        )
        value, big, _ = _in_units(value, big)
        unit = big + unit + _per(m["per"])
    family = _FAMILY.get(re.split(r"[/每]", unit)[0].lstrip("万亿"), COUNT)
    return Quantity(m.start(), m.end(), value, high, unit, family, hidden, suffix, is_numeral, rough)


def _is_hidden(number: str) -> bool:
    return number[-1] in "Xx×*＊" or number[0] in "Xx×*＊□○_" or number[1:2] in tuple("Xx×*＊")


def _text(number: str) -> str:
    if _is_hidden(number):
        return ""
    value = numeral(number)
    return "" if value is None else plain(value)


def _in_units(value: str, big: str) -> tuple[str, str, str]:
    """Value and the part of 万, 亿 that stays in the unit: 18.6, 亿; 千 and 百 are multiplied out."""
    if not value:
        return value, big if big in ("万", "亿") else "", big
    amount = Decimal(value)
    if big in ("万", "亿"):
        return value, big, big
    if big:
        amount *= {"千万": 1000, "百万": 100, "十万": 10, "千": 1000, "百": 100}[big]
        return plain(amount), "万" if big.endswith("万") else "", big
    if amount >= 10**8 and amount % 10**6 == 0:
        return plain(amount / 10**8), "亿", big
    return value, "", big


def _one_name(unit: str) -> str:
    return {"﹪": "%", "圆": "元", "平米": "平方米", "㎡": "平方米", "m²": "平方米", "个小时": "小时", "个课时": "课时",
            "个学时": "学时", "个工作日": "工作日"}.get(unit, unit)  # fmt: skip


def _per(per: str | None) -> str:
    """/生·年 for 元/生·年, 元每生每年 and the like."""
    if not per:
        return ""
    words = re.findall(r"学生|学年|学期|平方米|百人|生|人|名|年|月|班|校|园|周|天|日|次|期", per)
    return "/" + "·".join("生" if w == "学生" else w for w in words)
