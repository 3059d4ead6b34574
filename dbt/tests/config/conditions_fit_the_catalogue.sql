-- zh: 由数字判定的条件，其指标在该学段有公式；限值的单位不是指标单位的，判定对象不是全县；逐校算法是已知的，学校规则只有一组
-- en: the indicator of a condition has a formula at the condition's stage; a limit in another unit than the indicator's
--     is never of the county; how a value is found is known to the models; and there is one rule of schools.
-- when: a line was added to assessment_conditions.csv, or a formula or unit changed.
-- fix: correct stage, unit, judged_on or measured_by of the line; a new way of measuring needs a branch in
--       int_assessment_unit.
with known as (
    {% for measured_by in ['indicator', 'indicator_each', 'dispersion', 'judgement', 'school_rule', 'indicators_met', 'worst_ratio', 'resource', 'outdoor_play_area_sqm', 'activity_area_sqm', 'floor_area_sqm', 'classes_small', 'classes_middle', 'classes_large', 'classes_mixed', 'class_bands', 'music_rooms', 'art_rooms', 'music_room_area', 'art_room_area', 'single_school_pupils', 'combined_school_pupils', 'funded_pupils', 'training_share'] %}
    select '{{ measured_by }}' as measured_by{% if not loop.last %} union all{% endif %}
    {% endfor %}
),

lines as (
    select
        c.assessment as assessment,
        c.condition_no as condition_no,
        c.indicator_code as indicator_code,
        case when k.measured_by is null then 'measured_by ' else '' end
            || case when (c.decided_by = 'judgement') <> (c.measured_by = 'judgement') or (c.decided_by = 'judgement') <> (c.indicator_code = 'judgement') then 'decided_by ' else '' end
            || case when c.decided_by = 'figure' and c.judged_on = 'county' and c.unit <> i.unit then 'unit ' else '' end
            || case when (c.measured_by = 'dispersion') <> (c.base_indicator is not null) then 'base_indicator ' else '' end
            || case when c.decided_by = 'figure' and not exists (
                select 1 from {{ ref('stg_indicator_formulas') }} as f
                where f.indicator_code = c.indicator_code and f.stage in ('', c.stage)
            ) then 'stage ' else '' end
            || case when c.measured_by in ('school_rule', 'indicators_met', 'worst_ratio') and count(*) over (partition by c.measured_by) > 1 then 'one_rule ' else '' end as wrong
    from {{ ref('stg_assessment_conditions') }} as c
    left join known as k on c.measured_by = k.measured_by
    left join {{ ref('stg_indicators') }} as i on c.indicator_code = i.indicator_code
)

select
    l.assessment as assessment,
    l.condition_no as condition_no,
    l.indicator_code as indicator_code,
    l.wrong as wrong
from lines as l
where l.wrong <> ''
