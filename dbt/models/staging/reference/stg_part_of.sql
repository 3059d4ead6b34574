-- One row per pair of a part and its whole, both counted on one basis.
select
    p.part_measure_code as part_measure_code,
    p.part_stage as part_stage,
    p.part_segment as part_segment,
    p.whole_measure_code as whole_measure_code,
    p.whole_stage as whole_stage,
    p.whole_segment as whole_segment,
    nullif(p.note_zh, '') as note_zh
from {{ source('raw', 'part_of') }} as p
