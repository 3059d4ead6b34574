-- One row per printed figure: typed, in base units, with the interval that the printed digits leave open.
with figures as (
    select
        s.region_code as region_code,
        cast(s.year as integer) as year,
        s.level as level,
        s.measure as measure,
        s.value as printed_value,
        s.unit as printed_unit,
        {{ printed_decimals('s.value') }} as printed_decimals,
        u.base_unit as base_unit,
        cast(u.factor as {{ dbl() }}) as factor,
        -- Decimal arithmetic first: 2976.7 x 10000 must be 29767000, not a neighbour of it.
        cast(cast(s.value as decimal(26, 6)) * cast(u.factor as decimal(11, 1)) as {{ dbl() }}) as value,
        s.source_zh as source_zh,
        s.publisher_zh as publisher_zh,
        md5(s.publisher_zh || '|' || s.source_zh) as source_id,
        s.confidence as confidence,
        s.note as note_zh,
        s._file as source_file,
        s._row as source_row
    from {{ source('raw', 'statistics') }} as s
    inner join {{ source('raw', 'units') }} as u on s.unit = u.unit
),

widths as (
    select
        f.*,
        f.factor * power(cast(10 as {{ dbl() }}), -f.printed_decimals) as last_digit
    from figures as f
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
from widths as w
