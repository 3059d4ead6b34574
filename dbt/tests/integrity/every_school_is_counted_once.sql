-- zh: 每条学校记录恰好一次进入各自学段，一校多段的学校由其各段代替，每所学校恰好一次计为一所；县的在校生、班、教师等于其学校之和；
--     各段共用的，分开后加起来仍是全校的
-- en: each record of schools is a unit of its own stage exactly once, but a school with sections, for which its sections
--     stand, and each school is one school exactly once; pupils, classes and teachers of a county are those of its
--     records; what sections share is whole again when it is added up.
-- when: always; a join that loses or doubles a school moves every sum, rate and spread of its county.
-- fix: `wrong` says what differs. Compare int_school, int_school_site or int_school_total with stg_schools.
with received as (
    select
        s.*,
        s.kind in {{ split_kinds() }} as is_split,
        case s.kind when 'kindergarten' then 'preschool' when 'teaching_point' then 'primary' else s.kind end as own_stage,
        case when s.kind = 'kindergarten' and s.parent_id is not null then 0 else s.teachers_fulltime end as own_teachers
    from {{ ref('stg_schools') }} as s
),

units as (
    select
        coalesce(r.region_code, u.region_code) as region_code,
        coalesce(r.year, u.year) as year,
        coalesce(r.school_id, u.school_id) as code,
        case
            when max(u.school_id) is null then 'unit_missing'
            when max(r.school_id) is null then 'unit_unexpected'
            when count(*) > 1 then 'unit_doubled'
            else ''
        end as wrong
    from (select * from received as s where not s.is_split) as r
    full outer join {{ ref('int_school') }} as u
        on r.school_id = u.school_id and r.year = u.year and r.region_code = u.region_code and r.own_stage = u.stage
    group by coalesce(r.region_code, u.region_code), coalesce(r.year, u.year), coalesce(r.school_id, u.school_id)
),

sites as (
    select
        coalesce(r.region_code, u.region_code) as region_code,
        coalesce(r.year, u.year) as year,
        coalesce(r.school_id, u.school_id) as code,
        case
            when max(u.school_id) is null then 'school_missing'
            when max(r.school_id) is null then 'school_unexpected'
            when count(*) > 1 then 'school_doubled'
            else ''
        end as wrong
    from (select * from received as s where s.parent_id is null) as r
    full outer join {{ ref('int_school_site') }} as u
        on r.school_id = u.school_id and r.year = u.year and r.region_code = u.region_code and r.kind = u.kind
    group by coalesce(r.region_code, u.region_code), coalesce(r.year, u.year), coalesce(r.school_id, u.school_id)
),

{% set counted = [('enrolment', 'pupils'), ('classes', 'classes'), ('teachers_fulltime', 'own_teachers')] %}
sums as (
    {% for stage in ['r.own_stage', "'compulsory'"] %}
    select
        r.region_code as region_code,
        r.year as year,
        {{ stage }} as stage
        {%- for measure, column in counted %},
        case when count(*) = count(r.{{ column }}) then cast(sum(r.{{ column }}) as {{ dbl() }}) end as {{ measure }}
        {%- endfor %}

    from received as r
    where not r.is_split{% if not loop.first %} and r.own_stage in ('primary', 'junior'){% endif %}

    group by r.region_code, r.year{% if loop.first %}, r.own_stage{% endif %}

    {% if not loop.last %}union all{% endif %}
    {% endfor %}
),

totals as (
    select
        t.region_code as region_code,
        t.year as year,
        t.stage as stage,
        count(*) as total_count
        {%- for measure, column in counted %},
        max(case when t.measure_code = '{{ measure }}' then t.value end) as {{ measure }}
        {%- endfor %}

    from {{ ref('int_school_total') }} as t
    where t.segment = 'all' and t.measure_code in ({% for measure, column in counted %}'{{ measure }}'{% if not loop.last %}, {% endif %}{% endfor %})
    group by t.region_code, t.year, t.stage
),

added as (
    select
        s.region_code as region_code,
        s.year as year,
        s.stage as code,
        ''
            {% for measure, column in counted %}
            || case when {{ differs('t.' ~ measure, 's.' ~ measure) }} then '{{ measure }} ' else '' end
            {% endfor %}
            || case when coalesce(t.total_count, 0) <> {% for measure, column in counted %}case when s.{{ measure }} is null then 0 else 1 end{% if not loop.last %} + {% endif %}{% endfor %} then 'total_count ' else '' end as wrong
    from sums as s
    left join totals as t on s.region_code = t.region_code and s.year = t.year and s.stage = t.stage
),

-- Only primary, junior and senior sections share, by their pupils; what a section says of itself is its own.
shares as (
    select
        p.region_code as region_code,
        p.year as year,
        p.school_id as school_id
        {%- for column in school_shared() %},
        case
            when count(r.{{ column }}) = 0 and max(case when r.own_stage in ('primary', 'junior', 'senior') then r.pupils end) > 0 then max(p.{{ column }})
        end as {{ column }}_shared,
        cast(sum(case when r.{{ column }} is null then u.{{ column }} end) as {{ dbl() }}) as {{ column }}_added
        {%- endfor %}

    from received as p
    inner join received as r on p.school_id = r.parent_id and p.year = r.year
    inner join {{ ref('int_school') }} as u on r.school_id = u.school_id and r.year = u.year
    where p.is_split
    group by p.region_code, p.year, p.school_id
),

kept as (
    select
        r.region_code as region_code,
        r.year as year,
        r.school_id as code,
        ''
            {% for column in school_shared() %}
            || case when r.{{ column }} is not null and {{ differs('u.' ~ column, 'r.' ~ column) }} then '{{ column }} ' else '' end
            {% endfor %} as wrong
    from received as r
    inner join {{ ref('int_school') }} as u on r.school_id = u.school_id and r.year = u.year
    union all
    select
        s.region_code as region_code,
        s.year as year,
        s.school_id as code,
        ''
            {% for column in school_shared() %}
            || case when s.{{ column }}_shared is not null and {{ differs('s.' ~ column ~ '_added', 's.' ~ column ~ '_shared') }} then '{{ column }} ' else '' end
            {% endfor %} as wrong
    from shares as s
)

{% for part in ['units', 'sites', 'added', 'kept'] %}
select
    '{{ part }}' as part,
    p.region_code as region_code,
    p.year as year,
    p.code as code,
    p.wrong as wrong
from {{ part }} as p
where p.wrong <> ''
{% if not loop.last %}union all{% endif %}
{% endfor %}
