"""Targets whose number is only understood: 全覆盖, 全部, 消除, 只增不减, 不低于 a named figure; and dates alone.

Each form gives what it stands for (100 %, none, growth of at least 0) and its words; `recognise` adds time and place.
全部 before a verb asks for all of what stands before it, whatever the verb; before a noun, and of people's zeal, it is
rhetoric. 消除 and its like ask for none only of things that can be counted: schools, classes, buildings, events, cases.
"""

import re
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Implied:
    """One implied target of a clause."""

    name: str
    comparator: str
    value: str
    unit: str
    kind: str = "implied"
    recurs: str = ""
    note: str = ""
    doubt: float = 0.1


_MAY_HOLD = re.compile(
    r"失学|辍学|全部|例|消化|化解|清理|隐患|全覆盖|覆盖(?:全部|所有|全体|每)|消除|杜绝|取缔|清零|零|不能少|全部|所有|均|都|每一?[所个名]|只增不减|增长|不低于|不高于|全面取消|不发生|"
    r"建成|竣工|完工|投入使用|投用|交付|移交|开学|启用|开工|动工|招生|完成|通过|清除|归零|普及|[^,，]{0,6}[0〇零]$"
)
_COVERED = re.compile(
    r"(?P<np>[^,，。;；:：]{2,40}?)(?P<done>(?:要|基本|全面|力争|力求|逐步|真正|争取|确保)*(?:实现|达到|做到|推进|推动|完成|保持|保证|形成)?(?:了)?(?:对)?)(?P<each>县县|乡乡|村村|校校|园园|镇镇|班班)?全(?:面)?覆盖(?P<after>为目标|的?目标|率?)?$"
)
_COVERS = re.compile(r"(?P<np>[^,，。;；:：]{0,30}?)覆盖(?P<of>(?:全部|所有|全体|每一?[所个名])[^,，。]{2,24})$")
_NOT_MEASURED = re.compile(r"原则|要求$|格局$|检查|排查|监管|督查|宣传|方式")
_GONE_NOUN = (
    "大班额|超大班|大通铺|危房|危险校舍|无证|非法办学|黑园|黑校|事故|事件|案件|辍学|失学|欺凌|空白|文盲|旱厕|薄弱园|薄弱学校|缺口|代课|违规|择校|D级|缺编|大校额|火灾|溺亡|溺水|隐患|超标(?:学校|班级|校)|问题学校|问题校车|不合格(?:学校|园)|不达标(?:学校|园)|"
    "童工|伤亡|体罚|有偿补课|彩钢|旧校舍|土操场|重大疫情"
)
_ENDED = re.compile(
    rf"(?P<how>坚决|全面|基本|彻底|逐步|严格|有效|依法|坚决依法|力争|确保|实现|动态|年内|要)*(?P<verb>消除|杜绝|取缔|清除|不发生|不出现|清零)(?P<np>[^,，。;；:：]{{0,20}}?(?:{_GONE_NOUN})[^,，。;；:：、和]{{0,8}}?)(?:[、和][^,，。;；:：、]{{2,10}}?(?=现象|问题|行为))*(?P<plan>计划|任务|目标|现象|问题|行为|的?发生|工作)?$"
)
_DONE = "(?:到位|完毕|完成|干净|为零|停办)?"
_GONE_BEFORE = re.compile(
    rf"(?P<np>[^,，。;；:：]{{0,24}}?(?:{_GONE_NOUN})[^,，。;；:：]{{0,6}}?)(?:全部|全面|基本|彻底|得到|予以|要|必须|率先|实现|动态|保持|年底前|力争|依法|一律)*(?P<verb>消除|取缔|清零|化解|消化|清除|清理|关停|整治|拆除|归零|销号|停用){_DONE}$"
)
_CLOSED = re.compile(
    rf"(?P<np>[^,，。;；:：]{{2,24}}?(?:园|所|点|校|班|机构|站))(?:全部|全面|一律|依法|坚决|予以|必须|要)*(?:取缔|关停|清退){_DONE}$"
)
_ZERO = re.compile(
    r"(?P<np>[^,，。;；:：]{2,34}?)(?:实现|达到|保持|做到|全部|动态|确保|要|为|年内|基本)*(?P<zero>清零|归零|零发生|零辍学|零失学|零事故|零容忍|一[个例人起](?:都|也)?不(?:能少|允许发生|得发生|发生|允许出现|能有|准发生)|一个(?:都|也)?不少|无一失学|无一辍学|零增长|零拒绝|零存量|零新增|(?<=为)零)(?P<after>目标|的目标)?$"
)
_NOT_ONE = re.compile(
    r"(?:不让|没有|无)一[个名位](?P<who>[^,，。;；:：]{0,10}?(?:学生|儿童|少年|幼儿|考生|新生))(?P<why>因[^,，。;；:：]{1,8}?)?而?(?P<what>失学|辍学)"
)
"""不让一名学生因贫失学."""
_ALL = re.compile(
    r"(?P<np>[^,，。;；:：]{2,36}?)(?P<all>全部|全都|百分之百|全面(?=达标|配齐))(?P<vp>(?:要|应|须|必须|将|按期|按时|如期|依法|基本)*(?:竣工|开工|补齐|补足|到位|完毕|签订|签署|加入|上线|联网|连接|接通|通(?![用常识过])|挂牌|运行|解决|消化|撤销|整合|拆除|更新|更换|改建|公开|公示|注册|就读|安置|就业|入学|返校|复学|登记|建档|投产|投用|投入(?:使用|运行)|启动|验收|培训|轮训|考核|签约|结对|派驻|统一|免除|发放|兑现|执行|编入|转为|录入|归集|覆盖|持有|配足|标准化|合格|入网|参保|参与|实施|推行|采用|使用|建有|设有|开齐|开足|脱贫|清退|交付|使用|并网|"
    r"达标|达到|完成|通过|接入|用于|创建|建成|纳入|配备|配齐|实现|覆盖|整改|移交|开展|建立|开设|设立|开通|实行|安装|取得|持证|具备|参加|接受|成为|进入|享受|消除|取消|清零|改造|达|普及|启动|投入|落实|办成|完工)[^,，。;；:：]{0,22})$"
)
_REACHED = re.compile(
    r"(?P<np>[^,，。;；:：]{2,24}?)(?:要|须|将|能|都|均|已)*(?P<verb>通到|通达|连到|建到|送到|延伸到|覆盖到|配到|派到|惠及|普及到|接入)(?:了)?(?P<of>(?:全部|所有|全体|每一?[所个名])[^,，。]{2,20})$"
)
_EVERY = re.compile(
    r"(?P<np>(?:[^,，。;；:：]{0,12})(?P<every>所有|全体|每一?(?:所|个|名|位)|全部)(?P<who>[^,，。;；:：]{2,20}?))(?P<all>均|都|全部)?(?P<vp>(?:达到|达标|完成|通过|接入|用于|创建|建成|纳入|配备|配齐|实现|整改|移交|开展|建立|开设|设立|开通|实行|安装|取得|持证|具备|参加|接受|成为|建有|设有|拥有|推开|推行|铺开|实施|推广)[^,，。;；:：]{0,22})$"
)
_RHETORIC = re.compile(
    r"孩子|家庭|群众|人民|环节|方面|过程|党员|干部|工作|节课|细节|课堂|学生都|力量|资源|积极|师生员工"
)
_NOT_LESS = re.compile(r"(?P<np>[^,，。;；:：]{3,44}?)(?:逐年|每年)?只增不减")
_PAY = re.compile(
    r"(?P<np>[^,，。;；:：]{0,30}?(?:工资|收入|待遇)[^,，。;；:：]{0,10}?)(?:不低于(?:或高于)?|高于|不得低于)(?P<whom>(?:当地|本地|同级|同类)?[^,，。;；:：]{0,8}(?:公务员|教师|教职工|职工)[^,，。;；:：]{0,16})$"
)
_SLOGAN = re.compile(
    r"(?P<np>[^,，。;；:：]{0,24}?)(?P<do>确保|达到|实现|落实|做到|保证|依法|坚持)[^,，。;；:：“]{0,20}(?:“|\")?(?P<slogan>两个只增不减|三个?增长(?:一提高)?|三个?增长、?两个提高|两个不低于(?:或高于)?|两个提高|两个比例)(?:”|\")?"
)
MADE_READY = re.compile(
    r"(?:(?:整改|改造|搬迁|治理|清理|建设|拆除|合并)(?:到位|完毕|完成)|建成(?!.{0,20}(?:体系|机制|格局|制度|模式|社会|强市|强县|强区|教育))|竣工|完工|投入使用|投用|交付|移交|开学|启用|开工|动工|封顶|招生(?=$|并|运行|办学|开学)|完成(?=.{0,12}(?:建设|验收|摸底|排查|评估|整改|改造|搬迁|招标|治理|普查|审批|立项|移交|整治|评定|认定|合并|撤并|整合|调整))|通过(?=.{0,14}(?:验收|认定|评估|督导)))"
)
_READY_NOUN = re.compile(
    r"学校|幼儿园|小学|中学|高中|校区|大楼|项目|工程|楼|基地|中心|学院|园区|教室|食堂|治理|平台|任务|验收|评估|排查|县|区$|建设"
)


