-- zh: 地区、目录、数据项、公式、别名、口径断裂、出版物、目标台账、评估条件与判定规则各表同收到的逐行一致
-- en: regions, catalogue, measures, formulas, terms, other names, breaks, publications, the ledger of targets, the
--     conditions of assessments and the rules of verdicts are row for row what was received.
-- when: always; whatever reads these tables believes them.
-- fix: `only_in` says which side has the row: the mart, or what it is made of.
{# The columns at the end are worked out, not received: other tests follow them. #}
{% set pairs = [
    ('dim_region', 'stg_regions', ['series_code']),
    ('dim_indicator', 'stg_indicators', []),
    ('dim_measure', 'stg_measures', []),
    ('dim_source', 'publications', []),
    ('indicator_alias', 'stg_indicator_aliases', []),
    ('indicator_formula', 'stg_indicator_formulas', []),
    ('indicator_term', 'stg_indicator_terms', []),
    ('indicator_break', 'int_indicator_break', []),
    ('assessment_condition', 'stg_assessment_conditions', []),
    ('verdict_method', 'stg_verdict_methods', []),
    ('verdict_rule', 'stg_verdict_rules', []),
    ('dim_document', 'stg_target_documents', ['target_count', 'proposed_count']),
    ('target_candidate', 'stg_target_candidates', []),
    ('fct_target', 'stg_targets', ['region_code', 'region_hidden', 'region_bound_by', 'year_bound_by', 'target_value', 'target_value_high', 'unit', 'target_year']),
] %}
with figures as (
    select
        s.publisher_zh as publisher_zh,
        s.source_zh as source_zh,
        s.year as year
    from {{ ref('stg_statistics') }} as s
    union all
    select
        i.issuer as publisher_zh,
        f.source_zh as source_zh,
        f.year as year
    from {{ ref('stg_county_facts') }} as f
    inner join {{ source('meta', 'input_file') }} as i on f.source_file = i.file
    union all
    select
        i.issuer as publisher_zh,
        i.title as source_zh,
        s.year as year
    from {{ ref('stg_schools') }} as s
    inner join {{ source('meta', 'input_file') }} as i on s.source_file = i.file
),

publications as (
    select
        md5(f.publisher_zh || '|' || f.source_zh) as source_id,
        f.source_zh as source_zh,
        f.publisher_zh as publisher_zh,
        min(f.year) as first_year,
        max(f.year) as last_year,
        count(*) as figure_count
    from figures as f
    group by f.source_zh, f.publisher_zh
)

{% for mart, received, worked_out in pairs %}
{% set node = graph.nodes['model.zhibiao.' ~ mart] if execute else {'columns': {'key': {}}, 'config': {'meta': {'grain': ['key']}}} %}
{% set columns = node.columns | reject('in', worked_out) | list %}
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
