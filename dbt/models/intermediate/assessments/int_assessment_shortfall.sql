-- One row per condition and school that fails it, the furthest from it first.
select
    f.region_code as region_code,
    f.year as year,
    f.assessment as assessment,
    f.condition_no as condition_no,
    f.indicator_code as indicator_code,
    f.stage as stage,
    f.school_id as school_id,
    f.school_name as school_name,
    f.value as value,
    f.class_count as class_count,
    f.failing_class_count as failing_class_count,
    f.shortfall as shortfall,
    cast(row_number() over (
        partition by f.region_code, f.year, f.assessment, f.condition_no, f.indicator_code
        order by coalesce(f.shortfall, f.failing_class_count, r.indicator_count - r.indicators_met) desc, r.worst_ratio_pct, f.school_id
    ) as bigint) as failing_no
from {{ ref('int_assessment_unit') }} as f
left join {{ ref('int_school_rule') }} as r on f.year = r.year and f.school_id = r.school_id
where f.status = 'not_met'
