-- zh: 对账表恰好含有兼有两种依据的单元，差异与原因重算相同；出入表所记的采用值就是事实表中的值；未采用的县情数据、学校合计都在其中
-- en: reconciliation holds exactly the cells with both bases, with the verdict that the two values give; the figure
--     that measure_conflict says was chosen is the one that stands, and each declared contradiction is shown, as is each
--     county fact and sum of school records beside another figure.
-- when: always; a row that is missing here hides a disagreement.
-- fix: `only_in` says which side has the row. Compare both bases of the cell in fct_indicator, or both figures.
with pairs as (
    select
        p.region_code as region_code,
        p.year as year,
        p.stage as stage,
        p.segment as segment,
        p.indicator_code as indicator_code,
        c.value as computed_value,
        c.value_low as computed_low,
        c.value_high as computed_high,
        c.variant as variant,
        p.value as published_value,
        p.value_low as published_low,
        p.value_high as published_high,
        p.source_id as published_source_id,
        -- As in the model: half a millionth is what seven printed digits and a double may differ by.
        abs(c.value - (p.value_low + p.value_high) * 0.5) <= (p.value_high - p.value_low) * 0.5 + 0.0000005 as within_rounding,
        not (c.value_high < p.value_low or c.value_low > p.value_high) as intervals_meet,
        coalesce(o.reason_code, d.reason_code) as definition_code
    from {{ ref('fct_indicator') }} as p
    inner join {{ ref('fct_indicator') }} as c
        on p.region_code = c.region_code and p.year = c.year and p.stage = c.stage and p.segment = c.segment
        and p.indicator_code = c.indicator_code
    left join {{ ref('stg_basis_differences') }} as d
        on p.indicator_code = d.indicator_code and d.region_code is null
    left join {{ ref('stg_basis_differences') }} as o
        on p.indicator_code = o.indicator_code and p.region_code = o.region_code and p.year = o.year
    where p.basis = 'published' and c.basis = 'computed' and c.status = 'ok'
),

reconciled as (
    select
        p.*,
        case
            when p.within_rounding then null
            when p.intervals_meet then 'input_rounding'
            else coalesce(p.definition_code, 'unexplained')
        end as reason_code
    from pairs as p
),

standing as (
    select
        m.basis as basis,
        m.region_code as region_code,
        m.year as year,
        m.stage as stage,
        m.segment as segment,
        m.measure_code as measure_code,
        cast(null as varchar) as indicator_code,
        m.value as value,
        m.value_low as value_low,
        m.value_high as value_high,
        m.chosen_by as chosen_by,
        m.source_id as source_id,
        m.source_file as source_file,
        m.source_row as source_row,
        m.confidence as confidence
    from {{ ref('fct_measure') }} as m
    union all
    select
        i.basis as basis,
        i.region_code as region_code,
        i.year as year,
        i.stage as stage,
        i.segment as segment,
        cast(null as varchar) as measure_code,
        i.indicator_code as indicator_code,
        i.value as value,
        i.value_low as value_low,
        i.value_high as value_high,
        i.chosen_by as chosen_by,
        i.source_id as source_id,
        i.source_file as source_file,
        i.source_row as source_row,
        i.confidence as confidence
    from {{ ref('fct_indicator') }} as i
    where i.basis = 'published'
),

