-- Schools that fail a condition; for the rule of resources every assessed unit, passing or not.
with shown as (
    select
        f.region_code as region_code,
        f.year as year,
        f.assessment as assessment,
        f.condition_no as condition_no,
        f.indicator_code as indicator_code,
        f.stage as stage,
        f.school_id as school_id,
        f.school_name as school_name,
        'not_met' as status,
        f.value as value,
        f.shortfall as shortfall,
        f.class_count as class_count,
        f.failing_class_count as failing_class_count,
        cast(null as bigint) as indicators_met,
        cast(null as {{ dbl() }}) as worst_ratio_pct,
        cast(null as boolean) as is_provisional
    from {{ ref('int_assessment_shortfall') }} as f
    inner join {{ ref('stg_assessment_conditions') }} as c
        on f.assessment = c.assessment and f.condition_no = c.condition_no and f.indicator_code = c.indicator_code
    where c.measured_by <> 'school_rule'
    union all
    select
        r.region_code as region_code,
        r.year as year,
        c.assessment as assessment,
        c.condition_no as condition_no,
        c.indicator_code as indicator_code,
        r.stage as stage,
        r.school_id as school_id,
        r.school_name as school_name,
        case r.passes when true then 'met' when false then 'not_met' else 'no_data' end as status,
        cast(null as {{ dbl() }}) as value,
        cast(null as {{ dbl() }}) as shortfall,
        cast(null as bigint) as class_count,
        cast(null as bigint) as failing_class_count,
        r.indicators_met as indicators_met,
        r.worst_ratio_pct as worst_ratio_pct,
        r.passes is not null and r.decided_by_ratio as is_provisional
    from {{ ref('int_school_rule') }} as r
    inner join {{ ref('stg_assessment_conditions') }} as c on c.measured_by = 'school_rule'
)

select
    s.region_code as region_code,
    s.year as year,
    s.assessment as assessment,
    s.condition_no as condition_no,
    s.indicator_code as indicator_code,
    s.stage as stage,
    s.school_id as school_id,
    s.school_name as school_name,
    s.status as status,
    coalesce(s.is_provisional, c.confidence = 'B') as is_provisional,
    s.value as value,
    case when c.measured_by <> 'school_rule' then c.comparator end as comparator,
    case when c.measured_by <> 'school_rule' then c.required_value end as required_value,
    case when c.measured_by <> 'school_rule' then c.unit end as unit,
    s.shortfall as shortfall,
    100 * {{ ratio('s.value', 'c.required_value') }} as standard_pct,
    s.class_count as class_count,
    s.failing_class_count as failing_class_count,
    s.indicators_met as indicators_met,
    s.worst_ratio_pct as worst_ratio_pct
from shown as s
inner join {{ ref('stg_assessment_conditions') }} as c
    on s.assessment = c.assessment and s.condition_no = c.condition_no and s.indicator_code = c.indicator_code
