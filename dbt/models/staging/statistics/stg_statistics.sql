-- One row per printed figure: corrected where a correction says so, typed, in base units, with the interval that the
-- printed digits leave open.
with corrected as (
    select
        s.region_code as region_code,
        cast(s.year as integer) as year,
        s.level as level,
        s.measure as measure,
        s.value as printed_value,
        coalesce(c.new_value, s.value) as standing_value,
        c.reason as correction_reason,
        s.unit as unit,
        s.source_zh as source_zh,
        s.publisher_zh as publisher_zh,
        s.confidence as confidence,
        s.note as note_zh,
        s._file as source_file,
        s._row as source_row
    from {{ source('raw', 'statistics') }} as s
    left join {{ ref('stg_corrections') }} as c
        on s.region_code = c.region_code and cast(s.year as integer) = c.year and s.level = c.level
        and s.measure = c.measure and s.source_zh = c.source_zh and s.value = c.old_value
),

figures as (
    select
        c.*,
        {{ printed_decimals('c.standing_value') }} as printed_decimals
    from corrected as c
),

converted as (
    select
        f.region_code as region_code,
        f.year as year,
        f.level as level,
        f.measure as measure,
        f.printed_value as printed_value,
        f.correction_reason as correction_reason,
        f.unit as printed_unit,
        f.printed_decimals as printed_decimals,
        u.base_unit as base_unit,
        -- Decimal arithmetic first: 2976.7 x 10000 must be 29767000, not a neighbour of it. Six decimals are kept.
        cast(cast(f.standing_value as decimal(26, 6)) * cast(u.factor as decimal(11, 1)) as {{ dbl() }}) as value,
        cast(cast(f.printed_value as decimal(26, 6)) * cast(u.factor as decimal(11, 1)) as {{ dbl() }}) as received_value,
        cast(u.factor as {{ dbl() }}) * power(cast(10 as {{ dbl() }}), -least(f.printed_decimals, 6)) as last_digit,
        f.source_zh as source_zh,
        f.publisher_zh as publisher_zh,
        md5(f.publisher_zh || '|' || f.source_zh) as source_id,
        f.confidence as confidence,
        f.note_zh as note_zh,
        f.source_file as source_file,
        f.source_row as source_row
    from figures as f
    inner join {{ source('raw', 'units') }} as u on f.unit = u.unit
)

select
    w.region_code as region_code,
    w.year as year,
    w.level as level,
    w.measure as measure,
    w.printed_value as printed_value,
    w.printed_unit as printed_unit,
    w.printed_decimals as printed_decimals,
    w.base_unit as base_unit,
    w.value as value,
    w.received_value as received_value,
    w.correction_reason as correction_reason,
    -- People, schools and classes are whole: printed to the unit, they are exact.
    case when w.base_unit in ('人', '所', '个') and w.last_digit <= 1 then w.value else w.value - w.last_digit * 0.5 end as value_low,
    case when w.base_unit in ('人', '所', '个') and w.last_digit <= 1 then w.value else w.value + w.last_digit * 0.5 end as value_high,
    w.source_zh as source_zh,
    w.publisher_zh as publisher_zh,
    w.source_id as source_id,
    w.confidence as confidence,
    w.note_zh as note_zh,
    w.source_file as source_file,
    w.source_row as source_row
from converted as w
