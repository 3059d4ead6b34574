-- One row per (level, measure) of the statistics and, where a region means something else by it, per region.
select
    c.level as level,
    c.measure as measure,
    nullif(c.region_code, '') as region_code,
    c.target as target,
    nullif(c.measure_code, '') as measure_code,
    nullif(c.indicator_code, '') as indicator_code,
    c.stage as stage,
    c.segment as segment,
    c.base_unit as base_unit,
    nullif(c.reason_zh, '') as reason_zh
from {{ source('raw', 'crosswalk') }} as c
