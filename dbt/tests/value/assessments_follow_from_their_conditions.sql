-- zh: 每县每年每项评估恰有清单中的每个条件；结论由数值与标准得出，数值即事实表、差异表中的值，学校数与学校明细一致；县的结论由其条件得出，地方标准不参与
-- en: each county, year and assessment has each condition of the list once; a status follows from the value and what is
--     asked, a county's value is the one in the facts, a spread the one in mart_equity, and schools that fail are those
--     listed; the county's status follows from its conditions, and a local variant never counts.
-- when: always; whoever works on a county believes this list.
-- fix: `wrong` names the columns. Compare mart_assessment_condition with assessment_condition, fct_indicator and
--       assessment_school of the county and year.
with due as (
    select
        k.region_code as region_code,
        k.year as year,
        {% for column in ['assessment', 'condition_no', 'indicator_code', 'base_indicator', 'stage', 'judged_on', 'measured_by', 'comparator', 'required_value', 'unit', 'decides', 'decided_by', 'confidence'] %}
        c.{{ column }} as {{ column }}{% if not loop.last %},{% endif %}
        {% endfor %}
    from {{ ref('int_assessed_county') }} as k
    inner join {{ ref('assessment_condition') }} as c on k.assessment = c.assessment
),

failing as (
    select
        s.region_code as region_code,
        s.year as year,
        s.assessment as assessment,
        s.condition_no as condition_no,
        s.indicator_code as indicator_code,
        cast(count(*) as bigint) as school_count,
        cast(sum(s.failing_class_count) as bigint) as class_count,
        max(s.shortfall) as largest_shortfall
    from {{ ref('assessment_school') }} as s
    where s.status = 'not_met'
    group by s.region_code, s.year, s.assessment, s.condition_no, s.indicator_code
),

rule as (
    select
        s.region_code as region_code,
        s.year as year,
        cast(count(*) as bigint) as unit_count,
        cast(sum(case when s.status = 'no_data' then 1 else 0 end) as bigint) as unknown_count,
        cast(sum(case when s.is_provisional and s.status = 'met' then 1 else 0 end) as bigint) as provisional_met,
        cast(sum(case when s.is_provisional and s.status = 'not_met' then 1 else 0 end) as bigint) as provisional_not_met
    from {{ ref('assessment_school') }} as s
    where s.indicator_code = 'eq_county_school_pass_rate'
    group by s.region_code, s.year
),

compared as (
    select
        coalesce(d.region_code, a.region_code) as region_code,
        coalesce(d.year, a.year) as year,
        coalesce(d.assessment, a.assessment) as assessment,
        coalesce(d.condition_no, a.condition_no) as condition_no,
        coalesce(d.indicator_code, a.indicator_code) as indicator_code,
        case
            when a.region_code is null then 'missing '
            when d.region_code is null then 'unexpected '
            else case when {{ differs_in_words('a.decides', 'd.decides') }} then 'decides ' else '' end
                || case when {{ differs('a.required_value', 'd.required_value') }} or {{ differs_in_words('a.comparator', 'd.comparator') }} or {{ differs_in_words('a.unit', 'd.unit') }} then 'required_value ' else '' end
                || case
                    when d.decided_by = 'judgement' and a.status <> coalesce(j.decision, 'needs_judgement') then 'status '
                    when d.decided_by = 'judgement' and {{ differs_in_words('a.judgement_by', 'j.decided_by') }} then 'judgement_by '
                    when d.decided_by = 'judgement' or a.status in ('met', 'not_met', 'no_data') then ''
                    else 'status '
                end
                -- A value decides; where classes are counted, those over the limit do.
                || case
                    when d.decided_by = 'judgement' then ''
                    when a.status = 'no_data' and (a.value is not null or f.school_count > 0) then 'status '
                    when a.status <> 'no_data' and a.value is not null and a.status <> case when {{ condition_holds('d', 'a.value') }} then 'met' else 'not_met' end then 'status '
                    when a.status <> 'no_data' and d.judged_on = 'class' and a.status <> case when coalesce(a.failing_class_count, 0) = 0 then 'met' else 'not_met' end then 'status '
                    when a.status = 'not_met' and a.value is null and d.judged_on <> 'class' then 'value '
                    else ''
                end
                || case when d.judged_on = 'county' and d.decided_by = 'figure' and {{ differs('a.gap', '(case when d.comparator in (\'>=\', \'>\') then d.required_value - a.value else a.value - d.required_value end)') }} then 'gap ' else '' end
                || case when {{ differs('coalesce(a.failing_school_count, 0)', 'coalesce(f.school_count, 0)') }} then 'failing_school_count ' else '' end
                || case when {{ differs('coalesce(a.failing_class_count, 0)', 'coalesce(f.class_count, 0)') }} then 'failing_class_count ' else '' end
                || case when {{ differs('a.worst_shortfall', 'f.largest_shortfall') }} then 'worst_shortfall ' else '' end
                || case
                    when d.measured_by in ('indicator', 'indicator_each') and a.value is not null and not exists (
                        select 1 from {{ ref('fct_indicator') }} as i
                        where i.indicator_code = a.indicator_code and i.region_code = a.region_code and i.year = a.year
                            and i.stage = d.stage and i.basis = a.basis and i.value = a.value
                            and (i.segment = 'all' or d.measured_by = 'indicator_each')
                    ) then 'value '
                    when d.measured_by = 'dispersion' and {{ differs('a.value', 'e.cv_weighted') }} then 'value '
                    when d.measured_by = 'school_rule' and a.value is not null and {{ differs('a.value', '(100 - 100 * ' ~ ratio('coalesce(f.school_count, 0)', 'r.unit_count - r.unknown_count') ~ ')') }} then 'value '
                    else ''
                end
                || case
                    when a.is_provisional <> case
                        when a.status not in ('met', 'not_met') then false
                        when d.confidence = 'B' then true
                        when d.measured_by = 'school_rule' and a.status = 'met' then r.provisional_met > 0
                        when d.measured_by = 'school_rule' then r.provisional_not_met = f.school_count
                        else false
                    end then 'is_provisional '
                    else ''
                end
        end as wrong
    from due as d
    full outer join {{ ref('mart_assessment_condition') }} as a
        on d.region_code = a.region_code and d.year = a.year and d.assessment = a.assessment
        and d.condition_no = a.condition_no and d.indicator_code = a.indicator_code
    left join {{ ref('stg_condition_judgements') }} as j
        on a.region_code = j.region_code and a.year = j.year and a.assessment = j.assessment and a.condition_no = j.condition_no
    left join {{ ref('int_school_dispersion') }} as e
        on d.base_indicator = e.indicator_code and a.region_code = e.region_code and a.year = e.year
    left join rule as r on a.region_code = r.region_code and a.year = r.year
    left join failing as f
        on a.region_code = f.region_code and a.year = f.year and a.assessment = f.assessment
        and a.condition_no = f.condition_no and a.indicator_code = f.indicator_code
),

