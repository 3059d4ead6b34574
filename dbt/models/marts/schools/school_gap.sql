-- One row per sum of school records that there is none of, since some units did not report it.
select
    m.region_code as region_code,
    m.year as year,
    m.stage as stage,
    m.measure_code as measure_code,
    d.name_zh as measure_zh,
    m.unit_count as unit_count,
    m.unit_count - m.reported_count as missing_count,
    m.source_file as source_file
from {{ ref('int_school_measure') }} as m
inner join {{ ref('stg_measures') }} as d on m.measure_code = d.measure_code
where m.segment = 'all' and m.reported_count < m.unit_count
