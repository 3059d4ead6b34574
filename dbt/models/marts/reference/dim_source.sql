-- One publisher's publication may stand in several yearly files.
select
    p.source_id as source_id,
    p.source_zh as source_zh,
    p.publisher_zh as publisher_zh,
    min(p.year) as first_year,
    max(p.year) as last_year,
    cast(sum(p.figure_count) as bigint) as figure_count
from {{ ref('int_publication_year') }} as p
group by p.source_id, p.source_zh, p.publisher_zh
