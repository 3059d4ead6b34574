-- One row per cell that a formula can be computed for: sums of counts first, then one division.
with components as (
    select
        t.indicator_code as indicator_code,
        t.formula_stage as formula_stage,
        t.variant as variant,
        t.priority as priority,
        t.kind as kind,
        t.scale as scale,
        t.valid_from as valid_from,
        t.valid_to as valid_to,
        t.component_count as component_count,
        t.side as side,
        t.coefficient as coefficient,
        m.region_code as region_code,
        m.year - t.year_offset as year,
        case when t.formula_stage = '' then m.stage else t.formula_stage end as stage,
        case when t.measure_segment = '' then m.segment else 'all' end as segment,
        m.value as value,
        m.value_low as value_low,
        m.value_high as value_high,
        m.confidence as confidence,
        coalesce(m.uncorrected_value, m.value) as received_value,
        case when m.uncorrected_value is not null then 1 else 0 end as is_corrected
    from {{ ref('int_indicator_term') }} as t
    inner join {{ ref('int_measure') }} as m
        on t.measure_code = m.measure_code
        and (t.measure_stage = '' or t.measure_stage = m.stage)
        and (t.measure_stage <> '' or t.formula_stage = '' or t.formula_stage = m.stage)
        and (t.measure_segment = '' or t.measure_segment = m.segment)
),

sums as (
    select
        c.indicator_code as indicator_code,
        c.variant as variant,
        c.priority as priority,
        c.kind as kind,
        c.scale as scale,
        c.region_code as region_code,
        c.year as year,
        c.stage as stage,
        c.segment as segment,
        cast(sum(case when c.side = 'numerator' then c.coefficient * c.value end) as {{ dbl() }}) as numerator,
        cast(sum(case when c.side = 'numerator' then c.coefficient * case when c.coefficient < 0 then c.value_high else c.value_low end end) as {{ dbl() }}) as numerator_low,
        cast(sum(case when c.side = 'numerator' then c.coefficient * case when c.coefficient < 0 then c.value_low else c.value_high end end) as {{ dbl() }}) as numerator_high,
        cast(sum(case when c.side = 'denominator' then c.coefficient * c.value end) as {{ dbl() }}) as denominator,
        cast(sum(case when c.side = 'denominator' then c.coefficient * case when c.coefficient < 0 then c.value_high else c.value_low end end) as {{ dbl() }}) as denominator_low,
        cast(sum(case when c.side = 'denominator' then c.coefficient * case when c.coefficient < 0 then c.value_low else c.value_high end end) as {{ dbl() }}) as denominator_high,
        max(c.confidence) as confidence,
        cast(sum(case when c.side = 'numerator' then c.coefficient * c.received_value end) as {{ dbl() }}) as received_numerator,
        cast(sum(case when c.side = 'denominator' then c.coefficient * c.received_value end) as {{ dbl() }}) as received_denominator,
        max(c.is_corrected) as is_corrected
    from components as c
    where {{ holds_in('c.year', 'c.valid_from', 'c.valid_to') }}
    group by
        c.indicator_code, c.formula_stage, c.variant, c.priority, c.kind, c.scale, c.component_count,
        c.region_code, c.year, c.stage, c.segment
    -- A missing term is not a zero: the cell is computed from all of its terms or not at all.
    having count(*) = c.component_count
),

ranked as (
    select
        s.*,
        row_number() over (
            partition by s.indicator_code, s.region_code, s.year, s.stage, s.segment
            order by s.priority, s.variant
        ) as variant_no
    from sums as s
)

select
    r.indicator_code as indicator_code,
    r.variant as variant,
    r.region_code as region_code,
    r.year as year,
    r.stage as stage,
    r.segment as segment,
    r.numerator as numerator,
    r.denominator as denominator,
    case when r.kind = 'sum' then r.scale * r.numerator else r.scale * {{ ratio('r.numerator', 'r.denominator') }} end as value,
    case when r.kind = 'sum' then r.scale * r.numerator_low else r.scale * {{ ratio('r.numerator_low', 'r.denominator_high') }} end as value_low,
    case when r.kind = 'sum' then r.scale * r.numerator_high else r.scale * {{ ratio('r.numerator_high', 'r.denominator_low') }} end as value_high,
    -- What the value would be without the corrections of its inputs.
    case
        when r.is_corrected = 0 then null
        when r.kind = 'sum' then r.scale * r.received_numerator
        else r.scale * {{ ratio('r.received_numerator', 'r.received_denominator') }}
    end as uncorrected_value,
    case when r.kind = 'ratio' and r.denominator = 0 then 'zero_denominator' else 'ok' end as status,
    r.confidence as confidence
from ranked as r
where r.variant_no = 1
