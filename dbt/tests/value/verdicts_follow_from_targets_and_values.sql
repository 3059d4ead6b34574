-- zh: 每个目标按每种方法恰有一个判定，未审核的不判定、不计数；目标的内容与台账一致，所用数值来自事实表，差距与结论相符，汇总不重不漏
-- en: each target has one verdict by each method, by a known rule; what is said of the target is what the ledger says,
--     the value looked at stands in fct_indicator, the gap follows from both and fits the status; the summary counts
--     every verdict once in each view; what nobody reviewed is proposed, judged by no method and counted nowhere.
-- when: a target, a binding, a rule or a value changed.
-- fix: `wrong` names the columns. Compare fct_target and mart_target_attainment with stg_targets and fct_indicator.
with codes as (
    select distinct
        t.region_code as region_code,
        t.region_code as value_region_code
    from {{ ref('fct_target') }} as t
    union
    {{ renamed_codes() }}
),

due as (
    select
        {% for column in ['target_id', 'document_id', 'indicator_code', 'stage', 'segment', 'region_code', 'region_zh', 'comparator', 'unit', 'target_year', 'target_value', 'target_value_high', 'baseline', 'printed_unit', 'review_status'] %}
        t.{{ column }} as {{ column }},
        {% endfor %}
        m.method as method,
        m.method_version as method_version
    from {{ ref('fct_target') }} as t
    cross join {{ ref('verdict_method') }} as m
),

judged as (
    select
        coalesce(d.target_id, a.target_id) as target_id,
        coalesce(d.method, a.method) as method,
        case
            when a.target_id is null then 'missing'
            when d.target_id is null then 'unexpected'
            else ''
                {% for column in ['document_id', 'indicator_code', 'region_code', 'region_zh', 'unit'] %}
                || case when {{ differs_in_words('a.' ~ column, 'd.' ~ column) }} then '{{ column }} ' else '' end
                {% endfor %}
                {% for column in ['method_version', 'target_year', 'target_value_high'] %}
                || case when {{ differs('a.' ~ column, 'd.' ~ column) }} then '{{ column }} ' else '' end
                {% endfor %}
                -- Growth on a stated base becomes a level, a yes without a number a 1, an elimination without one a 0.
                || case
                    when d.target_value is null then ''
                    when d.comparator = 'grow' and d.baseline is not null and a.comparator <> '>=' then 'comparator '
                    when d.comparator = 'grow' and d.baseline is not null and d.printed_unit = '%' and {{ differs('a.target_value', '(d.baseline * (1 + 0.01 * d.target_value))') }} then 'target_value '
                    when d.comparator = 'grow' and d.baseline is not null and d.printed_unit <> '%' and {{ differs('a.target_value', '(d.baseline + d.target_value)') }} then 'target_value '
                    when d.comparator = 'grow' and d.baseline is not null then ''
                    when {{ differs_in_words('a.comparator', 'd.comparator') }} then 'comparator '
                    when {{ differs('a.target_value', 'd.target_value') }} then 'target_value '
                    else ''
                end
                || case when r.rule_count is null then 'reason_code ' else '' end
                || case when (a.status = 'proposed') <> (d.review_status = 'proposed') then 'review_status ' else '' end
                || case when (a.actual_value is null) <> (a.actual_year is null) or (a.actual_value is not null and f.indicator_code is null) then 'actual_value ' else '' end
                || case
                    when d.target_value is null then ''
                    when d.comparator in ('>=', '>') and {{ differs('a.gap', '(d.target_value - a.actual_value)') }} then 'gap '
                    when d.comparator in ('<=', '<', 'eliminate') and {{ differs('a.gap', '(a.actual_value - d.target_value)') }} then 'gap '
                    else ''
                end
                -- Of the target's own year, and of a level: the gap alone decides.
                || case
                    when a.reason_code <> 'value_of_target_year' or d.comparator in ('add', 'grow') then ''
                    when a.actual_year <> d.target_year then 'actual_year '
                    when a.status = 'met' and a.gap > 0.000001 then 'status '
                    when a.status = 'missed' and a.gap < -0.000001 then 'status '
                    else ''
                end
        end as wrong
    from due as d
    full outer join {{ ref('mart_target_attainment') }} as a on d.target_id = a.target_id and d.method = a.method
    left join (
        select
            v.method as method,
            v.status as status,
            v.reason_code as reason_code,
            count(*) as rule_count
        from {{ ref('verdict_rule') }} as v
        group by v.method, v.status, v.reason_code
    ) as r on a.method = r.method and a.status = r.status and a.reason_code = r.reason_code
    left join (
        select distinct
            i.indicator_code as indicator_code,
            i.stage as stage,
            i.segment as segment,
            i.year as year,
            i.basis as basis,
            i.value as value,
            n.region_code as region_code
        from {{ ref('fct_indicator') }} as i
        inner join codes as n on i.region_code = n.value_region_code
        where i.base_indicator is null
    ) as f
        on d.indicator_code = f.indicator_code and d.stage = f.stage and d.segment = f.segment
        and a.actual_year = f.year and a.actual_basis = f.basis and a.actual_value = f.value
        and d.region_code = f.region_code
),

