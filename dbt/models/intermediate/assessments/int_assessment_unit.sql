-- One row per condition and what it is held against in each school: the school's value, or how many of its classes are
-- over the limit. A view: every school stands here once for each condition it is in the scope of.
{{ config(materialized='view') }}
{% set key = 'c.assessment as assessment, c.condition_no as condition_no, c.indicator_code as indicator_code, c.comparator as comparator, c.required_value as required_value' %}
{% set unit = 'u.region_code as region_code, u.year as year, u.stage as stage, u.school_id as school_id, coalesce(u.school_name, u.school_id) as school_name' %}
{% set no_classes = 'cast(null as bigint) as class_count, cast(null as bigint) as failing_class_count' %}
{% set conditions = ref('stg_assessment_conditions') %}
with sites as (
    -- Rooms and budgets are of a whole school: its assessed sections together.
    select
        u.region_code as region_code,
        u.year as year,
        'compulsory' as stage,
        coalesce(u.parent_id, u.school_id) as school_id,
        coalesce(max(w.school_name), max(u.school_name)) as site_name,
        max(u.school_kind) as kind,
        {% for column in ['pupils', 'classes', 'music_rooms', 'art_rooms', 'training_spending_yuan', 'operating_budget_yuan'] %}
        case when count(*) = count(u.{{ column }}) then cast(sum(u.{{ column }}) as {{ dbl() }}) end as all_{{ column }},
        {% endfor %}
        coalesce(min(u.music_room_smallest_sqm), min(w.music_room_smallest_sqm)) as music_room_sqm,
        coalesce(min(u.art_room_smallest_sqm), min(w.art_room_smallest_sqm)) as art_room_sqm
    from {{ ref('int_school') }} as u
    left join {{ ref('int_school_site') }} as w on u.parent_id = w.school_id and u.year = w.year
    where u.is_assessed
    group by u.region_code, u.year, coalesce(u.parent_id, u.school_id)
),

