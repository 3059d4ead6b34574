-- One row per school, year and thing to know of it: no error, but what a reader of its county should see.
with before as (
    select
        s.*,
        lag(s.kind, 1, s.kind) over (partition by s.school_id order by s.year) as kind_before
    from {{ ref('int_school_site') }} as s
),

assessed as (
    select
        u.region_code as region_code,
        u.year as year,
        u.stage as stage,
        count(*) as units,
        min(u.school_id) as school_id
    from {{ ref('int_school') }} as u
    where u.is_assessed
    group by u.region_code, u.year, u.stage
    having count(*) = 1
),

remarks as (
    select
        b.region_code as region_code, b.year as year, b.school_id as school_id, b.school_name as school_name,
        'changed_kind' as remark,
        b.kind_before || ' → ' || b.kind as detail,
        b.source_file as source_file, b.source_row as source_row
    from before as b
    where b.kind <> b.kind_before
    union all
    select
        u.region_code as region_code, u.year as year, u.school_id as school_id, u.school_name as school_name,
        'no_pupils' as remark,
        u.stage as detail,
        u.source_file as source_file, u.source_row as source_row
    from {{ ref('int_school') }} as u
    where u.pupils = 0
    union all
    select
        b.region_code as region_code, b.year as year, b.school_id as school_id, b.school_name as school_name,
        'above_capacity' as remark,
        cast(b.pupils as varchar) || ' > ' || cast(b.places_usable as varchar) as detail,
        b.source_file as source_file, b.source_row as source_row
    from before as b
    where b.pupils > b.places_usable
    union all
    select
        u.region_code as region_code, u.year as year, u.school_id as school_id, u.school_name as school_name,
        'point_not_assessed' as remark,
        cast(u.pupils as varchar) || ' < 50' as detail,
        u.source_file as source_file, u.source_row as source_row
    from {{ ref('int_school') }} as u
    where u.kind = 'teaching_point' and u.pupils > 0 and u.pupils < 50
    union all
    select
        u.region_code as region_code, u.year as year, u.school_id as school_id, u.school_name as school_name,
        'single_unit' as remark,
        u.stage as detail,
        u.source_file as source_file, u.source_row as source_row
    from {{ ref('int_school') }} as u
    inner join assessed as a on u.school_id = a.school_id and u.year = a.year
)

select
    r.region_code as region_code,
    r.year as year,
    r.school_id as school_id,
    r.school_name as school_name,
    r.remark as remark,
    r.detail as detail,
    r.source_file as source_file,
    r.source_row as source_row
from remarks as r
