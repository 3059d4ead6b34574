-- One row per indicator cell: the value that stands for it, by precedence, with the other basis beside it.
-- What was printed goes before what the formulas give; the two are never mixed.
with published as (
    select * from {{ ref('int_indicator') }} as f where f.basis = 'published'
),

computed as (
    select * from {{ ref('int_indicator') }} as f where f.basis = 'computed' and f.status = 'ok'
),

cells as (
    select
        coalesce(p.indicator_code, c.indicator_code) as indicator_code,
        coalesce(p.region_code, c.region_code) as region_code,
        coalesce(p.year, c.year) as year,
        coalesce(p.stage, c.stage) as stage,
        coalesce(p.segment, c.segment) as segment,
        coalesce(p.value, c.value) as value,
        case when p.value is null then 'computed' else 'published' end as basis,
        c.numerator as numerator,
        c.denominator as denominator,
        c.scale as scale,
        case when p.value is null then null else c.value end as other_value,
        case when p.value is null or c.value is null then null else 'computed' end as other_basis,
        coalesce(p.confidence, c.confidence) as confidence
    from published as p
    full outer join computed as c
        on p.indicator_code = c.indicator_code and p.region_code = c.region_code and p.year = c.year
        and p.stage = c.stage and p.segment = c.segment
)

select
    c.indicator_code as indicator_code,
    c.region_code as region_code,
    r.name_zh as region_zh,
    r.level as region_level,
    r.sort_no as region_sort_no,
    r.parent_code as parent_code,
    l.series_code as series_code,
    c.year as year,
    c.stage as stage,
    c.segment as segment,
    c.value as value,
    c.basis as basis,
    c.numerator as numerator,
    c.denominator as denominator,
    c.scale as scale,
    c.other_value as other_value,
    c.other_basis as other_basis,
    c.confidence as confidence
from cells as c
inner join {{ ref('stg_regions') }} as r
    on c.region_code = r.region_code and {{ holds_in('c.year', 'r.valid_from', 'r.valid_to') }}
inner join {{ ref('int_region_lineage') }} as l
    on r.region_code = l.region_code and coalesce(r.valid_from, 0) = coalesce(l.valid_from, 0)
