select
    a.alias_zh as alias_zh,
    a.stage as stage,
    a.indicator_code as indicator_code,
    a.note_zh as note_zh
from {{ ref('stg_indicator_aliases') }} as a
