{# A mart of one question: the standing value of a few indicators with all that a reader compares it with.
   Changes and ranks only compare values of the same basis, so that no difference of method passes for a change. #}
{% macro indicator_mart(indicator_codes) %}
with cells as (
    select * from {{ ref('int_indicator_standing') }} as s
    where s.indicator_code in ({% for code in indicator_codes %}'{{ code }}'{% if not loop.last %}, {% endif %}{% endfor %})
),

-- Every value of either basis, so that the year before is found on the basis of the year itself.
bases as (
    select
        f.indicator_code as indicator_code,
        f.region_code as region_code,
        f.year as year,
        f.stage as stage,
        f.segment as segment,
        f.basis as basis,
        f.value as value
    from {{ ref('fct_indicator') }} as f
    where f.status = 'ok'
),

-- The year before a break stands on another basis: no change is computed across it.
breaks as (
    select
        c.indicator_code as indicator_code,
        c.region_code as region_code,
        c.stage as stage,
        c.segment as segment,
        b.break_year as break_year,
        min(b.reason_zh) as reason_zh
    from cells as c
    inner join {{ ref('indicator_break') }} as b
        on c.indicator_code = b.indicator_code and c.year = b.break_year
        and (b.stage is null or b.stage = c.stage) and (b.region_code is null or b.region_code = c.region_code)
        and (b.basis is null or b.basis = c.basis)
    group by c.indicator_code, c.region_code, c.stage, c.segment, b.break_year
),

-- The same holds for a region that took in another one, or began under a new code.
region_breaks as (
    select
        b.region_code as region_code,
        b.break_year as break_year,
        '行政区划变更：' || b.one_event_zh as reason_zh
    from {{ ref('int_region_break') }} as b
),

ranked as (
    select
        c.indicator_code as indicator_code,
        c.region_code as region_code,
        c.year as year,
        c.stage as stage,
        c.segment as segment,
        rank() over (
            partition by c.indicator_code, c.parent_code, c.region_level, c.year, c.stage, c.segment, c.basis
            order by case when i.direction = 'lower' then c.value else -c.value end
        ) as rank_no,
        count(*) over (
            partition by c.indicator_code, c.parent_code, c.region_level, c.year, c.stage, c.segment, c.basis
        ) as rank_of
    from cells as c
    inner join {{ ref('dim_indicator') }} as i on c.indicator_code = i.indicator_code
    where i.direction in ('higher', 'lower') and c.parent_code is not null
)

select
    c.indicator_code as indicator_code,
    i.name_zh as indicator_zh,
    c.region_code as region_code,
    c.region_zh as region_zh,
    c.region_level as region_level,
    c.region_sort_no as region_sort_no,
    c.parent_code as parent_code,
    c.series_code as series_code,
    c.year as year,
    c.stage as stage,
    c.segment as segment,
    c.value as value,
    i.unit as unit,
    c.basis as basis,
    c.numerator as numerator,
    c.denominator as denominator,
    c.scale as scale,
    c.other_value as other_value,
    c.other_basis as other_basis,
    c.confidence as confidence,
    case when broken.break_year is null and moved.break_year is null then before.value end as previous_value,
    case when broken.break_year is null and moved.break_year is null then c.value - before.value end as change,
    coalesce(broken.break_year, moved.break_year) as break_year,
    coalesce(broken.reason_zh, moved.reason_zh) as break_reason_zh,
    parent.value as parent_value,
    parent.basis as parent_basis,
    nation.value as national_value,
    nation.basis as national_basis,
    -- A rank among one says nothing.
    case when r.rank_of > 1 then cast(r.rank_no as integer) end as rank_no,
    case when r.rank_of > 1 then cast(r.rank_of as integer) end as rank_of,
    i.standard_low as standard_low,
    i.standard_high as standard_high,
    i.standard_comparator as standard_comparator,
    -- The national standard speaks of all children, not of a segment.
    case
        when c.segment <> 'all' then null
        when i.standard_comparator = '>=' then c.value >= i.standard_low
        when i.standard_comparator = '>' then c.value > i.standard_low
        when i.standard_comparator = '<=' then c.value <= i.standard_high
        when i.standard_comparator = '<' then c.value < i.standard_high
        when i.standard_comparator = 'range' then c.value >= i.standard_low and c.value <= i.standard_high
    end as meets_standard,
    f.target_id as target_in_force,
    f.comparator as target_comparator,
    f.target_value as target_value,
    f.target_year as target_year,
    f.gap as target_gap
from cells as c
inner join {{ ref('dim_indicator') }} as i on c.indicator_code = i.indicator_code
left join bases as before
    on c.indicator_code = before.indicator_code and c.region_code = before.region_code
    and c.stage = before.stage and c.segment = before.segment and c.basis = before.basis
    and before.year = c.year - 1
left join breaks as broken
    on c.indicator_code = broken.indicator_code and c.region_code = broken.region_code
    and c.stage = broken.stage and c.segment = broken.segment and c.year = broken.break_year
left join region_breaks as moved on c.region_code = moved.region_code and c.year = moved.break_year
left join cells as parent
    on c.indicator_code = parent.indicator_code and c.parent_code = parent.region_code and c.year = parent.year
    and c.stage = parent.stage and c.segment = parent.segment
left join cells as nation
    on c.indicator_code = nation.indicator_code and nation.region_code = '100000' and c.year = nation.year
    and c.stage = nation.stage and c.segment = nation.segment
left join {{ ref('int_target_in_force') }} as f
    on c.indicator_code = f.indicator_code and c.region_code = f.region_code and c.year = f.year
    and c.stage = f.stage and c.segment = f.segment
left join ranked as r
    on c.indicator_code = r.indicator_code and c.region_code = r.region_code and c.year = r.year
    and c.stage = r.stage and c.segment = r.segment
{% endmacro %}
