-- One row per name people write; an empty code is ambiguous on purpose.
select
    a.alias_zh as alias_zh,
    nullif(a.stage, '') as stage,
    nullif(a.indicator_code, '') as indicator_code,
    nullif(a.note_zh, '') as note_zh
from {{ source('raw', 'indicator_aliases') }} as a
