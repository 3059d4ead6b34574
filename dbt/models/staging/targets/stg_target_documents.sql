-- One row per document that sets targets, entered in the registry or proposed from a text; what it hides is no value.
{% set columns = [
    'document_id', 'title_zh', 'issuer_zh', 'issued_year', 'region_code', 'region_zh', 'plan_from', 'plan_to', 'text_file',
    'title_is_description', 'note',
] %}
with received as (
    {% for table in ['target_documents', 'proposed_documents'] %}
    select
        {% for column in columns %}
        r.{{ column }} as {{ column }},
        {% endfor %}
        {{ 'true' if table == 'target_documents' else 'false' }} as is_registered
    from {{ source('raw', table) }} as r
    {% if not loop.last %}union all{% endif %}
    {% endfor %}
)

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
    d.is_registered as is_registered,
    nullif(d.note, '') as note_zh
from received as d
