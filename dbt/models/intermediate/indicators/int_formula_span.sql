-- One row per formula variant, span of years it looks at and break that may lie inside the span: a measure's own
-- break where the formula uses that measure at two years, a region's where it uses any figures of two years.
with spans as (
    select
        t.indicator_code as indicator_code,
        t.formula_stage as formula_stage,
        t.variant as variant,
        t.measure_code as measure_code,
        t.measure_stage as measure_stage,
        min(t.year_offset) as first_offset,
        max(t.year_offset) as last_offset
    from {{ ref('int_indicator_term') }} as t
    group by t.indicator_code, t.formula_stage, t.variant, t.measure_code, t.measure_stage
    having min(t.year_offset) < max(t.year_offset)
),

formulas as (
    select
        t.indicator_code as indicator_code,
        t.formula_stage as formula_stage,
        t.variant as variant,
        min(t.year_offset) as first_offset,
        max(t.year_offset) as last_offset
    from {{ ref('int_indicator_term') }} as t
    group by t.indicator_code, t.formula_stage, t.variant
    having min(t.year_offset) < max(t.year_offset)
)

select
    s.indicator_code as indicator_code,
    s.formula_stage as formula_stage,
    s.variant as variant,
    s.first_offset as first_offset,
    s.last_offset as last_offset,
    b.region_code as break_region_code,
    case when s.measure_stage = '' then b.stage end as break_stage,
    b.break_year as break_year
from spans as s
inner join {{ ref('stg_breaks') }} as b
    on s.measure_code = b.measure_code
    and (b.stage is null or s.measure_stage in ('', b.stage))
    and (b.stage is null or s.measure_stage <> '' or s.formula_stage in ('', b.stage))
union all
select
    f.indicator_code as indicator_code,
    f.formula_stage as formula_stage,
    f.variant as variant,
    f.first_offset as first_offset,
    f.last_offset as last_offset,
    r.region_code as break_region_code,
    cast(null as varchar) as break_stage,
    r.break_year as break_year
from formulas as f
cross join {{ ref('int_region_break') }} as r
where not r.is_new_code_only
