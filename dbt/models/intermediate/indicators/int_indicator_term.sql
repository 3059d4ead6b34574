-- One row per term and year of its window: what must be there before a formula may be computed from measures.
with offsets as (
    {{ whole_numbers(-15, 5) }}
)

select
    f.indicator_code as indicator_code,
    f.stage as formula_stage,
    f.variant as variant,
    f.priority as priority,
    f.kind as kind,
    f.rule as rule,
    f.scale as scale,
    f.valid_from as valid_from,
    f.valid_to as valid_to,
    t.side as side,
    t.term_no as term_no,
    t.measure_code as measure_code,
    t.measure_stage as measure_stage,
    t.measure_segment as measure_segment,
    t.coefficient as coefficient,
    o.n as year_offset,
    count(*) over (partition by f.indicator_code, f.stage, f.variant) as component_count,
    -- A mean wage or a variance of a region above is no sum of those below.
    min(case when m.kind in ('count', 'area', 'amount') then 1 else 0 end) over (partition by f.indicator_code, f.stage, f.variant) as adds_up
from {{ ref('stg_indicator_formulas') }} as f
inner join {{ ref('stg_indicator_terms') }} as t
    on f.indicator_code = t.indicator_code and f.stage = t.stage and f.variant = t.variant
left join {{ ref('stg_measures') }} as m on t.measure_code = m.measure_code
inner join offsets as o on o.n between t.year_from and t.year_to
-- Terms over other indicators' values are int_indicator_derived's.
where f.kind in ('ratio', 'sum', 'growth', 'difference', 'rule') and t.measure_code <> 'indicator_value'
