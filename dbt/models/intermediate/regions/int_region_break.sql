-- One row per region and year from which its figures speak of other borders: another code went up in it, or a region
-- below it came from, or went to, another one (which is also how a region is split up).
-- Where one code merely became another, the borders are the same and a cohort may be followed through it.
with began as (
    select
        r.region_code as region_code,
        min(coalesce(r.valid_from, 0)) as first_year
    from {{ ref('stg_regions') }} as r
    group by r.region_code
),

moves as (
    select
        r.region_code as region_code,
        r.name_zh as name_zh,
        r.valid_to + 1 as break_year,
        r.parent_code as old_parent,
        s.parent_code as new_parent
    from {{ ref('stg_regions') }} as r
    inner join {{ ref('stg_regions') }} as s
        on r.successor_code = s.region_code and {{ holds_in('r.valid_to + 1', 's.valid_from', 's.valid_to') }}
    where r.valid_to is not null and r.parent_code <> s.parent_code
),

-- What is left of the moves once a parent that only got another code, or stands above the other, is taken out.
moved as (
    select
        m.region_code as region_code,
        m.name_zh as name_zh,
        m.break_year as break_year,
        m.old_parent as old_parent,
        m.new_parent as new_parent,
        above_old.parent_code as above_old,
        above_new.parent_code as above_new
    from moves as m
    left join {{ ref('stg_regions') }} as continued
        on m.old_parent = continued.region_code and continued.valid_to = m.break_year - 1
        and continued.successor_code = m.new_parent
    left join {{ ref('stg_regions') }} as above_old
        on m.old_parent = above_old.region_code and {{ holds_in('m.break_year - 1', 'above_old.valid_from', 'above_old.valid_to') }}
    left join {{ ref('stg_regions') }} as above_new
        on m.new_parent = above_new.region_code and {{ holds_in('m.break_year', 'above_new.valid_from', 'above_new.valid_to') }}
    where continued.region_code is null
),

events as (
    select
        r.successor_code as region_code,
        r.valid_to + 1 as break_year,
        'succession' as kind,
        r.region_code as other_code,
        '并入或沿用 ' || r.name_zh || '（' || r.region_code || '）' as event_zh
    from {{ ref('stg_regions') }} as r
    where r.successor_code <> r.region_code and r.valid_to is not null
    union all
    select
        m.new_parent as region_code,
        m.break_year as break_year,
        'gain' as kind,
        m.region_code as other_code,
        '划入 ' || m.name_zh || '（' || m.region_code || '）' as event_zh
    from moved as m
    where coalesce(m.above_old, '') <> m.new_parent
    union all
    select
        m.old_parent as region_code,
        m.break_year as break_year,
        'loss' as kind,
        m.region_code as other_code,
        '划出 ' || m.name_zh || '（' || m.region_code || '）' as event_zh
    from moved as m
    where coalesce(m.above_new, '') <> m.old_parent
)

select
    e.region_code as region_code,
    e.break_year as break_year,
    min(e.event_zh) as one_event_zh,
    min(case when e.kind = 'succession' then e.other_code end) as one_of_the_former_code,
    cast(count(*) as bigint) as event_count,
    count(*) = 1 and max(e.kind) = 'succession' and max(b.first_year) = e.break_year as is_new_code_only
from events as e
inner join began as b on e.region_code = b.region_code
group by e.region_code, e.break_year
