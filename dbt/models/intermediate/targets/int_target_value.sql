-- One row per target and year with a value of its indicator, by precedence: what a verdict may look at.
-- A region's figures are its own code's, and those of a code that merely became it or that it merely became; what was
-- merged or split is another territory.
with codes as (
    select distinct
        t.region_code as region_code,
        t.region_code as value_region_code
    from {{ ref('int_target') }} as t
    where t.region_code is not null
    union
    {{ renamed_codes() }}
),

standing as (
    select
        s.indicator_code as indicator_code,
        s.region_code as region_code,
        s.year as year,
        s.stage as stage,
        s.segment as segment,
        s.value as value,
        s.basis as basis,
        s.confidence as confidence
    from {{ ref('int_indicator_standing') }} as s
    union all
    -- Conditions on several indicators; parities and spreads belong to a base indicator and carry no target.
    select
        d.indicator_code as indicator_code,
        d.region_code as region_code,
        d.year as year,
        d.stage as stage,
        d.segment as segment,
        d.value as value,
        'computed' as basis,
        d.confidence as confidence
    from {{ ref('int_indicator_derived') }} as d
    where d.base_indicator is null and d.status = 'ok'
),

candidates as (
    select
        t.target_id as target_id,
        s.year as year,
        s.region_code as region_code,
        s.value as value,
        s.basis as basis,
        s.confidence as confidence,
        {{ reaches('t', 's.value') }} as holds,
        row_number() over (
            partition by t.target_id, s.year
            order by case when s.region_code = t.region_code then 0 else 1 end, s.region_code
        ) as candidate_no
    from {{ ref('int_target') }} as t
    inner join codes as c on t.region_code = c.region_code
    inner join standing as s
        on c.value_region_code = s.region_code and t.indicator_code = s.indicator_code and t.stage = s.stage
        and t.segment = s.segment
    where t.undecidable is null and s.year <= t.as_of_year
)

select
    c.target_id as target_id,
    c.year as year,
    c.region_code as region_code,
    c.value as value,
    c.basis as basis,
    c.confidence as confidence,
    c.holds as holds
from candidates as c
where c.candidate_no = 1
