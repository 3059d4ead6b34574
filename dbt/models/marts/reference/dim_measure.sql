select
    m.measure_code as measure_code,
    m.name_zh as name_zh,
    m.name_en as name_en,
    m.base_unit as base_unit,
    m.kind as kind,
    m.period as period,
    m.definition_zh as definition_zh
from {{ ref('stg_measures') }} as m
