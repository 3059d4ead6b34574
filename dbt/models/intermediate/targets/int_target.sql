-- One row per target, with what its document hides put in where a binding names it, and the day it is due.
with places as (
    select
        t.target_id as target_id,
        coalesce(max(case when b.article <> '' then b.bound_to end), max(case when b.article = '' then b.bound_to end)) as region_code,
        coalesce(
            max(case when b.article <> '' then b.decided_by || '：' || b.reason end),
            max(case when b.article = '' then b.decided_by || '：' || b.reason end)
        ) as bound_by
    from {{ ref('stg_targets') }} as t
    inner join {{ ref('stg_bindings') }} as b
        on t.document_id = b.document_id and t.region_zh = b.hidden and b.article in ('', t.article)
    group by t.target_id
),

years as (
    select
        t.target_id as target_id,
        cast(coalesce(
            max(case when b.hidden = 'plan_year' and b.article <> '' then b.bound_to end),
            max(case when b.hidden = 'plan_year' and b.article = '' then b.bound_to end)
        ) as integer) as plan_year,
        coalesce(
            max(case when b.hidden = 'plan_year' and b.article <> '' then b.decided_by || '：' || b.reason end),
            max(case when b.hidden = 'plan_year' and b.article = '' then b.decided_by || '：' || b.reason end)
        ) as bound_by,
        cast(max(case when b.hidden = 'issue_year' then b.bound_to end) as integer) as issue_year
    from {{ ref('stg_targets') }} as t
    inner join {{ ref('stg_bindings') }} as b
        on t.document_id = b.document_id and b.hidden in ('plan_year', 'issue_year')
        and (b.article = '' or b.article = t.article)
    group by t.target_id
),

-- A yes-or-no indicator needs no number: the target is a yes.
ledger as (
    select
        t.target_id as target_id,
        t.document_id as document_id,
        t.article as article,
        t.indicator_code as indicator_code,
        t.stage as stage,
        t.segment as segment,
        t.region_code as region_code,
        t.region_zh as region_zh,
        t.comparator as comparator,
        t.value as value,
        t.value_high as value_high,
        t.baseline as baseline,
        t.baseline_year as baseline_year,
        t.unit_factor as unit_factor,
        t.printed_unit as printed_unit,
        t.printed_decimals as printed_decimals,
        t.indicator_unit as indicator_unit,
        t.value is null and t.kind <> 'redacted' and t.comparator <> 'eliminate' and coalesce(t.indicator_unit, '') = 'flag' as states_a_flag,
        t.target_year as target_year,
        t.year_hidden as year_hidden,
        t.deadline as deadline,
        t.hold as hold,
        t.per_county as per_county,
        t.counted as counted,
        t.kind as kind,
        t.review_status as review_status
    from {{ ref('stg_targets') }} as t
),

bound as (
    select
        t.target_id as target_id,
        t.document_id as document_id,
        t.indicator_code as indicator_code,
        t.stage as stage,
        t.segment as segment,
        coalesce(t.region_code, p.region_code) as region_code,
        t.region_code is null as region_hidden,
        case when t.region_code is null then p.bound_by end as region_bound_by,
        case when t.target_year is null and t.year_hidden then y.bound_by end as year_bound_by,
        t.region_zh as region_zh,
        -- Growth on a stated base is a level: 2 points on 90 are 92, 2 per cent are 91.8; the two are never mixed.
        case when (t.comparator = 'grow' and t.baseline is not null) or t.states_a_flag then '>=' else t.comparator end as comparator,
        case
            when t.comparator = 'eliminate' then coalesce(t.value, 0)
            when t.states_a_flag then 1
            when t.comparator = 'grow' and t.baseline is not null and t.printed_unit = '%' then t.baseline + t.baseline * {{ ratio('t.value', '100') }}
            when t.comparator = 'grow' and t.baseline is not null then t.baseline + t.value
            else t.value
        end as value,
        t.value_high as value_high,
        t.comparator = 'grow' and t.baseline is not null as grows_from_base,
        t.baseline as baseline,
        t.baseline_year as baseline_year,
        t.unit_factor as unit_factor,
        t.printed_unit as printed_unit,
        coalesce(t.printed_decimals, 0) as printed_decimals,
        t.indicator_unit as indicator_unit,
        -- A dated deadline says its year even where no target year is printed.
        coalesce(
            t.target_year,
            case when t.year_hidden then y.plan_year end,
            case when t.deadline like '____-__%' and length(t.deadline) in (7, 10) then cast(substring(t.deadline, 1, 4) as integer) end
        ) as target_year,
        t.year_hidden as year_hidden,
        t.deadline as deadline,
        t.hold as hold,
        t.per_county as per_county,
        t.counted as counted,
        t.kind as kind,
        t.review_status as review_status,
        coalesce(d.issued_year, d.plan_from, y.issue_year) as issue_year
    from ledger as t
    inner join {{ ref('stg_target_documents') }} as d on t.document_id = d.document_id
    left join places as p on t.target_id = p.target_id
    left join years as y on t.target_id = y.target_id
),

