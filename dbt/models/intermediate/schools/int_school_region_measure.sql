-- One row per measure cell of a region above the counties: the sum of its counties, where every one of them has a sum.
with lowest as (
    select
        c.year as year,
        c.region_code as region_code,
        c.child_code as county_code
    from {{ ref('int_region_child') }} as c
    left join {{ ref('int_region_child') }} as b on c.year = b.year and c.child_code = b.region_code
    where b.region_code is null
),

-- Counties with every region above them: prefecture, province, nation.
above as (
    select
        l.year as year,
        l.region_code as region_code,
        l.county_code as county_code
    from lowest as l
    union all
    select
        l.year as year,
        c.region_code as region_code,
        l.county_code as county_code
    from lowest as l
    inner join {{ ref('int_region_child') }} as c on l.year = c.year and l.region_code = c.child_code
    union all
    select
        l.year as year,
        d.region_code as region_code,
        l.county_code as county_code
    from lowest as l
    inner join {{ ref('int_region_child') }} as c on l.year = c.year and l.region_code = c.child_code
    inner join {{ ref('int_region_child') }} as d on c.year = d.year and c.region_code = d.child_code
),

-- What is no count, area or amount is not added up.
additive as (
    select
        m.region_code as county_code,
        m.year as year,
        m.stage as stage,
        m.segment as segment,
        m.measure_code as measure_code,
        m.value as county_value,
        m.unit_count as county_units,
        m.source_file as source_file
    from {{ ref('int_school_measure') }} as m
    inner join {{ ref('stg_measures') }} as d on m.measure_code = d.measure_code
    where m.value is not null and d.kind in ('count', 'area', 'amount')
),

counties as (
    select
        a.year as year,
        a.region_code as region_code,
        count(*) as county_count
    from above as a
    group by a.year, a.region_code
)

select
    a.region_code as region_code,
    m.year as year,
    m.stage as stage,
    m.segment as segment,
    m.measure_code as measure_code,
    cast(sum(m.county_value) as {{ dbl() }}) as value,
    cast(sum(m.county_units) as bigint) as unit_count,
    min(m.source_file) as source_file
from additive as m
inner join above as a on m.county_code = a.county_code and m.year = a.year
inner join counties as c on a.region_code = c.region_code and a.year = c.year
group by a.region_code, m.year, m.stage, m.segment, m.measure_code, c.county_count
having count(*) = c.county_count
