-- One row per break: from break_year on, figures stand on a new basis.
select
    nullif(b.indicator_code, '') as indicator_code,
    nullif(b.measure_code, '') as measure_code,
    nullif(b.stage, '') as stage,
    nullif(b.region_code, '') as region_code,
    cast(b.break_year as integer) as break_year,
    b.reason_zh as reason_zh,
    b.reason_en as reason_en,
    b.confidence as confidence
from {{ source('raw', 'breaks') }} as b
