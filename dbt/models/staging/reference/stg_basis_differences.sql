-- One row per indicator whose published and computed values differ by definition.
select
    d.indicator_code as indicator_code,
    d.reason_code as reason_code,
    d.reason_zh as reason_zh,
    d.reason_en as reason_en
from {{ source('raw', 'basis_differences') }} as d
