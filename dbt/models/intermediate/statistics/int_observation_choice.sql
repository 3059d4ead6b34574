-- One row per printed figure that has a counterpart, numbered within its cell: 1 is the one that stands.
with cells as (
    select
        o.*,
        coalesce(o.measure_code, o.indicator_code) as code
    from {{ ref('int_observation') }} as o
    where o.target <> 'none'
),

numbered as (
    select
        c.*,
        row_number() over (
            partition by c.region_code, c.year, c.stage, c.segment, c.target, c.code
            order by {{ publication_preference('c') }}
        ) as choice_no,
        count(*) over (partition by c.region_code, c.year, c.stage, c.segment, c.target, c.code) as candidates,
        lead(c.confidence, 1, c.confidence) over (
            partition by c.region_code, c.year, c.stage, c.segment, c.target, c.code
            order by {{ publication_preference('c') }}
        ) as next_confidence,
        lead(c.rounding_width, 1, c.rounding_width) over (
            partition by c.region_code, c.year, c.stage, c.segment, c.target, c.code
            order by {{ publication_preference('c') }}
        ) as next_rounding_width
    from cells as c
),

-- What set the first apart from the second is the rule that chose.
ruled as (
    select
        n.*,
        case
            when n.choice_no > 1 then null
            when n.candidates = 1 then 'only'
            when n.next_confidence > n.confidence then 'confidence'
            when n.next_rounding_width > n.rounding_width then 'precision'
            else 'publication_name'
        end as first_chosen_by
    from numbered as n
)

select
    r.*,
    max(r.first_chosen_by) over (
        partition by r.region_code, r.year, r.stage, r.segment, r.target, r.code
    ) as chosen_by
from ruled as r
