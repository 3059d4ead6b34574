-- One row per condition without a figure: the measures that its formula asks for and nobody has given, or why what they
-- give is no value.
with wanted as (
    select
        a.region_code as region_code,
        a.year as year,
        a.assessment as assessment,
        a.condition_no as condition_no,
        a.indicator_code as indicator_code,
        a.stage as stage,
        f.stage as formula_stage,
        f.variant as variant,
        row_number() over (
            partition by a.region_code, a.year, a.assessment, a.condition_no, a.indicator_code
            order by f.priority, f.variant
        ) as variant_no
    from {{ ref('int_assessment_condition') }} as a
    inner join {{ ref('stg_indicator_formulas') }} as f
        on a.indicator_code = f.indicator_code and f.stage in ('', a.stage) and {{ holds_in('a.year', 'f.valid_from', 'f.valid_to') }}
    where a.status = 'no_data' and a.measured_by in ('indicator', 'indicator_each')
),

lacking as (
    select
        w.region_code as region_code,
        w.year as year,
        w.assessment as assessment,
        w.condition_no as condition_no,
        w.indicator_code as indicator_code,
        t.side as side,
        t.term_no as term_no,
        t.year_offset as year_offset,
        d.name_zh || case when t.year_offset = 0 then '' else '（' || cast(w.year + t.year_offset as varchar) || ' 年）' end as named_zh,
        d.name_en || case when t.year_offset = 0 then '' else ' (' || cast(w.year + t.year_offset as varchar) || ')' end as named_en
    from wanted as w
    inner join {{ ref('int_indicator_term') }} as t
        on w.indicator_code = t.indicator_code and w.formula_stage = t.formula_stage and w.variant = t.variant
    inner join {{ ref('stg_measures') }} as d on t.measure_code = d.measure_code
    left join {{ ref('int_measure') }} as m
        on t.measure_code = m.measure_code and w.region_code = m.region_code and w.year + t.year_offset = m.year
        and m.stage = coalesce(nullif(t.measure_stage, ''), w.stage) and m.segment = coalesce(nullif(t.measure_segment, ''), 'all')
    where w.variant_no = 1 and m.measure_code is null
)

select
    l.region_code as region_code,
    l.year as year,
    l.assessment as assessment,
    l.condition_no as condition_no,
    l.indicator_code as indicator_code,
    {{ joined('l.named_zh', '、', 'l.side desc, l.term_no, l.year_offset') }} as missing_zh,
    {{ joined('l.named_en', ', ', 'l.side desc, l.term_no, l.year_offset') }} as missing_en
from lacking as l
group by l.region_code, l.year, l.assessment, l.condition_no, l.indicator_code
