-- One row per year with figures, region and region below it. Hong Kong, Macao and Taiwan keep statistics of their own: the
-- national total is of the 31 others. Invented regions are no part of a real one.
with years as (
    select cast(s.year as integer) as year from {{ source('raw', 'statistics') }} as s
    union
    select s.year as year from {{ ref('stg_schools') }} as s
    union
    select f.year as year from {{ ref('stg_county_facts') }} as f
)

select
    y.year as year,
    p.region_code as region_code,
    c.region_code as child_code,
    count(*) over (partition by y.year, p.region_code) as child_count
from {{ ref('stg_regions') }} as c
inner join years as y on {{ holds_in('y.year', 'c.valid_from', 'c.valid_to') }}
inner join {{ ref('stg_regions') }} as p
    on c.parent_code = p.region_code and {{ holds_in('y.year', 'p.valid_from', 'p.valid_to') }}
where substr(c.region_code, 1, 2) not in ('71', '81', '82') and (c.origin <> 'synthetic' or p.origin = 'synthetic')
