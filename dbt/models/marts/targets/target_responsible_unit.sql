with numbers as (
    {{ whole_numbers(1, 30) }}
),

units as (
    select
        t.target_id as target_id,
        n.n as unit_no,
        trim(split_part(t.responsible_units, ';', n.n)) as unit_name
    from {{ ref('stg_targets') }} as t
    cross join numbers as n
    where t.responsible_units is not null
),

-- A unit that the document names twice is responsible once.
named as (
    select
        u.target_id as target_id,
        u.unit_name as unit_name,
        min(u.unit_no) as first_no
    from units as u
    where u.unit_name <> ''
    group by u.target_id, u.unit_name
)

select
    u.target_id as target_id,
    u.first_no as unit_no,
    u.unit_name as unit_name,
    u.first_no = 1 as is_lead
from named as u
