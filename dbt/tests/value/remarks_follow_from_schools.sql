-- zh: 学校备注与学校记录重算所得相同：办学类型变更、无学生、超过核定学位、不足 50 人不参评的教学点、全县唯一参评的学校
-- en: the remarks on schools are those that the records give: another kind than in its year before, no pupils, more than
--     places, a point of fewer than 50 pupils, the only assessed school of a county; none is missing and none is too many.
-- when: always; a remark says why a school does not count where a reader expects it.
-- fix: `wrong` says what differs. Compare school_remark with stg_schools.
{% set columns = ['year', 'region_code', 'school_id', 'parent_id', 'school_name', 'kind', 'stage', 'is_split', 'pupils', 'places_usable', 'source_file', 'source_row'] %}
with received as (
    select
        s.year as year,
        s.region_code as region_code,
        s.school_id as school_id,
        s.parent_id as parent_id,
        s.school_name as school_name,
        s.kind as kind,
        case s.kind when 'kindergarten' then 'preschool' when 'teaching_point' then 'primary' else s.kind end as stage,
        s.kind in {{ split_kinds() }} as is_split,
        s.pupils as pupils,
        s.places_usable as places_usable,
        s.source_file as source_file,
        s.source_row as source_row
    from {{ ref('stg_schools') }} as s
),

-- A section without a name goes by that of its school.
named as (
    select
        {% for column in columns %}
        r.{{ column }} as {{ column }},
        {% endfor %}
        coalesce(r.school_name, p.school_name) as unit_name
    from received as r
    left join received as p on r.parent_id = p.school_id and r.year = p.year and p.is_split
),

pupils_of_sections as (
    select
        r.year as year,
        r.parent_id as parent_id,
        cast(sum(r.pupils) as bigint) as section_pupils
    from received as r
    where r.parent_id is not null
    group by r.year, r.parent_id
),

last_years as (
    select
        r.school_id as school_id,
        r.year as year,
        max(b.year) as year_before
    from received as r
    inner join received as b on r.school_id = b.school_id and b.year < r.year
    where r.parent_id is null and b.parent_id is null
    group by r.school_id, r.year
),

single as (
    select
        r.region_code as region_code,
        r.year as year,
        r.stage as stage
    from received as r
    where r.pupils > 0 and (r.kind in ('primary', 'junior') or (r.kind = 'teaching_point' and r.pupils >= 50))
    group by r.region_code, r.year, r.stage
    having count(*) = 1
),

pupils_of_sites as (
    select
        n.year as year,
        n.school_id as school_id,
        case when n.is_split then coalesce(c.section_pupils, n.pupils) else n.pupils end as all_pupils
    from named as n
    left join pupils_of_sections as c on n.school_id = c.parent_id and n.year = c.year
    where n.parent_id is null
),

{% set told = ['region_code', 'year', 'school_id', 'source_file', 'source_row'] %}
{% set remarks = [
    ('changed_kind', 'school_name', "b.kind || ' → ' || n.kind"),
    ('no_pupils', 'unit_name', 'n.stage'),
    ('above_capacity', 'school_name', "cast(a.all_pupils as varchar) || ' > ' || cast(n.places_usable as varchar)"),
    ('point_not_assessed', 'unit_name', "cast(n.pupils as varchar) || ' < 50'"),
    ('single_unit', 'unit_name', 'n.stage'),
] %}
expected as (
    {% for remark, name, detail in remarks %}
    select
        {% for column in told %}
        n.{{ column }} as {{ column }},
        {% endfor %}
        n.{{ name }} as shown_name,
        '{{ remark }}' as remark,
        {{ detail }} as detail
    from named as n
    {% if remark == 'changed_kind' %}
    inner join last_years as l on n.school_id = l.school_id and n.year = l.year
    inner join received as b on l.school_id = b.school_id and l.year_before = b.year and n.kind <> b.kind
    {% elif remark == 'no_pupils' %}
    where n.pupils = 0 and not n.is_split
    {% elif remark == 'above_capacity' %}
    inner join pupils_of_sites as a on n.school_id = a.school_id and n.year = a.year and n.places_usable < a.all_pupils
    {% elif remark == 'point_not_assessed' %}
    where n.kind = 'teaching_point' and n.pupils between 1 and 49
    {% else %}
    inner join single as s on n.region_code = s.region_code and n.year = s.year and n.stage = s.stage
    where n.pupils > 0 and (n.kind <> 'teaching_point' or n.pupils >= 50)
    {% endif %}
    {% if not loop.last %}union all{% endif %}
    {% endfor %}
),

compared as (
    select
        coalesce(e.year, f.year) as year,
        coalesce(e.school_id, f.school_id) as school_id,
        coalesce(e.remark, f.remark) as remark,
        case
            when f.remark is null then 'missing '
            when e.remark is null then 'unexpected '
            else ''
                {% for column, as_expected in [('region_code', 'region_code'), ('school_name', 'shown_name'), ('detail', 'detail'), ('source_file', 'source_file')] %}
                || case when {{ differs_in_words('f.' ~ column, 'e.' ~ as_expected) }} then '{{ column }} ' else '' end
                {% endfor %}
                || case when f.source_row <> e.source_row then 'source_row ' else '' end
        end as wrong
    from expected as e
    full outer join {{ ref('school_remark') }} as f on e.year = f.year and e.school_id = f.school_id and e.remark = f.remark
)

select
    c.year as year,
    c.school_id as school_id,
    c.remark as remark,
    c.wrong as wrong
from compared as c
where c.wrong <> ''