measured as (
    select {{ unit }}, {{ key }}, u.value as value, {{ no_classes }}, cast(null as boolean) as given
    from {{ ref('int_school_resource') }} as u
    inner join {{ conditions }} as c on u.indicator_code = c.indicator_code and c.measured_by = 'resource'
    {% for measured_by, value, given in [('indicators_met', 'u.indicators_met', 'u.meets_enough'), ('worst_ratio', 'u.worst_ratio_pct', 'u.is_near_enough'), ('school_rule', 'null', 'u.passes')] %}
    union all
    select {{ unit }}, {{ key }}, cast({{ value }} as {{ dbl() }}) as value, {{ no_classes }}, {{ given }} as given
    from {{ ref('int_school_rule') }} as u
    inner join {{ conditions }} as c on c.measured_by = '{{ measured_by }}'
    {% endfor %}
    {% for area in ['outdoor_play_area_sqm', 'activity_area_sqm', 'floor_area_sqm'] %}
    union all
    select {{ unit }}, {{ key }}, {{ ratio('u.' ~ area, 'u.pupils') }} as value, {{ no_classes }}, cast(null as boolean) as given
    from {{ ref('int_school') }} as u
    inner join {{ conditions }} as c on c.measured_by = '{{ area }}'
    where u.kind = 'kindergarten' and u.parent_id is null and (u.pupils > 0 or u.pupils is null)
    {% endfor %}
    {% for age in ['small', 'middle', 'large', 'mixed'] %}
    union all
    select {{ unit }}, {{ key }}, cast(null as {{ dbl() }}) as value, cast(u.classes_{{ age }} as bigint) as class_count, cast(u.classes_{{ age }} - u.classes_{{ age }}_within as bigint) as failing_class_count, cast(null as boolean) as given
    from {{ ref('int_school') }} as u
    inner join {{ conditions }} as c on c.measured_by = 'classes_{{ age }}'
    where u.stage = 'preschool' and (u.classes_{{ age }} > 0 or u.classes_{{ age }} is null)
    {% endfor %}
    union all
    -- A band is over the limit where its smallest class is.
    select
        {{ unit }},
        {{ key }},
        cast(null as {{ dbl() }}) as value,
        cast(u.classes as bigint) as class_count,
        cast({% for band, smallest in [('26_30', 26), ('31_35', 31), ('36_45', 36), ('46_50', 46), ('51_55', 51), ('56_65', 56), ('66_plus', 66)] %}case when c.required_value < {{ smallest }} then u.classes_{{ band }} else 0 end{% if not loop.last %} + {% endif %}{% endfor %} as bigint) as failing_class_count,
        cast(null as boolean) as given
    from {{ ref('int_school') }} as u
    inner join {{ conditions }} as c on c.measured_by = 'class_bands' and u.stage = c.stage
    where u.classes > 0 or u.classes is null
    {% for room in ['music', 'art'] %}
    union all
    select {{ unit.replace('u.school_name', 'u.site_name') }}, {{ key }}, 12 * {{ ratio('u.all_' ~ room ~ '_rooms', 'u.all_classes') }} as value, {{ no_classes }}, cast(null as boolean) as given
    from sites as u
    inner join {{ conditions }} as c on c.measured_by = '{{ room }}_rooms'
    union all
    select {{ unit.replace('u.school_name', 'u.site_name') }}, {{ key }}, cast(u.{{ room }}_room_sqm as {{ dbl() }}) as value, {{ no_classes }}, cast(null as boolean) as given
    from sites as u
    inner join {{ conditions }} as c on c.measured_by = '{{ room }}_room_area'
    where u.all_{{ room }}_rooms > 0 or u.all_{{ room }}_rooms is null
    {% endfor %}
    union all
    select {{ unit.replace('u.school_name', 'u.site_name') }}, {{ key }}, 100 * {{ ratio('u.all_training_spending_yuan', 'u.all_operating_budget_yuan') }} as value, {{ no_classes }}, cast(null as boolean) as given
    from sites as u
    inner join {{ conditions }} as c on c.measured_by = 'training_share'
    union all
    select {{ unit.replace('u.school_name', 'u.site_name') }}, {{ key }}, u.all_pupils as value, {{ no_classes }}, cast(null as boolean) as given
    from sites as u
    inner join {{ conditions }} as c on c.measured_by = 'combined_school_pupils'
    where u.kind in ('nine_year', 'twelve_year')
    union all
    select {{ unit }}, {{ key }}, cast(u.pupils as {{ dbl() }}) as value, {{ no_classes }}, cast(null as boolean) as given
    from {{ ref('int_school') }} as u
    inner join {{ conditions }} as c on c.measured_by = 'single_school_pupils'
    where u.stage in ('primary', 'junior') and u.school_kind not in ('nine_year', 'twelve_year') and (u.pupils > 0 or u.pupils is null)
    union all
    select {{ unit }}, {{ key }}, cast(u.funded_pupils as {{ dbl() }}) as value, {{ no_classes }}, cast(null as boolean) as given
    from {{ ref('int_school') }} as u
    inner join {{ conditions }} as c on c.measured_by = 'funded_pupils'
    where (u.school_kind = 'teaching_point' or (u.school_kind = 'primary' and u.area_type = 'village'))
        and u.pupils > 0 and u.pupils < c.required_value
)

select
    m.region_code as region_code,
    m.year as year,
    m.assessment as assessment,
    m.condition_no as condition_no,
    m.indicator_code as indicator_code,
    m.stage as stage,
    m.school_id as school_id,
    m.school_name as school_name,
    m.value as value,
    m.class_count as class_count,
    m.failing_class_count as failing_class_count,
    {{ condition_gap('m', 'm.value') }} as shortfall,
    case coalesce(m.given, {{ condition_holds('m', 'm.value') }}, m.failing_class_count = 0)
        when true then 'met'
        when false then 'not_met'
        else 'no_data'
    end as status
from measured as m
