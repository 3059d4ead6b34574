-- One row per indicator and break: its own breaks, and those of the measures its formulas use. A measure's break
-- reaches the year whose value looks at it (offsets) and computed values only: what was published stands by itself.
with offsets as (
    {{ whole_numbers(-15, 5) }}
),

breaks as (
    select
        b.indicator_code as indicator_code,
        b.stage as stage,
        b.region_code as region_code,
        cast(null as varchar) as basis,
        b.break_year as break_year,
        b.reason_zh as reason_zh,
        b.reason_en as reason_en
    from {{ ref('stg_breaks') }} as b
    where b.indicator_code is not null
    union all
    select
        t.indicator_code as indicator_code,
        coalesce(nullif(t.stage, ''), case when t.measure_stage = '' then b.stage end) as stage,
        b.region_code as region_code,
        'computed' as basis,
        b.break_year - o.n as break_year,
        b.reason_zh as reason_zh,
        b.reason_en as reason_en
    from {{ ref('stg_breaks') }} as b
    inner join {{ ref('stg_indicator_terms') }} as t
        on b.measure_code = t.measure_code
        and (b.stage is null or b.stage = t.measure_stage or (t.measure_stage = '' and t.stage in ('', b.stage)))
    inner join offsets as o on o.n between t.year_from and t.year_to
)

select
    b.indicator_code as indicator_code,
    b.stage as stage,
    b.region_code as region_code,
    b.basis as basis,
    b.break_year as break_year,
    min(b.reason_zh) as reason_zh,
    min(b.reason_en) as reason_en
from breaks as b
group by b.indicator_code, b.stage, b.region_code, b.basis, b.break_year
