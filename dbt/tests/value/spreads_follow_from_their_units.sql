-- zh: 每项差异都能由其各单位重算：学校之间由各校资源，地区之间由事实表的值与分母；差异系数由二阶矩，基尼系数由人数的累计，泰尔指数由对数之和，
--     城乡之内与之间相加为全部；最大、最小及其单位属实；该有的没有漏，不该有的没有多
-- en: each spread follows from its units by another form: among schools from what each has, among regions from the values
--     and denominators of fct_indicator; variation from second moments, Gini from cumulated weights, Theil from the sum of
--     logarithms, its parts adding up to the whole; the largest and smallest are those of the units named. None is
--     missing and none is too many.
-- when: always; a spread over some of the units, or weighted by something else, is of the same order.
-- fix: `wrong` names the columns. Compare mart_equity with int_school_resource, or with fct_indicator of the regions below.
{% set cell = ['among', 'region_code', 'year', 'stage', 'segment', 'indicator_code', 'value_basis'] %}
with below as (
    select
        c.region_code as region_code,
        f.year as year,
        f.stage as stage,
        f.segment as segment,
        f.indicator_code as indicator_code,
        f.basis as value_basis,
        f.region_code as unit_code,
        f.value as value,
        f.denominator as unit_weight,
        c.child_count as child_count
    from {{ ref('fct_indicator') }} as f
    inner join {{ ref('int_region_child') }} as c on f.region_code = c.child_code and f.year = c.year
    inner join {{ ref('dim_indicator') }} as i on f.indicator_code = i.indicator_code
    inner join {{ ref('indicator_formula') }} as o
        on f.indicator_code = o.indicator_code and o.priority = 1 and o.stage in ('', f.stage)
    -- Sizes are not compared, nor what comparisons gave.
    where f.status = 'ok' and f.base_indicator is null and coalesce(f.inputs_basis, 'reported') = 'reported'
        and o.kind in ('ratio', 'published_only') and i.unit not in ('persons', 'count', 'places', 'flag', 'level', 'score')
),

-- Of a basis on which every region below has a value; with both, of the counts.
chosen as (
    select
        c.region_code as region_code,
        c.year as year,
        c.stage as stage,
        c.segment as segment,
        c.indicator_code as indicator_code,
        min(c.one_basis) as value_basis
    from (
        select
            b.region_code as region_code,
            b.year as year,
            b.stage as stage,
            b.segment as segment,
            b.indicator_code as indicator_code,
            b.value_basis as one_basis
        from below as b
        group by b.region_code, b.year, b.stage, b.segment, b.indicator_code, b.value_basis, b.child_count
        having count(*) = b.child_count and count(*) > 1
    ) as c
    group by c.region_code, c.year, c.stage, c.segment, c.indicator_code
),

units as (
    select
        'schools' as among,
        r.region_code as region_code,
        r.year as year,
        r.stage as stage,
        'all' as segment,
        r.indicator_code as indicator_code,
        'computed' as value_basis,
        r.school_id as unit_code,
        coalesce(r.school_name, r.school_id) as unit_zh,
        r.value as value,
        cast(r.pupils as {{ dbl() }}) as unit_weight,
        case when r.area_type = 'urban' then 1 else 0 end as is_urban
    from {{ ref('int_school_resource') }} as r
    union all
    select
        'regions' as among,
        b.region_code as region_code,
        b.year as year,
        b.stage as stage,
        b.segment as segment,
        b.indicator_code as indicator_code,
        b.value_basis as value_basis,
        b.unit_code as unit_code,
        n.name_zh as unit_zh,
        b.value as value,
        b.unit_weight as unit_weight,
        cast(null as integer) as is_urban
    from below as b
    inner join chosen as c
        on b.region_code = c.region_code and b.year = c.year and b.stage = c.stage and b.segment = c.segment
        and b.indicator_code = c.indicator_code and b.value_basis = c.value_basis
    inner join {{ ref('dim_region') }} as n
        on b.unit_code = n.region_code and {{ holds_in('b.year', 'n.valid_from', 'n.valid_to') }}
),

