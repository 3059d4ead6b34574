-- zh: 地区、目录、数据项、公式、别名、口径断裂与出版物各表同收到的参考数据逐行一致
-- en: regions, catalogue, measures, formulas, terms, other names, breaks and publications are row for row what was
--     received.
-- when: always; whatever reads these tables believes them.
-- fix: `only_in` says which side has the row: the mart, or what it is made of.
{% set pairs = [
    ('dim_region', 'stg_regions'),
    ('dim_indicator', 'stg_indicators'),
    ('dim_measure', 'stg_measures'),
    ('dim_source', 'publications'),
    ('indicator_alias', 'stg_indicator_aliases'),
    ('indicator_formula', 'stg_indicator_formulas'),
    ('indicator_term', 'stg_indicator_terms'),
    ('indicator_break', 'int_indicator_break'),
] %}
with publications as (
    select
        s.source_id as source_id,
        s.source_zh as source_zh,
        s.publisher_zh as publisher_zh,
        min(s.year) as first_year,
        max(s.year) as last_year,
        count(*) as figure_count
    from {{ ref('stg_statistics') }} as s
    group by s.source_id, s.source_zh, s.publisher_zh
)

{% for mart, received in pairs %}
{% set node = graph.nodes['model.zhibiao.' ~ mart] if execute else {'columns': {'key': {}}, 'config': {'meta': {'grain': ['key']}}} %}
{# A region's series is worked out, not received: every_code_is_in_its_dimension follows it. #}
{% set columns = node.columns | reject('equalto', 'series_code') | list %}
{% set received = received if received == 'publications' else ref(received) %}
{% for side, one, other in [(mart, ref(mart), received), ('received', received, ref(mart))] %}
select
    '{{ mart }}' as mart,
    '{{ side }}' as only_in,
    {% for column in node.config.meta.grain %}coalesce(cast(d.{{ column }} as varchar), '-'){% if not loop.last %} || ' | ' || {% endif %}{% endfor %} as grain_key
from (
    select {% for column in columns %}a.{{ column }} as {{ column }}{% if not loop.last %}, {% endif %}{% endfor %} from {{ one }} as a
    except
    select {% for column in columns %}b.{{ column }} as {{ column }}{% if not loop.last %}, {% endif %}{% endfor %} from {{ other }} as b
) as d
{% if not loop.last %}union all{% endif %}
{% endfor %}
{% if not loop.last %}union all{% endif %}
{% endfor %}
