"""What a clause is about: something to come, something past, a forecast, or another government's words.

A text about targets is full of figures that are none: what was reached, what is, what is expected. The marks of tense
are read clause by clause and hold until another mark; headings speak for what stands under them. What stands before the
first numbered article tells how things came about until a word of intent or a year to come turns it.

A clause that says what has been done, or appraises what is (仅, 只占, 高达, 不到), is past whatever year it names; a
verb of reaching alone (达到, 超过, 突破) is no mark of either, nor are 全年 and 年底, which belong to the year spoken of.
"""

import re
from dataclasses import dataclass

from dagster_project.extraction.periods import Plan, Time

PAST, OPEN, COMING, FORECAST = "past", "open", "coming", "forecast"

_PAST_HEADING = re.compile(
    r"回顾|成效|(?:工作|主要|取得.{0,4}|肯定.{0,2})成绩|^成绩|总结(?!推广|验收|提升|评估|阶段|考核|经验)|(?:发展|工作|现有)基础|基础(?:与|和)|现状|进展情况|工作进展|取得.{0,4}(?:进展|成)|完成情况|基本情况|发展环境|形势|家底|新课题|走过|"
    r"存在.{0,6}问题|主要问题|突出问题$|问题(?:与|和)|困难(?:和|与)|挑战|背景|成就|历程|(?:工作|主要)亮点|主要做法|基本概况|概况|"
    r"(?:执行|落实|开展|实施|工作)情况|评估结果"
)
_COMING_HEADING = re.compile(
    r"目标|任务|打算|安排|措施|举措|思路|要求|规划|部署|保障|行动|建议|计划|重点|要点|展望|指标|意见|今后|未来|下一步|下步"
)
# These hold until another mark comes.
_STAYS_PAST = re.compile(
    r"截至|截止|(?<![在由从的])目前|(?<!在)(?<![好对将把合用造建活化托固留住])现有(?!.{0,24}(?:全部|均|都|要|须|力争))|现共|过去[一二三四五\d]?年?|以来|[一二三四五六七八九\d]年来|近年|近[一二两三四五\d]+年|去年|前几年|一年来|五年来|回顾|现阶段|总结如下|"
    r"被评为|荣获|获评|被认定为|被授予|前[一二三]季度|经过(?![^,，]{0,3}[\d一二三四五六])[^,，]{0,8}(?:努力|奋斗|建设)|(?:全|我)[市县区省](?:共|现|已)?拥?有(?![效力序关条需影])|"
    r"我[市省县区州]现|期间[,，]?全?[市省县区州]?累计|"
    r"(?:还|仍|依然|仍然|普遍)存在|存在(?:着|的|.{0,8}(?:问题|困难|不足|差距|短板))|底子薄|欠账(?!.{0,4}(?:补|消))|(?:认识|体会|感受)到|吃过.{0,12}亏|教训|"
    r"从[^,，]{0,10}(?:情况|数据|结果)看|据统计|数据显示|统计显示|涌现|在[^,，]{0,16}(?:支持|关心|关怀|帮助|努力|领导)下(?=$|[^,，]{0,4}$)|"
    r"受到[^,，]{0,16}(?:表扬|好评|肯定|表彰|欢迎)|相比$|(?:学习|借鉴|推广)[^,，]{0,16}(?:经验|做法)"
)
# 由目前的41.2%提高到…: the present is only where the clause departs from.
_DEPARTS = re.compile(
    r"(?:由|从|在|比|较|于|超过|保持|按|(?<=[好用对将把足托强合理查造]))(?:目前|现在|现有|当前|去年|上年|前年)的?"
)
# Praise at a sentence's end says that all of it is past.
_PRAISED = re.compile(
    r"受到[^,，。]{0,16}(?:表扬|好评|肯定|表彰|通报)|得到[^,，。]{0,12}(?:充分肯定|好评)|(?:荣获|获评|被评为|被授予|被列为|被确定为)[^,，。的]{2,}(?=[,，]|$)|(?:收到|取得)(?:了)?[^,，。]{0,6}(?:效果|成效)(?=[,，]|$)"
)
# These speak of their own clause only.
_PAST_HERE = re.compile(
    r"仅占|仅为|只占|普遍|不到(?=一半|\d)|不足(?=[一二三四五六七八九]成|一半|半数)|先后|[一二三四五六七八九十\d]年间|上世纪|挤出|已经|已(?!.{0,14}(?:基础上|的.{0,8}(?:县|校|园)))|首次(?!将)|同比|创历史|荣获|获评|被评为|位居|名列|居全|超额|顺利|圆满|如期|提前.{0,4}完成|"
    r"(?<![为除])了(?![解结然断])|"
    r"(?<!在)(?:共|现|尚|仅|仍|还|设|下设|(?<!学生)(?<!均)(?<!人)拥)有|仍达|仍为|缺口|缺额(?!补充|[^,，]{0,4}[减降缩])|尚缺|连续[一二三四五六七八九十\d]+年(?!未)|多年|曾|一直|历年|取得(?:了|[^,，]{0,10}(?:成绩|成效|进展|成果|佳绩|名次|第一|经验))|"
    r"(?<![三四五]年)(?<!年内)共计?(?:招|招聘|培训|投入|建成|发放|完成)|人大关|"
    r"仅(?!限)|只(?:占|有(?!.{0,12}才))|不到(?=\d|[一二三四五六七八九]成|一半|半数)|不足(?=\d|[一二三四五六七八九]成|一半|半数)|高达|多达|还在(?=\d)|差距|(?:仍|依然|仍然)(?:然|有|是|达|为)?|"
    r"提前[^,，]{1,4}(?:实现|完成|达到|达标)|完成(?:年度|全年|既定)?(?:计划|任务|目标)(?:任务|数)?的|成功(?:创建|入选|申报|获批|举办|承办)|"
    r"(?:高出|高于|超过|低于)(?:全国|全省|全市|省|市)(?:平均)?(?:水平)?\d"
)
_TURNS = re.compile(
    r"今后|未来|下一步|下步|接下来|明年|目标(?:是|任务|如下)|(?:安排|计划|任务|分配|打算|通知)如下|(?:制定|制订)本"
)
_INTENT = frozenset(("将", "力争", "确保", "计划", "争取", "努力", "要", "必须", "拟", "力求"))
_COMING = re.compile(
    r"力争|争取|确保|保证|将(?!近)|计划(?=[^》”\"、]*\d)|拟(?![定制])|须|必须|应当|明年|今后|未来|下一步|下步|目标是|为目标|(?<![需主重必首只简])要(?![求点素闻件领员害])|"
    r"力求|继续|努力|年内|不低于|不少于|至少|不得|不超过|有望"
)
_FORECAST = re.compile(
    r"预计|预测|据测算|经测算|初步测算|估计|有望|预期(?!性|目标)|原定(?!基础|的?基础)|原计划|假设|推演|若不|如不|照此"
)
_SAYS = r"(?:提出|下达|(?:要求|明确|规定|确定)(?![的和等标执落]|,?$))"
_QUOTED = re.compile(
    rf"(?<![按照据合到于行实彻])(?:(?P<nation>(?:党中央|国家|国务院|教育部|中央)(?:层面)?[^,，。]{{0,30}}?{_SAYS}|《(?:国务院|国家|中国|全国|教育部|中共中央)[^》]*》[^,，。]{{0,14}}?{_SAYS})|"
    rf"(?P<province>(?:省委|省政府|省里|省教育厅|自治区(?:党委|政府|人民政府|教育厅)?(?=[^级]))[^,，。]{{0,20}}?{_SAYS}|(?:省委|省政府|省里)[^。]{{0,16}}[,，]{_SAYS}|省{_SAYS}|《[^》]{{0,12}}(?:省|自治区)[^》]*》[^,，。]{{0,14}}?{_SAYS})|"
    rf"(?P<city>(?:市委|市政府|市里|市教育局)[^,，。]{{0,20}}?{_SAYS}))"
)
SAID = re.compile(
    rf"(?:[^,，、。]{{0,30}}?(?:[省市县]|自治区|国家|中央|国务院|部|厅|局|委|政府|里|文件|规划|纲要|意见|方案|》))(?:{_SAYS})了?(?:我[市县省区旗州校])?"
)
"""Who says what follows: 自治区提出, 国家要求, 省里要求我市."""
_OWN = re.compile(r"我[市省县区州校]的?|本[市省县区州]|结合")


