-- zh: 每个已声明的矛盾都确实存在；已消失的声明应删除
-- en: every declared contradiction is there in the figures; a declaration that no longer holds is removed.
-- when: a publication was corrected, or a figure came in that the declaration did not know.
-- fix: remove the line from contradictions.csv.
select
    c.region_code as region_code,
    c.year as year,
    c.stage as stage,
    c.measure_code as measure_code,
    c.other_measure_code as other_measure_code,
    one.value as value,
    other.value as other_value
from {{ ref('stg_contradictions') }} as c
inner join {{ ref('fct_measure') }} as one
    on c.region_code = one.region_code and c.year = one.year and c.stage = one.stage
    and c.measure_code = one.measure_code and one.segment = 'all'
inner join {{ ref('fct_measure') }} as other
    on c.region_code = other.region_code and c.year = other.year and c.stage = other.stage
    and c.other_measure_code = other.measure_code and other.segment = 'all'
where other.value_low <= one.value_high
