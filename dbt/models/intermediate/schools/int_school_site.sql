-- One row per year and school as a whole, whatever its sections: what is counted or judged once a school.
with sections as (
    select
        u.year as year,
        u.parent_id as school_id,
        cast(sum(u.pupils) as bigint) as section_pupils,
        cast(sum(case when u.stage in ('primary', 'junior') then u.pupils end) as bigint) as compulsory_pupils,
        cast(sum(case when u.stage in ('primary', 'junior') then u.classes end) as bigint) as compulsory_classes
    from {{ ref('int_school') }} as u
    where u.parent_id is not null
    group by u.year, u.parent_id
)

select
    s.region_code as region_code,
    s.year as year,
    s.school_id as school_id,
    s.school_name as school_name,
    s.kind as kind,
    -- Where the statistics count a school of several stages: at its highest one.
    case s.kind
        when 'kindergarten' then 'preschool'
        when 'teaching_point' then 'primary'
        when 'nine_year' then 'junior'
        when 'complete_secondary' then 'senior'
        when 'twelve_year' then 'senior'
        else s.kind
    end as stage,
    s.ownership as ownership,
    s.area_type as area_type,
    {% for flag in school_flags() %}
    s.{{ flag }} as {{ flag }},
    {% endfor %}
    case when s.kind in {{ split_kinds() }} then coalesce(c.section_pupils, s.pupils) else s.pupils end as pupils,
    case
        when s.kind in {{ split_kinds() }} then c.compulsory_pupils
        when s.kind in ('primary', 'teaching_point', 'junior') then s.pupils
    end as compulsory_pupils,
    case
        when s.kind in {{ split_kinds() }} then c.compulsory_classes
        when s.kind in ('primary', 'teaching_point', 'junior') then s.classes
    end as compulsory_classes,
    s.places_usable as places_usable,
    s.funded_pupils as funded_pupils,
    s.operating_budget_yuan as operating_budget_yuan,
    s.training_spending_yuan as training_spending_yuan,
    s.operating_funds_yuan as operating_funds_yuan,
    s.music_rooms as music_rooms,
    s.music_room_smallest_sqm as music_room_smallest_sqm,
    s.art_rooms as art_rooms,
    s.art_room_smallest_sqm as art_room_smallest_sqm,
    s.source_file as source_file,
    s.source_row as source_row
from {{ ref('stg_schools') }} as s
left join sections as c on s.school_id = c.school_id and s.year = c.year
where s.parent_id is null