@dataclass(slots=True)
class Tense:
    """Tense as it runs through a paragraph. `feed` takes clause after clause and says what each one is."""

    plan: Plan
    heading: str = OPEN
    running: str = OPEN
    preamble: bool = False
    """Before the first numbered article: past, unless a clause says otherwise."""

    def __post_init__(self) -> None:
        self.running = self.heading

    forecast: bool = False

    def paragraph(self) -> None:
        self.running, self.forecast = self._start(), False

    def sentence(self, text: str = "") -> None:
        if self.forecast:
            self.running, self.forecast = self._start(), False
        if (praise := _PRAISED.search(text)) and _COMING.search(text, 0, praise.start()) is None:
            self.running = PAST

    def hear(self, text: str) -> None:
        """A sentence without numbers: what it says of tense holds for those that follow."""
        if _STAYS_PAST.search(_DEPARTS.sub("", text)):
            self.running = PAST
        elif self.running == PAST and self.heading != PAST and _TURNS.search(text):
            self.running = COMING

    def _start(self) -> str:
        return PAST if self.preamble and self.heading != PAST else self.heading

    def feed(self, clause: str, times: list[Time]) -> str:
        """PAST, COMING, OPEN or FORECAST for this clause; marks that hold are kept for the next."""
        if _FORECAST.search(clause):
            self.forecast = True
        elif self.forecast and re.search(r"力争|确保|争取|(?<![需主重必首只简])要(?![求点素闻件领员害])", clause):
            self.forecast = False
        if self.forecast:
            return FORECAST
        clause = _DEPARTS.sub("", clause)
        coming = _COMING.search(clause)
        condition = clause.endswith("的")  # 被评为示范园的, …
        done = not condition and not (coming and coming[0] in _INTENT) and _PAST_HERE.search(clause) is not None
        told = self._told(times, done)
        if told != COMING and not condition and _STAYS_PAST.search(clause):
            told = PAST
        if told is None and coming and not done and self.running in (PAST, FORECAST) and self.heading != PAST:
            told = COMING
        if told is not None:
            self.running = told
        return PAST if done else self.running

    def _told(self, times: list[Time], done: bool) -> str | None:
        """What the times of a clause say; None where they say nothing. The year of something done turns nothing."""
        now, told = self.plan.now, None
        for time in times:
            if told == COMING and time.kind == "plan":
                continue  # 到2022年全面完成“十三五”目标: the plan is only named
            if time.kind == "gone":
                told = PAST
            elif time.kind in ("next", "coming"):
                told = told if done else COMING
            elif time.kind in ("year", "span", "plan") and time.last is not None and now is not None:
                report = self.plan.report_year
                if (
                    (time.words.startswith(("截至", "截止")) and time.last <= now)
                    or time.last < now
                    or (report is not None and time.last == report and self.heading == PAST)
                ):
                    told = PAST
                elif done:
                    continue
                elif time.last > now or (time.until and self.heading != PAST):
                    told = COMING
                elif self.running == PAST and self.heading != PAST:
                    told = OPEN
            elif time.kind == "this" and self.running == PAST and self.heading != PAST and not done:
                # 全年, 当年 and 年底 are of the year spoken of; only 今年 turns to the text's own.
                told = OPEN if re.search(r"今年|本年|年内|年[底末]前", time.words) else told
        return told


def of_heading(titles: list[str], looks_back: bool = False) -> str:
    """What the headings above a text say of it, the nearest first; `looks_back` where the document as a whole does."""
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
            not looks_back
            or re.search(r"目标|任务|打算|计划|今[年后]|明年|下半年|未来|下一步|展望|抓好|部署|突出重点", title)
        ):
            return COMING
    return OPEN


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
