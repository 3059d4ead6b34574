-- Two publications of one fact, a fact or a sum of school records beside what stands, and two figures that cannot both be
-- right as they are called.
select
    'publication' as kind,
    other.region_code as region_code,
    other.year as year,
    other.stage as stage,
    other.segment as segment,
    other.measure_code as measure_code,
    other.indicator_code as indicator_code,
    other.measure_code as other_measure_code,
    chosen.value as chosen_value,
    chosen.source_id as chosen_source_id,
    other.chosen_by as chosen_by,
    other.value as other_value,
    other.source_id as other_source_id,
    other.confidence as other_confidence,
    other.source_file as other_source_file,
    other.source_row as other_source_row,
    other.value - chosen.value as difference,
    other.value_low <= chosen.value_high and other.value_high >= chosen.value_low as agrees_within_rounding,
    cast(null as varchar) as reason_zh
from {{ ref('int_observation_choice') }} as other
inner join {{ ref('int_observation_choice') }} as chosen
    on other.region_code = chosen.region_code and other.year = chosen.year and other.stage = chosen.stage
    and other.segment = chosen.segment and other.target = chosen.target and other.code = chosen.code
where chosen.choice_no = 1 and other.choice_no > 1
union all
select
    'contradiction' as kind,
    c.region_code as region_code,
    c.year as year,
    c.stage as stage,
    one.segment as segment,
    c.measure_code as measure_code,
    cast(null as varchar) as indicator_code,
    c.other_measure_code as other_measure_code,
    one.value as chosen_value,
    one.source_id as chosen_source_id,
    'both_kept' as chosen_by,
    other.value as other_value,
    other.source_id as other_source_id,
    other.confidence as other_confidence,
    other.source_file as other_source_file,
    other.source_row as other_source_row,
    other.value - one.value as difference,
    other.value_low <= one.value_high as agrees_within_rounding,
    c.reason_zh as reason_zh
from {{ ref('stg_contradictions') }} as c
inner join {{ ref('int_measure') }} as one
    on c.region_code = one.region_code and c.year = one.year and c.stage = one.stage
    and c.measure_code = one.measure_code and one.segment = 'all'
inner join {{ ref('int_measure') }} as other
    on c.region_code = other.region_code and c.year = other.year and c.stage = other.stage
    and c.other_measure_code = other.measure_code and other.segment = 'all'
union all
select
    'county_fact' as kind,
    f.region_code as region_code,
    f.year as year,
    f.stage as stage,
    f.segment as segment,
    f.measure_code as measure_code,
    cast(null as varchar) as indicator_code,
    f.measure_code as other_measure_code,
    m.value as chosen_value,
    m.source_id as chosen_source_id,
    'basis' as chosen_by,
    f.value as other_value,
    md5(i.issuer || '|' || f.source_zh) as other_source_id,
    'A' as other_confidence,
    f.source_file as other_source_file,
    f.source_row as other_source_row,
    f.value - m.value as difference,
    f.value <= m.value_high and f.value >= m.value_low as agrees_within_rounding,
    cast(null as varchar) as reason_zh
from {{ ref('stg_county_facts') }} as f
inner join {{ ref('int_measure') }} as m on {{ same_cell('f', 'm') }}
inner join {{ source('meta', 'input_file') }} as i on f.source_file = i.file
where m.basis = 'reported'
union all
select
    'school_sum' as kind,
    t.region_code as region_code,
    t.year as year,
    t.stage as stage,
    t.segment as segment,
    t.measure_code as measure_code,
    cast(null as varchar) as indicator_code,
    t.measure_code as other_measure_code,
    m.value as chosen_value,
    m.source_id as chosen_source_id,
    'basis' as chosen_by,
    t.value as other_value,
    md5(i.issuer || '|' || i.title) as other_source_id,
    'A' as other_confidence,
    t.source_file as other_source_file,
    cast(null as bigint) as other_source_row,
    t.value - m.value as difference,
    t.value <= m.value_high and t.value >= m.value_low as agrees_within_rounding,
    cast(null as varchar) as reason_zh
from {{ ref('int_school_total') }} as t
inner join {{ ref('int_measure') }} as m on {{ same_cell('t', 'm') }}
inner join {{ source('meta', 'input_file') }} as i on t.source_file = i.file
where m.basis <> 'summed'
