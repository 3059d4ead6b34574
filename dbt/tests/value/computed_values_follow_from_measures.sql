-- zh: 每个比率、求和指标都能由基础数据与公式各项重算出来，分子分母、区间、可信度也一样；该有的没有漏，不该有的没有多；
--     其他公式的值原样进入事实表
-- en: each ratio and sum of measures follows from fct_measure through the terms of its formula: numerator, denominator,
--     value, interval and confidence, by the first variant that is complete; no cell that can be computed is missing,
--     and none is there that cannot. What formulas of other kinds gave has come into fct_indicator as it was.
-- when: always; a rate may agree with its own counts and still be of another year, stage or segment.
-- fix: `wrong` names the columns. Add up the measures of the formula's terms for the cell, and compare.
with offsets as (
    {{ whole_numbers(-15, 5) }}
),

terms as (
    select
        f.indicator_code as indicator_code,
        f.stage as formula_stage,
        f.variant as variant,
        f.priority as priority,
        f.kind as kind,
        f.scale as scale,
        f.valid_from as valid_from,
        f.valid_to as valid_to,
        t.side as side,
        t.coefficient as coefficient,
        t.measure_code as measure_code,
        case when t.measure_stage <> '' then t.measure_stage else f.stage end as measure_stage,
        t.measure_segment as measure_segment,
        o.n as year_offset
    from {{ ref('indicator_formula') }} as f
    inner join {{ ref('indicator_term') }} as t
        on f.indicator_code = t.indicator_code and f.stage = t.stage and f.variant = t.variant
    inner join offsets as o on o.n between t.year_from and t.year_to
    -- Terms over other indicators' values are no measures.
    where f.kind in ('ratio', 'sum') and t.measure_code <> 'indicator_value'
),

needed as (
    select
        t.indicator_code as indicator_code,
        t.formula_stage as formula_stage,
        t.variant as variant,
        count(*) as term_count
    from terms as t
    group by t.indicator_code, t.formula_stage, t.variant
),

addends as (
    select
        t.indicator_code as indicator_code,
        t.formula_stage as formula_stage,
        t.variant as variant,
        t.priority as priority,
        t.kind as kind,
        t.scale as scale,
        -- A cohort that began under a code since replaced ends under the new one.
        coalesce(k.region_code, m.region_code) as region_code,
        m.year - t.year_offset as year,
        case when t.formula_stage = '' then m.stage else t.formula_stage end as stage,
        case when t.measure_segment = '' then m.segment else 'all' end as segment,
        case when t.side = 'numerator' then t.coefficient else 0 end as above,
        case when t.side = 'numerator' then 0 else t.coefficient end as below,
        m.value as value,
        case when t.coefficient < 0 then m.value_high else m.value_low end as value_low,
        case when t.coefficient < 0 then m.value_low else m.value_high end as value_high,
        coalesce(m.uncorrected_value, m.value) as received_value,
        case when m.uncorrected_value is null then 0 else 1 end as is_corrected,
        m.confidence as confidence
    from terms as t
    inner join {{ ref('fct_measure') }} as m
        on t.measure_code = m.measure_code and t.measure_stage in ('', m.stage) and t.measure_segment in ('', m.segment)
    left join {{ ref('int_region_break') }} as k
        on k.is_new_code_only and m.region_code = k.one_of_the_former_code
        and m.year < k.break_year and m.year - t.year_offset >= k.break_year
    where {{ holds_in('m.year - t.year_offset', 't.valid_from', 't.valid_to') }}
),

complete as (
    select
        a.indicator_code as indicator_code,
        a.formula_stage as formula_stage,
        a.variant as variant,
        a.kind as kind,
        a.scale as scale,
        a.region_code as region_code,
        a.year as year,
        a.stage as stage,
        a.segment as segment,
        row_number() over (
            partition by a.indicator_code, a.region_code, a.year, a.stage, a.segment
            order by a.priority, a.variant
        ) as variant_no,
        cast(sum(a.above * a.value) as {{ dbl() }}) as numerator,
        cast(sum(a.above * a.value_low) as {{ dbl() }}) as numerator_low,
        cast(sum(a.above * a.value_high) as {{ dbl() }}) as numerator_high,
        cast(sum(a.above * a.received_value) as {{ dbl() }}) as numerator_received,
        case when a.kind = 'ratio' then cast(sum(a.below * a.value) as {{ dbl() }}) end as denominator,
        cast(sum(a.below * a.value_low) as {{ dbl() }}) as denominator_low,
        cast(sum(a.below * a.value_high) as {{ dbl() }}) as denominator_high,
        cast(sum(a.below * a.received_value) as {{ dbl() }}) as denominator_received,
        max(a.is_corrected) as is_corrected,
        max(a.confidence) as worst_confidence
    from addends as a
    inner join needed as n
        on a.indicator_code = n.indicator_code and a.formula_stage = n.formula_stage and a.variant = n.variant
    group by
        a.indicator_code, a.formula_stage, a.variant, a.priority, a.kind, a.scale, n.term_count,
        a.region_code, a.year, a.stage, a.segment
    having count(*) = n.term_count
),

