select
    t.indicator_code as indicator_code,
    t.stage as stage,
    t.variant as variant,
    t.side as side,
    t.term_no as term_no,
    t.measure_code as measure_code,
    t.input_indicator_code as input_indicator_code,
    t.measure_stage as measure_stage,
    t.measure_segment as measure_segment,
    t.coefficient as coefficient,
    t.year_from as year_from,
    t.year_to as year_to
from {{ ref('stg_indicator_terms') }} as t