totals as (
    select
        a.region_code as region_code,
        a.year as year,
        a.assessment as assessment,
        cast(count(*) as bigint) as condition_count,
        {% for status in ['met', 'not_met', 'no_data', 'needs_judgement'] %}
        cast(sum(case when a.status = '{{ status }}' then 1 else 0 end) as bigint) as {{ status }}_count,
        {% endfor %}
        cast(sum(case when a.status = 'met' and a.is_provisional then 1 else 0 end) as bigint) as provisional_met,
        cast(sum(case when a.status = 'not_met' and not a.is_provisional then 1 else 0 end) as bigint) as firm_not_met
    from {{ ref('mart_assessment_condition') }} as a
    where a.decides = 'yes'
    group by a.region_code, a.year, a.assessment
),

verdicts as (
    select
        coalesce(t.region_code, k.region_code) as region_code,
        coalesce(t.year, k.year) as year,
        coalesce(t.assessment, k.assessment) as assessment,
        case
            when k.region_code is null then 'missing '
            when t.region_code is null then 'unexpected '
            else ''
                {% for column in ['condition_count', 'met_count', 'not_met_count', 'no_data_count', 'needs_judgement_count'] %}
                || case when k.{{ column }} <> t.{{ column }} then '{{ column }} ' else '' end
                {% endfor %}
                || case
                    when k.status <> case when t.needs_judgement_count > 0 then 'undecided' when t.not_met_count > 0 then 'not_met' when t.no_data_count > 0 then 'no_data' else 'met' end then 'status '
                    else ''
                end
                || case
                    when k.is_provisional <> case k.status when 'met' then t.provisional_met > 0 when 'not_met' then t.firm_not_met = 0 else false end then 'is_provisional '
                    else ''
                end
                || case when (k.not_met_conditions is not null) <> (t.not_met_count > 0) then 'not_met_conditions ' else '' end
        end as wrong
    from totals as t
    full outer join {{ ref('mart_county_assessment') }} as k
        on t.region_code = k.region_code and t.year = k.year and t.assessment = k.assessment
)

select
    c.region_code as region_code,
    c.year as year,
    c.assessment as assessment,
    c.condition_no as condition_no,
    c.indicator_code as indicator_code,
    c.wrong as wrong
from compared as c
where c.wrong <> ''
union all
select
    v.region_code as region_code,
    v.year as year,
    v.assessment as assessment,
    cast(null as varchar) as condition_no,
    cast(null as varchar) as indicator_code,
    v.wrong as wrong
from verdicts as v
where v.wrong <> ''
