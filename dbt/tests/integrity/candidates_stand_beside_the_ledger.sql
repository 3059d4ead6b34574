-- zh: 台账的每条有效目标恰与一个比对结果相对；每个新的或不同的候选恰有一条未审核的目标，内容一致；审核状态与比对结果相符
-- en: each target of the ledger that was not withdrawn has exactly one comparison; each candidate that is new or differs
--     stands as exactly one proposed target that says the same, unless a rule of the ledger keeps it out; the review
--     status fits the comparison.
-- when: a text came, changed or went, the ledger grew, or candidates are compared in another way.
-- fix: compare target_candidate with fct_target by target_id and proposed_id.
with compared as (
    select
        coalesce(t.target_id, c.target_id) as target_id,
        case
            when c.target_id is null then 'missing '
            when t.target_id is null and c.comparison not in ('new', 'rejected') then 'unexpected '
            else ''
        end as wrong
    from (
        select s.target_id as target_id
        from {{ ref('fct_target') }} as s
        where s.review_status = 'reviewed'
    ) as t
    full outer join {{ ref('target_candidate') }} as c on t.target_id = c.target_id
),

proposed as (
    select
        coalesce(c.proposed_id, t.target_id) as target_id,
        case
            when t.target_id is null then 'not_proposed '
            when c.proposed_id is null then 'nobodys_proposal '
            else ''
                {% for column in ['document_id', 'indicator_zh', 'comparator', 'printed_unit', 'evidence'] %}
                || case when {{ differs_in_words('t.' ~ column, 'c.' ~ column) }} then '{{ column }} ' else '' end
                {% endfor %}
                || case when c.kind <> 'redacted' and {{ differs_in_words('t.printed_value', 'c.printed_value') }} then 'printed_value ' else '' end
        end as wrong
    from (
        select
            {% for column in ['proposed_id', 'document_id', 'indicator_zh', 'comparator', 'printed_value', 'printed_unit', 'evidence', 'kind'] %}
            s.{{ column }} as {{ column }}{% if not loop.last %},{% endif %}

            {% endfor %}
        from {{ ref('target_candidate') }} as s
        where s.comparison in ('new', 'changed') and s.obstacle is null
    ) as c
    full outer join (
        select
            {% for column in ['target_id', 'document_id', 'indicator_zh', 'comparator', 'printed_value', 'printed_unit', 'evidence'] %}
            s.{{ column }} as {{ column }}{% if not loop.last %},{% endif %}

            {% endfor %}
        from {{ ref('fct_target') }} as s
        where s.review_status = 'proposed'
    ) as t on c.proposed_id = t.target_id
)

select
    p.target_id as target_id,
    p.wrong as wrong
from compared as p
where p.wrong <> ''
union all
select
    p.target_id as target_id,
    p.wrong as wrong
from proposed as p
where p.wrong <> ''
union all
select
    c.target_id as target_id,
    'review_status ' as wrong
from {{ ref('target_candidate') }} as c
where c.review_status <> case
    when c.comparison in ('new', 'changed') then 'proposed'
    when c.comparison = 'rejected' then 'rejected'
    else 'reviewed'
end
