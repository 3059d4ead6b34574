-- One row per term of a formula; an empty measure stage or segment is the cell's own.
select
    t.indicator_code as indicator_code,
    t.stage as stage,
    t.variant as variant,
    t.side as side,
    cast(t.term_no as integer) as term_no,
    t.measure_code as measure_code,
    nullif(t.input_indicator_code, '') as input_indicator_code,
    t.measure_stage as measure_stage,
    t.measure_segment as measure_segment,
    cast(t.coefficient as {{ dbl() }}) as coefficient,
    cast(t.year_from as integer) as year_from,
    cast(t.year_to as integer) as year_to
from {{ source('raw', 'indicator_terms') }} as t
