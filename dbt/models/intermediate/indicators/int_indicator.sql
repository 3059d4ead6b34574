-- One row per indicator cell and basis: what was published and what the formulas give, side by side.
with published as (
    select
        c.region_code as region_code,
        c.year as year,
        c.stage as stage,
        c.segment as segment,
        c.indicator_code as indicator_code,
        'published' as basis,
        cast(null as {{ dbl() }}) as numerator,
        cast(null as {{ dbl() }}) as denominator,
        cast(null as {{ dbl() }}) as scale,
        c.value as value,
        c.value_low as value_low,
        c.value_high as value_high,
        cast(null as varchar) as variant,
        case when c.correction_reason is not null then c.received_value end as uncorrected_value,
        'ok' as status,
        c.confidence as confidence,
        c.chosen_by as chosen_by,
        c.source_id as source_id,
        c.source_file as source_file,
        c.source_row as source_row
    from {{ ref('int_observation_choice') }} as c
    where c.target = 'indicator' and c.choice_no = 1
),

computed as (
    select
        c.region_code as region_code,
        c.year as year,
        c.stage as stage,
        c.segment as segment,
        c.indicator_code as indicator_code,
        'computed' as basis,
        c.numerator as numerator,
        c.denominator as denominator,
        c.scale as scale,
        c.value as value,
        c.value_low as value_low,
        c.value_high as value_high,
        c.variant as variant,
        c.uncorrected_value as uncorrected_value,
        c.status as status,
        c.confidence as confidence,
        cast(null as varchar) as chosen_by,
        cast(null as varchar) as source_id,
        cast(null as varchar) as source_file,
        cast(null as bigint) as source_row
    from {{ ref('int_indicator_computed') }} as c
)

select
    p.region_code as region_code,
    p.year as year,
    p.stage as stage,
    p.segment as segment,
    p.indicator_code as indicator_code,
    p.basis as basis,
    p.numerator as numerator,
    p.denominator as denominator,
    p.scale as scale,
    p.value as value,
    p.value_low as value_low,
    p.value_high as value_high,
    p.variant as variant,
    p.uncorrected_value as uncorrected_value,
    p.status as status,
    p.confidence as confidence,
    p.chosen_by as chosen_by,
    p.source_id as source_id,
    p.source_file as source_file,
    p.source_row as source_row
from published as p
union all
select
    c.region_code as region_code,
    c.year as year,
    c.stage as stage,
    c.segment as segment,
    c.indicator_code as indicator_code,
    c.basis as basis,
    c.numerator as numerator,
    c.denominator as denominator,
    c.scale as scale,
    c.value as value,
    c.value_low as value_low,
    c.value_high as value_high,
    c.variant as variant,
    c.uncorrected_value as uncorrected_value,
    c.status as status,
    c.confidence as confidence,
    c.chosen_by as chosen_by,
    c.source_id as source_id,
    c.source_file as source_file,
    c.source_row as source_row
from computed as c
