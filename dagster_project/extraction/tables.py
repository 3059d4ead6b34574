"""Tables of targets: indicators by year, regions by task, projects with their sums.

A column is known by its head (a year, a unit, a task with its unit), a row by its first words. Rows that only head a
group give stage or unit to those under them. The head rules over what the cells look like: under a past year or 完成情况
nothing is a target, under a year to come or 目标 a number is one and words are read like any clause, with the row's name
as their subject. Where the caption names a plan or quotas, every column of numbers is one of it.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from dagster_project.extraction import facts, periods, places, quantities, recognise, subjects, words
from dagster_project.extraction.document import Cell, Document, Table
from dagster_project.extraction.finding import Finding, State
from dagster_project.extraction.periods import Time
from dagster_project.extraction.statements import sentences

_BOUND = r"(?:≥|>=|≧|≤|<=|≦|>|<|＞|＜|=|不低于|不少于|至少|不超过|不高于|超过|达到|达|约|低于|力争)"
_VALUE = re.compile(
    rf"^\s*(?P<bound>{_BOUND})?\s*(?P<value>\d{{1,3}}(?:,\d{{3}})+(?:\.\d+)?|\d+(?:\.\d+)?(?:\s*[:：∶]\s*\d+(?:\.\d+)?)?|[Xx×*＊]{{1,3}})"
    rf"(?:\s*[-—–~～至]\s*(?P<high>\d+(?:\.\d+)?))?\s*(?P<unit>[%‰]|个百分点|[万亿]?(?:人次|人|所|个|名|元|平方米|亩|台|册|班|间|年|家|项|门|套|处|场|学时|小时|节)(?:/[^\s\d]{1, 3})?)?"
    r"\s*(?P<suffix>以上|及以上|以内|以下|左右|\+)?\s*(?:\([^)]*\))?$"
)
_SIGN = {
    "≥": ">=", ">=": ">=", "≧": ">=", "≤": "<=", "<=": "<=", "≦": "<=", ">": ">", "<": "<", "＞": ">", "＜": "<", "=": "=",
    "不低于": ">=", "不少于": ">=", "至少": ">=", "达到": ">=", "达": ">=", "力争": ">=", "不超过": "<=", "不高于": "<=", "超过": ">",
    "约": "=", "低于": "<", "以上": ">=", "及以上": ">=", "+": ">=", "以内": "<=", "以下": "<", "左右": "=",
}  # fmt: skip
# 稳定在99%以上, 提高到1200元: a verb and its value.
_VERBAL = re.compile(
    rf"^\s*(?:力争|确保|要|继续)*(?:(?P<rise>(?:保持|稳定|维持|巩固)[在到]|(?:{words.RISE})[到至为]|实现|达到)|(?P<fall>控制在|限制在|(?:{words.FALL})[到至为]|压到))(?=\s*[\d≥≤<>Xx×*])"
)
_UNIT_IN = re.compile(
    r"[(（]\s*(?:单位\s*[:：]\s*)?(?P<unit>%|‰|[百千万亿]{0,2}(?:人次|人|所|个百分点|个|名|元|平方米|亩|台|册|班|间|套|项|家|座|处|场|次|期|年|学时|小时)(?:/[^)）]{1,4})?)\s*[)）]"
)
_UNIT_HEAD = re.compile(r"^\s*(?:计量)?单位\s*$")
_IGNORED_HEAD = re.compile(
    r"^\s*(?:序号|编号|年均增(?:长|速).*|年均\[?累计\]?.*|属性|指标属性|性质|备注|说明|(?:责任|牵头|配合|实施|主管|承担)(?:单位|部门|处室|科室)|责任人|完成时限|时限|数据来源|类型|累计增速|来源|联系人|.*电话|传真|邮编|邮政编码|.*代码|(?:建设|起止|实施)?(?:年限|年度|时间|工期|时限|期限)|地址|地点)\s*$"
)
_BASE_HEAD = re.compile(
    r"基期|现状|实际|(?<!应)(?<!需)(?<!计划)完成(?:数|情况|值|进展)|已完成|已有|现有|原有|基数|起点|上年|去年|目前|当前"
)
_GOAL_HEAD = re.compile(r"目标|规划|计划|任务|指标值|力争|预期|数量|建设规模")
_PLANNED = re.compile(r"计划|任务|分配|分解|名额|指标|目标|安排|规划|下达")
_NAME_HEAD = re.compile(
    r"^\s*(?:主要|具体|核心|工作|重点|建设|发展|监测|评价)*(?:指标|指标名称|项目|项目名称|工程|工程名称|内容|主要内容|任务|目标|事项|类别|领域|维度|名称)\s*$"
)
_LEAD_HEAD = re.compile(r"牵头|责任(?:单位|部门|人)|主管|实施单位|承担单位")
_HELP_HEAD = re.compile(r"配合|协助|参与(?:单位|部门)")
_DUE_HEAD = re.compile(r"时限|期限|完成时间")
_TOTAL = re.compile(r"^\s*(?:合\s*计|总\s*计|总数|全[市省县区]|总投资|共计)\s*$")
_PART = re.compile(r"^\s*(?:小\s*计)\s*$")


@dataclass(slots=True)
class _Column:
    head: str
    role: str
    """name, unit, base, goal, task, words or none."""
    time: Time | None = None
    unit: str = ""


def read(document: Document, table: Table, state: State) -> Iterable[Finding]:
    """The findings of a table, row by row."""
    rows = [[_text(document, cell) for cell in row] for row in table.rows]
    if len(rows) < 2 or not rows[0]:
        return
    over = _head_above(document, table) if table.header_rows == 0 and table.kind == "aligned" else None
    count = 0 if over else table.header_rows or _head_rows(rows)
    heads = (
        over[0]
        if over
        else [
            "".join(dict.fromkeys(row[i].strip() for row in rows[:count] if row[i].strip()))
            for i in range(len(rows[0]))
        ]
    )
    parts = (
        [[head] for head in heads] if over else [[row[i].strip() for row in rows[:count]] for i in range(len(rows[0]))]
    )
    above_it = [
        line.strip() for line in document.text[max(0, table.start - 160) : table.start].strip().split("\n")[-3:]
    ]
    titles = [line for line in above_it if re.search(r"表[)）]?$|一览|明细|计划$|分配$", line) and len(line) < 60]
    planned = bool(titles and _PLANNED.search(titles[-1]) and not _BASE_HEAD.search(titles[-1]))
    caption_units = [unit for line in above_it if (unit := _unit_in(line))]
    caption = document.text[max(0, table.start - 80) : table.start].strip().split("\n")[-1] if table.start else ""
    caption_unit = caption_units[-1] if caption_units else ""
    caption = titles[-1] if titles else caption
    columns = [_column(i, head, rows[count:], state, caption_unit, planned) for i, head in enumerate(heads)]
    if not any(c.role in ("goal", "task", "words") for c in columns):
        return
    by_region = _by_region(rows[count:], columns)
    by_year = _by_year(rows[count:])
    group, group_unit = (_bare(over[1]), _unit_in(over[1])) if over else ("", "")
    names_in_group: list[str] = []
    title = re.sub(
        r"^(?:专栏|表|附表|附件)\s*[\d一二三四五六七八九十]*\s*|(?:任务)?(?:分解|分配|安排|计划|一览|明细)?表$|各[县市区]+|\d{4}(?:[-—~至]\d{4})?年度?",
        "",
        _bare(caption),
    ).strip("*# 　")
    for cells, texts in zip(table.rows[count:], rows[count:], strict=True):
        filled = [(cell, text.strip()) for cell, text in zip(cells, texts, strict=True) if text.strip()]
        distinct = {(cell.start, cell.end) for cell, _ in filled}
        if not filled:
            continue
        if len(distinct) == 1 and not _VALUE.match(filled[0][1]):
            group, group_unit = _bare(filled[0][1]), _unit_in(filled[0][1]) or ""
            names_in_group = []
            continue
        row_start = min(cell.start for cell, _ in filled)
        row_end = max(cell.end for cell, _ in filled)
        name_cells = [
            text
            for text, column in zip(texts, columns, strict=True)
            if text.strip()
            and (
                column.role == "name"
                or (column.role == "words" and _NAME_HEAD.match(column.head) and not quantities.find(text))
            )
        ]
        if re.match(r"\s*(?:注|说明)[:：]", texts[0]):
            continue
        row_name = _row_name(list(dict.fromkeys(name_cells)))
        unit = (
            next((t.strip() for t, c in zip(texts, columns, strict=True) if c.role == "unit" and t.strip()), "")
            or _unit_in("".join(name_cells))
            or group_unit
        )
        bases = {
            above[-1]: (t.strip(), c.time)
            for t, c, above in zip(texts, columns, parts, strict=True)
            if c.role == "base" and _VALUE.match(t)
        }
        units = _units(texts, heads)
        due = next((t for t, head in zip(texts, heads, strict=True) if _DUE_HEAD.search(head) and t.strip()), "")
        name = row_name
        if _PART.match(row_name or "") and names_in_group:
            name = group + _common_end(names_in_group)
        elif row_name and not by_region:
            names_in_group.append(row_name)
            if (
                group
                and not re.search(rf"{words.STAGE}|教师|学校|幼儿|学生|研究生|大学|本科", row_name)
                and re.search(words.STAGE, group)
            ):
                name = _stage(group) + row_name
        for cell, text, column, above in zip(cells, texts, columns, parts, strict=True):
            if column.role == "words" and not by_region:
                yield from _with_units(_words(document, cell, state, due, "", column.time), units)
                continue
            if column.role not in ("goal", "task"):
                continue
            value, bound = _value(text)
            if value is None:
                if column.role == "goal" and not by_region and by_year is None:
                    yield from _with_units(_words(document, cell, state, due, name, column.time), units)
                continue
            finding = _finding(document, cell, value, column, unit or caption_unit, state, row_start, row_end)
            finding.comparator = finding.comparator or bound
            finding.units = units
            if by_year is not None:
                year_printed = re.search(periods.YEAR, texts[0])
                year = periods.year_of(year_printed[0]) if year_printed else None
                now = state.plan.now
                if year is None or (now is not None and year < now):
                    continue
                finding.time = Time(0, 0, "year", year, year, "", texts[0].strip())
                _of_region(finding, "合计", column, above, state)
                yield finding
                continue
            if by_region and column.role in ("task", "goal"):
                if column.role == "goal" and not _bare(
                    re.sub(rf"{periods.YEAR}\s*年?(?:底|末|度)?|目标值?|任务数?|计划数?|合计|小计", "", column.head)
                ):
                    above = [title + (f"({caption_unit})" if caption_unit else "")]
                _of_region(finding, row_name, column, above, state)
            elif column.role == "task":
                total = bool(_TOTAL.match(row_name))
                finding.name = f"{title if total else row_name}{'总' if total else ''}{_bare(column.head)}"
                finding.comparator = finding.comparator or "="
            else:
                finding.name = finding.subject = name
                part = re.sub(r"^其中[:：]?", "", above[-1])
                if len(set(above)) > 1 and places.is_group(part):
                    finding.region = f"+{part}"
                base = bases.get(above[-1]) or next(iter(bases.values()), None)
                if base and (printed := _VALUE.match(base[0])):
                    finding.baseline = printed["value"].replace(",", "")
                    finding.baseline_year = str(base[1].last) if base[1] and base[1].last else ""
                _level(finding, text)
            if finding.name:
                yield finding


def _units(texts: list[str], heads: list[str]) -> str:
    """The responsible units of a row: those of the leading column, then the helping ones."""
    named = [
        unit.strip()
        for pattern in (_LEAD_HEAD, _HELP_HEAD)
        for text, head in zip(texts, heads, strict=True)
        if pattern.search(head)
        for unit in re.split(r"[、,，;；\s]+", text)
    ]
    return ";".join(dict.fromkeys(unit for unit in named if unit and not re.fullmatch(r"[-—–/]+", unit)))


def _with_units(findings: Iterable[Finding], units: str) -> Iterable[Finding]:
    for finding in findings:
        finding.units = units
        yield finding


def _head_above(document: Document, table: Table) -> tuple[list[str], str] | None:
    """Heads of an aligned table that stand above it, over a rule, and the group line between; None where there are none."""
    first = [_text(document, cell) for cell in table.rows[0]]
    if not any(_VALUE.match(cell) for cell in first[1:]):
        return None
    group = ""
    for line in reversed(document.text[max(0, table.start - 600) : table.start].split("\n")[-6:]):
        if not line.strip() or re.fullmatch(r"\s*[-=—─━_]{4,}\s*", line):
            continue
        # Cleaning may have closed the gaps between heads: 指标2010年2015年.
        cells = re.split(r"\s{2,}", line.strip())
        if len(cells) != len(first):
            cells = re.findall(rf"^[^\d\s]+|{periods.YEAR}年[底末]?(?:目标|实际|规划)?", line.strip())
        if len(cells) == len(first):
            return cells, group
        if re.search(r"\d", line) or group:
            return None
        group = line.strip()
    return None


def _text(document: Document, cell: Cell) -> str:
    return re.sub(r"[*`]{1,2}|\s*\n\s*", "", document.text[cell.start : cell.end])


def _bare(text: str) -> str:
    return re.sub(
        r"[(（][^)）]*[)）]|^\s*[\d一二三四五六七八九十]+[.、)）]\s*|^\s*[(（][\d一二三四五六七八九十]+[)）]\s*|[\s:：—]",
        "",
        text,
    )


def _unit_in(text: str) -> str:
    found = _UNIT_IN.search(text) or re.search(
        r"单位\s*[:：]\s*(?P<unit>[%‰]|[万亿]?[人所个名元亩台册班间套]|[万亿]?平方米|万人次)", text
    )
    return found["unit"] if found else ""


def _head_rows(rows: list[list[str]]) -> int:
    """Leading rows without values."""
    for i, row in enumerate(rows[:4]):
        cells = [c.strip() for c in row[1:] if c.strip()]
        years = [c for c in cells if re.search(periods.YEAR, c)]
        values = [c for c in cells if _VALUE.match(c) and not re.fullmatch(periods.YEAR, c)]
        if values and len(values) >= len(years):
            return max(1, i)
        if i and not values and len(set(row)) == 1:
            return i
    return 1


def _value(text: str) -> tuple[re.Match[str] | None, str]:
    """A cell's value, and the comparator of the verb before it."""
    verb = _VERBAL.match(text)
    return _VALUE.match(text[verb.end() :] if verb else text), "" if verb is None else "<=" if verb["fall"] else ">="


