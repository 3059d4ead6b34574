-- One row per county fact, in the base unit of its measure.
select
    f.region_code as region_code,
    cast(f.year as integer) as year,
    f.stage as stage,
    coalesce(nullif(f.segment, ''), 'all') as segment,
    f.measure_code as measure_code,
    f.value as printed_value,
    {{ typed('f.value', dbl()) }} as value,
    m.base_unit as base_unit,
    f.source_zh as source_zh,
    nullif(f.note, '') as note_zh,
    f._file as source_file,
    f._row as source_row
from {{ source('raw', 'county_facts') }} as f
inner join {{ ref('stg_measures') }} as m on f.measure_code = m.measure_code
