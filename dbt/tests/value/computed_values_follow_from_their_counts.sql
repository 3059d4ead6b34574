-- zh: 计算出的比率等于自己的分子除以分母再乘倍数
-- en: a computed ratio is its own numerator over its own denominator, times the formula's scale.
-- when: always; it is what makes a rate checkable, and what the mean of rates can never satisfy.
-- fix: the model that wrote the row computed the value from something else than the counts it shows.
select
    f.indicator_code as indicator_code,
    f.region_code as region_code,
    f.year as year,
    f.stage as stage,
    f.value as value,
    f.numerator as numerator,
    f.denominator as denominator
from {{ ref('fct_indicator') }} as f
inner join {{ ref('indicator_formula') }} as d
    on f.indicator_code = d.indicator_code and f.variant = d.variant and d.stage in ('', f.stage)
where f.basis = 'computed' and f.status = 'ok' and d.kind = 'ratio'
    and abs(f.value * f.denominator - d.scale * f.numerator) > 0.000000001 * abs(d.scale * f.numerator)