def _column(index: int, head: str, body: list[list[str]], state: State, caption_unit: str, planned: bool) -> _Column:
    cells = [row[index].strip() for row in body if row[index].strip()]
    values = sum(_value(c)[0] is not None for c in cells)
    now = state.plan.now
    unit = _unit_in(head)
    if _UNIT_HEAD.match(head):
        return _Column(head, "unit")
    if _IGNORED_HEAD.match(head):
        return _Column(head, "none")
    years = [t for t in periods.find(head, state.plan) if t.last]
    if not years and (found := re.search(periods.YEAR, head)):
        year = periods.year_of(found[0])
        years = [Time(0, 0, "year", year, year, "", found[0])]
    mostly = cells and values * 2 >= len([c for c in cells if not re.fullmatch(r"[-—–/]+", c)])
    if index and _BASE_HEAD.search(head):
        return _Column(head, "base", years[-1] if years else None, unit)
    if years and years[-1].last is not None and now is not None and years[-1].last < now:
        return _Column(head, "base", years[-1], unit)
    if index and not mostly and _GOAL_HEAD.search(head) and not _NAME_HEAD.match(head):
        return _Column(head, "goal", years[-1] if years else None, unit)
    if years and mostly and not re.search(r"\d\s*班", head):
        last = years[-1].last or 0
        past = bool(_BASE_HEAD.search(head)) or (now is not None and last < now)
        rest = _bare(re.sub(rf"{periods.YEAR}\s*年?(?:底|末)?", "", head))
        if past:
            return _Column(head, "base", years[-1], unit)
        return _Column(head, "task" if rest and not _GOAL_HEAD.search(rest) and unit else "goal", years[-1], unit)
    if index and mostly and _BASE_HEAD.search(head):
        return _Column(head, "base", None, unit)
    if index == 0 or (_NAME_HEAD.match(head) and not mostly):
        named = index == 0 or "指标" in head or "名称" in head or not any(quantities.find(c) for c in cells)
        return _Column(head, "name" if named else "words")
    if mostly and re.fullmatch(r"合计|总计|小计|三年合计|五年合计", head.strip()):
        return _Column(head, "goal", None, unit)
    if mostly and planned:
        return _Column(head, "task", None, unit)
    if (
        mostly
        and not unit
        and not caption_unit
        and not _GOAL_HEAD.search(head)
        and not (words.MADE.search(head) or words.RATE_NOUN.search(_bare(head)) or words.LEVEL_NOUN.search(_bare(head)))
    ):
        return _Column(head, "none")
    if mostly:
        return _Column(
            head,
            "goal" if _GOAL_HEAD.search(head) and not unit and not words.MADE.match(_bare(head)) else "task",
            None,
            unit,
        )
    if any(quantities.find(c) for c in cells):
        return _Column(head, "words")
    return _Column(head, "name" if index == 1 and not unit else "none")


