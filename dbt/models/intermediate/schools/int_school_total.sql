-- One row per measure cell with a sum of school records, of counties and of the regions above them.
select
    m.region_code as region_code,
    m.year as year,
    m.stage as stage,
    m.segment as segment,
    m.measure_code as measure_code,
    m.value as value,
    m.unit_count as unit_count,
    m.source_file as source_file
from {{ ref('int_school_measure') }} as m
where m.value is not null
union all
select
    a.region_code as region_code,
    a.year as year,
    a.stage as stage,
    a.segment as segment,
    a.measure_code as measure_code,
    a.value as value,
    a.unit_count as unit_count,
    a.source_file as source_file
from {{ ref('int_school_region_measure') }} as a
