{# What differs between engines, and nothing else: one dispatched macro a difference. #}

{% macro dbl() -%} {{ return(adapter.dispatch('dbl')()) }} {%- endmacro %}
{% macro default__dbl() -%} double precision {%- endmacro %}
{% macro duckdb__dbl() -%} double {%- endmacro %}
{% macro spark__dbl() -%} double {%- endmacro %}

{# A received text as a number of the given type; empty text is no value. #}
{% macro typed(column, type) -%} cast(nullif({{ column }}, '') as {{ type }}) {%- endmacro %}

{# The texts of a group as one, in order. #}
{% macro joined(text, separator, order) -%} {{ return(adapter.dispatch('joined')(text, separator, order)) }} {%- endmacro %}
{% macro default__joined(text, separator, order) -%} string_agg({{ text }}, '{{ separator }}' order by {{ order }}) {%- endmacro %}
{% macro spark__joined(text, separator, order) -%} listagg({{ text }}, '{{ separator }}') within group (order by {{ order }}) {%- endmacro %}

{# A date some days later. #}
{% macro plus_days(date, days) -%} {{ return(adapter.dispatch('plus_days')(date, days)) }} {%- endmacro %}
{% macro default__plus_days(date, days) -%} ({{ date }} + {{ days }}) {%- endmacro %}
{% macro spark__plus_days(date, days) -%} date_add({{ date }}, {{ days }}) {%- endmacro %}