conflicts as (
    select
        'publication' as kind,
        k.region_code as region_code,
        k.year as year,
        k.stage as stage,
        k.segment as segment,
        k.measure_code as measure_code,
        k.indicator_code as indicator_code,
        k.measure_code as other_measure_code,
        s.value as chosen_value,
        s.source_id as chosen_source_id,
        s.chosen_by as chosen_by,
        k.other_value as other_value,
        k.other_source_id as other_source_id,
        k.other_confidence as other_confidence,
        k.other_source_file as other_source_file,
        k.other_source_row as other_source_row,
        k.other_value - s.value as difference,
        o.value_low <= s.value_high and o.value_high >= s.value_low as agrees_within_rounding,
        cast(null as varchar) as reason_zh
    from {{ ref('measure_conflict') }} as k
    inner join standing as s
        on k.region_code = s.region_code and k.year = s.year and k.stage = s.stage and k.segment = s.segment
        and coalesce(k.measure_code, k.indicator_code) = coalesce(s.measure_code, s.indicator_code)
    inner join {{ ref('stg_statistics') }} as o
        on k.other_source_file = o.source_file and k.other_source_row = o.source_row
    where k.kind = 'publication'
    union all
    select
        'contradiction' as kind,
        c.region_code as region_code,
        c.year as year,
        c.stage as stage,
        one.segment as segment,
        c.measure_code as measure_code,
        cast(null as varchar) as indicator_code,
        c.other_measure_code as other_measure_code,
        one.value as chosen_value,
        one.source_id as chosen_source_id,
        'both_kept' as chosen_by,
        two.value as other_value,
        two.source_id as other_source_id,
        two.confidence as other_confidence,
        two.source_file as other_source_file,
        two.source_row as other_source_row,
        two.value - one.value as difference,
        two.value_low <= one.value_high as agrees_within_rounding,
        c.reason_zh as reason_zh
    from {{ ref('stg_contradictions') }} as c
    inner join standing as one
        on c.region_code = one.region_code and c.year = one.year and c.stage = one.stage
        and c.measure_code = one.measure_code and one.segment = 'all'
    inner join standing as two
        on c.region_code = two.region_code and c.year = two.year and c.stage = two.stage
        and c.other_measure_code = two.measure_code and two.segment = 'all'
    {% for kind, model, beside in [('county_fact', 'stg_county_facts', "= 'reported'"), ('school_sum', 'int_school_total', "in ('reported', 'fact')")] %}
    union all
    select
        '{{ kind }}' as kind,
        s.region_code as region_code,
        s.year as year,
        s.stage as stage,
        s.segment as segment,
        s.measure_code as measure_code,
        s.indicator_code as indicator_code,
        s.measure_code as other_measure_code,
        s.value as chosen_value,
        s.source_id as chosen_source_id,
        'basis' as chosen_by,
        t.value as other_value,
        d.source_id as other_source_id,
        'A' as other_confidence,
        t.source_file as other_source_file,
        {{ 't.source_row' if kind == 'county_fact' else 'cast(null as bigint)' }} as other_source_row,
        t.value - s.value as difference,
        t.value between s.value_low and s.value_high as agrees_within_rounding,
        cast(null as varchar) as reason_zh
    from {{ ref(model) }} as t
    inner join standing as s on {{ same_cell('t', 's') }}
    inner join {{ source('meta', 'input_file') }} as i on t.source_file = i.file
    inner join {{ ref('dim_source') }} as d
        on i.issuer = d.publisher_zh and {{ 't.source_zh' if kind == 'county_fact' else 'i.title' }} = d.source_zh
    where s.basis {{ beside }}
    {% endfor %}
)

{% set reconciliation = ['region_code', 'year', 'stage', 'segment', 'indicator_code', 'computed_value', 'computed_low', 'computed_high', 'variant', 'published_value', 'published_low', 'published_high', 'published_source_id', 'within_rounding', 'reason_code'] %}
{% set conflict = ['kind', 'region_code', 'year', 'stage', 'segment', 'measure_code', 'indicator_code', 'other_measure_code', 'chosen_value', 'chosen_source_id', 'chosen_by', 'other_value', 'other_source_id', 'other_confidence', 'other_source_file', 'other_source_row', 'difference', 'agrees_within_rounding', 'reason_zh'] %}
{% for mart, one, other, columns in [
    ('reconciliation', 'reconciled', ref('reconciliation'), reconciliation),
    ('reconciliation', ref('reconciliation'), 'reconciled', reconciliation),
    ('measure_conflict', 'conflicts', ref('measure_conflict'), conflict),
    ('measure_conflict', ref('measure_conflict'), 'conflicts', conflict),
] %}
select
    '{{ mart }}' as mart,
    '{{ 'facts' if one in ('reconciled', 'conflicts') else mart }}' as only_in,
    d.region_code as region_code,
    d.year as year,
    d.stage as stage,
    d.segment as segment,
    {% if mart == 'reconciliation' %}d.indicator_code{% else %}coalesce(d.measure_code, d.indicator_code){% endif %} as code
from (
    select {% for column in columns %}a.{{ column }} as {{ column }}{% if not loop.last %}, {% endif %}{% endfor %} from {{ one }} as a
    except
    select {% for column in columns %}b.{{ column }} as {{ column }}{% if not loop.last %}, {% endif %}{% endfor %} from {{ other }} as b
) as d
{% if not loop.last %}union all{% endif %}
{% endfor %}
