-- What has arrived: a publication's figures by year and file. Where a file is one publication, its sidecar names it.
with figures as (
    select
        s.source_id as source_id,
        s.source_zh as source_zh,
        s.publisher_zh as publisher_zh,
        s.year as year,
        s.source_file as source_file
    from {{ ref('stg_statistics') }} as s
    union all
    select
        md5(i.issuer || '|' || f.source_zh) as source_id,
        f.source_zh as source_zh,
        i.issuer as publisher_zh,
        f.year as year,
        f.source_file as source_file
    from {{ ref('stg_county_facts') }} as f
    inner join {{ source('meta', 'input_file') }} as i on f.source_file = i.file
    union all
    select
        md5(i.issuer || '|' || i.title) as source_id,
        i.title as source_zh,
        i.issuer as publisher_zh,
        s.year as year,
        s.source_file as source_file
    from {{ ref('stg_schools') }} as s
    inner join {{ source('meta', 'input_file') }} as i on s.source_file = i.file
)

select
    f.source_id as source_id,
    f.source_zh as source_zh,
    f.publisher_zh as publisher_zh,
    f.year as year,
    f.source_file as source_file,
    cast(count(*) as bigint) as figure_count
from figures as f
group by f.source_id, f.source_zh, f.publisher_zh, f.year, f.source_file
