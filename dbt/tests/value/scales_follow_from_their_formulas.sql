-- zh: 有倍数的只是可由计数相加再除的商，且倍数就是公式的倍数
-- en: scale stands on quotients of counts that may be added, and on nothing else; it is that of the formula.
-- when: a formula or the kind of a measure changed, or the model that computes values.
-- fix: compare indicator_formula and the kinds of the measures in indicator_term with the rows listed.
with formulas as (
    select
        d.indicator_code as indicator_code,
        d.stage as formula_stage,
        d.variant as variant,
        -- Means, variances and flags of several regions do not add up.
        case
            when d.kind = 'ratio' and count(case when m.kind in ('count', 'area', 'amount') then null else 1 end) = 0
            then d.scale
        end as formula_scale
    from {{ ref('indicator_formula') }} as d
    inner join {{ ref('indicator_term') }} as t
        on d.indicator_code = t.indicator_code and d.stage = t.stage and d.variant = t.variant
    left join {{ ref('dim_measure') }} as m on t.measure_code = m.measure_code
    group by d.indicator_code, d.stage, d.variant, d.kind, d.scale
)

select
    f.indicator_code as indicator_code,
    f.region_code as region_code,
    f.year as year,
    f.stage as stage,
    f.segment as segment,
    f.basis as basis,
    f.scale as scale,
    d.formula_scale as formula_scale
from {{ ref('fct_indicator') }} as f
left join formulas as d
    on f.indicator_code = d.indicator_code and f.variant = d.variant and d.formula_stage in ('', f.stage)
where {{ differs('f.scale', 'd.formula_scale') }}
