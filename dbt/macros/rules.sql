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
