"""The codes of the catalogue in words, Chinese and English: stages, segments, units and so on. Words only.

A code without words stands for itself: a site may add codes of its own.
"""

# Short, as they are the last part of a view's name too.
LEVELS = {
    "nation": ("全国", "nation"),
    "province": ("省", "provinces"),
    "prefecture": ("地市", "prefectures"),
    "county": ("区县", "counties"),
}

STAGES = {
    "preschool": ("学前教育", "preschool"),
    "primary": ("小学", "primary"),
    "junior": ("初中", "junior"),
    "compulsory": ("义务教育", "compulsory"),
    "senior": ("普通高中", "general senior"),
    "vocational": ("中等职业教育", "secondary vocational"),
    "senior_stage": ("高中阶段", "senior stage"),
    "higher": ("高等教育", "higher education"),
    "special": ("特殊教育", "special education"),
    "all": ("不分学段", "no single stage"),
}

SEGMENTS = {
    "all": ("全体", "all"),
    "public": ("公办", "public"),
    "private": ("民办", "private"),
    "inclusive": ("普惠性", "inclusive"),
    "inclusive_private": ("普惠性民办", "inclusive private"),
    "urban": ("城市", "urban"),
    "rural": ("农村", "rural"),
    "female": ("女", "female"),
    "male": ("男", "male"),
    "town": ("镇区", "town"),
    "village": ("乡村", "village"),
    "backbone": ("骨干教师", "backbone teachers"),
    # Subjects of the national monitoring.
    "chinese": ("语文", "Chinese"),
    "mathematics": ("数学", "mathematics"),
    "science": ("科学", "science"),
    "english": ("英语", "English"),
    "moral": ("德育", "moral education"),
    "sport": ("体育与健康", "sport and health"),
    "art": ("艺术", "art"),
    "labour": ("劳动", "labour"),
}

# Units of indicators are codes, base units of measures are printed Chinese.
UNITS = {
    "%": ("%", "%"),
    "pp": ("百分点", "points"),
    "ratio": ("比值", "ratio"),
    "persons": ("人", "persons"),
    "count": ("个", "count"),
    "places": ("个学位", "places"),
    "yuan": ("元", "yuan"),
    "sqm": ("平方米", "m²"),
    "years": ("年", "years"),
    "hours": ("小时", "hours"),
    "per100": ("每百名学生", "per 100 pupils"),
    "per12": ("每 12 个班", "per 12 classes"),
    "flag": ("是 1 否 0", "1 yes, 0 no"),
    "level": ("级", "level"),
    "score": ("分", "points of a score"),
    "base": ("同基础指标", "as the base indicator"),
    "人": ("人", "persons"),
    "个": ("个", "count"),
    "所": ("所", "schools"),
    "元": ("元", "yuan"),
    "平方米": ("平方米", "m²"),
    "年": ("年", "years"),
    "分": ("分", "points of a score"),
    "台": ("台", "machines"),
    "册": ("册", "volumes"),
    "次": ("次", "times"),
    "级": ("级", "level"),
    "指标单位": ("同基础指标", "as the base indicator"),
}

BASES = {
    "published": ("公布值", "published"),
    "computed": ("计算值", "computed"),
    "reported": ("公布计数", "reported count"),
    "fact": ("县情数据", "county fact"),
    "summed": ("学校合计", "sum of schools"),
    "school": ("各校数值", "values of schools"),
}

DIRECTIONS = {
    "higher": ("越高越好", "higher"),
    "lower": ("越低越好", "lower"),
    "range": ("区间内", "within a range"),
    "none": ("—", "—"),
}

KINDS_OF_MEASURES = {
    "count": ("计数", "count"),
    "amount": ("金额", "amount"),
    "area": ("面积", "area"),
    "flag": ("是否", "flag"),
    "other": ("其他", "other"),
}

# How the terms of a formula are put together, where that is not a plain quotient or sum.
KINDS_OF_FORMULAS = {
    "published_only": ("只取公布值", "published only"),
    "rule": ("按规则判定", "by rule"),
    "row_aggregate": ("由各单位的数值聚合", "aggregated over the values of units"),
    "growth": ("增长", "growth"),
    "difference": ("相减", "difference"),
}

