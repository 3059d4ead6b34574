select
    b.indicator_code as indicator_code,
    b.stage as stage,
    b.region_code as region_code,
    b.basis as basis,
    b.break_year as break_year,
    b.reason_zh as reason_zh,
    b.reason_en as reason_en
from {{ ref('int_indicator_break') }} as b
