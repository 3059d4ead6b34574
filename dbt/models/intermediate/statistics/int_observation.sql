-- One row per printed figure with the measure or indicator of the warehouse that it speaks of.
select
    s.region_code as region_code,
    s.year as year,
    coalesce(own.target, common.target) as target,
    case when own.target is null then common.measure_code else own.measure_code end as measure_code,
    case when own.target is null then common.indicator_code else own.indicator_code end as indicator_code,
    coalesce(own.stage, common.stage) as stage,
    coalesce(own.segment, common.segment) as segment,
    s.value as value,
    s.received_value as received_value,
    s.correction_reason as correction_reason,
    s.value_low as value_low,
    s.value_high as value_high,
    s.value_high - s.value_low as rounding_width,
    s.printed_value as printed_value,
    s.printed_unit as printed_unit,
    s.base_unit as base_unit,
    s.source_id as source_id,
    s.source_zh as source_zh,
    s.publisher_zh as publisher_zh,
    s.confidence as confidence,
    s.note_zh as note_zh,
    s.source_file as source_file,
    s.source_row as source_row
from {{ ref('stg_statistics') }} as s
inner join {{ ref('stg_crosswalk') }} as common
    on s.level = common.level and s.measure = common.measure and common.region_code is null
left join {{ ref('stg_crosswalk') }} as own
    on s.level = own.level and s.measure = own.measure and s.region_code = own.region_code
