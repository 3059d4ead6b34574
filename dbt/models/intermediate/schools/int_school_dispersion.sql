-- One row per region, year and resource: how far the assessed units spread. Weighted by pupils in the population form,
-- as the guides to the official coefficient of variation have it; the unweighted one stands beside it.
{% set unit_set = 'partition by r.region_code, r.year, r.indicator_code' %}
{% set group_set = 'partition by r.region_code, r.year, r.indicator_code, r.group_code' %}
with grouped as (
    select
        g.*,
        case when g.area_type = 'urban' then 'urban' else 'rural' end as group_code
    from {{ ref('int_school_resource') }} as g
),

units as (
    select
        r.region_code as region_code,
        r.year as year,
        r.stage as stage,
        r.indicator_code as indicator_code,
        r.resource_set as resource_set,
        r.school_id as school_id,
        r.school_name as school_name,
        r.pupils as unit_pupils,
        r.amount as amount,
        r.scale as scale,
        r.value as value,
        cast(sum(r.amount) over ({{ unit_set }}) as {{ dbl() }}) as total,
        cast(sum(r.pupils) over ({{ unit_set }}) as {{ dbl() }}) as pupil_total,
        cast(sum(r.amount) over ({{ group_set }}) as {{ dbl() }}) as group_total,
        cast(sum(r.pupils) over ({{ group_set }}) as {{ dbl() }}) as group_pupils,
        {{ ratio('sum(r.value) over (' ~ unit_set ~ ')', 'count(*) over (' ~ unit_set ~ ')') }} as unit_plain_mean,
        cast(sum(r.amount) over (
            {{ unit_set }} order by r.value, r.school_id rows between unbounded preceding and current row
        ) as {{ dbl() }}) as total_so_far,
        row_number() over ({{ unit_set }} order by r.value desc, r.school_id) as from_above,
        row_number() over ({{ unit_set }} order by case when r.value > 0 then 0 else 1 end, r.value, r.school_id) as from_below
    from grouped as r
),

spread as (
    select
        u.region_code as region_code,
        u.year as year,
        u.stage as stage,
        u.indicator_code as indicator_code,
        u.resource_set as resource_set,
        cast(count(*) as bigint) as unit_count,
        cast(count(u.value) as bigint) as reported_count,
        max(u.pupil_total) as pupils,
        max(u.scale) * {{ ratio('max(u.total)', 'max(u.pupil_total)') }} as mean_value,
        max(u.unit_plain_mean) as plain_mean,
        sqrt({{ ratio(
            'sum(u.unit_pupils * (u.value - u.scale * ' ~ ratio('u.total', 'u.pupil_total') ~ ') * (u.value - u.scale * ' ~ ratio('u.total', 'u.pupil_total') ~ '))',
            'max(u.pupil_total)'
        ) }}) as deviation,
        sqrt({{ ratio('sum((u.value - u.unit_plain_mean) * (u.value - u.unit_plain_mean))', 'count(*)') }}) as plain_deviation,
        1 - cast(sum({{ ratio('u.unit_pupils', 'u.pupil_total') }} * (2 * {{ ratio('u.total_so_far', 'u.total') }} - {{ ratio('u.amount', 'u.total') }})) as {{ dbl() }}) as gini,
        cast(sum(case
            when u.amount > 0 then {{ ratio('u.amount', 'u.total') }} * ln({{ ratio('u.amount * u.pupil_total', 'u.total * u.unit_pupils') }})
            else 0
        end) as {{ dbl() }}) as theil,
        cast(sum(case
            when u.amount > 0 then {{ ratio('u.amount', 'u.total') }} * ln({{ ratio('u.amount * u.group_pupils', 'u.group_total * u.unit_pupils') }})
            else 0
        end) as {{ dbl() }}) as theil_within,
        cast(sum(case
            when u.amount > 0 then {{ ratio('u.amount', 'u.total') }} * ln({{ ratio('u.group_total * u.pupil_total', 'u.total * u.group_pupils') }})
            else 0
        end) as {{ dbl() }}) as theil_between,
        max(u.value) as largest,
        max(case when u.from_above = 1 then u.school_id end) as largest_school_id,
        max(case when u.from_above = 1 then u.school_name end) as largest_school,
        min(case when u.value > 0 then u.value end) as smallest,
        max(case when u.from_below = 1 and u.value > 0 then u.school_id end) as smallest_school_id,
        max(case when u.from_below = 1 and u.value > 0 then u.school_name end) as smallest_school
    from units as u
    group by u.region_code, u.year, u.stage, u.indicator_code, u.resource_set
),

judged as (
    select
        s.*,
        case
            when s.reported_count < s.unit_count then 'missing_values'
            when s.mean_value = 0 then 'zero_total'
            when s.unit_count = 1 then 'single_unit'
            else 'ok'
        end as status
    from spread as s
    where s.reported_count > 0
)

{% set told = "j.status in ('ok', 'single_unit')" %}
select
    j.region_code as region_code,
    j.year as year,
    j.stage as stage,
    j.indicator_code as indicator_code,
    j.resource_set as resource_set,
    j.unit_count as unit_count,
    j.unit_count - j.reported_count as missing_count,
    j.pupils as pupils,
    case when j.status <> 'missing_values' then j.mean_value end as mean_value,
    case when j.status <> 'missing_values' then j.deviation end as deviation,
    case when j.status <> 'missing_values' then j.plain_mean end as plain_mean,
    case when j.status <> 'missing_values' then j.plain_deviation end as plain_deviation,
    case when {{ told }} then {{ ratio('j.deviation', 'j.mean_value') }} end as cv_weighted,
    case when {{ told }} then {{ ratio('j.plain_deviation', 'j.plain_mean') }} end as cv_unweighted,
    case when {{ told }} then j.gini end as gini,
    case when {{ told }} then j.theil end as theil,
    case when {{ told }} then j.theil_within end as theil_within,
    case when {{ told }} then j.theil_between end as theil_between,
    case when {{ told }} then {{ ratio('j.largest', 'j.smallest') }} end as max_min_ratio,
    j.largest as largest,
    j.largest_school_id as largest_school_id,
    j.largest_school as largest_school,
    j.smallest as smallest,
    j.smallest_school_id as smallest_school_id,
    j.smallest_school as smallest_school,
    j.status as status
from judged as j
