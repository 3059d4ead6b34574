{# How the value of a condition is held against what the condition asks for. `condition` is a row with `comparator` and
   `required_value`. #}

{# Differences below this are the order of an arithmetic, not a shortfall. #}
{% macro condition_tolerance(condition) -%}
    0.000000001 * greatest(abs({{ condition }}.required_value), 1)
{%- endmacro %}

{% macro condition_holds(condition, value) -%}
    case {{ condition }}.comparator
        when '>=' then {{ value }} >= {{ condition }}.required_value - {{ condition_tolerance(condition) }}
        when '>' then {{ value }} > {{ condition }}.required_value + {{ condition_tolerance(condition) }}
        when '<=' then {{ value }} <= {{ condition }}.required_value + {{ condition_tolerance(condition) }}
        when '<' then {{ value }} < {{ condition }}.required_value - {{ condition_tolerance(condition) }}
    end
{%- endmacro %}

{# How much is missing, above zero while the condition is not reached, in the condition's unit. #}
{% macro condition_gap(condition, value) -%}
    case
        when {{ condition }}.comparator in ('>=', '>') then {{ condition }}.required_value - {{ value }}
        else {{ value }} - {{ condition }}.required_value
    end
{%- endmacro %}