CARRIED = "…"
"""The name of a target whose words stand in the clause before."""
_NOUGHT = re.compile(
    r"(?P<rate>[^,，。;；:：]{2,24}?(?:率|数|事故|事件|案件|人数))(?:小学|初中|高中|中职)?(?:继续|始终|一直|要)?(?:为|保持|保持为|控制在|控制为|降至|降为|降到|达到|归)(?:0|零|〇)(?!\d|\.)"
)


_GONE_ALONE = re.compile(
    rf"(?:确保|力争|并|要|予以|必须|年内|实现|到|保持)*(?:全部|全面|坚决|彻底|动态|基本)*(?:予以|得到)?(?:取缔|消除|清零|关停|清除|清理|消化|化解|归零|整改|销号|为零){_DONE}"
)
_ALL_DONE = re.compile(
    r"(?:[一二三四]季度|上半年|年底前?|要|力争|争取|确保)*(?:全面|全部|如期)(?:完成|实现|开工|竣工|达标|建成|完工)(?:目标任务|任务|目标)?"
)
_COVERED_ALONE = re.compile(r"(?:要|力争|争取|确保|基本|逐步|最终)*(?:实现|达到|做到)(?:基本)?全覆盖")
_LONGEST = 120
"""All forms end with their clause: more words before it say nothing."""