-- What the document says stands; a binding only fills in what it hides.
ledger as (
    select
        coalesce(t.target_id, s.target_id) as target_id,
        case when t.target_id is null then 'missing ' when s.target_id is null then 'unexpected ' else '' end
            || case when s.region_code is not null and {{ differs_in_words('t.region_code', 's.region_code') }} then 'region_code ' else '' end
            || case when s.target_year is not null and {{ differs('t.target_year', 's.target_year') }} then 'target_year ' else '' end
            || case when s.value is not null and {{ differs('t.target_value', 's.value') }} then 'target_value ' else '' end
            || case when {{ differs('t.target_value_high', 's.value_high') }} then 'target_value_high ' else '' end
            || case when {{ differs_in_words('t.unit', 's.indicator_unit') }} then 'unit ' else '' end
            -- A unit named twice is one unit; each counts as often as its name stands in the list.
            || case when coalesce(u.name_count, 0) <> case when s.responsible_units is null then 0 else 1 + length(s.responsible_units) - length(replace(s.responsible_units, ';', '')) end
                then 'responsible_units ' else '' end as wrong
    from {{ ref('fct_target') }} as t
    full outer join {{ ref('stg_targets') }} as s on t.target_id = s.target_id
    left join (
        select
            w.target_id as target_id,
            cast(sum({{ ratio("length(';' || replace(g.responsible_units, ';', ';;') || ';') - length(replace(';' || replace(g.responsible_units, ';', ';;') || ';', ';' || w.unit_name || ';', ''))", "length(w.unit_name) + 2") }}) as bigint) as name_count
        from {{ ref('target_responsible_unit') }} as w
        inner join {{ ref('stg_targets') }} as g on w.target_id = g.target_id
        where w.is_lead = (w.unit_no = 1)
        group by w.target_id
    ) as u on s.target_id = u.target_id
),

views as (
    {% for view in ['document', 'region', 'indicator'] %}
    select '{{ view }}' as view_by, a.method as method, a.status as status, a.reason_code as reason_code from {{ ref('mart_target_attainment') }} as a
    where a.status <> 'proposed'
    union all
    {% endfor %}
    select
        'responsible_unit' as view_by,
        a.method as method,
        a.status as status,
        a.reason_code as reason_code
    from {{ ref('mart_target_attainment') }} as a
    inner join {{ ref('target_responsible_unit') }} as u on a.target_id = u.target_id
    where a.status <> 'proposed'
),

counted as (
    select
        v.view_by as view_by,
        v.method as method,
        v.status as status,
        v.reason_code as reason_code,
        count(*) as verdicts
    from views as v
    group by v.view_by, v.method, v.status, v.reason_code
),

told as (
    select
        s.view_by as view_by,
        s.method as method,
        s.status as status,
        s.reason_code as reason_code,
        cast(sum(s.target_count) as bigint) as verdicts
    from {{ ref('mart_target_summary') }} as s
    group by s.view_by, s.method, s.status, s.reason_code
)

select
    'mart_target_attainment' as mart,
    j.target_id as target_id,
    j.method as method,
    j.wrong as wrong
from judged as j
where j.wrong <> ''
union all
select
    'fct_target' as mart,
    l.target_id as target_id,
    cast(null as varchar) as method,
    l.wrong as wrong
from ledger as l
where l.wrong <> ''
union all
select
    'mart_target_summary' as mart,
    coalesce(c.view_by, t.view_by) as target_id,
    coalesce(c.method, t.method) as method,
    'target_count' as wrong
from counted as c
full outer join told as t
    on c.view_by = t.view_by and c.method = t.method and c.status = t.status and c.reason_code = t.reason_code
where coalesce(c.verdicts, 0) <> coalesce(t.verdicts, 0)
union all
select
    'dim_document' as mart,
    d.document_id as target_id,
    cast(null as varchar) as method,
    'target_count' as wrong
from {{ ref('dim_document') }} as d
left join {{ ref('fct_target') }} as g on d.document_id = g.document_id
group by d.document_id, d.target_count, d.proposed_count
having count(g.target_id) <> d.target_count + d.proposed_count
    or count(case when g.review_status = 'proposed' then 1 end) <> d.proposed_count
