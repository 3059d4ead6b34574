-- One row per publication of the calendar and year it is expected for, up to the year of the as-of date: arrived or not.
-- Days overdue are counted by whoever asks, to the day of asking: here they would make a new snapshot every night.
with years as (
    {{ whole_numbers(0, 99) }}
),

expected as (
    select
        c.publication as pattern,
        c.publisher_zh as publisher_zh,
        c.first_year + y.n as year,
        replace(c.publication, '{year}', cast(c.first_year + y.n as varchar)) as publication,
        cast(cast(c.first_year + y.n + c.due_years_after as varchar) || c.due_month_day as date) as due_date,
        c.grace_day_count as grace_day_count,
        c.note_zh as note_zh,
        b.as_of as as_of
    from {{ ref('stg_calendar') }} as c
    cross join years as y
    cross join {{ source('meta', 'build') }} as b
    where c.first_year + y.n <= coalesce(c.last_year, 9999) and c.first_year + y.n <= extract(year from b.as_of)
),

-- A pattern of the calendar with every publication or file that it means; {year} is the year of the figures.
meant as (
    select
        c.publication as pattern,
        c.publisher_zh as expected_publisher_zh,
        p.year as year,
        p.source_id as source_id,
        p.source_zh as source_zh,
        p.publisher_zh as publisher_zh,
        p.source_file as source_file,
        p.figure_count as figure_count,
        i.retrieved as retrieved
    -- Of one pattern there are several lines where its rule changed.
    from (select distinct l.publication as publication, l.publisher_zh as publisher_zh from {{ ref('stg_calendar') }} as l) as c
    inner join {{ ref('int_publication_year') }} as p
        on (c.publisher_zh is null or p.publisher_zh = c.publisher_zh)
        and case when c.publication like 'raw/%' then p.source_file else p.source_zh end
            like replace(replace(c.publication, '{year}', cast(p.year as varchar)), '*', '%')
    inner join {{ source('meta', 'input_file') }} as i on p.source_file = i.file
),

-- Several may be meant; the one that came first is named.
arrived as (
    select
        m.*,
        row_number() over (
            partition by m.pattern, m.expected_publisher_zh, m.year
            order by m.retrieved, m.source_file, m.source_zh, m.publisher_zh
        ) as place,
        cast(sum(m.figure_count) over (
            partition by m.pattern, m.expected_publisher_zh, m.year
        ) as bigint) as all_figure_count
    from meant as m
),

newest as (
    select
        m.pattern as pattern,
        m.expected_publisher_zh as expected_publisher_zh,
        max(m.year) as newest_year
    from meant as m
    group by m.pattern, m.expected_publisher_zh
)

select
    e.publication as publication,
    e.publisher_zh as expected_publisher_zh,
    e.year as year,
    case
        when a.source_id is not null then 'arrived'
        when {{ plus_days('e.due_date', 'e.grace_day_count') }} < e.as_of then 'overdue'
        else 'expected'
    end as freshness,
    e.due_date as due_date,
    e.grace_day_count as grace_day_count,
    {{ plus_days('e.due_date', 'e.grace_day_count + 1') }} as overdue_from,
    a.source_id as source_id,
    a.source_zh as source_zh,
    a.publisher_zh as publisher_zh,
    a.source_file as source_file,
    cast(a.retrieved as date) as retrieved_on,
    a.all_figure_count as figure_count,
    w.newest_year as newest_year,
    e.note_zh as note_zh
from expected as e
left join arrived as a
    on e.pattern = a.pattern and coalesce(e.publisher_zh, '') = coalesce(a.expected_publisher_zh, '')
    and e.year = a.year and a.place = 1
left join newest as w
    on e.pattern = w.pattern and coalesce(e.publisher_zh, '') = coalesce(w.expected_publisher_zh, '')
