select
    other.region_code as region_code,
    other.year as year,
    other.stage as stage,
    other.segment as segment,
    other.measure_code as measure_code,
    other.indicator_code as indicator_code,
    chosen.value as chosen_value,
    chosen.source_id as chosen_source_id,
    other.chosen_by as chosen_by,
    other.value as other_value,
    other.source_id as other_source_id,
    other.confidence as other_confidence,
    other.source_file as other_source_file,
    other.source_row as other_source_row,
    other.value - chosen.value as difference,
    other.value_low <= chosen.value_high and other.value_high >= chosen.value_low as agrees_within_rounding
from {{ ref('int_observation_choice') }} as other
inner join {{ ref('int_observation_choice') }} as chosen
    on other.region_code = chosen.region_code and other.year = chosen.year and other.stage = chosen.stage
    and other.segment = chosen.segment and other.target = chosen.target and other.code = chosen.code
where chosen.choice_no = 1 and other.choice_no > 1
