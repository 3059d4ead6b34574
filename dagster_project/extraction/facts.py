"""What a clause is about: something to come, something past, a forecast, or another government's words.

A text about targets is full of figures that are none: what was reached, what is, what is expected. The marks of tense
are read clause by clause and hold until another mark; headings speak for what stands under them.
"""

import re
from dataclasses import dataclass

from dagster_project.extraction.periods import Plan, Time

PAST, OPEN, COMING, FORECAST = "past", "open", "coming", "forecast"

_PAST_HEADING = re.compile(
    r"回顾|成效|(?:工作|主要|肯定|取得.{0,4})成绩|^成绩|总结(?!推广)|(?:发展|工作|现有)基础|基础(?:与|和)|现状|进展情况|工作进展|取得.{0,4}(?:进展|成)|完成情况|基本情况|发展环境|形势|"
    r"存在.{0,6}问题|主要问题|突出问题$|问题(?:与|和)|困难(?:和|与)|挑战|背景|成就|历程|(?:工作|主要)亮点|主要做法|基本概况|概况|"
    r"(?:执行|落实|开展|实施|工作)情况|评估结果"
)
_COMING_HEADING = re.compile(
    r"目标|任务|打算|安排|措施|举措|思路|要求|规划|部署|保障|行动|建议|计划|重点|要点|展望|指标|意见|今后|未来|下一步|下步"
)
# These hold until another mark comes.
_STAYS_PAST = re.compile(
    r"截至|截止|(?<![在由从的])目前|(?<!在)现有|现共|过去[一二三四五\d]?年?|以来|[一二三四五六七八九\d]年来|近年|近[一二两三四五\d]+年|去年|前几年|一年来|五年来|回顾|现阶段|总结如下|"
    r"被评为|荣获|获评|被认定为|被授予|前[一二三]季度|经过(?![^,，]{0,3}[\d一二三四五六])[^,，]{0,8}(?:努力|奋斗|建设)|(?:全|我)[市县区省](?:共|现|已)?拥?有(?![效力序关条需])|"
    r"我[市省县区州]现|期间[,，]?全?[市省县区州]?累计"
)
# These speak of their own clause only.
_PAST_HERE = re.compile(
    r"仅占|仅为|只占|普遍|不到(?=一半|\d)|先后|[一二三四五六七八九十\d]年间|上世纪|挤出|已经|已(?!.{0,14}(?:基础上|的.{0,8}(?:县|校|园)))|首次(?!将)|同比|创历史|荣获|获评|被评为|位居|名列|居全|超额|顺利|圆满|如期|提前.{0,4}完成|"
    r"(?<![为除])了(?![解结然断])|"
    r"(?<!在)(?:共|现|尚|仅|仍|还|设|下设|拥)有|仍达|仍为|缺口|缺额(?!补充)|尚缺|连续[一二三四五六七八九十\d]+年(?!未)|多年|曾|一直|历年|全部兑现|取得(?!.{0,6}突破)|"
    r"共计?(?:招|招聘|培训|投入|建成|发放|完成)|人大关"
)
_COMING = re.compile(
    r"力争|争取|确保|保证|将(?!近)|计划(?=[^》”\"、]*\d)|拟(?![定制])|须|必须|应当|明年|今后|未来|下一步|下步|目标是|为目标|(?<![需主重必首只简])要(?![求点素闻件领员害])|"
    r"力求|继续|努力|年内|不低于|不少于|至少|不得|不超过|有望"
)
_FORECAST = re.compile(r"预计|预测|据测算|经测算|初步测算|估计|有望|预期(?!性|目标)|原定(?!基础|的?基础)|原计划|假设")
_QUOTED = re.compile(
    r"(?P<nation>国家(?:层面)?(?:已?明确)?(?:提出|要求(?!的)|规定(?!的)|确定(?!的)|明确)|(?:国家|国务院|教育部|中央)(?:层面)?[^,，。“”]{0,30}(?:提出|(?:要求|明确|规定|确定)(?=[,，:：到]))|"
    r"《(?:国务院|国家|中国|全国|教育部|中共中央)[^》]*》[^,，。]{0,14}(?:提出|要求|明确|规定|确定))|"
    r"(?P<province>(?:省委|省政府|省里|省教育厅|自治区(?:党委|政府|人民政府)|自治区(?=提出|要求))[^,，。]{0,20}(?:提出|要求(?=[,，:：到各全\d])|明确(?=[,，:：到要])|规定(?=[,，:：到])|确定(?=[,，:：到])|下达)|"
    r"按照?省[^,，。]{0,10}要求|《[^》]{0,12}(?:省|自治区)[^》]*》[^,，。]{0,14}(?:提出|要求|明确|规定))|"
    r"(?P<city>(?:市委|市政府|市里)[^,，。]{0,20}(?:提出|要求(?=[,，:：到])|明确(?=[,，:：到])))"
)
_OWN = re.compile(r"我[市省县区州校]的?|本[市省县区州]|结合")


