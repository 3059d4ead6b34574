-- One row per correction: the figure it speaks of, what was received, what stands instead, and why.
select
    c.region_code as region_code,
    cast(c.year as integer) as year,
    c.level as level,
    c.measure as measure,
    c.source_zh as source_zh,
    c.old_value as old_value,
    c.new_value as new_value,
    c.reason as reason,
    c.decided_by as decided_by,
    c.decided_on as decided_on
from {{ source('raw', 'corrections') }} as c
