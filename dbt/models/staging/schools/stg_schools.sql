-- One row per school or section and year, typed; an empty cell was not reported and is no zero.
select
    cast(s.year as integer) as year,
    s.region_code as region_code,
    s.school_id as school_id,
    nullif(s.parent_id, '') as parent_id,
    nullif(s.name_zh, '') as school_name,
    s.kind as kind,
    s.ownership as ownership,
    s.area_type as area_type,
    {% for flag in school_flags() %}
    case s.{{ flag }} when 'yes' then true when 'no' then false end as {{ flag }},
    {% endfor %}
    {% for column in school_counts() %}
    {{ typed('s.' ~ column, 'bigint') }} as {{ column }},
    {% endfor %}
    {% for column in school_shared() + school_amounts() %}
    {{ typed('s.' ~ column, dbl()) }} as {{ column }},
    {% endfor %}
    s._file as source_file,
    s._row as source_row
from {{ source('raw', 'schools') }} as s
