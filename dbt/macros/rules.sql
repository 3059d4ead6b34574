{# Arithmetic that more than one model needs, so that it is written once. #}

{# a / b in double precision; no value where b is zero. #}
{% macro ratio(numerator, denominator) -%}
    cast({{ numerator }} as {{ dbl() }}) / nullif(cast({{ denominator }} as {{ dbl() }}), 0)
{%- endmacro %}

{# The digits printed after the point: 0 for `115`, 2 for `3.70`. #}
{% macro printed_decimals(column) -%}
    case when position('.' in {{ column }}) > 0
        then length({{ column }}) - position('.' in {{ column }}) else 0 end
{%- endmacro %}

{# A printed number in the unit of its indicator: to base units in decimals first, so that 450 万人 is 4500000, then by
   the base units in one indicator unit. #}
{% macro in_indicator_unit(printed, factor, base_units) -%}
    {{ ratio("cast(nullif(" ~ printed ~ ", '') as decimal(26, 6)) * " ~ factor, base_units) }}
{%- endmacro %}

{# Whether a validity period holds in a year; an empty end is not known and so not a limit. #}
{% macro holds_in(year, valid_from, valid_to) -%}
    (({{ valid_from }} is null or {{ valid_from }} <= {{ year }}) and ({{ valid_to }} is null or {{ valid_to }} >= {{ year }}))
{%- endmacro %}

{# The whole numbers from `low` to `high` as rows of `n`: no engine needs its own series function. #}
{% macro whole_numbers(low, high) -%}
    {% for n in range(low, high + 1) %}select {{ n }} as n{% if not loop.last %} union all {% endif %}{% endfor %}
{%- endmacro %}

{# The rule by which one of several publications of the same fact is preferred: read before derived, then the
   narrowest rounding interval, then the publication's name so that the choice is always the same. #}
{% macro publication_preference(prefix) -%}
    {{ prefix }}.confidence, {{ prefix }}.rounding_width, {{ prefix }}.source_zh, {{ prefix }}.source_file, {{ prefix }}.source_row
{%- endmacro %}

{# Whether two numbers differ by more than the order of an addition can explain; one missing differs from one there. #}
{% macro differs(a, b) -%}
    (({{ a }} is null) <> ({{ b }} is null) or abs({{ a }} - {{ b }}) > 0.000000001 * abs({{ b }}))
{%- endmacro %}

{# The same for codes and words. #}
{% macro differs_in_words(a, b) -%}
    coalesce({{ a }}, '-') <> coalesce({{ b }}, '-')
{%- endmacro %}

{# What a formula over measures gives, by its kind; no value where its status says why. #}
{% macro formula_value(row, numerator, denominator, quotients, bounds) -%}
    case
        when {{ row }}.status <> 'ok' then null
        when {{ row }}.kind = 'sum' then {{ row }}.scale * {{ row }}.{{ numerator }}
        when {{ row }}.kind = 'growth' then {{ row }}.scale * ({{ ratio(row ~ '.' ~ numerator, row ~ '.' ~ denominator) }} - 1)
        when {{ row }}.kind = 'difference' then {{ row }}.scale * {{ row }}.{{ quotients }}
        when {{ row }}.kind = 'bounds_reached' then {{ row }}.scale * {{ row }}.{{ bounds }}
        else {{ row }}.scale * {{ ratio(row ~ '.' ~ numerator, row ~ '.' ~ denominator) }}
    end
{%- endmacro %}

{# Whether a value satisfies a comparator, at the target's own number: 84.96 does not reach 85. Equality with a
   direction is reached from the better side (100 % covered); without one it holds at the target's printed digits. #}
{% macro reaches(target, value) -%}
    case
        when {{ target }}.comparator in ('>=', 'add', 'grow') then {{ value }} >= {{ target }}.value - {{ target }}.tolerance
        when {{ target }}.comparator = '>' then {{ value }} > {{ target }}.value + {{ target }}.tolerance
        when {{ target }}.comparator in ('<=', 'eliminate') then {{ value }} <= {{ target }}.value + {{ target }}.tolerance
        when {{ target }}.comparator = '<' then {{ value }} < {{ target }}.value - {{ target }}.tolerance
        when {{ target }}.comparator = 'range' then {{ value }} >= {{ target }}.value - {{ target }}.tolerance and {{ value }} <= {{ target }}.value_high + {{ target }}.tolerance
        when {{ target }}.direction > 0 then {{ value }} >= {{ target }}.value - {{ target }}.tolerance
        when {{ target }}.direction < 0 then {{ value }} <= {{ target }}.value + {{ target }}.tolerance
        else abs({{ value }} - {{ target }}.value) <= {{ target }}.half_digit + {{ target }}.tolerance
    end
{%- endmacro %}

{# How much of a target is still missing, above zero while a value does not reach it; to the nearer end of a range. #}
{% macro shortfall(target, value) -%}
    case
        when {{ target }}.comparator = 'range' and {{ value }} < {{ target }}.value then {{ target }}.value - {{ value }}
        when {{ target }}.comparator = 'range' and {{ value }} > {{ target }}.value_high then {{ value }} - {{ target }}.value_high
        when {{ target }}.comparator = 'range' and {{ value }} is not null then 0
        when {{ target }}.direction = 0 and abs({{ target }}.value - {{ value }}) <= {{ target }}.half_digit then 0
        when {{ target }}.direction = 0 then abs({{ target }}.value - {{ value }})
        else {{ target }}.direction * ({{ target }}.value - {{ value }})
    end
{%- endmacro %}

{# Pairs of codes with the same borders: a code that merely became another one, either way round. #}
{% macro renamed_codes() -%}
    select
        b.region_code as region_code,
        b.one_of_the_former_code as value_region_code
    from {{ ref('int_region_break') }} as b
    where b.is_new_code_only
    union
    select
        b.one_of_the_former_code as region_code,
        b.region_code as value_region_code
    from {{ ref('int_region_break') }} as b
    where b.is_new_code_only
{%- endmacro %}

{# Whether two rows speak of one measure cell. #}
{% macro same_cell(one, other) -%}
    {{ one }}.region_code = {{ other }}.region_code and {{ one }}.year = {{ other }}.year and {{ one }}.stage = {{ other }}.stage
    and {{ one }}.segment = {{ other }}.segment and {{ one }}.measure_code = {{ other }}.measure_code
{%- endmacro %}

{# The figures of the measures that formulas add up, each in the cell it adds to. `which`: of which of the terms `t`. It is
   written out wherever it is read: read from one place by several, millions of rows would have to be kept. #}
{% macro formula_components(which) %}
    select
        t.formula_no as formula_no,
        t.component_count as component_count,
        t.pair_no as pair_no,
        t.side as side,
        t.coefficient as coefficient,
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
    from terms as t
    inner join {{ ref('int_measure') }} as m
        on t.measure_code = m.measure_code
        and (t.measure_stage = '' or t.measure_stage = m.stage)
        and (t.measure_stage <> '' or t.formula_stage = '' or t.formula_stage = m.stage)
        and (t.measure_segment = '' or t.measure_segment = m.segment)
    left join renamed as k
        on m.region_code = k.former_code and m.year < k.break_year and m.year - t.year_offset >= k.break_year
    inner join possible as p on t.formula_no = p.formula_no and coalesce(k.region_code, m.region_code) = p.region_code
    where {{ which }} and {{ holds_in('m.year - t.year_offset', 't.valid_from', 't.valid_to') }}
{% endmacro %}
