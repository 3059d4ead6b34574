-- zh: 每个公布的数字都等于来源文件中那一行的数字：经换算、更正，归入对照表所指的单元；未采用的留在出入表
-- en: each figure that stands is the one of its row of a received file, converted and corrected, in the cell that the
--     crosswalk names, with its interval, confidence, publication and the rule that chose; the figures that do not
--     stand are in measure_conflict, each once.
-- when: always; a figure that moved, was lost or stands under another row looks like any other.
-- fix: `only_in` says which side has the row. Compare stg_statistics at source_file and source_row with the fact.
with figures as (
    select
        case when own.target is null then common.target else own.target end as target,
        case when own.target is null then coalesce(common.measure_code, common.indicator_code)
            else coalesce(own.measure_code, own.indicator_code) end as code,
        s.region_code as region_code,
        s.year as year,
        case when own.target is null then common.stage else own.stage end as stage,
        case when own.target is null then common.segment else own.segment end as segment,
        s.value as value,
        s.value_low as value_low,
        s.value_high as value_high,
        s.value_high - s.value_low as rounding_width,
        case when s.correction_reason is not null then s.received_value end as uncorrected_value,
        s.correction_reason as correction_reason,
        s.base_unit as base_unit,
        s.confidence as confidence,
        s.source_id as source_id,
        s.source_zh as source_zh,
        s.source_file as source_file,
        s.source_row as source_row
    from {{ ref('stg_statistics') }} as s
    left join {{ ref('stg_crosswalk') }} as common
        on s.level = common.level and s.measure = common.measure and common.region_code is null
    left join {{ ref('stg_crosswalk') }} as own
        on s.level = own.level and s.measure = own.measure and s.region_code = own.region_code
),

numbered as (
    select
        f.*,
        row_number() over (
            partition by f.region_code, f.year, f.stage, f.segment, f.target, f.code
            order by {{ publication_preference('f') }}
        ) as choice_no
    from figures as f
    where f.target <> 'none'
),

seconds as (
    select * from numbered as n where n.choice_no = 2
),

expected as (
    select
        n.choice_no = 1 as stands,
        n.target as target,
        n.code as code,
        n.region_code as region_code,
        n.year as year,
        n.stage as stage,
        n.segment as segment,
        n.value as value,
        case when n.choice_no = 1 then n.value_low end as value_low,
        case when n.choice_no = 1 then n.value_high end as value_high,
        case when n.choice_no = 1 then n.uncorrected_value end as uncorrected_value,
        case when n.choice_no = 1 and n.target = 'measure' then n.correction_reason end as correction_reason,
        case when n.choice_no = 1 and n.target = 'measure' then n.base_unit end as base_unit,
        n.confidence as confidence,
        case
            when n.choice_no > 1 then null
            when s.code is null then 'only'
            when s.confidence > n.confidence then 'confidence'
            when s.rounding_width > n.rounding_width then 'precision'
            else 'publication_name'
        end as chosen_by,
        n.source_id as source_id,
        n.source_file as source_file,
        n.source_row as source_row
    from numbered as n
    left join seconds as s
        on n.region_code = s.region_code and n.year = s.year and n.stage = s.stage and n.segment = s.segment
        and n.target = s.target and n.code = s.code
),

found as (
    select
        true as stands,
        'measure' as target,
        m.measure_code as code,
        m.region_code as region_code,
        m.year as year,
        m.stage as stage,
        m.segment as segment,
        m.value as value,
        m.value_low as value_low,
        m.value_high as value_high,
        m.uncorrected_value as uncorrected_value,
        m.correction_reason as correction_reason,
        m.base_unit as base_unit,
        m.confidence as confidence,
        m.chosen_by as chosen_by,
        m.source_id as source_id,
        m.source_file as source_file,
        m.source_row as source_row
    from {{ ref('fct_measure') }} as m
    where m.basis = 'reported'
    union all
    select
        true as stands,
        'indicator' as target,
        i.indicator_code as code,
        i.region_code as region_code,
        i.year as year,
        i.stage as stage,
        i.segment as segment,
        i.value as value,
        i.value_low as value_low,
        i.value_high as value_high,
        i.uncorrected_value as uncorrected_value,
        cast(null as varchar) as correction_reason,
        cast(null as varchar) as base_unit,
        i.confidence as confidence,
        i.chosen_by as chosen_by,
        i.source_id as source_id,
        i.source_file as source_file,
        i.source_row as source_row
    from {{ ref('fct_indicator') }} as i
    where i.basis = 'published'
    union all
    select
        false as stands,
        case when k.indicator_code is null then 'measure' else 'indicator' end as target,
        coalesce(k.measure_code, k.indicator_code) as code,
        k.region_code as region_code,
        k.year as year,
        k.stage as stage,
        k.segment as segment,
        k.other_value as value,
        cast(null as {{ dbl() }}) as value_low,
        cast(null as {{ dbl() }}) as value_high,
        cast(null as {{ dbl() }}) as uncorrected_value,
        cast(null as varchar) as correction_reason,
        cast(null as varchar) as base_unit,
        k.other_confidence as confidence,
        cast(null as varchar) as chosen_by,
        k.other_source_id as source_id,
        k.other_source_file as source_file,
        k.other_source_row as source_row
    from {{ ref('measure_conflict') }} as k
    where k.kind = 'publication'
)

-- Rows are compared whole; what is equal on both sides falls away.
{% set columns = ['stands', 'target', 'code', 'region_code', 'year', 'stage', 'segment', 'value', 'value_low', 'value_high', 'uncorrected_value', 'correction_reason', 'base_unit', 'confidence', 'chosen_by', 'source_id', 'source_file', 'source_row'] %}
{% for one, other in [('expected', 'found'), ('found', 'expected')] %}
select
    '{{ one }}' as only_in,
    {% for column in columns %}d.{{ column }} as {{ column }}{% if not loop.last %}, {% endif %}{% endfor %}
from (
    select {% for column in columns %}a.{{ column }} as {{ column }}{% if not loop.last %}, {% endif %}{% endfor %} from {{ one }} as a
    except
    select {% for column in columns %}b.{{ column }} as {{ column }}{% if not loop.last %}, {% endif %}{% endfor %} from {{ other }} as b
) as d
{% if not loop.last %}union all{% endif %}
{% endfor %}
