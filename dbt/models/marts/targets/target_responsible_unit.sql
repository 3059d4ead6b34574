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
)

select
    u.target_id as target_id,
    u.unit_no as unit_no,
    u.unit_name as unit_name,
    u.unit_no = 1 as is_lead
from units as u
where u.unit_name <> ''
