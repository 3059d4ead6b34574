-- One row per region and validity period: the code its series runs under today.
with periods as (
    select
        r.region_code as region_code,
        coalesce(r.valid_from, 0) as starts,
        r.region_code || '/' || cast(coalesce(r.valid_from, 0) as varchar) as period_key,
        r.valid_to as valid_to,
        r.successor_code as successor_code
    from {{ ref('stg_regions') }} as r
),

-- The period that continues another: the successor's, in force in the year after.
step_1 as (
    select
        p.period_key as period_key,
        p.region_code as region_code,
        coalesce(n.period_key, p.period_key) as next_key
    from periods as p
    left join {{ ref('stg_regions') }} as s
        on p.successor_code = s.region_code and {{ holds_in('p.valid_to + 1', 's.valid_from', 's.valid_to') }}
    left join periods as n on n.region_code = s.region_code and n.starts = coalesce(s.valid_from, 0)
),

{# Each round doubles the steps; 16 are more than any region has changed. #}
{% for steps in [2, 4, 8, 16] %}
step_{{ steps }} as (
    select
        a.period_key as period_key,
        a.region_code as region_code,
        b.next_key as next_key
    from step_{{ steps // 2 }} as a
    inner join step_{{ steps // 2 }} as b on a.next_key = b.period_key
){% if not loop.last %},{% endif %}

{% endfor %}
select
    p.region_code as region_code,
    nullif(p.starts, 0) as valid_from,
    last_one.region_code as series_code
from periods as p
inner join step_16 as s on p.period_key = s.period_key
inner join periods as last_one on s.next_key = last_one.period_key
