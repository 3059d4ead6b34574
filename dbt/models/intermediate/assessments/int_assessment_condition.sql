-- One row per assessed county, year and condition of the list: its value, what it has to be, and what follows.
{% set asked = ['assessment', 'condition_no', 'indicator_code', 'base_indicator', 'stage', 'measured_by', 'comparator', 'required_value', 'unit', 'may_be_empty', 'decides', 'decided_by', 'count_zh', 'confidence'] %}
with due as (
    select
        k.region_code as region_code,
        k.year as year,
        k.school_count as school_count,
        {% for column in asked %}
        c.{{ column }} as {{ column }}{% if not loop.last %},{% endif %}
        {% endfor %}
    from {{ ref('int_assessed_county') }} as k
    inner join {{ ref('stg_assessment_conditions') }} as c on k.assessment = c.assessment
),

-- Where each of several figures counts (subjects monitored), the one that is furthest from the limit decides.
figures as (
    select
        d.region_code as region_code,
        d.year as year,
        d.assessment as assessment,
        d.condition_no as condition_no,
        d.indicator_code as indicator_code,
        s.value as value,
        s.basis as basis,
        s.numerator as numerator,
        s.denominator as denominator,
        row_number() over (
            partition by d.region_code, d.year, d.assessment, d.condition_no, d.indicator_code
            order by {{ condition_gap('d', 's.value') }} desc, s.segment
        ) as worst_no
    from due as d
    inner join {{ ref('int_indicator_standing') }} as s
        on d.indicator_code = s.indicator_code and d.region_code = s.region_code and d.year = s.year and d.stage = s.stage
        and (d.measured_by = 'indicator_each' or (d.measured_by = 'indicator' and s.segment = 'all'))
    union all
    select
        d.region_code as region_code,
        d.year as year,
        d.assessment as assessment,
        d.condition_no as condition_no,
        d.indicator_code as indicator_code,
        s.cv_weighted as value,
        'computed' as basis,
        s.deviation as numerator,
        s.mean_value as denominator,
        1 as worst_no
    from due as d
    inner join {{ ref('int_school_dispersion') }} as s
        on d.base_indicator = s.indicator_code and d.region_code = s.region_code and d.year = s.year
        and d.measured_by = 'dispersion'
),

schools as (
    select
        u.region_code as region_code,
        u.year as year,
        u.assessment as assessment,
        u.condition_no as condition_no,
        u.indicator_code as indicator_code,
        cast(sum(case when u.status = 'no_data' then 0 else 1 end) as bigint) as judged_count,
        cast(sum(case when u.status = 'not_met' then 1 else 0 end) as bigint) as failing_count,
        cast(sum(case when u.status = 'no_data' then 1 else 0 end) as bigint) as missing_count,
        min(case when u.status = 'no_data' then u.school_name end) as one_missing_school,
        min(u.value) as smallest,
        max(u.value) as largest,
        cast(sum(u.class_count) as bigint) as class_total,
        cast(sum(u.failing_class_count) as bigint) as failing_class_total
    from {{ ref('int_assessment_unit') }} as u
    group by u.region_code, u.year, u.assessment, u.condition_no, u.indicator_code
),

rules as (
    select
        r.region_code as region_code,
        r.year as year,
        cast(sum(case when r.passes and r.decided_by_ratio then 1 else 0 end) as bigint) as passing_by_ratio,
        cast(sum(case when not r.passes and r.decided_by_ratio then 1 else 0 end) as bigint) as failing_by_ratio
    from {{ ref('int_school_rule') }} as r
    group by r.region_code, r.year
),

stages as (
    select distinct u.region_code as region_code, u.year as year, u.stage as stage from {{ ref('int_school') }} as u
),

