-- zh: 县的每项合计等于其学校之和，且只在每所都填报时才有；有学校未填报的，清单写明缺几所；分举办性质、城乡、性别的合计加起来是全体；
--     上级地区的合计是其下各地区之和，缺一个就没有
-- en: each sum of a county is that of its schools, and is there only where every one of them reported; where some did
--     not, the gap says how many; parts by ownership, area and sex add up to all; a region above has the sum of the
--     regions below it, and none where one of them has none.
-- when: always; a sum over the schools that happened to answer looks like any other.
-- fix: `wrong` says what differs. Compare int_school_total and school_gap with int_school or, above the counties, with
--       int_school_total of the regions below.
{# Not grade by grade: the sums over all grades come the same way. #}
{% set of_units = [] %}
{% for m in unit_measures() if '_grade_' not in m.code %}{% do of_units.append(m) %}{% endfor %}
{% set lists = [('int_school', 'u', of_units), ('int_school_site', 's', site_measures())] %}
{% set parts = [('ownership', ['public', 'private']), ('area', ['urban', 'rural']), ('settlement', ['urban', 'town', 'village']), ('sex', ['female', 'male'])] %}
with stages as (
    {% for stage in ['preschool', 'primary', 'junior', 'senior', 'vocational', 'special'] %}
    select '{{ stage }}' as unit_stage, '{{ stage }}' as sum_stage union all
    {% endfor %}
    select 'primary' as unit_stage, 'compulsory' as sum_stage union all
    select 'junior' as unit_stage, 'compulsory' as sum_stage
),

{% for model, row, measures in lists %}
-- A column a measure: its sum, and how many reported it. Primary and junior rows are added up together as well.
sums_of_{{ model }} as (
    select
        {{ row }}.region_code as region_code,
        {{ row }}.year as year,
        g.sum_stage as stage,
        count(*) as units
        {%- for m in measures %}
            {%- set term %}{% if m.get('stages') %}case when g.sum_stage in ('{{ m.stages | join("', '") }}'{% if m.get('compulsory') %}, 'compulsory'{% endif %}) then {{ m.from }} end{% elif m.get('compulsory') %}{{ m.from }}{% else %}case when g.sum_stage <> 'compulsory' then {{ m.from }} end{% endif %}{% endset %},
        cast(sum({{ term }}) as {{ dbl() }}) as {{ m.code }}_sum,
        count({{ term }}) as {{ m.code }}_told
        {%- endfor %}

    from {{ ref(model) }} as {{ row }}
    inner join stages as g on {{ row }}.stage = g.unit_stage
    group by {{ row }}.region_code, {{ row }}.year, g.sum_stage
),
{% endfor %}

resources as (
    select
        r.region_code as region_code,
        r.year as year,
        r.stage as stage,
        r.measure_code as measure_code,
        cast(sum(r.amount) as {{ dbl() }}) as amount_sum,
        count(*) as units,
        count(r.amount) as told_count
    from {{ ref('int_school_resource') }} as r
    group by r.region_code, r.year, r.stage, r.measure_code
),

counties as (
    select distinct s.region_code as region_code, s.year as year from {{ ref('stg_schools') }} as s
),

totals as (
    select
        t.region_code as region_code,
        t.year as year,
        t.stage as stage,
        t.segment as segment,
        t.measure_code as measure_code,
        t.value as value,
        t.unit_count as unit_count,
        c.region_code is not null as is_county
    from {{ ref('int_school_total') }} as t
    left join counties as c on t.region_code = c.region_code and t.year = c.year
),

-- What a county says of each measure: its sum, or the gap.
said as (
    select
        t.region_code as region_code,
        t.year as year,
        t.stage as stage,
        t.measure_code as measure_code,
        t.value as value,
        t.unit_count as unit_count,
        cast(0 as bigint) as missing_count
    from totals as t
    where t.segment = 'all' and t.is_county
    union all
    select
        g.region_code as region_code,
        g.year as year,
        g.stage as stage,
        g.measure_code as measure_code,
        cast(null as {{ dbl() }}) as value,
        g.unit_count as unit_count,
        g.missing_count as missing_count
    from {{ ref('school_gap') }} as g
),

checked as (
    {% for model, row, measures in lists %}
    {% set codes %}('{{ measures | map(attribute='code') | join("', '") }}'){% endset %}
    select
        e.region_code as region_code,
        e.year as year,
        e.stage as stage,
        e.measure_code as measure_code,
        case when e.unit_count <> e.units then 'unit_count ' else '' end
            || case when e.missing_count <> e.units - e.told_count then 'missing_count ' else '' end
            || case when e.missing_count = 0 and {{ differs('e.value', 'e.told_sum') }} then 'value ' else '' end as wrong
    from (
        select
            s.region_code as region_code,
            s.year as year,
            s.stage as stage,
            s.measure_code as measure_code,
            s.value as value,
            s.unit_count as unit_count,
            s.missing_count as missing_count,
            w.units as units,
            case s.measure_code {% for m in measures %}when '{{ m.code }}' then w.{{ m.code }}_told {% endfor %}end as told_count,
            case s.measure_code {% for m in measures %}when '{{ m.code }}' then w.{{ m.code }}_sum {% endfor %}end as told_sum
        from said as s
        inner join sums_of_{{ model }} as w on s.region_code = w.region_code and s.year = w.year and s.stage = w.stage
        where s.measure_code in {{ codes }}
    ) as e
    union all
    select
        w.region_code as region_code,
        w.year as year,
        w.stage as stage,
        '{{ model }}' as measure_code,
        case
            when count(s.measure_code) <> max({% for m in measures %}case when w.{{ m.code }}_told > 0 then 1 else 0 end{% if not loop.last %} + {% endif %}{% endfor %}) then 'measures_told '
            else ''
        end as wrong
    from sums_of_{{ model }} as w
    left join said as s
        on w.region_code = s.region_code and w.year = s.year and w.stage = s.stage and s.measure_code in {{ codes }}
    group by w.region_code, w.year, w.stage
    union all
    {% endfor %}
    select
        coalesce(r.region_code, s.region_code) as region_code,
        coalesce(r.year, s.year) as year,
        coalesce(r.stage, s.stage) as stage,
        coalesce(r.measure_code, s.measure_code) as measure_code,
        case
            when s.measure_code is null then case when r.told_count > 0 then 'missing ' else '' end
            when s.unit_count <> r.units or s.missing_count <> r.units - r.told_count then 'missing_count '
            when s.missing_count = 0 and {{ differs('s.value', 'r.amount_sum') }} then 'value '
            else ''
        end as wrong
    from resources as r
    left join said as s
        on r.region_code = s.region_code and r.year = s.year and r.stage = s.stage and r.measure_code = s.measure_code
    union all
    select
        t.region_code as region_code,
        t.year as year,
        t.stage as stage,
        t.measure_code as measure_code,
        {% for name, segments in parts %}
        case
            when count(case when t.segment in ('{{ segments | join("', '") }}') then 1 end) = {{ segments | length }}
                and {{ differs("cast(sum(case when t.segment in ('" ~ segments | join("', '") ~ "') then t.value end) as " ~ dbl() ~ ")", "max(case when t.segment = 'all' then t.value end)") }} then 'by_{{ name }} '
            else ''
        end{% if not loop.last %} ||{% endif %}

        {% endfor %} as wrong
    from totals as t
    where t.is_county
    group by t.region_code, t.year, t.stage, t.measure_code
),

-- One level at a time: what a region has is what those directly below it have.
above as (
    select
        c.region_code as region_code,
        c.year as year,
        t.stage as stage,
        t.segment as segment,
        t.measure_code as measure_code,
        cast(sum(t.value) as {{ dbl() }}) as below_sum,
        cast(sum(t.unit_count) as bigint) as below_units
    from {{ ref('int_region_child') }} as c
    inner join totals as t on c.child_code = t.region_code and c.year = t.year
    inner join {{ ref('dim_measure') }} as d on t.measure_code = d.measure_code
    where d.kind in ('count', 'area', 'amount')
    group by c.region_code, c.year, t.stage, t.segment, t.measure_code, c.child_count
    having count(*) = c.child_count
)

select
    c.region_code as region_code,
    c.year as year,
    c.stage as stage,
    c.measure_code as measure_code,
    c.wrong as wrong
from checked as c
where c.wrong <> ''
union all
select
    coalesce(a.region_code, t.region_code) as region_code,
    coalesce(a.year, t.year) as year,
    coalesce(a.stage, t.stage) as stage,
    coalesce(a.measure_code, t.measure_code) as measure_code,
    'below' as wrong
from above as a
full outer join (select * from totals as o where not o.is_county) as t
    on a.region_code = t.region_code and a.year = t.year and a.stage = t.stage and a.segment = t.segment and a.measure_code = t.measure_code
where {{ differs('t.value', 'a.below_sum') }} or t.unit_count <> a.below_units
