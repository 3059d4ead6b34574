with numbers as (
    -- A condition that stands once for each of two stages has one number.
    select
        a.region_code as region_code,
        a.year as year,
        a.assessment as assessment,
        a.status as status,
        a.condition_no as condition_no,
        min(c.sort_no) as first_sort_no
    from {{ ref('int_assessment_condition') }} as a
    inner join {{ ref('stg_assessment_conditions') }} as c
        on a.assessment = c.assessment and a.condition_no = c.condition_no and a.indicator_code = c.indicator_code
    where a.decides = 'yes' and a.status <> 'met'
    group by a.region_code, a.year, a.assessment, a.status, a.condition_no
),

numbered as (
    select
        n.region_code as region_code,
        n.year as year,
        n.assessment as assessment,
        {% for status in ['not_met', 'no_data', 'needs_judgement'] %}
        {{ joined("case when n.status = '" ~ status ~ "' then n.condition_no end", ', ', 'n.first_sort_no') }} as {{ status }}_conditions{% if not loop.last %},{% endif %}
        {% endfor %}
    from numbers as n
    group by n.region_code, n.year, n.assessment
),

in_the_way as (
    select
        a.region_code as region_code,
        a.year as year,
        a.assessment as assessment,
        {% for status in ['not_met', 'no_data', 'needs_judgement'] %}
        {{ joined("case when a.status = '" ~ status ~ "' then c.condition_no || ' ' || c.name_zh end", '、', 'c.sort_no') }} as {{ status }}_zh,
        {{ joined("case when a.status = '" ~ status ~ "' then c.condition_no || ' ' || c.name_en end", '; ', 'c.sort_no') }} as {{ status }}_en{% if not loop.last %},{% endif %}
        {% endfor %}
    from {{ ref('int_assessment_condition') }} as a
    inner join {{ ref('stg_assessment_conditions') }} as c
        on a.assessment = c.assessment and a.condition_no = c.condition_no and a.indicator_code = c.indicator_code
    where a.decides = 'yes'
    group by a.region_code, a.year, a.assessment
)

select
    k.region_code as region_code,
    r.name_zh as region_zh,
    k.year as year,
    k.assessment as assessment,
    k.status as status,
    k.is_provisional as is_provisional,
    k.condition_count as condition_count,
    k.met_count as met_count,
    k.not_met_count as not_met_count,
    k.no_data_count as no_data_count,
    k.needs_judgement_count as needs_judgement_count,
    n.not_met_conditions as not_met_conditions,
    n.no_data_conditions as no_data_conditions,
    n.needs_judgement_conditions as needs_judgement_conditions,
    case k.status when 'met' then '达到' when 'not_met' then '未达到' when 'no_data' then '数据不全' else '待认定' end
        || case when k.is_provisional then '（暂定）' else '' end
        || '：' || cast(k.condition_count as varchar) || ' 项条件中 ' || cast(k.met_count as varchar) || ' 项达到'
        || coalesce('；未达到：' || w.not_met_zh, '')
        || coalesce('；无数据：' || w.no_data_zh, '')
        || coalesce('；待认定：' || w.needs_judgement_zh, '') as summary_zh,
    case k.status when 'met' then 'met' when 'not_met' then 'not met' when 'no_data' then 'data missing' else 'undecided' end
        || case when k.is_provisional then ' (provisional)' else '' end
        || ': ' || cast(k.met_count as varchar) || ' of ' || cast(k.condition_count as varchar) || ' conditions met'
        || coalesce('; not met: ' || w.not_met_en, '')
        || coalesce('; no data: ' || w.no_data_en, '')
        || coalesce('; to be decided: ' || w.needs_judgement_en, '') as summary_en
from {{ ref('int_county_assessment') }} as k
left join numbered as n on k.region_code = n.region_code and k.year = n.year and k.assessment = n.assessment
inner join in_the_way as w on k.region_code = w.region_code and k.year = w.year and k.assessment = w.assessment
inner join {{ ref('stg_regions') }} as r
    on k.region_code = r.region_code and {{ holds_in('k.year', 'r.valid_from', 'r.valid_to') }}