valued as (
    select
        d.region_code as region_code,
        d.year as year,
        {% for column in asked %}
        d.{{ column }} as {{ column }},
        {% endfor %}
        case
            when d.measured_by = 'school_rule' then 100 * {{ ratio('u.judged_count - u.failing_count', 'u.judged_count') }}
            when u.condition_no is null then f.value
            when d.comparator in ('>=', '>') then u.smallest
            else u.largest
        end as value,
        case when u.condition_no is null then f.basis else 'computed' end as basis,
        case
            when u.condition_no is null then f.numerator
            when d.measured_by = 'school_rule' then u.judged_count - u.failing_count
            else u.class_total - u.failing_class_total
        end as numerator,
        case
            when u.condition_no is null then f.denominator
            when d.measured_by = 'school_rule' then u.judged_count
            else u.class_total
        end as denominator,
        u.judged_count as judged_school_count,
        u.failing_count as failing_school_count,
        u.missing_count as missing_school_count,
        u.one_missing_school as one_missing_school,
        u.failing_class_total as failing_class_count,
        r.passing_by_ratio as passing_by_ratio,
        r.failing_by_ratio as failing_by_ratio,
        -- Nothing in the scope, though the county's schools are known: nothing can fail.
        d.may_be_empty and d.school_count > 0 and u.condition_no is null and f.value is null and t.stage is null as is_empty,
        j.decision as decision,
        j.decided_by as judgement_by,
        j.decided_on as judgement_date,
        j.evidence as judgement_evidence
    from due as d
    left join figures as f
        on d.region_code = f.region_code and d.year = f.year and d.assessment = f.assessment
        and d.condition_no = f.condition_no and d.indicator_code = f.indicator_code and f.worst_no = 1
    left join schools as u
        on d.region_code = u.region_code and d.year = u.year and d.assessment = u.assessment
        and d.condition_no = u.condition_no and d.indicator_code = u.indicator_code
    left join rules as r on d.region_code = r.region_code and d.year = r.year and d.measured_by = 'school_rule'
    left join stages as t
        on d.region_code = t.region_code and d.year = t.year and d.stage = t.stage and d.measured_by = 'indicator'
    left join {{ ref('stg_condition_judgements') }} as j
        on d.region_code = j.region_code and d.year = j.year and d.assessment = j.assessment
        and d.condition_no = j.condition_no and d.decided_by = 'judgement'
),

judged as (
    select
        v.*,
        case
            when v.decided_by = 'judgement' then coalesce(v.decision, 'needs_judgement')
            when v.failing_school_count > 0 then 'not_met'
            when v.missing_school_count > 0 then 'no_data'
            when v.judged_school_count > 0 then 'met'
            when {{ condition_holds('v', 'v.value') }} then 'met'
            when v.value is not null then 'not_met'
            when v.is_empty then 'met'
            else 'no_data'
        end as status
    from valued as v
)

-- What only some schools reported is no value of the county.
select
    j.region_code as region_code,
    j.year as year,
    j.assessment as assessment,
    j.condition_no as condition_no,
    j.indicator_code as indicator_code,
    j.stage as stage,
    j.measured_by as measured_by,
    j.decides as decides,
    j.status as status,
    -- A rule from memory decided: the condition itself, or the floor of the one resource a school may miss.
    case
        when j.status not in ('met', 'not_met') then false
        when j.confidence = 'B' then true
        when j.measured_by = 'school_rule' and j.status = 'met' then j.passing_by_ratio > 0
        when j.measured_by = 'school_rule' then j.failing_by_ratio = j.failing_school_count
        else false
    end as is_provisional,
    case when j.status <> 'no_data' then j.value end as value,
    case when j.status <> 'no_data' then j.basis end as basis,
    j.comparator as comparator,
    j.required_value as required_value,
    case when j.status <> 'no_data' then j.numerator end as numerator,
    case when j.status <> 'no_data' then j.denominator end as denominator,
    case when j.status <> 'no_data' then {{ condition_gap('j', 'j.value') }} end as gap,
    -- How many more would reach it: of what stands above the line, or below it where less is better.
    case
        when j.status <> 'not_met' or j.count_zh is null then null
        when j.value = 0 and j.unit = '%' then cast(ceil(0.01 * j.required_value * j.denominator - 0.000001) as bigint)
        when j.comparator = '>=' then cast(ceil({{ ratio('j.required_value * j.numerator', 'j.value') }} - j.numerator - 0.000001) as bigint)
        when j.comparator = '<=' then cast(ceil({{ ratio('j.value * j.denominator', 'j.required_value') }} - j.denominator - 0.000001) as bigint)
    end as needed_count,
    j.judged_school_count as judged_school_count,
    j.failing_school_count as failing_school_count,
    j.missing_school_count as missing_school_count,
    j.one_missing_school as one_missing_school,
    j.failing_class_count as failing_class_count,
    j.is_empty as is_empty,
    j.judgement_by as judgement_by,
    j.judgement_date as judgement_date,
    j.judgement_evidence as judgement_evidence
from judged as j
