-- One row per year and unit with pupils of one stage: a school, a section of a split school or an attached class. What
-- sections share is divided among them by their pupils; teachers and classes are counted where they stand.
with rows_of_stage as (
    select
        s.*,
        case s.kind
            when 'kindergarten' then 'preschool'
            when 'teaching_point' then 'primary'
            else s.kind
        end as stage
    from {{ ref('stg_schools') }} as s
    where s.kind not in {{ split_kinds() }}
),

split_schools as (
    select * from {{ ref('stg_schools') }} as s where s.kind in {{ split_kinds() }}
),

weighted as (
    select
        r.*,
        cast(r.pupils * {{ shared_weight('r.stage') }} as {{ dbl() }}) as weight,
        cast(sum(r.pupils * {{ shared_weight('r.stage') }}) over (partition by r.year, r.parent_id) as {{ dbl() }}) as weight_total
    from rows_of_stage as r
)

select
    w.region_code as region_code,
    w.year as year,
    w.school_id as school_id,
    w.parent_id as parent_id,
    coalesce(w.school_name, p.school_name) as school_name,
    w.kind as kind,
    coalesce(p.kind, w.kind) as school_kind,
    w.stage as stage,
    w.ownership as ownership,
    w.area_type as area_type,
    {% for flag in school_flags() %}
    coalesce(w.{{ flag }}, p.{{ flag }}) as {{ flag }},
    {% endfor %}
    {% for column in school_counts() + school_amounts() %}
    w.{{ column }} as {{ column }},
    {% endfor %}
    {% for column in school_shared() %}
    coalesce(w.{{ column }}, p.{{ column }} * {{ ratio('w.weight', 'w.weight_total') }}) as {{ column }},
    {% endfor %}
    -- Vocational and special schools, points of fewer than 50 pupils and units without pupils are not assessed.
    w.stage in ('primary', 'junior') and w.pupils > 0 and (w.kind <> 'teaching_point' or w.pupils >= 50) as is_assessed,
    w.source_file as source_file,
    w.source_row as source_row
from weighted as w
left join split_schools as p on w.parent_id = p.school_id and w.year = p.year
