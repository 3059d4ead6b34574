with counts as (
    select
        t.document_id as document_id,
        cast(sum(case when t.review_status = 'proposed' then 0 else 1 end) as bigint) as target_count,
        cast(sum(case when t.review_status = 'proposed' then 1 else 0 end) as bigint) as proposed_count
    from {{ ref('stg_targets') }} as t
    group by t.document_id
)

select
    d.document_id as document_id,
    d.title_zh as title_zh,
    d.issuer_zh as issuer_zh,
    d.issued_year as issued_year,
    d.region_code as region_code,
    d.region_zh as region_zh,
    d.plan_from as plan_from,
    d.plan_to as plan_to,
    d.text_file as text_file,
    d.title_is_description as title_is_description,
    d.is_registered as is_registered,
    coalesce(c.target_count, 0) as target_count,
    coalesce(c.proposed_count, 0) as proposed_count,
    d.note_zh as note_zh
from {{ ref('stg_target_documents') }} as d
left join counts as c on d.document_id = c.document_id
