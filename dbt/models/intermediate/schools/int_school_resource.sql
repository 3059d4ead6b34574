-- One row per assessed unit and resource: what it has, and how much of it a pupil or a hundred pupils have.
with amounts as (
    {% for r in school_resources() %}
    select
        u.region_code as region_code,
        u.year as year,
        u.stage as stage,
        u.school_id as school_id,
        u.school_name as school_name,
        u.school_kind as school_kind,
        u.area_type as area_type,
        u.pupils as pupils,
        '{{ r.code }}' || {{ stage_ending('u.stage') }} as indicator_code,
        '{{ r.set }}' as resource_set,
        '{{ r.measure }}' as measure_code,
        {{ r.scale }} as scale,
        cast({{ r.amount }} as {{ dbl() }}) as amount,
        u.source_file as source_file,
        u.source_row as source_row
    from {{ ref('int_school') }} as u
    where u.is_assessed
    {% if not loop.last %}union all{% endif %}
    {% endfor %}
)

select
    a.region_code as region_code,
    a.year as year,
    a.stage as stage,
    a.school_id as school_id,
    a.school_name as school_name,
    a.school_kind as school_kind,
    a.area_type as area_type,
    a.pupils as pupils,
    a.indicator_code as indicator_code,
    a.resource_set as resource_set,
    a.measure_code as measure_code,
    a.amount as amount,
    a.scale * {{ ratio('a.amount', 'a.pupils') }} as value,
    a.scale as scale,
    a.source_file as source_file,
    a.source_row as source_row
from amounts as a
