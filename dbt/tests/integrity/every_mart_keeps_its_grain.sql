-- zh: 每个集市表在其粒度上没有重复行
-- en: no mart has two rows of one grain (config.meta.grain in its yml; an empty column counts as a value).
-- when: a join of a model multiplies rows, or an input repeats a key.
-- fix: look up the key in the table named; the model's yml says what one row is.
{% set marts = [
    'assessment_condition',
    'assessment_school',
    'dim_document',
    'dim_indicator',
    'dim_measure',
    'dim_region',
    'dim_source',
    'fct_indicator',
    'fct_measure',
    'fct_target',
    'indicator_alias',
    'indicator_break',
    'indicator_formula',
    'indicator_term',
    'mart_assessment_condition',
    'mart_compulsory_retention',
    'mart_county_assessment',
    'mart_education_expenditure',
    'mart_equity',
    'mart_freshness',
    'mart_inclusive_kindergarten_coverage',
    'mart_large_class_share',
    'mart_migrant_children',
    'mart_preschool_gross_enrolment',
    'mart_public_kindergarten_share',
    'mart_pupil_teacher_ratio',
    'mart_senior_gross_enrolment',
    'mart_target_attainment',
    'mart_target_summary',
    'mart_teacher_qualification',
    'measure_conflict',
    'reconciliation',
    'target_candidate',
    'school_gap',
    'school_remark',
    'target_responsible_unit',
    'verdict_method',
    'verdict_rule',
] %}
{% for mart in marts %}
{% set relation = ref(mart) %}
{% set grain = (graph.nodes['model.zhibiao.' ~ mart].config.meta.grain if execute else ['1']) %}
select
    '{{ mart }}' as mart,
    {% for column in grain %}coalesce(cast(g.{{ column }} as varchar), '-'){% if not loop.last %} || ' | ' || {% endif %}{% endfor %} as grain_key,
    count(*) as copies
from {{ relation }} as g
group by {% for column in grain %}g.{{ column }}{% if not loop.last %}, {% endif %}{% endfor %}
having count(*) > 1
{% if not loop.last %}union all{% endif %}
{% endfor %}