def _by_region(body: list[list[str]], columns: list[_Column]) -> bool:
    firsts = [row[0].strip() for row in body if row[0].strip()]
    known = [
        f
        for f in firsts
        if places.is_school(_bare(f))
        or places.is_place(_bare(f))
        or _TOTAL.match(f)
        or _PART.match(f)
        or re.match(r"市本级|市直|县直|区直|本级", f)
    ]
    return bool(firsts) and len(known) * 2 > len(firsts)


def _by_year(body: list[list[str]]) -> int | None:
    """The column of years, where each row is one; None where rows are something else."""
    firsts = [row[0].strip() for row in body if row[0].strip()]
    years = [f for f in firsts if re.fullmatch(rf"{periods.YEAR}\s*年?(?:度|底)?", f)]
    return 0 if firsts and len(years) * 2 > len(firsts) else None


def _row_name(cells: list[str]) -> str:
    """The name of a row; of several name cells the later ones tell more (学前教育 | 毛入园率)."""
    bare = []
    for cell in cells:
        if re.fullmatch(r"[\d.、]+", cell.strip()):
            continue
        name = _bare(cell)
        if stage := re.search(rf"[(（]({words.STAGE})[)）]", cell):  # 生师比(小学)
            name = stage[1] + name
        if part := re.fullmatch(rf"(?P<whole>.{{3,}}?)其中(?P<stage>{words.STAGE})", name):
            name = subjects.with_head(part["stage"], part["whole"])
        if name:
            bare.append(name)
    if len(bare) > 1 and re.fullmatch(rf"(?:{words.STAGE})(?:教育|阶段|阶段教育)?", bare[0]):
        return bare[-1] if re.search(rf"{words.STAGE}|幼儿|入园", bare[-1]) else _stage(bare[0]) + bare[-1]
    return bare[-1] if bare else ""


