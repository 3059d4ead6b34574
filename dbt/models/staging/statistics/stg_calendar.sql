-- One row per line of the calendar: a publication, the years it is expected for, and how long after the year it is due.
select
    c.publication as publication,
    nullif(c.publisher_zh, '') as publisher_zh,
    cast(c.first_year as integer) as first_year,
    {{ typed('c.last_year', 'integer') }} as last_year,
    -- year+1-06-30: a digit after year+, then month and day with their hyphens.
    cast(substring(c.due, 6, 1) as integer) as due_years_after,
    substring(c.due, 7) as due_month_day,
    coalesce({{ typed('c.grace_days', 'integer') }}, 0) as grace_day_count,
    nullif(c.note_zh, '') as note_zh
from {{ source('raw', 'calendar') }} as c
