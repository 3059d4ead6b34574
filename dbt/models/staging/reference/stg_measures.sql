-- One row per measure.
select
    m.measure_code as measure_code,
    m.name_zh as name_zh,
    m.name_en as name_en,
    m.base_unit as base_unit,
    m.kind as kind,
    coalesce(nullif(m.period, ''), 'year') as period,
    m.definition_zh as definition_zh
from {{ source('raw', 'measures') }} as m
