-- One row per measure cell: the figure that stands for it. What a publication prints goes before a county fact, a
-- county fact before the sum of school records.
with printed as (
    select * from {{ ref('int_observation_choice') }} as c where c.target = 'measure' and c.choice_no = 1
),

facts as (
    select
        f.region_code as region_code,
        f.year as year,
        f.stage as stage,
        f.segment as segment,
        f.measure_code as measure_code,
        f.value as value,
        f.base_unit as base_unit,
        f.source_file as source_file,
        f.source_row as source_row,
        md5(i.issuer || '|' || f.source_zh) as source_id
    from {{ ref('stg_county_facts') }} as f
    inner join {{ source('meta', 'input_file') }} as i on f.source_file = i.file
),

sums as (
    select
        s.region_code as region_code,
        s.year as year,
        s.stage as stage,
        s.segment as segment,
        s.measure_code as measure_code,
        s.value as value,
        s.unit_count as unit_count,
        s.source_file as source_file,
        m.base_unit as base_unit,
        md5(i.issuer || '|' || i.title) as source_id
    from {{ ref('int_school_total') }} as s
    inner join {{ ref('stg_measures') }} as m on s.measure_code = m.measure_code
    inner join {{ source('meta', 'input_file') }} as i on s.source_file = i.file
)

select
    c.region_code as region_code,
    c.year as year,
    c.stage as stage,
    c.segment as segment,
    c.measure_code as measure_code,
    c.value as value,
    c.value_low as value_low,
    c.value_high as value_high,
    case when c.correction_reason is not null then c.received_value end as uncorrected_value,
    c.correction_reason as correction_reason,
    c.base_unit as base_unit,
    'reported' as basis,
    c.confidence as confidence,
    c.chosen_by as chosen_by,
    c.source_id as source_id,
    c.source_file as source_file,
    c.source_row as source_row,
    cast(null as bigint) as unit_count
from printed as c
union all
select
    f.region_code as region_code,
    f.year as year,
    f.stage as stage,
    f.segment as segment,
    f.measure_code as measure_code,
    f.value as value,
    f.value as value_low,
    f.value as value_high,
    cast(null as {{ dbl() }}) as uncorrected_value,
    cast(null as varchar) as correction_reason,
    f.base_unit as base_unit,
    'fact' as basis,
    'A' as confidence,
    case when s.measure_code is null then 'only' else 'basis' end as chosen_by,
    f.source_id as source_id,
    f.source_file as source_file,
    f.source_row as source_row,
    cast(null as bigint) as unit_count
from facts as f
left join printed as c on {{ same_cell('f', 'c') }}
left join sums as s on {{ same_cell('f', 's') }}
where c.measure_code is null
union all
select
    s.region_code as region_code,
    s.year as year,
    s.stage as stage,
    s.segment as segment,
    s.measure_code as measure_code,
    s.value as value,
    s.value as value_low,
    s.value as value_high,
    cast(null as {{ dbl() }}) as uncorrected_value,
    cast(null as varchar) as correction_reason,
    s.base_unit as base_unit,
    'summed' as basis,
    'A' as confidence,
    'only' as chosen_by,
    s.source_id as source_id,
    s.source_file as source_file,
    cast(null as bigint) as source_row,
    s.unit_count as unit_count
from sums as s
left join printed as c on {{ same_cell('s', 'c') }}
left join {{ ref('stg_county_facts') }} as f on {{ same_cell('s', 'f') }}
where c.measure_code is null and f.measure_code is null
