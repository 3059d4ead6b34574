-- One row per region and validity period.
select
    r.region_code as region_code,
    r.name_zh as name_zh,
    r.level as level,
    nullif(r.parent_code, '') as parent_code,
    {{ typed('r.valid_from', 'integer') }} as valid_from,
    {{ typed('r.valid_to', 'integer') }} as valid_to,
    nullif(r.successor_code, '') as successor_code,
    cast(r.sort_no as integer) as sort_no,
    coalesce(nullif(r.origin, ''), 'official') as origin
from {{ source('raw', 'regions') }} as r
