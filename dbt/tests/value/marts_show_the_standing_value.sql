-- zh: 指标集市的每个值都是事实表中同一依据的值，且没有遗漏
-- en: every value of an indicator mart is a row of fct_indicator on the basis it claims, and no mart leaves a cell
--       of its indicators out.
-- when: a mart or the rule of precedence changed.
-- fix: compare int_indicator_standing with fct_indicator for the cells listed.
{% set marts = ['mart_public_kindergarten_share', 'mart_inclusive_kindergarten_coverage', 'mart_compulsory_retention', 'mart_pupil_teacher_ratio', 'mart_preschool_gross_enrolment', 'mart_senior_gross_enrolment', 'mart_large_class_share', 'mart_teacher_qualification', 'mart_migrant_children', 'mart_education_expenditure'] %}
{# The indicators a mart must show are those its model names: a mart that lost one would not tell. #}
{% set codes = [] %}
{% for mart in marts if execute %}{% do codes.extend(graph.nodes['model.zhibiao.' ~ mart].raw_code.split("'")[1::2]) %}{% endfor %}

with shown as (
    {% for mart in marts %}
    select
        '{{ mart }}' as mart,
        s.indicator_code as indicator_code,
        s.region_code as region_code,
        s.year as year,
        s.stage as stage,
        s.segment as segment,
        s.basis as basis,
        s.value as value
    from {{ ref(mart) }} as s
    {% if not loop.last %}union all{% endif %}
    {% endfor %}
),

due as (
    select distinct
        f.indicator_code as indicator_code,
        f.region_code as region_code,
        f.year as year,
        f.stage as stage,
        f.segment as segment
    from {{ ref('fct_indicator') }} as f
    where f.status = 'ok' and f.indicator_code in ('{{ codes | join("', '") }}')
)

select
    coalesce(s.mart, 'missing') as mart,
    coalesce(s.indicator_code, d.indicator_code) as indicator_code,
    coalesce(s.region_code, d.region_code) as region_code,
    coalesce(s.year, d.year) as year,
    s.value as shown_value,
    f.value as fact_value
from shown as s
full outer join due as d
    on s.indicator_code = d.indicator_code and s.region_code = d.region_code and s.year = d.year
    and s.stage = d.stage and s.segment = d.segment
left join {{ ref('fct_indicator') }} as f
    on s.indicator_code = f.indicator_code and s.region_code = f.region_code and s.year = f.year
    and s.stage = f.stage and s.segment = f.segment and s.basis = f.basis
where s.mart is null or d.indicator_code is null or f.value is null or f.value <> s.value
