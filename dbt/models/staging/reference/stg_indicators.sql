-- One row per indicator of the catalogue.
select
    i.indicator_code as indicator_code,
    i.name_zh as name_zh,
    i.name_en as name_en,
    i.level as level,
    i.family as family,
    i.unit as unit,
    i.direction as direction,
    cast(i.decimals as integer) as decimals,
    i.may_exceed_100 = 'yes' as may_exceed_100,
    i.definition_zh as definition_zh,
    i.definition_en as definition_en,
    i.formula_zh as formula_zh,
    {{ typed('i.standard_low', dbl()) }} as standard_low,
    {{ typed('i.standard_high', dbl()) }} as standard_high,
    nullif(i.standard_comparator, '') as standard_comparator,
    i.source as source,
    i.confidence as confidence,
    nullif(i.no_source_reason, '') as no_source_reason
from {{ source('raw', 'indicators') }} as i
