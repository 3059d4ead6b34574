-- zh: 收到的每个数字恰好成为一条观测，并出现在事实表或矛盾表中
-- en: each received figure has become exactly one observation, and each observation with a counterpart stands in
--       a fact or among the conflicts.
-- when: always; a figure that a join loses is lost without a message.
-- fix: look for a unit, a crosswalk line or an exception line that is missing or doubled.
with counts as (
    select
        (select count(*) from {{ source('raw', 'statistics') }}) as received,
        (select count(*) from {{ ref('int_observation') }}) as observed,
        (select count(*) from {{ ref('int_observation') }} as o where o.target <> 'none') as with_counterpart,
        (select count(*) from {{ ref('fct_measure') }} as m where m.basis = 'reported') as measures,
        (select count(*) from {{ ref('fct_indicator') }} as i where i.basis = 'published') as published,
        (select count(*) from {{ ref('measure_conflict') }} as k where k.kind = 'publication') as conflicts
)

select
    c.received as received,
    c.observed as observed,
    c.with_counterpart as with_counterpart,
    c.measures as measures,
    c.published as published,
    c.conflicts as conflicts
from counts as c
where c.received <> c.observed or c.with_counterpart <> c.measures + c.published + c.conflicts
