-- One row per declared contradiction between two published figures.
select
    c.region_code as region_code,
    cast(c.year as integer) as year,
    c.stage as stage,
    c.measure_code as measure_code,
    c.other_measure_code as other_measure_code,
    c.reason_zh as reason_zh,
    c.reason_en as reason_en
from {{ source('raw', 'contradictions') }} as c