def gone_in(clause: str) -> str:
    """What a clause speaks of getting rid of: C、D级危房 of 完成C、D级危房整治; empty where it does not."""
    found = re.search(rf"[^,，。;；:：]{{0,12}}?(?:{_GONE_NOUN})", clause)
    return _gone(re.sub(r"^(?:完成|开展|推进|加快|全面|对)+", "", found[0])) if found else ""


def may_hold(clause: str) -> bool:
    return _MAY_HOLD.search(clause) is not None


def read(clause: str, numbered: bool, sentence: str, before: str = "") -> list[Implied]:
    """The implied targets of a clause without its times.

    `numbered` says that the clause holds a number which is a target; `sentence` is the whole sentence, `before` the
    clause before.
    """
    text = re.sub(r"[“”\"「」]", "", clause[-_LONGEST:])
    found = [] if numbered else [*_covered(text), *_none_left(text, before)]
    found += _against_another(text, sentence)
    if not numbered and not found and (m := _NOUGHT.search(text)):
        found.append(
            Implied(m["rate"], "=", "0", "%", "explicit")
            if m["rate"].endswith("率")
            else _none(m["rate"].removesuffix("数"))
        )
    if not numbered and _COVERED_ALONE.fullmatch(text):
        return [Implied(f"{CARRIED}覆盖率", "=", "100", "%")]
    if not found and not numbered:
        if _ALL_DONE.fullmatch(text):
            return [Implied(CARRIED, "=", "100", "%")]
        found = _all_of(text)
    return found


