with both_bases as (
    select
        p.region_code as region_code,
        p.year as year,
        p.stage as stage,
        p.segment as segment,
        p.indicator_code as indicator_code,
        c.value as computed_value,
        c.value_low as computed_low,
        c.value_high as computed_high,
        c.variant as variant,
        p.value as published_value,
        p.value_low as published_low,
        p.value_high as published_high,
        p.source_id as published_source_id,
        -- Half a millionth of a point: what a printed 7 digits and a double may differ by.
        c.value >= p.value_low - 0.0000005 and c.value <= p.value_high + 0.0000005 as within_rounding,
        c.value_low <= p.value_high and c.value_high >= p.value_low as intervals_meet,
        coalesce(o.reason_code, d.reason_code) as definition_code
    from {{ ref('fct_indicator') }} as p
    inner join {{ ref('fct_indicator') }} as c
        on p.region_code = c.region_code and p.year = c.year and p.stage = c.stage and p.segment = c.segment
        and p.indicator_code = c.indicator_code
    left join {{ ref('stg_basis_differences') }} as d
        on p.indicator_code = d.indicator_code and d.region_code is null
    left join {{ ref('stg_basis_differences') }} as o
        on p.indicator_code = o.indicator_code and p.region_code = o.region_code and p.year = o.year
    where p.basis = 'published' and c.basis = 'computed' and c.status = 'ok'
)

select
    b.region_code as region_code,
    b.year as year,
    b.stage as stage,
    b.segment as segment,
    b.indicator_code as indicator_code,
    b.computed_value as computed_value,
    b.computed_low as computed_low,
    b.computed_high as computed_high,
    b.variant as variant,
    b.published_value as published_value,
    b.published_low as published_low,
    b.published_high as published_high,
    b.published_source_id as published_source_id,
    b.within_rounding as within_rounding,
    case
        when b.within_rounding then null
        when b.intervals_meet then 'input_rounding'
        when b.definition_code is not null then b.definition_code
        else 'unexplained'
    end as reason_code
from both_bases as b
