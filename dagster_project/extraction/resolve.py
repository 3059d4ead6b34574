"""Names to the catalogue: indicators by alias and stage, regions with their history, units to base units.

Reads raw/reference only; the ledger and its targets are no source of names.
"""

import csv
import re
from collections import Counter, defaultdict
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from pathlib import Path

from dagster_project.settings import ROOT

STAGES = (
    ("preschool", r"学前|幼儿园|幼儿|入园|保教"),
    ("compulsory", r"义务教育|中小学|九年"),
    ("senior_stage", r"高中阶段"),
    ("primary", r"小学"),
    ("junior", r"初中"),
    ("senior", r"普通高中|高中|普高"),
    ("vocational", r"中职|中等职业|职业"),
    ("higher", r"高等|高校|大学|研究生|本科生"),
    ("special", r"特殊教育|特教|残疾"),
)
# Names of the code book that are words in every other text.
_WORDS = frozenset(
    ("城区", "郊区", "新区", "矿区", "市区", "市中区", "市辖区", "县", "省直辖县级行政区划", "自治区直辖县级行政区划")
)
_PEOPLES = (
    "蒙古|回|藏|维吾尔|苗|彝|壮|布依|朝鲜|满|侗|瑶|白|土家|哈尼|哈萨克|傣|黎|傈僳|佤|畲|高山|拉祜|水|东乡|纳西|景颇|柯尔克孜|土|达斡尔|仫佬|羌|布朗|撒拉|"
    "毛南|仡佬|锡伯|阿昌|普米|塔吉克|怒|乌孜别克|俄罗斯|鄂温克|德昂|保安|裕固|京|塔塔尔|独龙|鄂伦春|赫哲|门巴|珞巴|基诺|各"
)
_AUTONOMOUS = re.compile(rf"(?P<stem>.{{2,6}}?)(?:(?:{_PEOPLES})族?)+自治(?P<kind>[县州旗])")
_KINDS = "省市县区州旗盟"
_UNIT_KINDS = {
    "%": "rate", "pp": "rate", "persons": "count", "count": "count", "places": "count", "years": "year", "hours": "time",
    "yuan": "money", "sqm": "area", "mu": "area",
}  # fmt: skip
_NEAR = 0.5


@dataclass(frozen=True, slots=True)
class Resolved:
    """`code` where the words leave no doubt; else the nearest indicator with its score, 0 to 1, and why it stays open."""

    code: str = ""
    proposed: str = ""
    score: float = 0.0
    note: str = ""


@dataclass(frozen=True, slots=True)
class Region:
    """A row of the code book; years are None where open."""

    code: str
    name: str
    level: str
    first: int | None
    last: int | None


