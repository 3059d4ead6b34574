-- One row per measure cell of the assessed units: their pupils, their resources, and how many keep the rule of schools.
with segments as (
    select 'all' as segment union all select 'urban' as segment union all select 'rural' as segment
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
