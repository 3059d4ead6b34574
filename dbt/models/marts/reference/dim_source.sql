-- One publisher's publication may stand in several yearly files.
select
    s.source_id as source_id,
    s.source_zh as source_zh,
    s.publisher_zh as publisher_zh,
    min(s.year) as first_year,
    max(s.year) as last_year,
    cast(count(*) as bigint) as figure_count
from {{ ref('stg_statistics') }} as s
group by s.source_id, s.source_zh, s.publisher_zh
