-- One row per measure cell of the assessed units: their pupils, their resources, and how many keep the rule of schools.
with segments as (
    select 'all' as segment union all select 'urban' as segment union all select 'rural' as segment
),

rules as (
    select
        r.region_code as region_code,
        r.year as year,
        r.school_id as school_id,
        case when r.passes then 1 when not r.passes then 0 end as passing,
        case when r.reported_count = r.indicator_count then r.indicators_met end as met_of_all,
        u.source_file as source_file
    from {{ ref('int_school_rule') }} as r
    inner join {{ ref('int_school') }} as u on r.school_id = u.school_id and r.year = u.year
),

judged as (
    select
        a.region_code as region_code,
        a.year as year,
        a.indicator_code as indicator_code,
        a.value as unit_value,
        case a.status when 'met' then 1 when 'not_met' then 0 end as holding,
        s.source_file as source_file
    from {{ ref('int_assessment_unit') }} as a
    inner join {{ ref('stg_schools') }} as s on a.school_id = s.school_id and a.year = s.year
    where a.indicator_code in ('school_scale_compliance', 'small_school_funding_floor')
),

-- Pupils funded and indicators met do not add up: what counts is the school with the fewest.
told as (
    {% for measure, from, unit, sums in [
        ('schools_assessed', 'rules', '1', true),
        ('schools_passing_resources', 'rules', 't.passing', true),
        ('assessed_indicators_met', 'rules', 't.met_of_all', false),
        ('schools_with_size_limit', 'judged', '1', true),
        ('schools_within_size_limit', 'judged', 't.holding', true),
        ('funded_pupils', 'judged', 't.unit_value', false),
    ] %}
    select
        t.region_code as region_code,
        t.year as year,
        '{{ measure }}' as measure_code,
        {% if sums %}cast(sum({{ unit }}) as {{ dbl() }}){% else %}cast(min({{ unit }}) as {{ dbl() }}){% endif %} as total,
        cast(count(*) as bigint) as units,
        cast(count({{ unit }}) as bigint) as reporting,
        min(t.source_file) as source_file
    from {{ from }} as t
    {% if from == 'judged' %}where t.indicator_code = '{{ 'small_school_funding_floor' if measure == 'funded_pupils' else 'school_scale_compliance' }}'{% endif %}

    group by t.region_code, t.year
    {% if not loop.last %}union all{% endif %}
    {% endfor %}
)

select
    r.region_code as region_code,
    r.year as year,
    r.stage as stage,
    s.segment as segment,
    r.measure_code as measure_code,
    case when count(*) = count(r.amount) then cast(sum(r.amount) as {{ dbl() }}) end as value,
    cast(count(*) as bigint) as unit_count,
    cast(count(r.amount) as bigint) as reported_count,
    min(r.source_file) as source_file
from {{ ref('int_school_resource') }} as r
inner join segments as s
    on s.segment = 'all' or (s.segment = 'urban' and r.area_type = 'urban') or (s.segment = 'rural' and r.area_type <> 'urban')
group by r.region_code, r.year, r.stage, s.segment, r.measure_code
having count(r.amount) > 0
union all
select
    u.region_code as region_code,
    u.year as year,
    u.stage as stage,
    s.segment as segment,
    'assessed_pupils' as measure_code,
    cast(sum(u.pupils) as {{ dbl() }}) as value,
    cast(count(*) as bigint) as unit_count,
    cast(count(*) as bigint) as reported_count,
    min(u.source_file) as source_file
from {{ ref('int_school') }} as u
inner join segments as s
    on s.segment = 'all' or (s.segment = 'urban' and u.area_type = 'urban') or (s.segment = 'rural' and u.area_type <> 'urban')
where u.is_assessed
group by u.region_code, u.year, u.stage, s.segment
union all
select
    t.region_code as region_code,
    t.year as year,
    'compulsory' as stage,
    'all' as segment,
    t.measure_code as measure_code,
    case when t.units = t.reporting then t.total end as value,
    t.units as unit_count,
    t.reporting as reported_count,
    t.source_file as source_file
from told as t
where t.reporting > 0
