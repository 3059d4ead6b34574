-- One row per cell that a formula over measures can be computed for: sums of counts first, then the division.
with components as (
    select
        t.indicator_code as indicator_code,
        t.formula_stage as formula_stage,
        t.variant as variant,
        t.priority as priority,
        t.kind as kind,
        t.rule as rule,
        t.scale as scale,
        t.valid_from as valid_from,
        t.valid_to as valid_to,
        t.component_count as component_count,
        t.side as side,
        t.term_no as term_no,
        t.coefficient as coefficient,
        -- A cohort that began under a code since replaced ends under the new one.
        coalesce(k.region_code, m.region_code) as region_code,
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
    left join {{ ref('int_region_break') }} as k
        on k.is_new_code_only and m.region_code = k.one_of_the_former_code
        and m.year < k.break_year and m.year - t.year_offset >= k.break_year
),

-- Terms of one number stand above one another: a difference of quotients and a rule compare them pair by pair.
pairs as (
    select
        c.indicator_code as indicator_code,
        c.formula_stage as formula_stage,
        c.variant as variant,
        c.priority as priority,
        c.kind as kind,
        c.rule as rule,
        c.scale as scale,
        c.component_count as component_count,
        c.region_code as region_code,
        c.year as year,
        c.stage as stage,
        c.segment as segment,
        c.term_no as term_no,
        count(*) as components,
        {% for side in ['numerator', 'denominator'] %}
        max(case when c.side = '{{ side }}' then c.coefficient end) as term_{{ side }}_coefficient,
        cast(sum(case when c.side = '{{ side }}' then c.coefficient * c.value end) as {{ dbl() }}) as term_{{ side }},
        cast(sum(case when c.side = '{{ side }}' then c.coefficient * case when c.coefficient < 0 then c.value_high else c.value_low end end) as {{ dbl() }}) as term_{{ side }}_low,
        cast(sum(case when c.side = '{{ side }}' then c.coefficient * case when c.coefficient < 0 then c.value_low else c.value_high end end) as {{ dbl() }}) as term_{{ side }}_high,
        cast(sum(case when c.side = '{{ side }}' then c.coefficient * c.received_value end) as {{ dbl() }}) as received_term_{{ side }},
        {% endfor %}
        max(c.confidence) as confidence,
        max(c.is_corrected) as is_corrected
    from components as c
    where {{ holds_in('c.year', 'c.valid_from', 'c.valid_to') }}
    group by
        c.indicator_code, c.formula_stage, c.variant, c.priority, c.kind, c.rule, c.scale, c.component_count,
        c.region_code, c.year, c.stage, c.segment, c.term_no
),

compared as (
    select
        p.*,
        {{ ratio('p.term_numerator', 'p.term_denominator') }} as quotient,
        {{ ratio('p.received_term_numerator', 'p.received_term_denominator') }} as received_quotient,
        -- A negative term takes its lower end from the larger quotient.
        case when p.term_numerator_coefficient < 0 then {{ ratio('p.term_numerator_low', 'p.term_denominator_low') }} else {{ ratio('p.term_numerator_low', 'p.term_denominator_high') }} end as quotient_low,
        case when p.term_numerator_coefficient < 0 then {{ ratio('p.term_numerator_high', 'p.term_denominator_high') }} else {{ ratio('p.term_numerator_high', 'p.term_denominator_low') }} end as quotient_high,
        -- What a term of a rule must reach: the term below it; without one, a negative term none, a flag one.
        case when p.term_numerator >= coalesce(p.term_denominator, case when p.term_numerator_coefficient < 0 then 0 else 1 end) then 1 else 0 end as reaches_bound,
        case when p.received_term_numerator >= coalesce(p.received_term_denominator, case when p.term_numerator_coefficient < 0 then 0 else 1 end) then 1 else 0 end as received_reaches_bound
    from pairs as p
),

