select
    r.region_code as region_code,
    r.name_zh as name_zh,
    r.level as level,
    r.parent_code as parent_code,
    r.valid_from as valid_from,
    r.valid_to as valid_to,
    r.successor_code as successor_code,
    l.series_code as series_code,
    r.sort_no as sort_no,
    r.origin as origin
from {{ ref('stg_regions') }} as r
inner join {{ ref('int_region_lineage') }} as l
    on r.region_code = l.region_code and coalesce(r.valid_from, 0) = coalesce(l.valid_from, 0)
