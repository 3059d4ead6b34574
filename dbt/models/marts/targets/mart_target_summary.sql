with names as (
    select
        r.region_code as region_code,
        coalesce(max(case when r.valid_to is null then r.name_zh end), max(r.name_zh)) as current_name
    from {{ ref('stg_regions') }} as r
    group by r.region_code
),

groups as (
    select
        t.target_id as target_id,
        'document' as view_by,
        t.document_id as group_code,
        d.title_zh as group_zh
    from {{ ref('fct_target') }} as t
    inner join {{ ref('dim_document') }} as d on t.document_id = d.document_id
    union all
    -- A place nobody named yet is a region of its own document.
    select
        t.target_id as target_id,
        'region' as view_by,
        coalesce(t.region_code, t.document_id || '/' || t.region_zh) as group_code,
        coalesce(n.current_name, t.region_zh) as group_zh
    from {{ ref('fct_target') }} as t
    left join names as n on t.region_code = n.region_code
    union all
    select
        t.target_id as target_id,
        'indicator' as view_by,
        coalesce(t.indicator_code, t.indicator_zh) as group_code,
        coalesce(i.name_zh, t.indicator_zh) as group_zh
    from {{ ref('fct_target') }} as t
    left join {{ ref('dim_indicator') }} as i on t.indicator_code = i.indicator_code
    union all
    select
        u.target_id as target_id,
        'responsible_unit' as view_by,
        u.unit_name as group_code,
        u.unit_name as group_zh
    from {{ ref('target_responsible_unit') }} as u
)

select
    g.view_by as view_by,
    g.group_code as group_code,
    g.group_zh as group_zh,
    a.method as method,
    a.status as status,
    a.reason_code as reason_code,
    count(*) as target_count
from groups as g
inner join {{ ref('mart_target_attainment') }} as a on g.target_id = a.target_id
-- What nobody reviewed is no target yet.
where a.status <> 'proposed'
group by g.view_by, g.group_code, g.group_zh, a.method, a.status, a.reason_code
