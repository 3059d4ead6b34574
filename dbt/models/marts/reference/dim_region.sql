select
    r.region_code as region_code,
    r.name_zh as name_zh,
    r.level as level,
    r.parent_code as parent_code,
    r.valid_from as valid_from,
    r.valid_to as valid_to,
    r.successor_code as successor_code,
    r.sort_no as sort_no
from {{ ref('stg_regions') }} as r
