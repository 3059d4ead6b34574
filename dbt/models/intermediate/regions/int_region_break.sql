-- One row per region and year in which another code went up in it: figures before and after speak of other borders.
-- Where one code merely became another, the borders are the same and a cohort may be followed through it.
with began as (
    select
        r.region_code as region_code,
        min(coalesce(r.valid_from, 0)) as first_year
    from {{ ref('stg_regions') }} as r
    group by r.region_code
)

select
    r.successor_code as region_code,
    r.valid_to + 1 as break_year,
    min(r.name_zh || '（' || r.region_code || '）') as one_of_the_former_zh,
    min(r.region_code) as one_of_the_former_code,
    cast(count(*) as bigint) as former_count,
    count(*) = 1 and max(b.first_year) = r.valid_to + 1 as is_new_code_only
from {{ ref('stg_regions') }} as r
inner join began as b on r.successor_code = b.region_code
where r.successor_code <> r.region_code and r.valid_to is not null
group by r.successor_code, r.valid_to
