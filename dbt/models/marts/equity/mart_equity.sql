-- One row per region, year, indicator and formula: how far the regions below it, or its schools, spread.
{% set formulas = [
    ('cv_weighted', '差异系数：标准差（总体，按人数加权）÷ 加权平均', 'coefficient of variation: weighted population deviation over the weighted mean'),
    ('cv_unweighted', '差异系数：标准差（总体，不加权）÷ 简单平均', 'coefficient of variation: plain population deviation over the plain mean'),
    ('gini', '基尼系数：按人数加权', 'Gini coefficient, weighted'),
    ('theil', '泰尔指数：按人数加权', 'Theil T, weighted'),
    ('theil_within', '泰尔指数中城乡内部的部分', 'the part of Theil T inside urban and rural'),
    ('theil_between', '泰尔指数中城乡之间的部分', 'the part of Theil T between urban and rural'),
    ('max_min_ratio', '最大值 ÷ 最小值（不计零）', 'largest over smallest, zeros left out'),
] %}
with units as (
    select
        'schools' as among,
        d.region_code as region_code,
        d.year as year,
        d.stage as stage,
        'all' as segment,
        d.indicator_code as indicator_code,
        'computed' as value_basis,
        d.unit_count as unit_count,
        d.pupils as weight,
        d.mean_value as mean_value,
        {% for f in formulas %}d.{{ f[0] }} as {{ f[0] }},
        {% endfor %}
        d.largest as largest,
        d.largest_school_id as largest_unit,
        d.largest_school as largest_unit_zh,
        d.smallest as smallest,
        d.smallest_school_id as smallest_unit,
        d.smallest_school as smallest_unit_zh,
        d.status as status
    from {{ ref('int_school_dispersion') }} as d
    union all
    select
        'regions' as among,
        s.region_code as region_code,
        s.year as year,
        s.stage as stage,
        s.segment as segment,
        s.base_indicator as indicator_code,
        s.value_basis as value_basis,
        s.unit_count as unit_count,
        s.weight as weight,
        s.mean_value as mean_value,
        {% for f in formulas %}{% if f[0] in ('theil_within', 'theil_between') %}cast(null as {{ dbl() }}){% else %}s.{{ f[0] }}{% endif %} as {{ f[0] }},
        {% endfor %}
        s.largest as largest,
        s.largest_region_code as largest_unit,
        l.name_zh as largest_unit_zh,
        s.smallest_above_zero as smallest,
        s.smallest_region_code as smallest_unit,
        m.name_zh as smallest_unit_zh,
        'ok' as status
    from {{ ref('int_region_dispersion') }} as s
    left join {{ ref('stg_regions') }} as l
        on s.largest_region_code = l.region_code and {{ holds_in('s.year', 'l.valid_from', 'l.valid_to') }}
    left join {{ ref('stg_regions') }} as m
        on s.smallest_region_code = m.region_code and {{ holds_in('s.year', 'm.valid_from', 'm.valid_to') }}
),

long_form as (
    {% for code, zh, en in formulas %}
    select
        u.among as among,
        u.region_code as region_code,
        u.year as year,
        u.stage as stage,
        u.segment as segment,
        u.indicator_code as indicator_code,
        u.value_basis as value_basis,
        '{{ code }}' as formula,
        '{{ zh }}' as formula_zh,
        '{{ en }}' as formula_en,
        u.{{ code }} as value,
        u.unit_count as unit_count,
        u.weight as weight,
        u.mean_value as mean_value,
        u.largest as largest,
        u.largest_unit as largest_unit,
        u.largest_unit_zh as largest_unit_zh,
        u.smallest as smallest,
        u.smallest_unit as smallest_unit,
        u.smallest_unit_zh as smallest_unit_zh,
        u.status as status
    from units as u
    where u.{{ code }} is not null or (u.status <> 'ok' and '{{ code }}' = 'cv_weighted')
    {% if not loop.last %}union all{% endif %}
    {% endfor %}
)

select
    f.region_code as region_code,
    r.name_zh as region_zh,
    f.year as year,
    f.stage as stage,
    f.segment as segment,
    f.indicator_code as indicator_code,
    i.name_zh as indicator_zh,
    i.unit as unit,
    f.among as among,
    f.formula as formula,
    f.formula_zh as formula_zh,
    f.formula_en as formula_en,
    f.value as value,
    f.status as status,
    f.value_basis as value_basis,
    f.unit_count as unit_count,
    f.weight as weight,
    f.mean_value as mean_value,
    f.largest as largest,
    f.largest_unit as largest_unit,
    f.largest_unit_zh as largest_unit_zh,
    f.smallest as smallest,
    f.smallest_unit as smallest_unit,
    f.smallest_unit_zh as smallest_unit_zh
from long_form as f
inner join {{ ref('stg_indicators') }} as i on f.indicator_code = i.indicator_code
inner join {{ ref('stg_regions') }} as r
    on f.region_code = r.region_code and {{ holds_in('f.year', 'r.valid_from', 'r.valid_to') }}
