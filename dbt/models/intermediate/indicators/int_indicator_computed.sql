-- One row per cell that a formula over measures can be computed for: sums of counts first, then the division. A formula
-- goes by its number, and only where a region has each of its measures in some year: there may be millions of cells.
{% set sides = ['numerator', 'denominator'] %}
with formulas as (
    select
        f.*,
        row_number() over (order by f.indicator_code, f.formula_stage, f.variant) as formula_no,
        count(*) over (partition by f.indicator_code) as formula_count
    from (
        select distinct
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
            t.adds_up as adds_up
        from {{ ref('int_indicator_term') }} as t
    ) as f
),

terms as (
    select
        f.formula_no as formula_no,
        f.component_count as component_count,
        f.formula_count as formula_count,
        f.valid_from as valid_from,
        f.valid_to as valid_to,
        f.formula_stage as formula_stage,
        -- Terms of one number stand above one another: a difference of quotients and a rule compare them pair by pair.
        case when f.kind in ('difference', 'rule') then t.term_no else 0 end as pair_no,
        f.kind in ('difference', 'rule') as is_paired,
        t.side as side,
        t.coefficient as coefficient,
        t.measure_code as measure_code,
        t.measure_stage as measure_stage,
        t.measure_segment as measure_segment,
        t.year_offset as year_offset,
        t.measure_code || '/' || t.measure_stage || '/' || t.measure_segment as what
    from {{ ref('int_indicator_term') }} as t
    inner join formulas as f
        on t.indicator_code = f.indicator_code and t.formula_stage = f.formula_stage and t.variant = f.variant
),

-- A cohort that began under a code since replaced ends under the new one.
renamed as (
    select
        k.one_of_the_former_code as former_code,
        k.region_code as region_code,
        k.break_year as break_year
    from {{ ref('int_region_break') }} as k
    where k.is_new_code_only
),

present as (
    select
        m.region_code as region_code,
        m.measure_code as measure_code,
        m.stage as stage,
        m.segment as segment
    from {{ ref('int_measure') }} as m
    union
    select
        k.region_code as region_code,
        m.measure_code as measure_code,
        m.stage as stage,
        m.segment as segment
    from {{ ref('int_measure') }} as m
    inner join renamed as k on m.region_code = k.former_code
),

possible as (
    select
        t.formula_no as formula_no,
        p.region_code as region_code
    from present as p
    inner join terms as t
        on p.measure_code = t.measure_code
        and (t.measure_stage = '' or t.measure_stage = p.stage)
        and (t.measure_stage <> '' or t.formula_stage = '' or t.formula_stage = p.stage)
        and (t.measure_segment = '' or t.measure_segment = p.segment)
    inner join (
        select
            a.formula_no as formula_no,
            count(distinct a.what) as what_count
        from terms as a
        group by a.formula_no
    ) as n on t.formula_no = n.formula_no
    group by t.formula_no, p.region_code, n.what_count
    having count(distinct t.what) = n.what_count
),

