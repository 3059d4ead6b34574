select
    v.target_id as target_id,
    v.method as method,
    m.method_version as method_version,
    r.status as status,
    r.reason_code as reason_code,
    r.name_zh as reason_zh,
    r.name_en as reason_en,
    r.confidence = 'B' as provisional,
    t.document_id as document_id,
    t.indicator_code as indicator_code,
    b.region_code as region_code,
    t.region_zh as region_zh,
    b.target_year as target_year,
    b.comparator as comparator,
    b.value as target_value,
    b.value_high as target_value_high,
    t.indicator_unit as unit,
    e.deciding_value as actual_value,
    e.deciding_year as actual_year,
    e.deciding_basis as actual_basis,
    e.deciding_confidence as actual_confidence,
    v.judged_value as judged_value,
    v.gap as gap,
    case when t.indicator_unit = '%' or (b.comparator = 'grow' and t.printed_unit = '%') then 'pp' else t.indicator_unit end as gap_unit,
    e.base_value as base_value,
    e.base_year as base_year,
    v.actual_pace as actual_pace,
    v.required_pace as required_pace,
    v.progress_ratio as progress_ratio,
    e.years_between = 0 and e.deciding_year - e.base_year > 1 as sparse,
    e.earlier_year as earlier_year,
    e.earlier_value as earlier_value,
    e.later_year as later_year,
    e.later_value as later_value,
    case
        when v.rule = 'region_not_bound' then '绑定 / ' || t.region_zh || '：raw/local/bindings.csv'
        when v.rule = 'year_not_bound' then '绑定 plan_year：raw/local/bindings.csv'
        when v.rule = 'no_value_in_any_year' then coalesce(i.name_zh, t.indicator_zh) || '（' || t.stage || '）' || coalesce(cast(b.target_year as varchar) || ' 年', '任一年') || '的数值'
        when v.rule = 'no_value_for_target_year' then i.name_zh || '（' || t.stage || '）' || cast(b.target_year as varchar) || ' 年的数值'
        when v.rule = 'flow_years_missing' then i.name_zh || '（' || t.stage || '）' || cast(b.issue_year as varchar) || '—' || cast(b.target_year as varchar) || ' 年中 ' || cast(b.target_year - b.issue_year + 1 - e.flow_years as varchar) || ' 年的数值'
        when v.rule = 'no_base_value' then i.name_zh || '（' || t.stage || '）' || cast(e.deciding_year - 1 as varchar) || ' 年的数值'
        when v.rule = 'one_value_only' then i.name_zh || '（' || t.stage || '）另一年份的数值'
        when v.rule = 'per_county_standard' then i.name_zh || '（' || t.stage || '）各县的数值'
        when v.rule = 'series_break' then i.name_zh || '（' || t.stage || '）断裂之后另一年份的数值'
        when v.rule = 'counted_at_the_end' then '到期时的清点'
        when v.rule = 'no_measure' then coalesce(t.indicator_note, '没有对应的指标')
    end as missing_zh,
    case
        when v.rule = 'region_not_bound' then 'a binding of ' || t.region_zh || ' in raw/local/bindings.csv'
        when v.rule = 'year_not_bound' then 'a binding of plan_year in raw/local/bindings.csv'
        when v.rule = 'no_value_in_any_year' then 'a value of ' || coalesce(i.name_en, t.indicator_zh) || ' (' || t.stage || ') for ' || coalesce(cast(b.target_year as varchar), 'any year')
        when v.rule = 'no_value_for_target_year' then 'the value of ' || i.name_en || ' (' || t.stage || ') for ' || cast(b.target_year as varchar)
        when v.rule = 'flow_years_missing' then 'values of ' || i.name_en || ' (' || t.stage || ') for ' || cast(b.target_year - b.issue_year + 1 - e.flow_years as varchar) || ' of the years ' || cast(b.issue_year as varchar) || '-' || cast(b.target_year as varchar)
        when v.rule = 'no_base_value' then 'the value of ' || i.name_en || ' (' || t.stage || ') for ' || cast(e.deciding_year - 1 as varchar)
        when v.rule = 'one_value_only' then 'a value of ' || i.name_en || ' (' || t.stage || ') for another year'
        when v.rule = 'per_county_standard' then 'the values of ' || i.name_en || ' (' || t.stage || ') of every county'
        when v.rule = 'series_break' then 'a value of ' || i.name_en || ' (' || t.stage || ') for another year after the break'
        when v.rule = 'counted_at_the_end' then 'the count when it is due'
        when v.rule = 'no_measure' then 'an indicator that measures it'
    end as missing_en,
    j.decision as judgement,
    j.decided_by as judgement_by,
    j.reason as judgement_reason,
    j.valid_until as judgement_until,
    j.valid_until >= a.as_of as judgement_in_force
from {{ ref('int_target_verdict') }} as v
inner join {{ ref('stg_verdict_rules') }} as r on v.method = r.method and v.rule = r.rule
inner join {{ ref('stg_verdict_methods') }} as m on v.method = m.method
inner join {{ ref('stg_targets') }} as t on v.target_id = t.target_id
inner join {{ ref('int_target') }} as b on v.target_id = b.target_id
cross join {{ source('meta', 'build') }} as a
left join {{ ref('int_target_evidence') }} as e on v.target_id = e.target_id
left join {{ ref('stg_indicators') }} as i on t.indicator_code = i.indicator_code
left join {{ ref('stg_judgements') }} as j on v.target_id = j.target_id
