-- One row per assessed county, year and assessment: what its conditions come to. Conditions that feed another one and
-- local variants are not counted.
with counted as (
    select
        c.region_code as region_code,
        c.year as year,
        c.assessment as assessment,
        cast(count(*) as bigint) as condition_count,
        {% for status in ['met', 'not_met', 'no_data', 'needs_judgement'] %}
        cast(sum(case when c.status = '{{ status }}' then 1 else 0 end) as bigint) as {{ status }}_count,
        {% endfor %}
        cast(sum(case when c.status = 'met' and c.is_provisional then 1 else 0 end) as bigint) as provisional_met,
        cast(sum(case when c.status = 'not_met' and c.is_provisional then 1 else 0 end) as bigint) as provisional_not_met
    from {{ ref('int_assessment_condition') }} as c
    where c.decides = 'yes'
    group by c.region_code, c.year, c.assessment
),

judged as (
    select
        k.*,
        case
            when k.needs_judgement_count > 0 then 'undecided'
            when k.not_met_count > 0 then 'not_met'
            when k.no_data_count > 0 then 'no_data'
            else 'met'
        end as status
    from counted as k
)

select
    j.region_code as region_code,
    j.year as year,
    j.assessment as assessment,
    j.status as status,
    case j.status
        when 'met' then j.provisional_met > 0
        when 'not_met' then j.provisional_not_met = j.not_met_count
        else false
    end as is_provisional,
    j.condition_count as condition_count,
    j.met_count as met_count,
    j.not_met_count as not_met_count,
    j.no_data_count as no_data_count,
    j.needs_judgement_count as needs_judgement_count
from judged as j