class Reference:
    """The reference data the extraction needs, read once. Raises OSError where a file is missing."""

    def __init__(self, folder: Path) -> None:
        self._regions: dict[str, list[Region]] = defaultdict(list)
        self._names: dict[str, str] = {}
        for row in _rows(folder / "regions.csv"):
            region = Region(
                row["region_code"], row["name_zh"], row["level"], _year(row["valid_from"]), _year(row["valid_to"])
            )
            self._regions[region.name].append(region)
            if region.last is None:
                self._names[region.code] = region.name
        for name in list(self._regions):
            if (short := _short_name(name)) and short not in self._regions:
                self._regions[short] = self._regions[name]
        self.names = (
            frozenset(n for n, rows in self._regions.items() if any(r.level != "nation" for r in rows)) - _WORDS
        )
        """Names of every region there is or was, with the short ones of autonomous regions (元江县)."""
        self.stems = frozenset(name[:-1] for name in self.names if len(name) > 2 and name[-1] in _KINDS)
        """Names of regions without their kind: 邯郸 of 邯郸市."""
        self._units = {row["unit"]: (row["base_unit"], Decimal(row["factor"])) for row in _rows(folder / "units.csv")}
        self._kinds: dict[str, str] = {}
        self._aliases: dict[str, dict[str, tuple[str, str]]] = defaultdict(dict)
        listed: list[tuple[str, str]] = []
        for row in _rows(folder / "indicators.csv"):
            self._kinds[row["indicator_code"]] = _UNIT_KINDS.get(row["unit"], "")
            self._aliases[_plain(row["name_zh"])].setdefault("", (row["indicator_code"], ""))
            listed.append((row["name_zh"], row["indicator_code"]))
        for row in _rows(folder / "indicator_aliases.csv"):
            self._aliases[_plain(row["alias_zh"])][row["stage"]] = (row["indicator_code"], row["note_zh"])
            if row["indicator_code"]:
                listed.append((row["alias_zh"], row["indicator_code"]))
        self._listed = sorted({(_plain(name), code) for name, code in listed})
        self._pairs: dict[str, list[int]] = defaultdict(list)
        for i, (name, _) in enumerate(self._listed):
            for pair in _pairs(name):
                self._pairs[pair].append(i)
        self._known: dict[tuple[str, str], Resolved] = {}

    def indicator(self, name: str, unit: str) -> Resolved:
        """The indicator a printed name stands for: by alias, by alias and stage, else the nearest one, only proposed.

        A name that several stages share (巩固率) stays open unless a stage stands in it.
        """
        key = (name, unit)
        if key not in self._known:
            self._known[key] = self._indicator(_plain(name), _kind(unit))
        return self._known[key]

    def _indicator(self, name: str, kind: str) -> Resolved:
        stages = [stage for stage, words in STAGES if re.search(words, name)]
        for form in _forms(name):
            found = self._aliases.get(form)
            if found is None:
                continue
            code, note = next((found[s] for s in stages if s in found), found.get("", ("", "")))
            if code and self._fits(code, kind):
                return Resolved(code)
            if not code and note:
                return Resolved(note=f"指标未定：{note} / indicator left open")
        bare = name
        for _, words in STAGES:
            bare = re.sub(rf"(?:{words})(?:阶段|教育)*", "", bare)
        found = self._aliases.get(bare) if bare != name and len(stages) == 1 else None
        if found and stages[0] in found and self._fits(found[stages[0]][0], kind):
            return Resolved(found[stages[0]][0])
        return self._nearest(name, kind, set(stages))

    def _fits(self, code: str, kind: str) -> bool:
        own = self._kinds.get(code, "")
        return not kind or not own or own == kind

    def _nearest(self, name: str, kind: str, stages: set[str]) -> Resolved:
        pairs = _pairs(name)
        shared: Counter[int] = Counter()
        for pair in pairs:
            shared.update(self._pairs.get(pair, ()))
        best: tuple[float, str, str] | None = None
        for i, count in shared.items():
            other, code = self._listed[i]
            score = 2 * count / (len(pairs) + len(_pairs(other)))
            if score < _NEAR or (best and score < best[0]) or not self._fits(code, kind):
                continue
            others = {stage for stage, words in STAGES if re.search(words, other)}
            if stages and others and not stages & others:
                continue
            if best is None or (score, best[1]) > (best[0], code):
                best = (score, code, other)
        if best is None:
            return Resolved(note="目录中没有相近的指标 / no indicator of the catalogue is near")
        return Resolved("", best[1], round(best[0], 2), f"最接近的指标 {best[1]} ({best[0]:.2f}) / nearest indicator")

    def region_code(self, name: str, year: int | None, within: str = "") -> str:
        """The code of a region as it was in `year`, inside the region `within`; empty where it is not sure."""
        if name == "全国":
            return "100000"
        rows = self._regions.get(name, [])
        valid = [r for r in rows if year is None or ((r.first or 0) <= year <= (r.last or 9999))] or [
            r for r in rows if r.last is None
        ]
        if year is None:
            valid = [r for r in valid if r.last is None] or valid
        if within:
            prefix = within[:4].removesuffix("00") if within[2:4] != "00" else within[:2]
            inside = [r for r in valid if r.code.startswith(prefix)]
            valid = inside or [r for r in valid if r.code.startswith(within[:2])]
        codes = sorted({r.code for r in valid})
        return codes[0] if len(codes) == 1 else ""

    def region_name(self, code: str) -> str:
        return self._names.get(code, "")

    def base(self, value: str, unit: str) -> tuple[str, str]:
        """A printed value in base units (3, 万亩 gives 30000, 亩); as it is where the unit is not known."""
        name = unit if unit in self._units else unit.split("/")[0]
        for mark, factor in (("亿", 10**8), ("万", 10**4)):
            if name not in self._units and name.startswith(mark):
                return self._times(value, Decimal(factor)), self._units.get(name[1:], (name[1:], Decimal(1)))[0]
        base, times = self._units.get(name, (name, Decimal(1)))
        return self._times(value, times), base

    @staticmethod
    def _times(value: str, factor: Decimal) -> str:
        try:
            text = format(Decimal(value) * factor, "f")
        except InvalidOperation:
            return value
        return text.rstrip("0").rstrip(".") if "." in text else text


@lru_cache(maxsize=4)
def reference(folder: Path = ROOT / "raw" / "reference") -> Reference:
    return Reference(folder)


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def _short_name(name: str) -> str:
    """元江哈尼族彝族傣族自治县 is printed as 元江县, 延边朝鲜族自治州 as 延边州; empty for other names."""
    found = _AUTONOMOUS.fullmatch(name)
    return found["stem"] + found["kind"] if found else ""


def _year(text: str) -> int | None:
    return int(text) if text else None


def _kind(unit: str) -> str:
    bare = re.split(r"[/每]", unit)[0].lstrip("万亿")
    if bare in ("%", "‰", "个百分点", "百分点"):
        return "rate"
    if bare == "元":
        return "money"
    return (
        "area"
        if bare in ("平方米", "亩", "公顷")
        else "count"
        if bare in ("人", "名", "所", "个", "人次", "位", "项", "班")
        else ""
    )


def _plain(name: str) -> str:
    return re.sub(r"[（）()“”\"《》\s、,，]", "", name).replace("的", "")


def _forms(name: str) -> list[str]:
    """Ways in which one name is written, the printed one first."""
    forms = [name]
    for old, new in (
        ("占比", "比例"), ("比例", "占比"), ("以上", "及以上"), ("及以上", "以上"), ("比率", "比例"), ("比重", "比例"), ("阶段教育", "阶段"),
        ("学前三年", "学前教育三年"), ("学前三年入园率", "学前三年毛入园率"), ("公办幼儿园", "公办园"), ("幼儿园", "园"), ("适龄儿童", ""),
    ):  # fmt: skip
        forms += [f.replace(old, new, 1) for f in forms[:8] if old in f and not (old == "以上" and "及以上" in f)]
    forms += [f.removesuffix("数") if f.endswith("数") else f + "数" for f in forms[:8]]
    return list(dict.fromkeys(forms))


@lru_cache(maxsize=16384)
def _pairs(name: str) -> frozenset[str]:
    return frozenset(name[i : i + 2] for i in range(len(name) - 1))
