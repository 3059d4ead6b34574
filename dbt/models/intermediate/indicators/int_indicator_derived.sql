-- One row per cell that other indicators' values give: two segments compared, conditions on several indicators, and
-- how far the regions below one another spread. Only values of one basis are ever compared.
{% set unit_set = 'partition by s.parent_code, b.year, b.stage, b.segment, b.indicator_code, b.basis' %}
with formulas as (
    select
        f.indicator_code as indicator_code,
        f.stage as formula_stage,
        f.variant as variant,
        case when f.kind in ('rule', 'row_aggregate') then f.rule else f.kind end as kind,
        f.scale as scale
    from {{ ref('stg_indicator_formulas') }} as f
),

terms as (
    select * from {{ ref('stg_indicator_terms') }} as t where t.measure_code = 'indicator_value'
),

segment_pairs as (
    select
        one.indicator_code as indicator_code,
        one.stage as formula_stage,
        one.variant as variant,
        one.measure_segment as one_segment,
        other.measure_segment as other_segment
    from terms as one
    inner join terms as other
        on one.indicator_code = other.indicator_code and one.stage = other.stage and one.variant = other.variant
    where one.input_indicator_code is null and other.input_indicator_code is null
        and one.side = 'numerator' and one.term_no = 1
        -- A gap has its second term above the line, a ratio below.
        and (other.side = 'denominator' or other.term_no = 2)
),

segments_compared as (
    select
        p.indicator_code as indicator_code,
        p.variant as variant,
        f.kind as kind,
        f.scale as scale,
        n.indicator_code as base_indicator,
        n.region_code as region_code,
        n.year as year,
        n.stage as stage,
        n.value as one,
        d.value as other,
        n.basis as value_basis,
        case when n.confidence > d.confidence then n.confidence else d.confidence end as confidence,
        -- The precedence of values holds for pairs too: printed ones first.
        row_number() over (
            partition by p.indicator_code, n.indicator_code, n.region_code, n.year, n.stage order by n.basis desc, p.variant
        ) as basis_no
    from segment_pairs as p
    inner join formulas as f
        on p.indicator_code = f.indicator_code and p.formula_stage = f.formula_stage and p.variant = f.variant
    inner join {{ ref('int_comparable_value') }} as n on n.segment = p.one_segment
    inner join {{ ref('int_comparable_value') }} as d
        on d.segment = p.other_segment and n.indicator_code = d.indicator_code and n.region_code = d.region_code
        and n.year = d.year and n.stage = d.stage and n.basis = d.basis
),

inputs as (
    select
        t.indicator_code as indicator_code,
        t.stage as stage,
        t.variant as variant,
        f.kind as kind,
        f.scale as scale,
        s.region_code as region_code,
        s.year as year,
        case
            when f.kind = 'all_positive' and s.value > 0 then 1
            when f.kind = 'all_reach_standard' and s.value >= i.standard_low then 1
            else 0
        end as holds,
        s.confidence as confidence,
        count(*) over (partition by t.indicator_code, t.stage, t.variant, s.region_code, s.year) as present_count
    from terms as t
    inner join formulas as f
        on t.indicator_code = f.indicator_code and t.stage = f.formula_stage and t.variant = f.variant
    inner join {{ ref('stg_indicators') }} as i on t.input_indicator_code = i.indicator_code
    inner join {{ ref('int_indicator_standing') }} as s
        on t.input_indicator_code = s.indicator_code and t.measure_stage = s.stage and t.measure_segment = s.segment
),

input_counts as (
    select
        t.indicator_code as indicator_code,
        t.stage as stage,
        t.variant as variant,
        count(*) as term_count
    from terms as t
    where t.input_indicator_code is not null
    group by t.indicator_code, t.stage, t.variant
),

conditions as (
    select
        i.indicator_code as indicator_code,
        i.variant as variant,
        i.scale as scale,
        i.region_code as region_code,
        i.year as year,
        i.stage as stage,
        cast(sum(i.holds) as {{ dbl() }}) as holding,
        cast(count(*) as {{ dbl() }}) as asked,
        max(i.confidence) as confidence
    from inputs as i
    inner join input_counts as c
        on i.indicator_code = c.indicator_code and i.stage = c.stage and i.variant = c.variant
    where i.present_count = c.term_count
    group by i.indicator_code, i.variant, i.scale, i.region_code, i.year, i.stage
),

spread_values as (
    select
        f.indicator_code as indicator_code,
        f.variant as variant,
        s.region_code as region_code,
        s.year as year,
        s.stage as stage,
        s.segment as segment,
        s.base_indicator as base_indicator,
        s.value_basis as value_basis,
        s.confidence as confidence,
        case
            when f.kind = 'max_min_ratio' then s.max_min_ratio
            when f.kind = 'max_min_gap' and i.unit = 'yuan' then s.largest - s.smallest
            when f.kind = 'cv_unweighted' then s.cv_unweighted
            when f.kind = 'gini' then s.gini
            when f.kind = 'theil' then s.theil
        end as value,
        case when f.kind in ('max_min_ratio', 'max_min_gap') then s.largest when f.kind = 'cv_unweighted' then s.plain_deviation end as numerator,
        case when f.kind = 'max_min_ratio' then s.smallest_above_zero when f.kind = 'cv_unweighted' then s.plain_mean end as denominator
    from {{ ref('int_region_dispersion') }} as s
    inner join {{ ref('stg_indicators') }} as i on s.base_indicator = i.indicator_code
    inner join formulas as f on f.kind in ('max_min_ratio', 'max_min_gap', 'cv_unweighted', 'gini', 'theil')
),

