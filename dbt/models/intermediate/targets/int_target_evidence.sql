-- One row per target that can be looked up: the years and values every method decides by.
with years as (
    select
        t.target_id as target_id,
        -- Past its date a target is judged by its own year alone, before it by the latest value.
        max(case when v.year = t.target_year or (not t.is_past and coalesce(v.year < t.target_year, true)) then v.year end) as deciding_year,
        max(case when v.year < t.target_year then v.year end) as earlier_year,
        min(case when v.year > t.target_year then v.year end) as later_year,
        min(case when v.year > t.target_year and v.holds then v.year end) as later_holds_year,
        min(case when v.year >= t.first_year and (t.target_year is null or v.year <= t.target_year) and not v.holds then v.year end) as not_held_year,
        cast(sum(case when v.year between t.first_year and t.target_year then v.value end) as {{ dbl() }}) as flow,
        cast(sum(case when v.year between t.first_year and t.target_year then 1 else 0 end) as bigint) as flow_years
    from {{ ref('int_target') }} as t
    inner join {{ ref('int_target_value') }} as v on t.target_id = v.target_id
    group by t.target_id
),

deciding as (
    select
        y.target_id as target_id,
        max(v.basis) as deciding_basis
    from years as y
    inner join {{ ref('int_target_value') }} as v on y.target_id = v.target_id and v.year = y.deciding_year
    group by y.target_id
),

-- The base is fixed: what is stated, else the year of issue, the last one before it, or the first of all; a published
-- value is never measured from a computed one.
bases as (
    select
        y.target_id as target_id,
        coalesce(max(t.baseline_year), max(case when v.year <= t.issue_year and v.year < y.deciding_year then v.year end), min(v.year)) as base_year
    from years as y
    inner join {{ ref('int_target') }} as t on y.target_id = t.target_id
    inner join {{ ref('int_target_value') }} as v on y.target_id = v.target_id
    left join deciding as b on y.target_id = b.target_id
    where b.deciding_basis is null or v.basis = b.deciding_basis
    group by y.target_id
),

dated as (
    select
        y.target_id as target_id,
        y.deciding_year as deciding_year,
        y.earlier_year as earlier_year,
        y.later_year as later_year,
        y.later_holds_year as later_holds_year,
        y.not_held_year as not_held_year,
        y.flow as flow,
        y.flow_years as flow_years,
        d.deciding_basis as deciding_basis,
        b.base_year as base_year
    from years as y
    inner join bases as b on y.target_id = b.target_id
    left join deciding as d on y.target_id = d.target_id
),

valued as (
    select
        d.target_id as target_id,
        max(case when v.year = d.deciding_year then v.value end) as deciding_value,
        max(case when v.year = d.deciding_year then v.confidence end) as deciding_confidence,
        max(case when v.year = d.deciding_year and v.holds then 1 else 0 end) as deciding_holds,
        max(case when v.year = d.earlier_year then v.value end) as earlier_value,
        max(case when v.year = d.later_year then v.value end) as later_value,
        max(case when v.year = d.base_year then v.value end) as first_value,
        max(case when v.year = d.deciding_year - 1 and v.basis = d.deciding_basis then v.value end) as year_before_value,
        cast(sum(case when v.year > d.base_year and v.year < d.deciding_year then 1 else 0 end) as bigint) as years_between
    from dated as d
    inner join {{ ref('int_target_value') }} as v on d.target_id = v.target_id
    group by d.target_id
),

-- Breaks of the indicator or of the borders between the base and the value that decides.
breaks as (
    select
        d.target_id as target_id,
        b.break_year as break_year
    from dated as d
    inner join {{ ref('int_target') }} as t on d.target_id = t.target_id
    inner join {{ ref('indicator_break') }} as b
        on t.indicator_code = b.indicator_code and (b.stage is null or b.stage = t.stage)
        and (b.region_code is null or b.region_code = t.region_code)
        and (b.basis is null or b.basis = d.deciding_basis)
        and b.break_year > d.base_year and b.break_year <= d.deciding_year
    union all
    select
        d.target_id as target_id,
        r.break_year as break_year
    from dated as d
    inner join {{ ref('int_target') }} as t on d.target_id = t.target_id
    inner join {{ ref('int_region_break') }} as r
        on t.region_code = r.region_code and not r.is_new_code_only
        and r.break_year > d.base_year and r.break_year <= d.deciding_year
),

broken as (
    select
        b.target_id as target_id,
        max(b.break_year) as last_break_year
    from breaks as b
    group by b.target_id
)

select
    d.target_id as target_id,
    d.deciding_year as deciding_year,
    w.deciding_value as deciding_value,
    d.deciding_basis as deciding_basis,
    w.deciding_confidence as deciding_confidence,
    w.deciding_holds = 1 as deciding_holds,
    d.earlier_year as earlier_year,
    w.earlier_value as earlier_value,
    d.later_year as later_year,
    w.later_value as later_value,
    d.later_holds_year as later_holds_year,
    d.not_held_year as not_held_year,
    d.flow as flow,
    d.flow_years as flow_years,
    d.base_year as base_year,
    coalesce(t.baseline, w.first_value) as base_value,
    w.year_before_value as year_before_value,
    w.years_between as years_between,
    b.last_break_year as break_year
from dated as d
inner join valued as w on d.target_id = w.target_id
inner join {{ ref('int_target') }} as t on d.target_id = t.target_id
left join broken as b on d.target_id = b.target_id