cumulated as (
    select
        u.*,
        cast(sum(u.unit_weight) over (
            partition by {% for column in cell %}u.{{ column }}{% if not loop.last %}, {% endif %}{% endfor %} order by u.value, u.unit_code rows between unbounded preceding and current row
        ) as {{ dbl() }}) as weight_so_far
    from units as u
),

moments as (
    select
        {% for column in cell %}
        c.{{ column }} as {{ column }},
        {% endfor %}
        cast(count(*) as bigint) as unit_count,
        count(c.value) as valued_count,
        count(c.unit_weight) as weighed_count,
        cast(sum(c.unit_weight) as {{ dbl() }}) as weight,
        cast(sum(c.unit_weight * c.value) as {{ dbl() }}) as total,
        cast(sum(c.unit_weight * c.value * c.value) as {{ dbl() }}) as squares,
        cast(sum(c.value) as {{ dbl() }}) as plain_total,
        cast(sum(c.value * c.value) as {{ dbl() }}) as plain_squares,
        cast(sum(c.unit_weight * c.value * (2 * c.weight_so_far - c.unit_weight)) as {{ dbl() }}) as ranked_total,
        cast(sum(case when c.value > 0 then c.unit_weight * c.value * ln(c.value) else 0 end) as {{ dbl() }}) as logarithms,
        {% for group in [0, 1] %}
        cast(sum(case when c.is_urban = {{ group }} then c.unit_weight end) as {{ dbl() }}) as weight_{{ group }},
        cast(sum(case when c.is_urban = {{ group }} then c.unit_weight * c.value end) as {{ dbl() }}) as total_{{ group }},
        {% endfor %}
        max(c.value) as largest,
        min(c.value) as lowest,
        min(case when c.value > 0 then c.value end) as smallest
    from cumulated as c
    group by {% for column in cell %}c.{{ column }}{% if not loop.last %}, {% endif %}{% endfor %}

),

-- Of units with the same value, the first by its code.
extremes as (
    select
        {% for column in cell %}
        u.{{ column }} as {{ column }},
        {% endfor %}
        min(case when u.value = m.largest then u.unit_code end) as largest_unit,
        min(case when u.value = m.smallest then u.unit_code end) as smallest_unit
    from units as u
    inner join moments as m
        on {% for column in cell %}u.{{ column }} = m.{{ column }}{% if not loop.last %} and {% endif %}{% endfor %}

    where u.value = m.largest or u.value = m.smallest
    group by {% for column in cell %}u.{{ column }}{% if not loop.last %}, {% endif %}{% endfor %}

),

judged as (
    select
        {% for column in cell + ['unit_count', 'largest', 'smallest', 'lowest', 'plain_total', 'plain_squares', 'squares', 'total', 'ranked_total', 'logarithms', 'weight_0', 'weight_1', 'total_0', 'total_1'] %}
        m.{{ column }} as {{ column }},
        {% endfor %}
        x.largest_unit as largest_unit,
        x.smallest_unit as smallest_unit,
        case when m.among = 'schools' or (m.weighed_count = m.unit_count and m.lowest >= 0) then m.weight end as weight,
        case
            when m.among = 'regions' then 'ok'
            when m.valued_count < m.unit_count then 'missing_values'
            when m.total = 0 then 'zero_total'
            when m.unit_count = 1 then 'single_unit'
            else 'ok'
        end as status
    from moments as m
    left join extremes as x
        on {% for column in cell %}m.{{ column }} = x.{{ column }}{% if not loop.last %} and {% endif %}{% endfor %}

    where m.valued_count > 0
),