@dataclass(slots=True)
class Tense:
    """Tense as it runs through a paragraph. `feed` takes clause after clause and says what each one is."""

    plan: Plan
    heading: str = OPEN
    running: str = OPEN

    def __post_init__(self) -> None:
        self.running = self.heading

    forecast: bool = False

    def paragraph(self) -> None:
        self.running, self.forecast = self.heading, False

    def sentence(self) -> None:
        if self.forecast:
            self.running, self.forecast = self.heading, False

    def feed(self, clause: str, times: list[Time]) -> str:
        """PAST, COMING, OPEN or FORECAST for this clause; marks that hold are kept for the next."""
        now = self.plan.now
        if _FORECAST.search(clause):
            self.forecast = True
        elif self.forecast and re.search(r"力争|确保|争取|(?<![需主重必首只简])要(?![求点素闻件领员害])", clause):
            self.forecast = False
        if self.forecast:
            return FORECAST
        told = None
        for time in times:
            if told == COMING and time.kind == "plan":
                continue  # 到2022年全面完成“十三五”目标: the plan is only named
            if time.kind == "gone":
                told = PAST
            elif time.kind in ("next", "coming"):
                told = COMING
            elif time.kind in ("year", "span", "plan") and time.last is not None and now is not None:
                report = self.plan.report_year
                if time.last < now or (report is not None and time.last == report and self.heading == PAST):
                    told = PAST
                elif time.last > now or (time.until and self.heading != PAST):
                    told = COMING
                elif self.running == PAST and self.heading != PAST:
                    told = OPEN
            elif time.words.startswith(("今年", "本年")) and self.running == PAST and self.heading != PAST:
                told = OPEN
        if _STAYS_PAST.search(clause) and told != COMING:
            told = PAST
        coming = _COMING.search(clause)
        if told is None and coming and self.running in (PAST, FORECAST) and self.heading != PAST:
            told = COMING
        if told is not None:
            self.running = told
        if (
            self.running != PAST
            and _PAST_HERE.search(clause)
            and not (coming and coming[0] in ("将", "力争", "确保", "计划", "争取"))
        ):
            return PAST
        return self.running


def of_heading(titles: list[str], otherwise: str = OPEN) -> str:
    """What the headings above a text say of it, the nearest first; `otherwise` is what the whole document says."""
    for title in titles:
        past, coming = bool(_PAST_HEADING.search(title)), bool(_COMING_HEADING.search(title))
        if past and not coming:
            return PAST
        if past and coming:
            if re.search(r"(?:过去|回顾|成效|完成情况|工作总结)", title) and not re.search(
                r"目标|打算|今后|展望|建议|计划", title
            ):
                return PAST
            return OPEN
        if coming and (
            otherwise != PAST
            or re.search(r"目标|任务|打算|计划|今[年后]|明年|下半年|未来|下一步|展望|抓好|部署|突出重点", title)
        ):
            return COMING
    return otherwise


def speaker(sentence: str) -> str:
    """nation, province or city where the sentence quotes another government's demand, else an empty text."""
    found = _QUOTED.search(sentence)
    if found is None:
        return ""
    own = _OWN.search(sentence, found.end())
    return "" if own and own.start() - found.end() < 4 else str(found.lastgroup)


def speaks_for_itself(sentence: str) -> bool:
    """The text turns to its own region: 我市, 结合."""
    return _OWN.search(sentence) is not None
