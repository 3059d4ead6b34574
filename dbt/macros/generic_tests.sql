{# Tests that models name in their yml. #}

{# The grain: one row per combination of the columns, an empty one counting as a value. #}
{% test unique_grain(model, columns) %}
select {% for column in columns %}g.{{ column }} as {{ column }}, {% endfor %}count(*) as copies
from {{ model }} as g
group by {% for column in columns %}g.{{ column }}{% if not loop.last %}, {% endif %}{% endfor %}
having count(*) > 1
{% endtest %}