def _stage(group: str) -> str:
    found = re.search(rf"(?:{words.STAGE})(?:阶段)?", group)
    return found[0] if found else ""


def _common_end(names: list[str]) -> str:
    end = names[0]
    for name in names[1:]:
        while end and not name.endswith(end):
            end = end[1:]
    return end


def _finding(
    document: Document, cell: Cell, value: re.Match[str], column: _Column, unit: str, state: State, start: int, end: int
) -> Finding:
    hidden = value["value"][0] in "Xx×*＊"
    printed = value["value"].replace(",", "").replace("：", ":").replace("∶", ":").replace(" ", "")
    bound = _SIGN.get(value["bound"] or "", "") or _SIGN.get(value["suffix"] or "", "")
    finding = Finding(
        start, end, cell.start, "", bound, "" if hidden else printed, value["high"] or "", value["unit"] or column.unit or unit,
        "redacted" if hidden else "explicit", time=column.time or state.lead_time,
    )  # fmt: skip
    if ":" in printed:
        finding.unit = ""
    family = finding.unit.lstrip("万亿")
    finding.family = {"%": "rate", "‰": "rate", "元": "money"}.get(family.split("/")[0], "count")
    if finding.value_high:
        finding.comparator = "range"
    finding.past = state.tense.heading == facts.PAST and column.time is None
    return finding