-- The coefficients of variation as 1 and their square, which is what second moments give.
{% set mean = ratio('j.total', 'j.weight') %}
{% set between %}{% for g in [0, 1] %}case when j.total_{{ g }} > 0 then {{ ratio('j.total_' ~ g, 'j.total') }} * ln({{ ratio('j.total_' ~ g ~ ' * j.weight', 'j.total * j.weight_' ~ g) }}) else 0 end{% if g == 0 %} + {% endif %}{% endfor %}{% endset %}
{% set theil = ratio('j.logarithms', 'j.total') ~ ' - ln(nullif(' ~ mean ~ ', 0))' %}
{% set formulas = [
    ('cv_weighted', ratio('j.weight * j.squares', 'j.total * j.total')),
    ('cv_unweighted', ratio('j.unit_count * j.plain_squares', 'j.plain_total * j.plain_total')),
    ('gini', ratio('j.ranked_total', 'j.total * j.weight') ~ ' - 1'),
    ('theil', theil),
    ('theil_within', "case when j.among = 'schools' then " ~ theil ~ ' - (' ~ between ~ ') end'),
    ('theil_between', "case when j.among = 'schools' then " ~ between ~ ' end'),
    ('max_min_ratio', ratio('j.largest', 'j.smallest')),
] %}
{% set told = ['unit_count', 'weight', 'largest', 'largest_unit', 'smallest', 'smallest_unit', 'status'] %}
expected as (
    {% for formula, value in formulas %}
    select
        {% for column in cell + told %}
        j.{{ column }} as {{ column }},
        {% endfor %}
        case when j.status <> 'missing_values' then {{ mean }} end as mean_value,
        '{{ formula }}' as formula,
        case when j.status in ('ok', 'single_unit') and j.lowest >= 0 then {{ value }} end as value
    from judged as j
    {% if not loop.last %}union all{% endif %}
    {% endfor %}
),

found as (
    select
        {% for column in cell + told + ['mean_value', 'formula'] %}
        e.{{ column }} as {{ column }},
        {% endfor %}
        case when e.formula in ('cv_weighted', 'cv_unweighted') then 1 + e.value * e.value else e.value end as value,
        case when coalesce(e.largest_unit_zh, '-') <> coalesce(l.unit_zh, '-') or coalesce(e.smallest_unit_zh, '-') <> coalesce(s.unit_zh, '-') then 'name ' else '' end as wrong_name
    from {{ ref('mart_equity') }} as e
    left join units as l
        on {% for column in cell %}e.{{ column }} = l.{{ column }} and {% endfor %}e.largest_unit = l.unit_code
    left join units as s
        on {% for column in cell %}e.{{ column }} = s.{{ column }} and {% endfor %}e.smallest_unit = s.unit_code
),

compared as (
    select
        {% for column in cell + ['formula'] %}
        coalesce(e.{{ column }}, f.{{ column }}) as {{ column }},
        {% endfor %}
        f.value as found_value,
        e.value as expected_value,
        case
            when f.formula is null then 'missing'
            when e.formula is null then 'unexpected'
            else f.wrong_name
                {% for column in ['largest_unit', 'smallest_unit', 'status'] %}
                || case when {{ differs_in_words('f.' ~ column, 'e.' ~ column) }} then '{{ column }} ' else '' end
                {% endfor %}
                {% for column in ['unit_count', 'weight', 'mean_value', 'largest', 'smallest'] %}
                || case when {{ differs('f.' ~ column, 'e.' ~ column) }} then '{{ column }} ' else '' end
                {% endfor %}
                -- A spread of almost nothing is the rest of a subtraction.
                || case
                    when (f.value is null) <> (e.value is null) or abs(f.value - e.value) > 0.000000001 * abs(e.value) + 0.00000000001 then 'value '
                    else ''
                end
        end as wrong
    from (select * from expected as x where x.value is not null or (x.status <> 'ok' and x.formula = 'cv_weighted')) as e
    full outer join found as f
        on {% for column in cell %}e.{{ column }} = f.{{ column }} and {% endfor %}e.formula = f.formula
)

select
    {% for column in cell + ['formula', 'wrong', 'found_value', 'expected_value'] %}
    c.{{ column }} as {{ column }}{% if not loop.last %},{% endif %}

    {% endfor %}
from compared as c
where c.wrong <> ''
