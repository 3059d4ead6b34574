-- zh: 31 个省之和在印刷位数允许的范围内等于全国数
-- en: where a count is known for the nation and for all 31 mainland provinces, the national figure lies within the
--       sum of the provincial ones, as far as the printed digits tell.
-- when: a unit, a year or a region code went wrong in one province; a sum finds what no row can.
-- fix: compare the provincial figures of the measure with the year before; correct the file that is off.
with provinces as (
    select
        m.measure_code as measure_code,
        m.stage as stage,
        m.segment as segment,
        m.year as year,
        count(*) as provinces,
        cast(sum(m.value_low) as {{ dbl() }}) as sum_low,
        cast(sum(m.value_high) as {{ dbl() }}) as sum_high
    from {{ ref('fct_measure') }} as m
    inner join {{ ref('dim_region') }} as r
        on m.region_code = r.region_code and {{ holds_in('m.year', 'r.valid_from', 'r.valid_to') }}
    inner join {{ ref('dim_measure') }} as d on m.measure_code = d.measure_code
    where r.level = 'province' and r.region_code < '700000' and d.kind = 'count'
    group by m.measure_code, m.stage, m.segment, m.year
)

select
    p.measure_code as measure_code,
    p.stage as stage,
    p.segment as segment,
    p.year as year,
    n.value as nation,
    p.sum_low as sum_low,
    p.sum_high as sum_high
from provinces as p
inner join {{ ref('fct_measure') }} as n
    on p.measure_code = n.measure_code and p.stage = n.stage and p.segment = n.segment and p.year = n.year
    and n.region_code = '100000'
where p.provinces = 31 and (n.value_high < p.sum_low or n.value_low > p.sum_high)