def _level(finding: Finding, text: str) -> None:
    """The comparator of a value that prints none, by its indicator."""
    if not finding.unit and ":" not in finding.value:
        finding.unit = "%" if re.search(r"率|比例|占比|比重|学历|覆盖面", finding.name) else finding.unit
        finding.family = "rate" if finding.unit == "%" else finding.family
    if finding.comparator:
        if finding.value == "100" and finding.unit == "%":
            finding.comparator = "="
        return
    if finding.unit in ("%", "‰"):
        finding.comparator = (
            "=" if finding.value == "100" else "<=" if re.search(r"辍学|大班额|近视|择校|差异", finding.name) else ">="
        )
    elif words.MADE_FIRST.match(finding.name):
        finding.comparator = "add"
    else:
        finding.comparator = "="
    if (
        finding.family == "count"
        and finding.unit
        and not re.search(r"(?:数|率|规模|人次|面积|年限|生|幼儿|比|值|教师)$", finding.name)
    ):
        finding.name += "数" if not finding.unit.endswith(("平方米", "年", "元")) else ""


def _of_region(finding: Finding, row: str, column: _Column, above: list[str], state: State) -> None:
    """A task of a region: its name is the column's head, a bare verb under a head taking the head's noun."""
    parts = list(dict.fromkeys(_bare(p) for p in above if _bare(p)))
    parts = [re.sub(rf"^{periods.YEAR}年?(?:度|底)?", "", p) for p in parts]
    parts = [p for p in parts if p and not re.fullmatch(r"目标|任务|目标任务|计划|数量|小计|合计|其中", p)] or parts
    head = parts[-1] if parts else ""
    verb = words.MADE_FIRST.fullmatch(head)
    if verb and len(parts) > 1:
        noun = words.MADE_FIRST.sub("", parts[-2], count=1)
        head = f"{head}{noun}"
    elif len(parts) > 1 and not words.MADE_FIRST.match(head) and not words.RATE_NOUN.search(head):
        before = words.MADE_FIRST.match(parts[-2])
        head = f"{before[0] if before else ''}{head}"
    if not column.unit:
        unit = next((u for p in reversed(above) if (u := _unit_in(p))), "")
        finding.unit = finding.unit or unit
    finding.name = finding.subject = head
    finding.family = {"%": "rate", "元": "money"}.get(finding.unit.lstrip("万亿"), finding.family)
    if not (_TOTAL.match(row) or _PART.match(row)):
        finding.region = f"·{row}" if places.is_school(row) else row
    if finding.unit in ("%", "‰") or words.RATE_NOUN.search(head):
        _level(finding, "")
    elif not finding.comparator or finding.comparator == ">=":
        finding.comparator = "add" if words.MADE.search(head) or finding.family == "count" else "="
    if finding.family == "count" and not re.search(r"(?:数|人次|面积|规模|率)$", finding.name):
        finding.name += "数"
    finding.verb, finding.noun = "", head


def _words(
    document: Document, cell: Cell, state: State, due: str, name: str = "", time: Time | None = None
) -> Iterable[Finding]:
    """The findings of a cell of words; `due` is what the row's column of deadlines says, `name` the row's, for what the
    cell leaves out, `time` the column's."""
    state.paragraph()
    if name:
        state.topic = name
        if words.RATE_NOUN.search(name) or words.LEVEL_NOUN.search(name):
            state.metric = name
    if time is not None:
        state.time = state.held_time = time
    times = [time for time in periods.find(due, state.plan) if time.last]
    for a, b in sentences(document.text, cell.start, cell.end):
        for finding in recognise.read(document.text, a, b, state):
            if times and not finding.own_time:
                finding.time = times[-1]
            yield finding
