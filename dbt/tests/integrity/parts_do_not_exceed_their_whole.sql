-- zh: 部分不超过整体：公办园在园幼儿不多于在园幼儿总数，等等；已声明的矛盾除外，公布数字与学校合计之间的出入见 measure_conflict
-- en: a part never exceeds its whole (children in public kindergartens, all children), as far as the printed digits
--     tell; contradictions that are declared are left out, and where a figure and a sum of school records differ
--     measure_conflict tells.
-- when: figures of one year come from several publications, or a unit or segment is wrong in one of them.
-- fix: check both figures; if both are printed so, declare it in contradictions.csv with the reason.
select
    part.region_code as region_code,
    part.year as year,
    p.part_measure_code as part_measure_code,
    p.part_stage as part_stage,
    p.part_segment as part_segment,
    p.whole_measure_code as whole_measure_code,
    p.whole_stage as whole_stage,
    part.value as part_value,
    whole.value as whole_value
from {{ ref('stg_part_of') }} as p
inner join {{ ref('fct_measure') }} as part
    on p.part_measure_code = part.measure_code and p.part_stage = part.stage and p.part_segment = part.segment
inner join {{ ref('fct_measure') }} as whole
    on p.whole_measure_code = whole.measure_code and p.whole_stage = whole.stage and p.whole_segment = whole.segment
    and part.region_code = whole.region_code and part.year = whole.year
left join {{ ref('stg_contradictions') }} as c
    on part.region_code = c.region_code and part.year = c.year and part.stage = c.stage
    and c.measure_code = p.whole_measure_code and c.other_measure_code = p.part_measure_code
where part.value_low > whole.value_high and c.region_code is null
    and (part.basis = 'summed') = (whole.basis = 'summed')
