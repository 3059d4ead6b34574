-- One row per formula variant of an indicator; an empty stage means each stage that has the measures.
select
    f.indicator_code as indicator_code,
    f.stage as stage,
    f.variant as variant,
    cast(f.priority as integer) as priority,
    f.kind as kind,
    nullif(f.rule, '') as rule,
    cast(f.scale as {{ dbl() }}) as scale,
    {{ typed('f.valid_from', 'integer') }} as valid_from,
    {{ typed('f.valid_to', 'integer') }} as valid_to,
    nullif(f.note_zh, '') as note_zh
from {{ source('raw', 'indicator_formulas') }} as f
