-- One row per year and assessed unit: how many of its resources reach their standard, and whether it passes: as many as
-- the rule asks for, and the one that is missed not too far below. What is not reported decides only where it cannot matter.
with resources as (
    select
        r.region_code as region_code,
        r.year as year,
        r.stage as stage,
        r.school_id as school_id,
        r.school_name as school_name,
        r.value as value,
        {{ condition_holds('c', 'r.value') }} as holds,
        100 * {{ ratio('r.value', 'c.required_value') }} as ratio_pct
    from {{ ref('int_school_resource') }} as r
    inner join {{ ref('stg_assessment_conditions') }} as c
        on r.indicator_code = c.indicator_code and c.measured_by = 'resource'
),

units as (
    select
        r.region_code as region_code,
        r.year as year,
        r.stage as stage,
        r.school_id as school_id,
        coalesce(min(r.school_name), r.school_id) as unit_name,
        cast(count(*) as integer) as indicator_count,
        cast(count(r.value) as integer) as reported_count,
        cast(sum(case when r.holds then 1 else 0 end) as bigint) as indicators_met,
        min(r.ratio_pct) as worst_ratio_pct
    from resources as r
    group by r.region_code, r.year, r.stage, r.school_id
),

judged as (
    select
        {% for column in ['region_code', 'year', 'stage', 'school_id', 'unit_name', 'indicator_count', 'reported_count', 'indicators_met', 'worst_ratio_pct'] %}
        u.{{ column }} as {{ column }},
        {% endfor %}
        case
            when {{ condition_holds('e', 'u.indicators_met') }} then true
            when not {{ condition_holds('e', 'u.indicators_met + u.indicator_count - u.reported_count') }} then false
        end as meets_enough,
        case
            when not {{ condition_holds('n', 'u.worst_ratio_pct') }} then false
            when u.reported_count = u.indicator_count then true
        end as is_near_enough
    from units as u
    inner join {{ ref('stg_assessment_conditions') }} as e on e.measured_by = 'indicators_met'
    inner join {{ ref('stg_assessment_conditions') }} as n on n.measured_by = 'worst_ratio'
)

select
    j.region_code as region_code,
    j.year as year,
    j.stage as stage,
    j.school_id as school_id,
    j.unit_name as school_name,
    j.indicator_count as indicator_count,
    j.reported_count as reported_count,
    j.indicators_met as indicators_met,
    j.worst_ratio_pct as worst_ratio_pct,
    j.meets_enough as meets_enough,
    j.is_near_enough as is_near_enough,
    j.meets_enough and j.is_near_enough as passes,
    -- One is missed and not too many: the floor of the missed one decides.
    j.indicators_met < j.reported_count and coalesce(j.meets_enough, true) as decided_by_ratio
from judged as j