pairs as (
    select
        c.formula_no as formula_no,
        c.component_count as component_count,
        c.region_code as region_code,
        c.year as year,
        c.stage as stage,
        c.segment as segment,
        c.pair_no as pair_no,
        count(*) as components,
        {% for side in sides %}
        max(case when c.side = '{{ side }}' then c.coefficient end) as term_{{ side }}_coefficient,
        cast(sum(case when c.side = '{{ side }}' then c.coefficient * c.value end) as {{ dbl() }}) as term_{{ side }},
        cast(sum(case when c.side = '{{ side }}' then c.coefficient * case when c.coefficient < 0 then c.value_high else c.value_low end end) as {{ dbl() }}) as term_{{ side }}_low,
        cast(sum(case when c.side = '{{ side }}' then c.coefficient * case when c.coefficient < 0 then c.value_low else c.value_high end end) as {{ dbl() }}) as term_{{ side }}_high,
        cast(sum(case when c.side = '{{ side }}' then c.coefficient * c.received_value end) as {{ dbl() }}) as received_term_{{ side }},
        {% endfor %}
        max(c.confidence) as confidence,
        max(c.is_corrected) as is_corrected
    from (
        {{ formula_components('t.is_paired') }}
    ) as c
    group by c.formula_no, c.component_count, c.region_code, c.year, c.stage, c.segment, c.pair_no
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

paired as (
    select
        c.formula_no as formula_no,
        c.region_code as region_code,
        c.year as year,
        c.stage as stage,
        c.segment as segment,
        {% for end in ['', '_low', '_high'] %}
        cast(sum(c.term_numerator{{ end }}) as {{ dbl() }}) as numerator{{ end }},
        -- Divided twice: what stands below the line is one product.
        cast(case
            when f.rule = 'divided_twice' then max(case when c.pair_no = 1 then c.term_denominator{{ end }} end) * max(case when c.pair_no = 2 then c.term_denominator{{ end }} end)
            else cast(sum(c.term_denominator{{ end }}) as {{ dbl() }})
        end as {{ dbl() }}) as denominator{{ end }},
        cast(sum(c.quotient{{ end }}) as {{ dbl() }}) as quotients{{ end }},
        {% endfor %}
        cast(sum(c.received_term_numerator) as {{ dbl() }}) as received_numerator,
        cast(case
            when f.rule = 'divided_twice' then max(case when c.pair_no = 1 then c.received_term_denominator end) * max(case when c.pair_no = 2 then c.received_term_denominator end)
            else cast(sum(c.received_term_denominator) as {{ dbl() }})
        end as {{ dbl() }}) as received_denominator,
        cast(sum(c.received_quotient) as {{ dbl() }}) as received_quotients,
        min(c.reaches_bound) as all_reach_bounds,
        min(c.received_reaches_bound) as received_all_reach_bounds,
        max(case when c.term_denominator = 0 then 1 else 0 end) as has_zero_denominator,
        max(c.confidence) as confidence,
        max(c.is_corrected) as is_corrected
    from compared as c
    inner join formulas as f on c.formula_no = f.formula_no
    group by c.formula_no, f.rule, c.component_count, c.region_code, c.year, c.stage, c.segment
    -- A missing term is not a zero: the cell is computed from all of its terms or not at all.
    having cast(sum(c.components) as bigint) = c.component_count
),

{% for name, which in [('sums_of_one', 't.formula_count = 1'), ('sums_of_several', 't.formula_count > 1')] %}
{{ name }} as (
    select
        c.formula_no as formula_no,
        c.region_code as region_code,
        c.year as year,
        c.stage as stage,
        c.segment as segment,
        {% for side in sides %}
        cast(sum(case when c.side = '{{ side }}' then c.coefficient * c.value end) as {{ dbl() }}) as {{ side }},
        cast(sum(case when c.side = '{{ side }}' then c.coefficient * case when c.coefficient < 0 then c.value_high else c.value_low end end) as {{ dbl() }}) as {{ side }}_low,
        cast(sum(case when c.side = '{{ side }}' then c.coefficient * case when c.coefficient < 0 then c.value_low else c.value_high end end) as {{ dbl() }}) as {{ side }}_high,
        cast(sum(case when c.side = '{{ side }}' then c.coefficient * c.received_value end) as {{ dbl() }}) as received_{{ side }},
        {% endfor %}
        max(c.confidence) as confidence,
        max(c.is_corrected) as is_corrected
    from (
        {{ formula_components('not t.is_paired and ' ~ which) }}
    ) as c
    group by c.formula_no, c.component_count, c.region_code, c.year, c.stage, c.segment
    having count(*) = c.component_count
),

{% endfor %}
-- Of several formulas of one indicator the first that is complete stands.
{% set numbers = ['numerator', 'numerator_low', 'numerator_high', 'denominator', 'denominator_low', 'denominator_high', 'received_numerator', 'received_denominator'] %}
{% set of_pairs = ['quotients', 'quotients_low', 'quotients_high', 'received_quotients', 'all_reach_bounds', 'received_all_reach_bounds', 'has_zero_denominator'] %}
{% set chosen = ['formula_no', 'region_code', 'year', 'stage', 'segment'] + numbers + of_pairs + ['confidence', 'is_corrected'] %}
several as (
    select {% for column in chosen %}{% if column in of_pairs %}cast(null as {% if column.endswith('bounds') or column.startswith('has') %}integer{% else %}{{ dbl() }}{% endif %}){% else %}s.{{ column }}{% endif %} as {{ column }}{% if not loop.last %}, {% endif %}{% endfor %}

    from sums_of_several as s
    union all
    select {% for column in chosen %}p.{{ column }} as {{ column }}{% if not loop.last %}, {% endif %}{% endfor %}

    from paired as p
    inner join formulas as f on p.formula_no = f.formula_no
    where f.formula_count > 1
),

ranked as (
    select
        {% for column in chosen %}
        v.{{ column }} as {{ column }},
        {% endfor %}
        row_number() over (
            partition by f.indicator_code, v.region_code, v.year, v.stage, v.segment order by f.priority, f.variant
        ) as variant_no
    from several as v
    inner join formulas as f on v.formula_no = f.formula_no
),

standing as (
    select {% for column in chosen %}{% if column in of_pairs %}cast(null as {% if column.endswith('bounds') or column.startswith('has') %}integer{% else %}{{ dbl() }}{% endif %}){% else %}s.{{ column }}{% endif %} as {{ column }}{% if not loop.last %}, {% endif %}{% endfor %}

    from sums_of_one as s
    union all
    select {% for column in chosen %}p.{{ column }} as {{ column }}{% if not loop.last %}, {% endif %}{% endfor %}

    from paired as p
    inner join formulas as f on p.formula_no = f.formula_no
    where f.formula_count = 1
    union all
    select {% for column in chosen %}r.{{ column }} as {{ column }}{% if not loop.last %}, {% endif %}{% endfor %}

    from ranked as r
    where r.variant_no = 1
),

-- A formula that looks at several years compares nothing across a break between them: of all regions or of one, of all
-- stages or of one.
years as (
    {{ whole_numbers(1949, 2100) }}
),

broken as (
    select distinct
        f.formula_no as formula_no,
        y.n as year,
        coalesce(s.break_region_code, '') as region_code,
        coalesce(s.break_stage, '') as stage
    from {{ ref('int_formula_span') }} as s
    inner join formulas as f
        on s.indicator_code = f.indicator_code and s.formula_stage = f.formula_stage and s.variant = f.variant
    inner join years as y on s.break_year > y.n + s.first_offset and s.break_year <= y.n + s.last_offset
),

valued as (
    select
        f.indicator_code as indicator_code,
        f.variant as variant,
        case when f.kind = 'rule' then f.rule else f.kind end as kind,
        f.scale as scale,
        f.adds_up as adds_up,
        {% for column in chosen if column not in ('formula_no', 'has_zero_denominator') %}
        r.{{ column }} as {{ column }},
        {% endfor %}
        case
            when coalesce(b1.formula_no, b2.formula_no, b3.formula_no, b4.formula_no) is not null then 'series_break'
            when f.kind = 'sum' or f.rule = 'bounds_reached' then 'ok'
            when f.kind = 'difference' and r.has_zero_denominator = 1 then 'zero_denominator'
            when f.kind <> 'difference' and r.denominator = 0 then 'zero_denominator'
            else 'ok'
        end as status
    from standing as r
    inner join formulas as f on r.formula_no = f.formula_no
    {% for region, stage in [("''", "''"), ('r.region_code', "''"), ("''", 'r.stage'), ('r.region_code', 'r.stage')] %}
    left join broken as b{{ loop.index }}
        on r.formula_no = b{{ loop.index }}.formula_no and r.year = b{{ loop.index }}.year
        and b{{ loop.index }}.region_code = {{ region }} and b{{ loop.index }}.stage = {{ stage }}
    {% endfor %}
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
    -- Several regions' counts may be added and divided anew where the formula is one quotient of sums.
    case when v.kind = 'ratio' and v.adds_up = 1 then v.scale end as scale,
    {{ formula_value('v', 'numerator', 'denominator', 'quotients', 'all_reach_bounds') }} as value,
    case when v.kind = 'bounds_reached' then null else {{ formula_value('v', 'numerator_low', 'denominator_high', 'quotients_low', 'all_reach_bounds') }} end as value_low,
    case when v.kind = 'bounds_reached' then null else {{ formula_value('v', 'numerator_high', 'denominator_low', 'quotients_high', 'all_reach_bounds') }} end as value_high,
    -- What the value would be without the corrections of its inputs.
    case when v.is_corrected = 1 then {{ formula_value('v', 'received_numerator', 'received_denominator', 'received_quotients', 'received_all_reach_bounds') }} end as uncorrected_value,
    v.status as status,
    v.confidence as confidence
from valued as v