def _covered(text: str) -> list[Implied]:
    """全覆盖, 覆盖全部…: 100 %."""
    found = []
    for piece in re.split(r"(?<=覆盖)", text) if "覆盖" in text else ():
        m = _COVERED.search(piece.rstrip("、 "))
        if m and not _NOT_MEASURED.search(m["np"][-6:]):
            where = {"县县": "县域", "乡乡": "乡镇", "村村": "行政村"}.get(m["each"] or "", "")
            found.append(Implied(f"{m['np']}{where}覆盖率", "=", "100", "%"))
    if not found and (m := _REACHED.search(text)) and not _RHETORIC.search(m["of"]):
        found.append(Implied(f"{m['of']}{m['np']}覆盖率", "=", "100", "%"))
    if not found and (m := _COVERS.search(text)):
        who = re.sub(r"^(?:力争|确保|并|实现|要|基本|逐步|全面)+", "", m["np"])
        found.append(Implied(f"{who or m['of']}覆盖率", "=", "100", "%"))
    return found


def _none_left(text: str, before: str) -> list[Implied]:
    """消除, 取缔, 清零, 一个不能少: none."""
    if _GONE_ALONE.fullmatch(text):  # 清理无证幼儿园,年底前全部取缔
        noun = re.search(rf"[^,，。;；:：、]{{0,12}}(?:{_GONE_NOUN})[^,，。;；:：、和\d]{{0,6}}", before)
        return (
            [_none(re.sub(r"^(?:全面|坚决|依法|清理|整顿|整治|治理|排查|对)+", "", noun[0]))]
            if noun
            else [Implied(CARRIED, "eliminate", "0", "")]
        )
    if m := _ENDED.search(text) or _GONE_BEFORE.search(text) or _CLOSED.search(text):
        return [_none(m["np"])]
    if before and re.fullmatch(r"(?:问题)?存量(?:问题)?(?:全部|动态)?(?:清零|归零)", text):
        return []  # said of what the clause before ends
    if m := _NOT_ONE.search(text):
        return [_none(f"{m['who']}{m['why'] or ''}{m['what']}")]
    m = _ZERO.search(text)
    if m is None or m["zero"] in ("零容忍", "零拒绝"):
        return []
    if m["zero"] == "零":
        return [_none(m["np"].removesuffix("为"))] if re.search(_GONE_NOUN, m["np"]) else []
    if m["zero"] == "零增长":
        return [Implied(f"{m['np']}增长率", "=", "0", "%")]
    if re.match(r"一[例起人]", m["zero"]):
        return [_none(m["np"])]
    if re.search(r"不能少|不少", m["zero"]):
        who = re.sub(r"(?:入学|上学|就学|在校)?率?$", "", m["np"])
        return [_none(f"{who}辍学", "没有数：读作无一辍学 / no number: read as no one out of school", 0.3)]
    return [_none(m["np"] + ("辍学" if "学" in m["zero"] else ""))]


def _none(noun: str, note: str = "", doubt: float = 0.1) -> Implied:
    kind = "explicit" if re.search(r"\d+人", noun) else "implied"
    return Implied(_gone(noun), "eliminate", "0", _gone_unit(noun), kind, note=note, doubt=doubt)


