select
    a.region_code as region_code,
    r.name_zh as region_zh,
    a.year as year,
    a.assessment as assessment,
    a.condition_no as condition_no,
    a.indicator_code as indicator_code,
    c.base_indicator as base_indicator,
    c.name_zh as name_zh,
    c.name_en as name_en,
    c.stage as stage,
    c.judged_on as judged_on,
    c.decides as decides,
    c.decided_by as decided_by,
    c.is_veto as is_veto,
    a.status as status,
    a.is_provisional as is_provisional,
    a.value as value,
    a.basis as basis,
    a.comparator as comparator,
    a.required_value as required_value,
    c.unit as unit,
    a.gap as gap,
    a.numerator as numerator,
    a.denominator as denominator,
    a.needed_count as needed_count,
    a.judged_school_count as judged_school_count,
    a.failing_school_count as failing_school_count,
    a.missing_school_count as missing_school_count,
    a.failing_class_count as failing_class_count,
    w.school_id as worst_school_id,
    w.school_name as worst_school,
    w.value as worst_value,
    w.shortfall as worst_shortfall,
    case
        when a.status = 'needs_judgement' then '由人认定，登记到 raw/local/condition_judgements.csv'
        when a.is_empty then '没有适用对象'
        when d.status = 'single_unit' then '全县只有一所参评学校'
        when a.status = 'met' or c.decided_by = 'judgement' then null
        when a.status = 'not_met' and a.failing_class_count > 0 then cast(a.failing_class_count as varchar) || ' 个班超过上限，在 ' || cast(a.failing_school_count as varchar) || ' 所学校'
        when a.status = 'not_met' and a.failing_school_count > 0 then cast(a.failing_school_count as varchar) || ' 所学校未达到，差得最多的是' || w.school_name
        when a.status = 'not_met' and a.needed_count > 0 then c.count_zh || '再增加 ' || cast(a.needed_count as varchar)
        when a.status = 'not_met' then null
        when a.missing_school_count > 0 then cast(a.missing_school_count as varchar) || ' 所学校未填报，如' || a.one_missing_school
        when d.status = 'missing_values' then cast(d.missing_count as varchar) || ' 所学校未填报'
        when d.status = 'zero_total' then '全县合计为零，差异系数没有意义'
        when c.measured_by not in ('indicator', 'indicator_each') then '没有学校记录'
        when f.status = 'zero_denominator' then '分母为零'
        when f.status = 'series_break' then '口径断裂'
        else coalesce('缺 ' || m.missing_zh, '没有数值')
    end as remark_zh,
    case
        when a.status = 'needs_judgement' then 'to be decided by people, in raw/local/condition_judgements.csv'
        when a.is_empty then 'nothing it applies to'
        when d.status = 'single_unit' then 'the county has one assessed school only'
        when a.status = 'met' or c.decided_by = 'judgement' then null
        when a.status = 'not_met' and a.failing_class_count > 0 then 'classes over the limit: ' || cast(a.failing_class_count as varchar) || ', schools: ' || cast(a.failing_school_count as varchar)
        when a.status = 'not_met' and a.failing_school_count > 0 then 'schools that fail: ' || cast(a.failing_school_count as varchar) || ', the furthest from it: ' || w.school_name
        when a.status = 'not_met' and a.needed_count > 0 then 'more needed: ' || cast(a.needed_count as varchar) || ' (' || c.count_en || ')'
        when a.status = 'not_met' then null
        when a.missing_school_count > 0 then 'schools that did not report: ' || cast(a.missing_school_count as varchar) || ', such as ' || a.one_missing_school
        when d.status = 'missing_values' then 'schools that did not report: ' || cast(d.missing_count as varchar)
        when d.status = 'zero_total' then 'the county has none at all, a spread has no meaning'
        when c.measured_by not in ('indicator', 'indicator_each') then 'no school records'
        when f.status = 'zero_denominator' then 'the denominator is zero'
        when f.status = 'series_break' then 'a series break'
        else coalesce('lacks ' || m.missing_en, 'no value')
    end as remark_en,
    a.judgement_by as judgement_by,
    a.judgement_date as judgement_date,
    a.judgement_evidence as judgement_evidence,
    c.sort_no as sort_no
from {{ ref('int_assessment_condition') }} as a
inner join {{ ref('stg_assessment_conditions') }} as c
    on a.assessment = c.assessment and a.condition_no = c.condition_no and a.indicator_code = c.indicator_code
inner join {{ ref('stg_regions') }} as r
    on a.region_code = r.region_code and {{ holds_in('a.year', 'r.valid_from', 'r.valid_to') }}
left join {{ ref('int_assessment_shortfall') }} as w
    on a.region_code = w.region_code and a.year = w.year and a.assessment = w.assessment
    and a.condition_no = w.condition_no and a.indicator_code = w.indicator_code and w.failing_no = 1
left join {{ ref('int_school_dispersion') }} as d
    on c.base_indicator = d.indicator_code and a.region_code = d.region_code and a.year = d.year
left join {{ ref('int_indicator') }} as f
    on a.indicator_code = f.indicator_code and a.region_code = f.region_code and a.year = f.year and a.stage = f.stage
    and f.segment = 'all' and f.basis = 'computed' and f.status <> 'ok' and a.status = 'no_data'
left join {{ ref('int_assessment_missing') }} as m
    on a.region_code = m.region_code and a.year = m.year and a.assessment = m.assessment
    and a.condition_no = m.condition_no and a.indicator_code = m.indicator_code
