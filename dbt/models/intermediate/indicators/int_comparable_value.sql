-- One row per value that may be compared between segments, regions or years: shares, ratios and amounts a head, not sizes.
select
    v.region_code as region_code,
    v.year as year,
    v.stage as stage,
    v.segment as segment,
    v.indicator_code as indicator_code,
    v.basis as basis,
    v.value as value,
    v.denominator as weight,
    v.confidence as confidence
from {{ ref('int_indicator') }} as v
inner join {{ ref('stg_indicators') }} as i on v.indicator_code = i.indicator_code
inner join {{ ref('stg_indicator_formulas') }} as f
    on v.indicator_code = f.indicator_code and f.priority = 1 and (f.stage = v.stage or f.stage = '')
where v.status = 'ok' and f.kind in ('ratio', 'published_only')
    and i.unit not in ('persons', 'count', 'places', 'flag', 'level', 'score')
