-- One row per county, year and assessment that there are school records or county facts for.
with asked as (
    select
        c.assessment as assessment,
        case when c.stage = 'compulsory' then 'primary' else c.stage end as stage
    from {{ ref('stg_assessment_conditions') }} as c
    where c.stage in ('preschool', 'compulsory', 'junior')
    group by c.assessment, case when c.stage = 'compulsory' then 'primary' else c.stage end
),

schools as (
    select
        u.region_code as region_code,
        u.year as year,
        u.stage as stage,
        count(*) as unit_count
    from {{ ref('int_school') }} as u
    group by u.region_code, u.year, u.stage
),

counties as (
    select s.region_code as region_code, s.year as year from schools as s
    union
    select f.region_code as region_code, f.year as year
    from {{ ref('stg_county_facts') }} as f
    inner join {{ ref('stg_regions') }} as r
        on f.region_code = r.region_code and r.level = 'county' and {{ holds_in('f.year', 'r.valid_from', 'r.valid_to') }}
)

select
    k.region_code as region_code,
    k.year as year,
    a.assessment as assessment,
    -- Kindergartens for the one, primary and junior units for the other.
    coalesce(cast(sum(s.unit_count) as bigint), 0) as school_count
from counties as k
cross join asked as a
left join schools as s on k.region_code = s.region_code and k.year = s.year and a.stage = s.stage
group by k.region_code, k.year, a.assessment
