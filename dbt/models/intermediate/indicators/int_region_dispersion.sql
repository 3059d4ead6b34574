-- One row per region, year and indicator: how far the regions below it spread, where every one of them has a value on
-- one basis.
{% set unit_set = 'partition by s.region_code, b.year, b.stage, b.segment, b.indicator_code, b.basis' %}
with units as (
    select
        s.region_code as region_code,
        b.year as year,
        b.stage as stage,
        b.segment as segment,
        b.indicator_code as base_indicator,
        b.basis as value_basis,
        s.child_code as child_code,
        b.value as value,
        b.weight as unit_weight,
        b.confidence as confidence,
        s.child_count as child_count,
        count(*) over ({{ unit_set }}) as present_count,
        -- The plain mean is a term of the unweighted spread, no region's value.
        {{ ratio('sum(b.value) over (' ~ unit_set ~ ')', 'count(*) over (' ~ unit_set ~ ')') }} as unit_plain_mean,
        cast(sum(b.weight) over ({{ unit_set }}) as {{ dbl() }}) as weight_sum,
        cast(sum(b.weight * b.value) over ({{ unit_set }}) as {{ dbl() }}) as total,
        cast(sum(b.weight * b.value) over (
            {{ unit_set }} order by b.value, b.region_code rows between unbounded preceding and current row
        ) as {{ dbl() }}) as total_so_far,
        row_number() over ({{ unit_set }} order by b.value desc, b.region_code) as from_above,
        row_number() over ({{ unit_set }} order by case when b.value > 0 then 0 else 1 end, b.value, b.region_code) as from_below
    from {{ ref('int_region_child') }} as s
    inner join {{ ref('int_comparable_value') }} as b on s.child_code = b.region_code and s.year = b.year
),

-- Only where every region below has a value: the spread among some of them is not the region's.
spreads as (
    select
        u.region_code as region_code,
        u.year as year,
        u.stage as stage,
        u.segment as segment,
        u.base_indicator as base_indicator,
        u.value_basis as value_basis,
        max(u.confidence) as confidence,
        cast(count(*) as bigint) as unit_count,
        cast(count(u.unit_weight) as bigint) as weighed_count,
        max(u.weight_sum) as weight,
        max(u.unit_plain_mean) as plain_mean,
        sqrt({{ ratio('sum((u.value - u.unit_plain_mean) * (u.value - u.unit_plain_mean))', 'count(*)') }}) as plain_deviation,
        {{ ratio('max(u.total)', 'max(u.weight_sum)') }} as mean_value,
        sqrt({{ ratio('sum(u.unit_weight * (u.value - ' ~ ratio('u.total', 'u.weight_sum') ~ ') * (u.value - ' ~ ratio('u.total', 'u.weight_sum') ~ '))', 'max(u.weight_sum)') }}) as deviation,
        -- Units sorted by value: 1 less the area under the curve of cumulated shares.
        1 - cast(sum({{ ratio('u.unit_weight', 'u.weight_sum') }} * (2 * {{ ratio('u.total_so_far', 'u.total') }} - {{ ratio('u.unit_weight * u.value', 'u.total') }})) as {{ dbl() }}) as gini,
        cast(sum(case
            when u.value > 0 then {{ ratio('u.unit_weight * u.value', 'u.total') }} * ln({{ ratio('u.value * u.weight_sum', 'u.total') }})
            else 0
        end) as {{ dbl() }}) as theil,
        max(u.value) as largest,
        max(case when u.from_above = 1 then u.child_code end) as largest_region_code,
        min(u.value) as smallest,
        min(case when u.value > 0 then u.value end) as smallest_above_zero,
        max(case when u.from_below = 1 and u.value > 0 then u.child_code end) as smallest_region_code,
        -- Counts weigh, so values computed from them go first here; printed rates have no weights.
        row_number() over (
            partition by u.region_code, u.year, u.stage, u.segment, u.base_indicator order by u.value_basis
        ) as basis_no
    from units as u
    where u.present_count = u.child_count and u.present_count > 1
    group by u.region_code, u.year, u.stage, u.segment, u.base_indicator, u.value_basis
)

-- Of values on both sides of zero no ratio says how far they spread; nor of nothing at all.
{% set weighed = 's.weighed_count = s.unit_count and s.smallest >= 0' %}
select
    s.region_code as region_code,
    s.year as year,
    s.stage as stage,
    s.segment as segment,
    s.base_indicator as base_indicator,
    s.value_basis as value_basis,
    s.confidence as confidence,
    s.unit_count as unit_count,
    case when {{ weighed }} then s.weight end as weight,
    s.plain_mean as plain_mean,
    s.plain_deviation as plain_deviation,
    case when {{ weighed }} then s.mean_value end as mean_value,
    case when {{ weighed }} then s.deviation end as deviation,
    case when {{ weighed }} then {{ ratio('s.deviation', 's.mean_value') }} end as cv_weighted,
    case when s.smallest >= 0 then {{ ratio('s.plain_deviation', 's.plain_mean') }} end as cv_unweighted,
    case when {{ weighed }} then s.gini end as gini,
    case when {{ weighed }} and s.mean_value > 0 then s.theil end as theil,
    s.largest as largest,
    s.largest_region_code as largest_region_code,
    s.smallest as smallest,
    s.smallest_above_zero as smallest_above_zero,
    s.smallest_region_code as smallest_region_code,
    case when s.smallest >= 0 then {{ ratio('s.largest', 's.smallest_above_zero') }} end as max_min_ratio
from spreads as s
where s.basis_no = 1