levels as (
    select
        r.region_code as region_code,
        max(r.level) as region_level
    from {{ ref('stg_regions') }} as r
    group by r.region_code
),

-- A deadline in words leaves the end of the target year; a month ends on its last day, and 31 is no day before it.
due as (
    select
        b.target_id as target_id,
        case
            when length(b.deadline) = 10 and b.deadline like '____-__-__' then b.deadline
            when length(b.deadline) = 7 and b.deadline like '____-__' then b.deadline || '-31'
            when b.target_year is not null then cast(b.target_year as varchar) || '-12-31'
        end as due_on
    from bound as b
),

growth_rates as (
    select distinct f.indicator_code as indicator_code
    from {{ ref('stg_indicator_formulas') }} as f
    where f.kind in ('growth', 'difference')
),

plan_totals as (
    select distinct t.indicator_code as indicator_code
    from {{ ref('stg_indicator_terms') }} as t
    inner join {{ ref('stg_measures') }} as m on t.measure_code = m.measure_code
    where m.period = 'plan'
)

select
    b.target_id as target_id,
    b.document_id as document_id,
    b.indicator_code as indicator_code,
    b.stage as stage,
    b.segment as segment,
    b.region_code as region_code,
    v.region_level as region_level,
    b.region_hidden as region_hidden,
    b.region_bound_by as region_bound_by,
    b.year_bound_by as year_bound_by,
    b.region_zh as region_zh,
    b.comparator as comparator,
    b.value as value,
    b.value_high as value_high,
    -- What double arithmetic may be off by, and what the printed digits of the target leave open.
    least(0.000000001 * greatest(abs(coalesce(b.value, 0)), 1), 0.000001) as tolerance,
    0.5 * power(cast(10 as {{ dbl() }}), -b.printed_decimals) * coalesce(b.unit_factor, 1) as half_digit,
    b.grows_from_base as grows_from_base,
    b.baseline as baseline,
    case when b.baseline is not null then coalesce(b.baseline_year, b.issue_year) end as baseline_year,
    b.printed_unit as printed_unit,
    b.indicator_unit as indicator_unit,
    g.indicator_code is not null as measures_growth,
    q.indicator_code is not null as totals_a_plan,
    case
        when b.comparator in ('>=', '>', 'add', 'grow') then 1
        when b.comparator in ('<=', '<', 'eliminate') then -1
        when b.comparator = '=' and i.direction = 'higher' then 1
        when b.comparator = '=' and i.direction = 'lower' then -1
        else 0
    end as direction,
    b.target_year as target_year,
    b.year_hidden as year_hidden,
    u.due_on as due_on,
    coalesce(cast(a.as_of as varchar) > u.due_on, false) as is_past,
    extract(year from a.as_of) as as_of_year,
    b.hold as hold,
    b.per_county as per_county,
    b.counted as counted,
    b.kind as kind,
    b.issue_year as issue_year,
    -- Where the year of issue is hidden the period is the target year alone.
    coalesce(b.issue_year, b.target_year) as first_year,
    case
        when b.review_status in ('withdrawn', 'proposed') then b.review_status
        when b.kind = 'redacted' then 'value_hidden'
        when b.value is null then 'no_number'
        when b.indicator_code is null then 'no_measure'
        -- Whether a hidden place is a county is not known before it is bound.
        when b.region_code is null then 'region_not_bound'
        when b.per_county and v.region_level <> 'county' then 'per_county_standard'
        when b.year_hidden and b.target_year is null then 'year_not_bound'
    end as undecidable
from bound as b
inner join due as u on b.target_id = u.target_id
cross join {{ source('meta', 'build') }} as a
left join {{ ref('stg_indicators') }} as i on b.indicator_code = i.indicator_code
left join growth_rates as g on b.indicator_code = g.indicator_code
left join plan_totals as q on b.indicator_code = q.indicator_code
left join levels as v on b.region_code = v.region_code
