-- One row per indicator and break: its own breaks, and those of the measures its formulas use.
select
    b.indicator_code as indicator_code,
    b.stage as stage,
    b.region_code as region_code,
    b.break_year as break_year,
    min(b.reason_zh) as reason_zh,
    min(b.reason_en) as reason_en
from {{ ref('stg_breaks') }} as b
where b.indicator_code is not null
group by b.indicator_code, b.stage, b.region_code, b.break_year
union
select
    t.indicator_code as indicator_code,
    nullif(t.stage, '') as stage,
    b.region_code as region_code,
    b.break_year as break_year,
    min(b.reason_zh) as reason_zh,
    min(b.reason_en) as reason_en
from {{ ref('stg_breaks') }} as b
inner join {{ ref('stg_indicator_terms') }} as t
    on b.measure_code = t.measure_code
    and (b.stage is null or b.stage = t.measure_stage or (t.measure_stage = '' and t.stage in ('', b.stage)))
where not exists (
    select 1 from {{ ref('stg_breaks') }} as own
    where own.indicator_code = t.indicator_code and own.break_year = b.break_year
)
group by t.indicator_code, t.stage, b.region_code, b.break_year
