-- One row per indicator, or per cell of one, whose published and computed values differ by definition.
select
    d.indicator_code as indicator_code,
    nullif(d.region_code, '') as region_code,
    {{ typed('d.year', 'integer') }} as year,
    d.reason_code as reason_code,
    d.reason_zh as reason_zh,
    d.reason_en as reason_en
from {{ source('raw', 'basis_differences') }} as d