-- A county has no regions below it: there its schools are compared. The official coefficients are of schools alone.
school_spreads as (
    select
        f.indicator_code as indicator_code,
        f.variant as variant,
        d.region_code as region_code,
        d.year as year,
        d.stage as stage,
        d.indicator_code as base_indicator,
        case f.kind
            when 'cv_weighted' then d.cv_weighted
            when 'cv_unweighted' then d.cv_unweighted
            when 'gini' then d.gini
            when 'theil' then d.theil
            when 'max_min_ratio' then d.max_min_ratio
        end as value,
        case f.kind when 'cv_weighted' then d.deviation when 'cv_unweighted' then d.plain_deviation when 'max_min_ratio' then d.largest end as numerator,
        case f.kind when 'cv_weighted' then d.mean_value when 'cv_unweighted' then d.plain_mean when 'max_min_ratio' then d.smallest end as denominator,
        case when d.status = 'zero_total' then 'zero_denominator' else 'ok' end as status
    from {{ ref('int_school_dispersion') }} as d
    inner join formulas as f
        on (f.kind in ('cv_unweighted', 'gini', 'theil', 'max_min_ratio'))
        or (f.kind = 'cv_weighted' and f.formula_stage = d.stage and d.resource_set in ('quality', 'both'))
    left join spread_values as s
        on f.indicator_code = s.indicator_code and d.region_code = s.region_code and d.year = s.year
        and d.stage = s.stage and d.indicator_code = s.base_indicator and s.segment = 'all' and s.value is not null
    where s.indicator_code is null and d.status <> 'missing_values'
),

-- The plain mean of the eight coefficients of the measure of 2012, as that measure has it.
composites as (
    select
        f.indicator_code as indicator_code,
        f.variant as variant,
        d.region_code as region_code,
        d.year as year,
        d.stage as stage,
        cast(sum(d.cv_weighted) as {{ dbl() }}) as numerator,
        cast(count(d.cv_weighted) as {{ dbl() }}) as denominator
    from {{ ref('int_school_dispersion') }} as d
    inner join formulas as f on f.kind = 'mean_of_cv' and f.formula_stage = d.stage
    where d.resource_set in ('basic', 'both')
    group by f.indicator_code, f.variant, d.region_code, d.year, d.stage
    having count(d.cv_weighted) = 8
)

select
    c.indicator_code as indicator_code,
    c.base_indicator as base_indicator,
    c.region_code as region_code,
    c.year as year,
    c.stage as stage,
    'all' as segment,
    c.one as numerator,
    case when c.kind <> 'sum' then c.other end as denominator,
    case
        when c.kind = 'sum' then c.scale * (c.one - c.other)
        when c.kind = 'ratio' or c.one <= c.other then c.scale * {{ ratio('c.one', 'c.other') }}
        else 2 - c.scale * {{ ratio('c.other', 'c.one') }}
    end as value,
    c.variant as variant,
    c.value_basis as inputs_basis,
    case when c.kind <> 'sum' and c.other = 0 and (c.kind = 'ratio' or c.one = 0) then 'zero_denominator' else 'ok' end as status,
    c.confidence as confidence
from segments_compared as c
where c.basis_no = 1
union all
select
    o.indicator_code as indicator_code,
    cast(null as varchar) as base_indicator,
    o.region_code as region_code,
    o.year as year,
    o.stage as stage,
    'all' as segment,
    o.holding as numerator,
    o.asked as denominator,
    case when o.holding = o.asked then o.scale else 0 end as value,
    o.variant as variant,
    cast(null as varchar) as inputs_basis,
    'ok' as status,
    o.confidence as confidence
from conditions as o
union all
select
    s.indicator_code as indicator_code,
    s.base_indicator as base_indicator,
    s.region_code as region_code,
    s.year as year,
    s.stage as stage,
    s.segment as segment,
    s.numerator as numerator,
    s.denominator as denominator,
    s.value as value,
    s.variant as variant,
    s.value_basis as inputs_basis,
    'ok' as status,
    s.confidence as confidence
from spread_values as s
where s.value is not null
union all
select
    g.indicator_code as indicator_code,
    g.base_indicator as base_indicator,
    g.region_code as region_code,
    g.year as year,
    g.stage as stage,
    'all' as segment,
    g.numerator as numerator,
    g.denominator as denominator,
    g.value as value,
    g.variant as variant,
    'school' as inputs_basis,
    g.status as status,
    'A' as confidence
from school_spreads as g
where g.value is not null or g.status <> 'ok'
union all
select
    m.indicator_code as indicator_code,
    cast(null as varchar) as base_indicator,
    m.region_code as region_code,
    m.year as year,
    m.stage as stage,
    'all' as segment,
    m.numerator as numerator,
    m.denominator as denominator,
    {{ ratio('m.numerator', 'm.denominator') }} as value,
    m.variant as variant,
    'school' as inputs_basis,
    'ok' as status,
    'A' as confidence
from composites as m
union all
-- What an assessment itself gives, where no publication or formula over measures does.
select
    a.indicator_code as indicator_code,
    cast(null as varchar) as base_indicator,
    a.region_code as region_code,
    a.year as year,
    a.stage as stage,
    'all' as segment,
    a.numerator as numerator,
    a.denominator as denominator,
    a.value as value,
    f.variant as variant,
    'school' as inputs_basis,
    'ok' as status,
    'A' as confidence
from {{ ref('int_assessment_flag') }} as a
inner join formulas as f on a.indicator_code = f.indicator_code and a.stage = f.formula_stage
left join {{ ref('int_indicator') }} as i
    on a.indicator_code = i.indicator_code and a.region_code = i.region_code and a.year = i.year and a.stage = i.stage
    and i.basis = 'computed'
where i.indicator_code is null