def _against_another(text: str, sentence: str) -> list[Implied]:
    """只增不减, 不低于 a named pay, and slogans for such pairs."""
    found = []
    if "只增不减" in text and (m := _NOT_LESS.search(text)):
        parts = m["np"].split("、")
        if len(parts) > 1 and all(re.search(r"(?:支出|经费|投入|拨款|标准|比例)$", part) for part in parts):
            found += [Implied(f"{part}增长率", "grow", "0", "%", recurs="每年") for part in parts]
        elif not m["np"].endswith(("两个", "两")):
            found.append(Implied(f"{m['np']}增长率", "grow", "0", "%", recurs="每年"))
        elif sentence.count("只增不减") == 1:
            found.append(_slogan(f"{re.sub('两个?$', '', m['np'])}两个只增不减"))
    elif m := _SLOGAN.search(text):
        found.append(_slogan(f"{m['np']}{m['slogan']}"))
    if m := _PAY.search(text):
        whom = (
            "公务员"
            if "公务员" in m["whom"]
            else re.sub(r"(?:的?(?:平均)?(?:工资|收入|待遇)).*|水平.*|标准.*", "", m["whom"])
        )
        note = "比照对象的数没有印出 / the figure compared with is not printed"
        found.append(Implied(f"{m['np'].removesuffix('水平')}与{whom}之比", ">=", "100", "%", note=note, doubt=0.2))
    return found


def _all_of(text: str) -> list[Implied]:
    """全部…达到, 所有…均, 每一所: 100 %."""
    who: str
    if m := _ALL.search(text):
        who = m["np"]
    elif (m := _EVERY.search(text)) and (
        m["all"] or m["every"] != "全部" or re.fullmatch(r"(?:实现|确保|力争|推动|要|使)*", text[: m.start("every")])
    ):
        who = m["who"]
    else:
        return []
    if _RHETORIC.search(who) or re.search(r"放心|满意|温馨|[乐家]园$|品牌$|堡垒$|阵地$", text[-12:]):
        return []
    return [Implied(re.sub(r"所有|全体|每一?(?:所|个|名|位)|全部", "", f"{m['np']}{m['vp']}比例"), "=", "100", "%")]


def due(clause: str, before: str) -> tuple[str, int] | None:
    """Name of something, and where in the clause its verb stands: something to be ready by a date, where a clause says nothing else; None where it does not."""
    m = MADE_READY.search(clause)
    if m is None:
        return None
    subject = clause[: m.start()]
    if len(subject) < 3:
        subject = before
    elif not before and len(subject) < 2:
        subject = ""
    rest = clause[m.start() :]
    if re.fullmatch(r"(?:秋季|春季)?(?:学期)?", subject) and rest.startswith("开学"):
        return None  # a time itself
    if len(rest) > 24 or (subject and not _READY_NOUN.search(subject + rest)):
        return None
    return f"{subject}{rest}", m.start()


def _slogan(name: str) -> Implied:
    note = "口号，各项未写明 / a slogan whose terms are not spelled out"
    comparator, value = (">=", "100") if "不低于" in name else ("grow", "")
    return Implied(name, comparator, value, "%", note=note, doubt=0.4)


def _gone(noun: str) -> str:
    noun = re.sub(r"(?:全部|全面|实现|动态|保持|基本|彻底|率先|要)+$", "", noun)
    noun = re.sub(r"(?:计划|任务|目标|现象|问题|行为|的?发生|工作)$", "", noun)
    noun = re.sub(r"无证(?:办园|园)", "无证幼儿园", noun)
    if re.search(r"事故|事件|欺凌|案件", noun) and not noun.endswith(("事故", "事件", "案件")):
        noun += "事件"
    return noun + ("班级数" if noun.endswith(("班额", "大班")) else "数")


def _gone_unit(noun: str) -> str:
    if re.search(r"班", noun):
        return "个"
    if re.search(r"事故|事件|欺凌|案件", noun):
        return "起"
    if re.search(r"隐患", noun):
        return "处" if "校舍" in noun else "个"
    if re.search(r"辍学|失学|儿童|学生|子女|文盲", noun):
        return "名"
    return "所" if re.search(r"园|校|办学", noun) else "个"
