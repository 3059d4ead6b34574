select
    m.region_code as region_code,
    m.year as year,
    m.stage as stage,
    m.segment as segment,
    m.measure_code as measure_code,
    m.value as value,
    m.value_low as value_low,
    m.value_high as value_high,
    m.uncorrected_value as uncorrected_value,
    m.correction_reason as correction_reason,
    m.base_unit as base_unit,
    m.basis as basis,
    m.confidence as confidence,
    m.chosen_by as chosen_by,
    m.source_id as source_id,
    m.source_file as source_file,
    m.source_row as source_row
from {{ ref('int_measure') }} as m
