-- zh: 每个比率公式有分子和分母，每个求和公式有加数，只公布的指标没有项
-- en: every ratio has terms on both sides, every sum has a numerator, and no formula of another kind is left
--       without a word on how its value comes about.
-- when: a formula was added or changed in raw/reference or raw/local.
-- fix: add the missing rows to indicator_terms.csv, or correct the kind in indicator_formulas.csv.
with sides as (
    select
        f.indicator_code as indicator_code,
        f.stage as stage,
        f.variant as variant,
        f.kind as kind,
        cast(sum(case when t.side = 'numerator' then 1 else 0 end) as bigint) as numerator_terms,
        cast(sum(case when t.side = 'denominator' then 1 else 0 end) as bigint) as denominator_terms
    from {{ ref('stg_indicator_formulas') }} as f
    left join {{ ref('stg_indicator_terms') }} as t
        on f.indicator_code = t.indicator_code and f.stage = t.stage and f.variant = t.variant
    group by f.indicator_code, f.stage, f.variant, f.kind
)

select
    s.indicator_code as indicator_code,
    s.stage as stage,
    s.variant as variant,
    s.kind as kind,
    s.numerator_terms as numerator_terms,
    s.denominator_terms as denominator_terms
from sides as s
where (s.kind = 'ratio' and (s.numerator_terms = 0 or s.denominator_terms = 0))
    or (s.kind = 'sum' and (s.numerator_terms = 0 or s.denominator_terms > 0))
    or (s.kind = 'published_only' and s.numerator_terms + s.denominator_terms > 0)
