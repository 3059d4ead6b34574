select
    f.indicator_code as indicator_code,
    f.stage as stage,
    f.variant as variant,
    f.priority as priority,
    f.kind as kind,
    f.rule as rule,
    f.scale as scale,
    f.valid_from as valid_from,
    f.valid_to as valid_to,
    f.note_zh as note_zh
from {{ ref('stg_indicator_formulas') }} as f
