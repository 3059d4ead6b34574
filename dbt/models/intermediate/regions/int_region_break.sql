-- One row per region and year in which another code went up in it: figures before and after speak of other borders.
select
    r.successor_code as region_code,
    r.valid_to + 1 as break_year,
    min(r.name_zh || '（' || r.region_code || '）') as one_of_the_former_zh,
    cast(count(*) as bigint) as former_count
from {{ ref('stg_regions') }} as r
where r.successor_code <> r.region_code and r.valid_to is not null
group by r.successor_code, r.valid_to
