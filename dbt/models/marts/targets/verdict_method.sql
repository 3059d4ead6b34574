select
    m.method as method,
    m.method_version as method_version,
    m.name_zh as name_zh,
    m.name_en as name_en,
    m.on_track_from as on_track_from,
    m.fair_from as fair_from,
    m.source as source,
    m.confidence as confidence,
    m.note_zh as note_zh
from {{ ref('stg_verdict_methods') }} as m
