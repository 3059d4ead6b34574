-- One row per target that can be looked up: the years and values every method decides by.
with years as (
    select
        t.target_id as target_id,
        max(v.year) as latest_year,
        -- Up to the target year: a later value is no progress towards it.
        max(case when t.target_year is null or v.year <= t.target_year then v.year end) as reached_year,
        max(case when v.year = t.target_year then v.year end) as due_year,
        max(case when v.year < t.target_year then v.year end) as earlier_year,
        min(case when v.year > t.target_year then v.year end) as later_year,
        min(case when v.year > t.target_year and v.holds then v.year end) as later_holds_year,
        -- The base is fixed: the year of issue, else the last one before it, else the first after it.
        coalesce(max(case when v.year <= t.issue_year then v.year end), min(v.year)) as first_year,
        min(case when v.year >= t.issue_year and (t.target_year is null or v.year <= t.target_year) and not v.holds then v.year end) as not_held_year,
        cast(sum(case when v.year between t.issue_year and t.target_year then v.value end) as {{ dbl() }}) as flow,
        cast(sum(case when v.year between t.issue_year and t.target_year then 1 else 0 end) as bigint) as flow_years
    from {{ ref('int_target') }} as t
    inner join {{ ref('int_target_value') }} as v on t.target_id = v.target_id
    group by t.target_id
),

dated as (
    select
        y.target_id as target_id,
        y.latest_year as latest_year,
        y.reached_year as reached_year,
        y.due_year as due_year,
        y.earlier_year as earlier_year,
        y.later_year as later_year,
        y.later_holds_year as later_holds_year,
        y.not_held_year as not_held_year,
        y.flow as flow,
        y.flow_years as flow_years,
        case when t.baseline is null then y.first_year else t.baseline_year end as base_year,
        t.baseline as stated_base,
        -- Past its date a target is judged by its own year, before it by the latest value.
        case when t.is_past then y.due_year else y.latest_year end as deciding_year
    from years as y
    inner join {{ ref('int_target') }} as t on y.target_id = t.target_id
),

valued as (
    select
        d.target_id as target_id,
        max(case when v.year = d.latest_year then v.value end) as latest_value,
        max(case when v.year = d.reached_year then v.value end) as reached_value,
        max(case when v.year = d.due_year then v.value end) as due_value,
        max(case when v.year = d.deciding_year then v.value end) as deciding_value,
        max(case when v.year = d.deciding_year then v.basis end) as deciding_basis,
        max(case when v.year = d.deciding_year then v.confidence end) as deciding_confidence,
        max(case when v.year = d.earlier_year then v.value end) as earlier_value,
        max(case when v.year = d.later_year then v.value end) as later_value,
        max(case when v.year = d.later_holds_year then v.value end) as later_holds_value,
        max(case when v.year = d.base_year then v.value end) as first_value,
        max(case when v.year = d.deciding_year - 1 then v.value end) as year_before_value,
        max(case when v.year = d.latest_year and v.holds then 1 else 0 end) as latest_holds,
        max(case when v.year = d.reached_year and v.holds then 1 else 0 end) as reached_holds,
        max(case when v.year = d.due_year and v.holds then 1 else 0 end) as due_holds,
        cast(sum(case when v.year > d.base_year and v.year < d.deciding_year then 1 else 0 end) as bigint) as years_between
    from dated as d
    inner join {{ ref('int_target_value') }} as v on d.target_id = v.target_id
    group by d.target_id
),

-- A break of the indicator or of the region between the base and what is compared with it.
breaks as (
    select
        d.target_id as target_id,
        min(b.break_year) as first_break_year
    from dated as d
    inner join {{ ref('int_target') }} as t on d.target_id = t.target_id
    inner join valued as w on d.target_id = w.target_id
    inner join {{ ref('indicator_break') }} as b
        on t.indicator_code = b.indicator_code and (b.stage is null or b.stage = t.stage)
        and (b.region_code is null or b.region_code = t.region_code)
        and (b.basis is null or b.basis = w.deciding_basis)
        and b.break_year > d.base_year and b.break_year <= d.deciding_year
    group by d.target_id
),

border_changes as (
    select
        d.target_id as target_id,
        min(r.break_year) as first_break_year
    from dated as d
    inner join {{ ref('int_target') }} as t on d.target_id = t.target_id
    inner join {{ ref('int_region_break') }} as r
        on t.region_code = r.region_code and not r.is_new_code_only
        and r.break_year > d.base_year and r.break_year <= d.deciding_year
    group by d.target_id
)

select
    d.target_id as target_id,
    d.latest_year as latest_year,
    w.latest_value as latest_value,
    w.latest_holds = 1 as latest_holds,
    d.reached_year as reached_year,
    w.reached_value as reached_value,
    w.reached_holds = 1 as reached_holds,
    d.due_year as due_year,
    w.due_value as due_value,
    w.due_holds = 1 as due_holds,
    d.deciding_year as deciding_year,
    w.deciding_value as deciding_value,
    w.deciding_basis as deciding_basis,
    w.deciding_confidence as deciding_confidence,
    d.earlier_year as earlier_year,
    w.earlier_value as earlier_value,
    d.later_year as later_year,
    w.later_value as later_value,
    d.later_holds_year as later_holds_year,
    w.later_holds_value as later_holds_value,
    d.not_held_year as not_held_year,
    d.flow as flow,
    d.flow_years as flow_years,
    d.base_year as base_year,
    coalesce(d.stated_base, w.first_value) as base_value,
    d.stated_base as stated_base,
    w.year_before_value as year_before_value,
    w.years_between as years_between,
    coalesce(b.first_break_year, r.first_break_year) as break_year
from dated as d
inner join valued as w on d.target_id = w.target_id
left join breaks as b on d.target_id = b.target_id
left join border_changes as r on d.target_id = r.target_id
