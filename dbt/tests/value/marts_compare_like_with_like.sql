-- zh: 指标集市中的依据、另一依据、上年值、变化、断裂、上级值、全国值、排名、达标判断与目标都能由事实表与维表重算出来
-- en: what an indicator mart sets beside its value follows from fct_indicator and the dimensions: precedence of the
--     bases, the other basis, the year before on the same basis (none across a break), the region above, the nation,
--     the rank among siblings, the standard and whether it is met, the target in force.
-- when: a mart, the rule of precedence or the history of regions changed.
-- fix: `wrong` names the columns. Look the cell up in fct_indicator for the year, the year before and the region above.
{% set marts = ['mart_public_kindergarten_share', 'mart_inclusive_kindergarten_coverage', 'mart_compulsory_retention', 'mart_pupil_teacher_ratio', 'mart_preschool_gross_enrolment', 'mart_senior_gross_enrolment', 'mart_large_class_share', 'mart_teacher_qualification', 'mart_migrant_children', 'mart_education_expenditure'] %}

{# Column of a mart -> what it must be. f: the cell, p: the year before, u: the region above, n: the nation, each with
   both bases; i: the catalogue, r: the region of that year, k: a break, w: the target in force. #}
{% set basis = "case when f.published is not null then 'published' when f.computed is not null then 'computed' end" %}
{% set words = {
    'indicator_zh': 'i.name_zh',
    'unit': 'i.unit',
    'standard_comparator': 'i.standard_comparator',
    'region_zh': 'r.name_zh',
    'region_level': 'r.level',
    'parent_code': 'r.parent_code',
    'series_code': 'r.series_code',
    'basis': basis,
    'other_basis': "case when f.published is not null and f.computed is not null then 'computed' end",
    'confidence': 'coalesce(f.published_confidence, f.computed_confidence)',
    'parent_basis': basis | replace('f.', 'u.'),
    'national_basis': basis | replace('f.', 'n.'),
    'target_in_force': 'w.target_id',
    'target_comparator': 'w.comparator',
    'meets_standard': "case
        when s.segment <> 'all' or i.standard_comparator is null then null
        when (i.standard_comparator in ('>=', 'range') and s.value < i.standard_low)
            or (i.standard_comparator in ('<=', 'range') and s.value > i.standard_high)
            or (i.standard_comparator = '>' and s.value <= i.standard_low)
            or (i.standard_comparator = '<' and s.value >= i.standard_high)
        then 'missed'
        else 'met'
    end",
} %}
{% set numbers = {
    'region_sort_no': 'r.sort_no',
    'standard_low': 'i.standard_low',
    'standard_high': 'i.standard_high',
    'value': 'coalesce(f.published, f.computed)',
    'numerator': 'f.numerator',
    'denominator': 'f.denominator',
    'scale': 'f.scale',
    'other_value': 'case when f.published is not null then f.computed end',
    'break_year': 'k.year',
    'previous_value': 'case when k.year is not null then null when f.published is null then p.computed else p.published end',
    'change': 'case
        when k.year is not null then null
        when f.published is null then f.computed - p.computed
        else f.published - p.published
    end',
    'parent_value': 'coalesce(u.published, u.computed)',
    'national_value': 'coalesce(n.published, n.computed)',
    'target_value': 'w.target_value',
    'target_year': 'w.target_year',
    'target_gap': 'w.gap',
    'rank_no': "case
        when s.sibling_count = 1 then null
        when i.direction = 'lower' then s.rank_upwards
        when i.direction = 'higher' then s.rank_downwards
    end",
    'rank_of': "case when s.sibling_count > 1 and i.direction in ('lower', 'higher') then s.sibling_count end",
} %}
{% set siblings = 'partition by t.indicator_code, t.year, t.stage, t.segment, t.parent_code, t.region_level, t.basis' %}

with shown as (
    {% for mart in marts %}
    select
        '{{ mart }}' as mart,
        {% for column in ['indicator_code', 'region_code', 'year', 'stage', 'segment', 'break_reason_zh'] %}t.{{ column }} as {{ column }},
        {% endfor %}
        {% for column in words if column != 'meets_standard' %}t.{{ column }} as {{ column }},
        {% endfor %}
        {% for column in numbers %}t.{{ column }} as {{ column }},
        {% endfor %}
        case when t.meets_standard is null then null when t.meets_standard then 'met' else 'missed' end as meets_standard,
        case when t.parent_code is null then 1 else count(*) over ({{ siblings }}) end as sibling_count,
        rank() over ({{ siblings }} order by t.value) as rank_upwards,
        rank() over ({{ siblings }} order by -t.value) as rank_downwards
    from {{ ref(mart) }} as t
    {% if not loop.last %}union all{% endif %}
    {% endfor %}
),

-- One row per cell, both bases beside each other.
cells as (
    select
        f.indicator_code as indicator_code,
        f.region_code as region_code,
        f.year as year,
        f.stage as stage,
        f.segment as segment,
        max(case when f.basis = 'published' then f.value end) as published,
        max(case when f.basis = 'computed' then f.value end) as computed,
        max(case when f.basis = 'computed' then f.numerator end) as numerator,
        max(case when f.basis = 'computed' then f.denominator end) as denominator,
        max(case when f.basis = 'computed' then f.scale end) as scale,
        max(case when f.basis = 'published' then f.confidence end) as published_confidence,
        max(case when f.basis = 'computed' then f.confidence end) as computed_confidence
    from {{ ref('fct_indicator') }} as f
    where f.status = 'ok' and f.base_indicator is null
    group by f.indicator_code, f.region_code, f.year, f.stage, f.segment
),

breaks as (
    select distinct
        f.indicator_code as indicator_code,
        f.region_code as region_code,
        f.year as year,
        f.stage as stage,
        f.segment as segment
    from cells as f
    left join {{ ref('indicator_break') }} as b
        on f.indicator_code = b.indicator_code and f.year = b.break_year
        and (b.stage is null or b.stage = f.stage) and (b.region_code is null or b.region_code = f.region_code)
        and (b.basis is null or b.basis = case when f.published is null then 'computed' else 'published' end)
    left join {{ ref('int_region_break') }} as r on f.region_code = r.region_code and f.year = r.break_year
    where b.indicator_code is not null or r.region_code is not null
),

compared as (
    select
        s.mart as mart,
        s.indicator_code as indicator_code,
        s.region_code as region_code,
        s.year as year,
        s.stage as stage,
        s.segment as segment,
        case when (s.break_reason_zh is null) <> (k.year is null) then 'break_reason_zh ' else '' end
            {% for column, expected in words.items() %}
            || case when {{ differs_in_words('s.' ~ column, expected) }} then '{{ column }} ' else '' end
            {% endfor %}
            {% for column, expected in numbers.items() %}
            || case when {{ differs('s.' ~ column, '(' ~ expected ~ ')') }} then '{{ column }} ' else '' end
            {% endfor %} as wrong
    from shown as s
    left join cells as f
        on s.indicator_code = f.indicator_code and s.region_code = f.region_code and s.year = f.year
        and s.stage = f.stage and s.segment = f.segment
    left join cells as p
        on s.indicator_code = p.indicator_code and s.region_code = p.region_code and s.year = p.year + 1
        and s.stage = p.stage and s.segment = p.segment
    left join {{ ref('dim_indicator') }} as i on s.indicator_code = i.indicator_code
    left join {{ ref('dim_region') }} as r
        on s.region_code = r.region_code and {{ holds_in('s.year', 'r.valid_from', 'r.valid_to') }}
    left join cells as u
        on s.indicator_code = u.indicator_code and r.parent_code = u.region_code and s.year = u.year
        and s.stage = u.stage and s.segment = u.segment
    left join cells as n
        on s.indicator_code = n.indicator_code and n.region_code = '100000' and s.year = n.year
        and s.stage = n.stage and s.segment = n.segment
    left join breaks as k
        on s.indicator_code = k.indicator_code and s.region_code = k.region_code and s.year = k.year
        and s.stage = k.stage and s.segment = k.segment
    left join {{ ref('int_target_in_force') }} as w
        on s.indicator_code = w.indicator_code and s.region_code = w.region_code and s.year = w.year
        and s.stage = w.stage and s.segment = w.segment
)

select
    c.mart as mart,
    c.indicator_code as indicator_code,
    c.region_code as region_code,
    c.year as year,
    c.stage as stage,
    c.segment as segment,
    c.wrong as wrong
from compared as c
where c.wrong <> ''