# The statuses of all methods; the reason beside each stands in marts.verdict_rule.
VERDICTS = {
    "met": ("达到", "met"),
    "met_late": ("逾期达到", "met late"),
    "missed": ("未达到", "missed"),
    "on_track": ("进度正常", "on track"),
    "slightly_behind": ("略有滞后", "slightly behind"),
    "behind": ("滞后", "behind"),
    "regressing": ("倒退", "regressing"),
    "level_only": ("只有水平", "level only"),
    "not_due": ("未到期", "not due"),
    "no_data": ("无数据", "no data"),
    "not_comparable": ("不可比", "not comparable"),
    "not_measurable": ("不可衡量", "not measurable"),
    "redacted": ("数值隐去", "redacted"),
    "withdrawn": ("已撤回", "withdrawn"),
    "proposed": ("未审核", "proposed"),
    "undefined": ("无定义", "undefined"),
    "achieved": ("已达到", "achieved"),
    "moderate": ("接近所需", "moderate"),
    "limited": ("进展有限", "limited"),
    "deterioration": ("恶化", "deterioration"),
    "met_or_on_track": ("达到或按期", "met or on track"),
    "acceleration_needed": ("需要加快", "acceleration needed"),
    "stagnation_or_regression": ("停滞或倒退", "stagnation or regression"),
}

ASSESSMENTS = {
    "preschool_universal_inclusive_2020": ("学前教育普及普惠县（2020）", "universal and inclusive preschool (2020)"),
    "compulsory_quality_balanced_2017": (
        "义务教育优质均衡县（2017）",
        "balanced quality of compulsory education (2017)",
    ),
}

# Of a condition of an assessment, and of a county.
ASSESSED = {
    "met": ("达到", "met"),
    "not_met": ("未达到", "not met"),
    "no_data": ("无数据", "no data"),
    "needs_judgement": ("待认定", "to be decided"),
    "undecided": ("待认定", "undecided"),
}

# What a spread is among.
AMONG = {
    "schools": ("学校之间", "among schools"),
    "regions": ("下级地区之间", "among regions below"),
}

# Of a figure: whether there is one, or why not.
FIGURES = {
    "ok": ("有数值", "has a value"),
    "series_break": ("口径断裂", "series break"),
    "zero_denominator": ("分母为零", "zero denominator"),
    "zero_total": ("合计为零", "zero total"),
    "single_unit": ("只有一个单位", "single unit"),
    "missing_values": ("有单位缺报", "values missing"),
}

# Tables that are compared with the snapshot before, how a key of them changed, and why.
COMPARED = {
    "marts.fct_measure": ("数据项", "measures"),
    "marts.fct_indicator": ("指标数值", "indicator values"),
    "marts.fct_target": ("政策目标", "targets"),
    "marts.mart_target_attainment": ("目标的判定", "verdicts on targets"),
    "marts.mart_county_assessment": ("县域评估", "county assessments"),
}
CHANGES = {
    "added": ("新增", "added"),
    "changed": ("改变", "changed"),
    "removed": ("消失", "removed"),
}
CAUSES = {
    "correction": ("更正", "correction"),
    "source": ("来源", "source"),
    "method": ("方法", "method"),
    "date": ("基准日期", "as-of date"),
    "code": ("代码", "code"),
    "unexplained": ("无从解释", "unexplained"),
}

COMPARATORS = {
    ">=": ("不低于", "at least"),
    ">": ("高于", "more than"),
    "<=": ("不高于", "at most"),
    "<": ("低于", "less than"),
    "=": ("等于", "equal to"),
    "range": ("介于", "between"),
    "add": ("新增", "add"),
    "grow": ("增长", "grow by"),
    "eliminate": ("消除", "eliminate"),
}


def of(words: dict[str, tuple[str, str]], code: str) -> tuple[str, str]:
    """The words of a code, or the code itself."""
    return words.get(code, (code, code))
