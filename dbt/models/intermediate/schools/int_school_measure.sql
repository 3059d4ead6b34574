-- One row per measure cell that school records speak of: the sum, and how many units reported it. There is a value only
-- where every unit did.
{% for model, measures in [('int_school_sum', unit_measures()), ('int_school_site_sum', site_measures())] %}
    {% set last = loop.last %}
    {% for m in measures %}
select
    s.region_code as region_code,
    s.year as year,
    s.stage as stage,
    s.segment as segment,
    '{{ m.code }}' as measure_code,
    case when s.{{ m.code }}_reported = s.unit_count then s.{{ m.code }}_sum end as value,
    s.unit_count as unit_count,
    s.{{ m.code }}_reported as reported_count,
    s.source_file as source_file
from {{ ref(model) }} as s
where s.{{ m.code }}_reported > 0
        {% if not (last and loop.last) %}
union all
        {% endif %}
    {% endfor %}
{% endfor %}
union all
select
    a.region_code as region_code,
    a.year as year,
    a.stage as stage,
    a.segment as segment,
    a.measure_code as measure_code,
    a.value as value,
    a.unit_count as unit_count,
    a.reported_count as reported_count,
    a.source_file as source_file
from {{ ref('int_school_assessed_measure') }} as a
