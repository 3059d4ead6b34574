-- One row per indicator that an assessment itself gives: whether the county reaches it, once that is decided, and the
-- lowest a school came on its worst resource.
select
    a.region_code as region_code,
    a.year as year,
    i.level as stage,
    i.indicator_code as indicator_code,
    cast(a.met_count as {{ dbl() }}) as numerator,
    cast(a.condition_count as {{ dbl() }}) as denominator,
    cast(case a.status when 'met' then 1 else 0 end as {{ dbl() }}) as value
from {{ ref('int_county_assessment') }} as a
inner join {{ ref('stg_indicators') }} as i
    on (a.assessment = 'preschool_universal_inclusive_2020' and i.indicator_code = 'preschool_universal_county_pass')
    or (a.assessment = 'compulsory_quality_balanced_2017' and i.indicator_code = 'quality_balanced_county_pass')
where a.status in ('met', 'not_met')
union all
select
    r.region_code as region_code,
    r.year as year,
    i.level as stage,
    i.indicator_code as indicator_code,
    cast(null as {{ dbl() }}) as numerator,
    cast(null as {{ dbl() }}) as denominator,
    min(r.worst_ratio_pct) as value
from {{ ref('int_school_rule') }} as r
inner join {{ ref('stg_indicators') }} as i on i.indicator_code = 'eq_school_worst_ratio'
group by r.region_code, r.year, i.level, i.indicator_code
-- The lowest of some is not the lowest of all.
having min(r.reported_count - r.indicator_count) = 0