-- A formula that looks at several years compares nothing across a break between them.
judged as (
    select
        c.indicator_code as indicator_code,
        c.formula_stage as formula_stage,
        c.variant as variant,
        c.region_code as region_code,
        c.year as year,
        c.stage as stage,
        c.segment as segment,
        c.kind as kind,
        c.scale as scale,
        c.numerator as numerator,
        c.numerator_low as numerator_low,
        c.numerator_high as numerator_high,
        c.numerator_received as numerator_received,
        c.denominator as denominator,
        c.denominator_low as denominator_low,
        c.denominator_high as denominator_high,
        c.denominator_received as denominator_received,
        c.is_corrected as is_corrected,
        c.worst_confidence as worst_confidence,
        case
            when max(s.break_year) is not null then 'series_break'
            when c.denominator = 0 then 'zero_denominator'
            else 'ok'
        end as status
    from complete as c
    left join {{ ref('int_formula_span') }} as s
        on c.indicator_code = s.indicator_code and c.formula_stage = s.formula_stage and c.variant = s.variant
        and s.break_year > c.year + s.first_offset and s.break_year <= c.year + s.last_offset
        and coalesce(s.break_region_code, c.region_code) = c.region_code and coalesce(s.break_stage, c.stage) = c.stage
    where c.variant_no = 1
    group by
        c.indicator_code, c.formula_stage, c.variant, c.region_code, c.year, c.stage, c.segment, c.kind, c.scale,
        c.numerator, c.numerator_low, c.numerator_high, c.numerator_received,
        c.denominator, c.denominator_low, c.denominator_high, c.denominator_received, c.is_corrected, c.worst_confidence
),

{% set values = [('value', 'numerator', 'denominator'), ('value_low', 'numerator_low', 'denominator_high'), ('value_high', 'numerator_high', 'denominator_low'), ('uncorrected_value', 'numerator_received', 'denominator_received')] %}
expected as (
    select
        j.indicator_code as indicator_code,
        cast(null as varchar) as base_indicator,
        j.variant as variant,
        j.region_code as region_code,
        j.year as year,
        j.stage as stage,
        j.segment as segment,
        j.numerator as numerator,
        j.denominator as denominator,
        {% for value, above, below in values %}
        case
            when j.status <> 'ok'{% if value == 'uncorrected_value' %} or j.is_corrected = 0{% endif %} then null
            when j.kind = 'sum' then j.scale * j.{{ above }}
            else j.scale * {{ ratio('j.' ~ above, 'j.' ~ below) }}
        end as {{ value }},
        {% endfor %}
        'reported' as inputs_basis,
        j.status as status,
        j.worst_confidence as confidence
    from judged as j
    union all
    select
        c.indicator_code as indicator_code,
        cast(null as varchar) as base_indicator,
        c.variant as variant,
        c.region_code as region_code,
        c.year as year,
        c.stage as stage,
        c.segment as segment,
        c.numerator as numerator,
        c.denominator as denominator,
        c.value as value,
        c.value_low as value_low,
        c.value_high as value_high,
        c.uncorrected_value as uncorrected_value,
        'reported' as inputs_basis,
        c.status as status,
        c.confidence as confidence
    from {{ ref('int_indicator_computed') }} as c
    inner join {{ ref('indicator_formula') }} as o
        on c.indicator_code = o.indicator_code and c.variant = o.variant and o.stage in ('', c.stage)
    where o.kind not in ('ratio', 'sum')
    union all
    select
        d.indicator_code as indicator_code,
        d.base_indicator as base_indicator,
        d.variant as variant,
        d.region_code as region_code,
        d.year as year,
        d.stage as stage,
        d.segment as segment,
        d.numerator as numerator,
        d.denominator as denominator,
        d.value as value,
        cast(null as {{ dbl() }}) as value_low,
        cast(null as {{ dbl() }}) as value_high,
        cast(null as {{ dbl() }}) as uncorrected_value,
        d.inputs_basis as inputs_basis,
        d.status as status,
        d.confidence as confidence
    from {{ ref('int_indicator_derived') }} as d
),

found as (
    select
        f.indicator_code as indicator_code,
        f.base_indicator as base_indicator,
        f.variant as variant,
        f.region_code as region_code,
        f.year as year,
        f.stage as stage,
        f.segment as segment,
        f.numerator as numerator,
        f.denominator as denominator,
        f.value as value,
        f.value_low as value_low,
        f.value_high as value_high,
        f.uncorrected_value as uncorrected_value,
        f.inputs_basis as inputs_basis,
        f.status as status,
        f.confidence as confidence
    from {{ ref('fct_indicator') }} as f
    where f.basis = 'computed'
),

compared as (
    select
        coalesce(e.indicator_code, f.indicator_code) as indicator_code,
        coalesce(e.base_indicator, f.base_indicator) as base_indicator,
        coalesce(e.region_code, f.region_code) as region_code,
        coalesce(e.year, f.year) as year,
        coalesce(e.stage, f.stage) as stage,
        coalesce(e.segment, f.segment) as segment,
        f.value as found_value,
        e.value as expected_value,
        case
            when f.indicator_code is null then 'missing'
            when e.indicator_code is null then 'unexpected'
            else ''
                {% for column in ['variant', 'inputs_basis', 'status', 'confidence'] %}
                || case when {{ differs_in_words('f.' ~ column, 'e.' ~ column) }} then '{{ column }} ' else '' end
                {% endfor %}
                {% for column in ['numerator', 'denominator', 'value', 'value_low', 'value_high', 'uncorrected_value'] %}
                || case when {{ differs('f.' ~ column, 'e.' ~ column) }} then '{{ column }} ' else '' end
                {% endfor %}
        end as wrong
    from expected as e
    full outer join found as f
        on e.indicator_code = f.indicator_code and e.region_code = f.region_code and e.year = f.year
        and e.stage = f.stage and e.segment = f.segment and coalesce(e.base_indicator, '') = coalesce(f.base_indicator, '')
)

select
    c.indicator_code as indicator_code,
    c.base_indicator as base_indicator,
    c.region_code as region_code,
    c.year as year,
    c.stage as stage,
    c.segment as segment,
    c.wrong as wrong,
    c.found_value as found_value,
    c.expected_value as expected_value
from compared as c
where c.wrong <> ''
