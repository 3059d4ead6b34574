-- One row per document that sets targets; what a document hides is no value.
select
    d.document_id as document_id,
    d.title_zh as title_zh,
    nullif(d.issuer_zh, '') as issuer_zh,
    {{ typed('d.issued_year', 'integer') }} as issued_year,
    nullif(d.region_code, '') as region_code,
    d.region_zh as region_zh,
    {{ typed('d.plan_from', 'integer') }} as plan_from,
    {{ typed('d.plan_to', 'integer') }} as plan_to,
    nullif(d.text_file, '') as text_file,
    d.title_is_description = 'yes' as title_is_description,
    nullif(d.note, '') as note_zh
from {{ source('raw', 'target_documents') }} as d
