-- zh: 对照表的基本单位与数据项、指标一致，公布指标的学段有对应公式
-- en: a measure of the crosswalk has the base unit of the measure it becomes, a published indicator the unit of the
--       indicator, and the crosswalk's stage is the stage of a formula of the indicator it publishes.
-- when: a line was added to crosswalk.csv, or a measure or formula changed.
-- fix: correct base_unit or stage in crosswalk.csv; figures would otherwise land in a cell nobody reads.
select
    c.level as level,
    c.measure as measure,
    c.measure_code as measure_code,
    c.indicator_code as indicator_code,
    c.stage as stage,
    c.base_unit as crosswalk_unit,
    m.base_unit as measure_unit
from {{ ref('stg_crosswalk') }} as c
left join {{ ref('stg_measures') }} as m on c.measure_code = m.measure_code
left join {{ ref('stg_indicators') }} as i on c.indicator_code = i.indicator_code
left join {{ source('raw', 'indicator_units') }} as u on i.unit = u.indicator_unit and c.base_unit = u.base_unit
where (c.target = 'measure' and c.base_unit <> m.base_unit)
    -- A published figure is not converted: printed in per cent it is no ratio.
    or (c.target = 'indicator' and cast(u.base_units as {{ dbl() }}) <> 1)
    or (
        c.target = 'indicator'
        and not exists (
            select 1 from {{ ref('stg_indicator_formulas') }} as f
            where f.indicator_code = c.indicator_code and (f.stage = c.stage or f.stage = '')
        )
    )
