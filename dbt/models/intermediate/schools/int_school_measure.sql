-- One row per measure cell that school records speak of: the sum, and how many units reported it. There is a value only
-- where every unit did. Where every unit of a stage reported and none is of a segment, the segment has none of it: zero.
{% set segments = {'ownership': ['public', 'private', 'inclusive', 'inclusive_private'], 'area': ['urban', 'town', 'village', 'rural']} %}
with told as (
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
),

segments as (
    {% set ns = namespace(first=true) %}
    {% for m in unit_measures() + site_measures() %}
        {% for by in m.get('by', []) %}
            {% for segment in segments[by] %}
    {% if not ns.first %}union all {% endif %}select '{{ m.code }}' as measure_code, '{{ segment }}' as segment
                {% set ns.first = false %}
            {% endfor %}
        {% endfor %}
    {% endfor %}
)

select
    t.region_code as region_code,
    t.year as year,
    t.stage as stage,
    t.segment as segment,
    t.measure_code as measure_code,
    t.value as value,
    t.unit_count as unit_count,
    t.reported_count as reported_count,
    t.source_file as source_file
from told as t
union all
select
    t.region_code as region_code,
    t.year as year,
    t.stage as stage,
    g.segment as segment,
    t.measure_code as measure_code,
    cast(0 as {{ dbl() }}) as value,
    cast(0 as bigint) as unit_count,
    cast(0 as bigint) as reported_count,
    t.source_file as source_file
from told as t
inner join segments as g on t.measure_code = g.measure_code
left join told as s
    on t.region_code = s.region_code and t.year = s.year and t.stage = s.stage and t.measure_code = s.measure_code
    and g.segment = s.segment
where t.segment = 'all' and t.value is not null and s.region_code is null
