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

-- Values that may be compared: shares, ratios and amounts a head, not sizes.
bases as (
    select
        v.region_code as region_code,
        v.year as year,
        v.stage as stage,
        v.segment as segment,
        v.indicator_code as indicator_code,
        v.basis as basis,
        v.value as value,
        v.denominator as weight,
        v.confidence as confidence
    from {{ ref('int_indicator') }} as v
    inner join {{ ref('stg_indicators') }} as i on v.indicator_code = i.indicator_code
    inner join {{ ref('stg_indicator_formulas') }} as f
        on v.indicator_code = f.indicator_code and f.priority = 1 and (f.stage = v.stage or f.stage = '')
    where v.status = 'ok' and f.kind in ('ratio', 'published_only')
        and i.unit not in ('persons', 'count', 'places', 'flag', 'level', 'score')
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
    inner join bases as n on n.segment = p.one_segment
    inner join bases as d
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

years as (
    select distinct b.year as year from bases as b
),

-- Hong Kong, Macao and Taiwan keep statistics of their own; the national total is of the 31 others.
siblings as (
    select
        y.year as year,
        r.parent_code as parent_code,
        r.region_code as region_code,
        count(*) over (partition by y.year, r.parent_code) as sibling_count
    from {{ ref('stg_regions') }} as r
    inner join years as y on {{ holds_in('y.year', 'r.valid_from', 'r.valid_to') }}
    where r.parent_code is not null and r.region_code < '700000'
),

units as (
    select
        s.parent_code as region_code,
        b.year as year,
        b.stage as stage,
        b.segment as segment,
        b.indicator_code as base_indicator,
        b.basis as value_basis,
        b.value as value,
        b.weight as weight,
        b.confidence as confidence,
        s.sibling_count as sibling_count,
        count(*) over ({{ unit_set }}) as unit_count,
        -- The plain mean is a term of the unweighted spread, no region's value.
        {{ ratio('sum(b.value) over (' ~ unit_set ~ ')', 'count(*) over (' ~ unit_set ~ ')') }} as plain_mean,
        cast(sum(b.weight) over ({{ unit_set }}) as {{ dbl() }}) as weight_sum,
        cast(sum(b.weight * b.value) over ({{ unit_set }}) as {{ dbl() }}) as total,
        cast(sum(b.weight * b.value) over (
            {{ unit_set }}
            order by b.value, b.region_code rows between unbounded preceding and current row
        ) as {{ dbl() }}) as total_so_far
    from siblings as s
    inner join bases as b on s.region_code = b.region_code and s.year = b.year
),

-- Only where every sibling has a value: the spread among some of them is not the region's.
spreads as (
    select
        u.region_code as region_code,
        u.year as year,
        u.stage as stage,
        u.segment as segment,
        u.base_indicator as base_indicator,
        u.value_basis as value_basis,
        max(u.confidence) as confidence,
        max(u.value) as largest,
        min(u.value) as smallest,
        min(case when u.value > 0 then u.value end) as smallest_above_zero,
        max(u.plain_mean) as mean_value,
        sqrt({{ ratio('sum((u.value - u.plain_mean) * (u.value - u.plain_mean))', 'count(*)') }}) as deviation,
        -- Units sorted by value: 1 less the area under the curve of cumulated shares.
        1 - cast(sum({{ ratio('u.weight', 'u.weight_sum') }} * (2 * {{ ratio('u.total_so_far', 'u.total') }} - {{ ratio('u.weight * u.value', 'u.total') }})) as {{ dbl() }}) as gini,
        cast(sum(case
            when u.value > 0 then {{ ratio('u.weight * u.value', 'u.total') }} * ln({{ ratio('u.value * u.weight_sum', 'u.total') }})
            else 0
        end) as {{ dbl() }}) as theil,
        count(u.weight) as weighed,
        count(*) as region_count,
        -- Counts weigh, so values computed from them go first here; printed rates have no weights.
        row_number() over (
            partition by u.region_code, u.year, u.stage, u.segment, u.base_indicator order by u.value_basis
        ) as basis_no
    from units as u
    where u.unit_count = u.sibling_count and u.unit_count > 1
    group by u.region_code, u.year, u.stage, u.segment, u.base_indicator, u.value_basis
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
            when f.kind = 'max_min_ratio' then {{ ratio('s.largest', 's.smallest_above_zero') }}
            when f.kind = 'max_min_gap' and i.unit = 'yuan' then s.largest - s.smallest
            when f.kind = 'cv_unweighted' then {{ ratio('s.deviation', 's.mean_value') }}
            when f.kind = 'gini' and s.weighed = s.region_count and s.smallest >= 0 then s.gini
            when f.kind = 'theil' and s.weighed = s.region_count and s.smallest >= 0 then s.theil
        end as value,
        case when f.kind in ('max_min_ratio', 'max_min_gap') then s.largest when f.kind = 'cv_unweighted' then s.deviation end as numerator,
        case when f.kind = 'max_min_ratio' then s.smallest_above_zero when f.kind = 'cv_unweighted' then s.mean_value end as denominator
    from spreads as s
    inner join {{ ref('stg_indicators') }} as i on s.base_indicator = i.indicator_code
    inner join formulas as f on f.kind in ('max_min_ratio', 'max_min_gap', 'cv_unweighted', 'gini', 'theil')
    where s.basis_no = 1
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