sums as (
    select
        c.indicator_code as indicator_code,
        c.formula_stage as formula_stage,
        c.variant as variant,
        c.priority as priority,
        case when c.kind = 'rule' then c.rule else c.kind end as kind,
        c.scale as scale,
        c.region_code as region_code,
        c.year as year,
        c.stage as stage,
        c.segment as segment,
        {% for end in ['', '_low', '_high'] %}
        cast(sum(c.term_numerator{{ end }}) as {{ dbl() }}) as numerator{{ end }},
        -- Divided twice: what stands below the line is one product.
        cast(case
            when c.rule = 'divided_twice' then max(case when c.term_no = 1 then c.term_denominator{{ end }} end) * max(case when c.term_no = 2 then c.term_denominator{{ end }} end)
            else cast(sum(c.term_denominator{{ end }}) as {{ dbl() }})
        end as {{ dbl() }}) as denominator{{ end }},
        cast(sum(c.quotient{{ end }}) as {{ dbl() }}) as quotients{{ end }},
        {% endfor %}
        cast(sum(c.received_term_numerator) as {{ dbl() }}) as received_numerator,
        cast(case
            when c.rule = 'divided_twice' then max(case when c.term_no = 1 then c.received_term_denominator end) * max(case when c.term_no = 2 then c.received_term_denominator end)
            else cast(sum(c.received_term_denominator) as {{ dbl() }})
        end as {{ dbl() }}) as received_denominator,
        cast(sum(c.received_quotient) as {{ dbl() }}) as received_quotients,
        min(c.reaches_bound) as all_reach_bounds,
        min(c.received_reaches_bound) as received_all_reach_bounds,
        max(case when c.term_denominator = 0 then 1 else 0 end) as has_zero_denominator,
        max(c.confidence) as confidence,
        max(c.is_corrected) as is_corrected
    from compared as c
    group by
        c.indicator_code, c.formula_stage, c.variant, c.priority, c.kind, c.rule, c.scale, c.component_count,
        c.region_code, c.year, c.stage, c.segment
    -- A missing term is not a zero: the cell is computed from all of its terms or not at all.
    having cast(sum(c.components) as bigint) = c.component_count
),

ranked as (
    select
        s.*,
        row_number() over (
            partition by s.indicator_code, s.region_code, s.year, s.stage, s.segment
            order by s.priority, s.variant
        ) as variant_no
    from sums as s
),

-- A formula that looks at several years compares nothing across a break between them.
broken as (
    select distinct
        r.indicator_code as indicator_code,
        r.region_code as region_code,
        r.year as year,
        r.stage as stage,
        r.segment as segment
    from ranked as r
    inner join {{ ref('int_formula_span') }} as s
        on r.indicator_code = s.indicator_code and r.formula_stage = s.formula_stage and r.variant = s.variant
        and s.break_year > r.year + s.first_offset and s.break_year <= r.year + s.last_offset
        and (s.break_region_code is null or s.break_region_code = r.region_code)
        and (s.break_stage is null or s.break_stage = r.stage)
    where r.variant_no = 1
),

valued as (
    select
        r.indicator_code as indicator_code,
        r.variant as variant,
        r.region_code as region_code,
        r.year as year,
        r.stage as stage,
        r.segment as segment,
        r.kind as kind,
        r.scale as scale,
        r.numerator as numerator,
        r.numerator_low as numerator_low,
        r.numerator_high as numerator_high,
        r.denominator as denominator,
        r.denominator_low as denominator_low,
        r.denominator_high as denominator_high,
        r.quotients as quotients,
        r.quotients_low as quotients_low,
        r.quotients_high as quotients_high,
        r.received_numerator as received_numerator,
        r.received_denominator as received_denominator,
        r.received_quotients as received_quotients,
        r.all_reach_bounds as all_reach_bounds,
        r.received_all_reach_bounds as received_all_reach_bounds,
        r.is_corrected as is_corrected,
        r.confidence as confidence,
        case
            when b.indicator_code is not null then 'series_break'
            when r.kind in ('sum', 'bounds_reached') then 'ok'
            when r.kind = 'difference' and r.has_zero_denominator = 1 then 'zero_denominator'
            when r.kind <> 'difference' and r.denominator = 0 then 'zero_denominator'
            else 'ok'
        end as status
    from ranked as r
    left join broken as b
        on r.indicator_code = b.indicator_code and r.region_code = b.region_code and r.year = b.year
        and r.stage = b.stage and r.segment = b.segment
    where r.variant_no = 1
)

select
    v.indicator_code as indicator_code,
    v.variant as variant,
    v.region_code as region_code,
    v.year as year,
    v.stage as stage,
    v.segment as segment,
    v.numerator as numerator,
    -- The denominators of a difference are of several quotients: their sum would mean nothing.
    case when v.kind <> 'difference' then v.denominator end as denominator,
    {{ formula_value('v', 'numerator', 'denominator', 'quotients', 'all_reach_bounds') }} as value,
    case when v.kind = 'bounds_reached' then null else {{ formula_value('v', 'numerator_low', 'denominator_high', 'quotients_low', 'all_reach_bounds') }} end as value_low,
    case when v.kind = 'bounds_reached' then null else {{ formula_value('v', 'numerator_high', 'denominator_low', 'quotients_high', 'all_reach_bounds') }} end as value_high,
    -- What the value would be without the corrections of its inputs.
    case when v.is_corrected = 1 then {{ formula_value('v', 'received_numerator', 'received_denominator', 'received_quotients', 'received_all_reach_bounds') }} end as uncorrected_value,
    v.status as status,
    v.confidence as confidence
from valued as v
