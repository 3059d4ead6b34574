-- One row per region, year and resource: how far the assessed units spread. Weighted by pupils in the population form,
-- as the guides to the official coefficient of variation have it; the unweighted one stands beside it.
{% set keys = ['region_code', 'year', 'stage', 'indicator_code', 'resource_set', 'scale'] %}
with units as (
    select
        {% for key in keys %}
        r.{{ key }} as {{ key }},
        {% endfor %}
        r.school_id as school_id,
        coalesce(r.school_name, r.school_id) as unit_name,
        case when r.area_type = 'urban' then 'urban' else 'rural' end as group_code,
        r.pupils as unit_pupils,
        r.amount as amount,
        r.value as value
    from {{ ref('int_school_resource') }} as r
),

totals as (
    select
        {% for key in keys %}
        u.{{ key }} as {{ key }},
        {% endfor %}
        cast(count(*) as bigint) as unit_count,
        cast(count(u.value) as bigint) as reported_count,
        cast(sum(u.unit_pupils) as {{ dbl() }}) as pupils,
        cast(sum(u.amount) as {{ dbl() }}) as total,
        {{ ratio('sum(u.value)', 'count(*)') }} as plain_mean,
        max(u.value) as largest,
        min(case when u.value > 0 then u.value end) as smallest
    from units as u
    group by {% for key in keys %}u.{{ key }}{% if not loop.last %}, {% endif %}{% endfor %}

    having count(u.value) > 0
),

areas as (
    select
        u.region_code as region_code,
        u.year as year,
        u.indicator_code as indicator_code,
        u.group_code as group_code,
        cast(sum(u.unit_pupils) as {{ dbl() }}) as group_pupils,
        cast(sum(u.amount) as {{ dbl() }}) as group_total
    from units as u
    group by u.region_code, u.year, u.indicator_code, u.group_code
),

compared as (
    select
        u.region_code as region_code,
        u.year as year,
        u.indicator_code as indicator_code,
        u.school_id as school_id,
        u.unit_name as unit_name,
        u.unit_pupils as unit_pupils,
        u.amount as amount,
        u.value as value,
        t.pupils as pupil_total,
        t.total as total,
        t.plain_mean as unit_plain_mean,
        t.scale * {{ ratio('t.total', 't.pupils') }} as county_value,
        t.largest as most,
        t.smallest as least,
        g.group_pupils as group_pupils,
        g.group_total as group_total,
        cast(sum(u.amount) over (
            partition by u.region_code, u.year, u.indicator_code
            order by u.value, u.school_id rows between unbounded preceding and current row
        ) as {{ dbl() }}) as total_so_far
    from units as u
    inner join totals as t
        on u.region_code = t.region_code and u.year = t.year and u.indicator_code = t.indicator_code
    inner join areas as g
        on u.region_code = g.region_code and u.year = g.year and u.indicator_code = g.indicator_code
        and u.group_code = g.group_code
),

sums as (
    select
        c.region_code as region_code,
        c.year as year,
        c.indicator_code as indicator_code,
        sqrt({{ ratio('sum(c.unit_pupils * (c.value - c.county_value) * (c.value - c.county_value))', 'max(c.pupil_total)') }}) as deviation,
        sqrt({{ ratio('sum((c.value - c.unit_plain_mean) * (c.value - c.unit_plain_mean))', 'count(*)') }}) as plain_deviation,
        -- Units sorted by value: 1 less the area under the curve of cumulated shares.
        1 - cast(sum({{ ratio('c.unit_pupils', 'c.pupil_total') }} * (2 * {{ ratio('c.total_so_far', 'c.total') }} - {{ ratio('c.amount', 'c.total') }})) as {{ dbl() }}) as gini,
        {% for name, above, below in [
            ('theil', 'c.amount * c.pupil_total', 'c.total * c.unit_pupils'),
            ('theil_within', 'c.amount * c.group_pupils', 'c.group_total * c.unit_pupils'),
            ('theil_between', 'c.group_total * c.pupil_total', 'c.total * c.group_pupils'),
        ] %}
        cast(sum(case when c.amount > 0 then {{ ratio('c.amount', 'c.total') }} * ln({{ ratio(above, below) }}) else 0 end) as {{ dbl() }}) as {{ name }},
        {% endfor %}
        -- Of equals the first by its identifier.
        min(case when c.value = c.most then c.school_id end) as largest_school_id,
        min(case when c.value = c.least then c.school_id end) as smallest_school_id
    from compared as c
    group by c.region_code, c.year, c.indicator_code
),

spread as (
    select
        {% for key in keys %}
        t.{{ key }} as {{ key }},
        {% endfor %}
        t.unit_count as unit_count,
        t.reported_count as reported_count,
        t.pupils as pupils,
        t.scale * {{ ratio('t.total', 't.pupils') }} as mean_value,
        t.plain_mean as plain_mean,
        s.deviation as deviation,
        s.plain_deviation as plain_deviation,
        s.gini as gini,
        s.theil as theil,
        s.theil_within as theil_within,
        s.theil_between as theil_between,
        t.largest as largest,
        s.largest_school_id as largest_school_id,
        most.unit_name as largest_school,
        t.smallest as smallest,
        s.smallest_school_id as smallest_school_id,
        least_one.unit_name as smallest_school
    from totals as t
    inner join sums as s
        on t.region_code = s.region_code and t.year = s.year and t.indicator_code = s.indicator_code
    left join units as most
        on s.largest_school_id = most.school_id and t.year = most.year and t.indicator_code = most.indicator_code
    left join units as least_one
        on s.smallest_school_id = least_one.school_id and t.year = least_one.year
        and t.indicator_code = least_one.indicator_code
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
