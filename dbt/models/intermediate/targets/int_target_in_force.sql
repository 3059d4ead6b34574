-- One row per indicator cell that a level target was in force on: issued by then, due in that year or later, the
-- nearest date and the latest issue first. Additions and growth are no levels a yearly value could be held against.
with candidates as (
    select
        s.indicator_code as indicator_code,
        s.region_code as region_code,
        s.year as year,
        s.stage as stage,
        s.segment as segment,
        t.target_id as target_id,
        t.comparator as comparator,
        t.value as target_value,
        t.target_year as target_year,
        {{ shortfall('t', 's.value') }} as gap,
        row_number() over (
            partition by s.indicator_code, s.region_code, s.year, s.stage, s.segment
            order by coalesce(t.target_year, 9999), t.first_year desc, t.target_id
        ) as candidate_no
    from {{ ref('int_target') }} as t
    inner join {{ ref('int_indicator_standing') }} as s
        on t.indicator_code = s.indicator_code and t.region_code = s.region_code and t.stage = s.stage
        and t.segment = s.segment and s.year >= t.first_year and s.year <= coalesce(t.target_year, 9999)
    where t.undecidable is null and t.comparator not in ('add', 'grow')
)

select
    c.indicator_code as indicator_code,
    c.region_code as region_code,
    c.year as year,
    c.stage as stage,
    c.segment as segment,
    c.target_id as target_id,
    c.comparator as comparator,
    c.target_value as target_value,
    c.target_year as target_year,
    c.gap as gap
from candidates as c
where c.candidate_no = 1
