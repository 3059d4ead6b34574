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
{% for segment, pupils in [('female', 'u.pupils_female'), ('male', 'u.pupils - u.pupils_female')] %}
    {% for stage, stages in [('u.stage', "u.stage"), ("'compulsory'", "case when u.stage in ('primary', 'junior') then 'compulsory' end")] %}
union all
select
    u.region_code as region_code,
    u.year as year,
    {{ stage }} as stage,
    '{{ segment }}' as segment,
    'enrolment' as measure_code,
    case when count(*) = count({{ pupils }}) then cast(sum({{ pupils }}) as {{ dbl() }}) end as value,
    cast(count(*) as bigint) as unit_count,
    cast(count({{ pupils }}) as bigint) as reported_count,
    min(u.source_file) as source_file
from {{ ref('int_school') }} as u
where {{ stages }} is not null
group by u.region_code, u.year{% if stage == 'u.stage' %}, u.stage{% endif %}

having count({{ pupils }}) > 0
    {% endfor %}
{% endfor %}
