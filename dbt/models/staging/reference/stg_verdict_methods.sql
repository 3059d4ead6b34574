-- One row per method that judges a target.
select
    m.method as method,
    cast(m.method_version as integer) as method_version,
    m.name_zh as name_zh,
    m.name_en as name_en,
    cast(m.on_track_from as {{ dbl() }}) as on_track_from,
    cast(m.fair_from as {{ dbl() }}) as fair_from,
    m.source as source,
    m.confidence as confidence,
    nullif(m.note_zh, '') as note_zh
from {{ source('raw', 'verdict_methods') }} as m
