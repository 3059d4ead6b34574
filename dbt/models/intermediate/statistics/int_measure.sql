-- One row per measure cell: the publication's figure that stands for it.
select
    c.region_code as region_code,
    c.year as year,
    c.stage as stage,
    c.segment as segment,
    c.measure_code as measure_code,
    c.value as value,
    c.value_low as value_low,
    c.value_high as value_high,
    case when c.correction_reason is not null then c.received_value end as uncorrected_value,
    c.correction_reason as correction_reason,
    c.base_unit as base_unit,
    'reported' as basis,
    c.confidence as confidence,
    c.chosen_by as chosen_by,
    c.source_id as source_id,
    c.source_file as source_file,
    c.source_row as source_row
from {{ ref('int_observation_choice') }} as c
where c.target = 'measure' and c.choice_no = 1
