-- zh: 没有公布数字的单元以县情数据为准，两者都没有的以学校合计为准；数值、来源、所据单位数与来源一致，没有遗漏，也没有多余
-- en: where nothing is printed a county fact stands, and where there is no fact either the sum of school records; value,
--     unit, source and number of schools are those of the row or sum, none is missing and none is too many.
-- when: always; a figure from the wrong one of three places looks like the right one.
-- fix: `only_in` says which side has the row. Compare stg_county_facts and int_school_total with fct_measure for the cell.
with printed as (
    select * from {{ ref('fct_measure') }} as m where m.basis = 'reported'
),

sources as (
    select
        s.source_id as source_id,
        s.source_zh as source_zh,
        s.publisher_zh as publisher_zh
    from {{ ref('dim_source') }} as s
),

expected as (
    select
        'fact' as basis,
        f.region_code as region_code,
        f.year as year,
        f.stage as stage,
        f.segment as segment,
        f.measure_code as measure_code,
        f.value as value,
        d.base_unit as base_unit,
        case when t.measure_code is null then 'only' else 'basis' end as chosen_by,
        s.source_id as source_id,
        f.source_file as source_file,
        f.source_row as source_row,
        cast(null as bigint) as unit_count
    from {{ ref('stg_county_facts') }} as f
    inner join {{ ref('dim_measure') }} as d on f.measure_code = d.measure_code
    inner join {{ source('meta', 'input_file') }} as i on f.source_file = i.file
    left join sources as s on f.source_zh = s.source_zh and i.issuer = s.publisher_zh
    left join {{ ref('int_school_total') }} as t on {{ same_cell('f', 't') }}
    where not exists (select 1 from printed as p where {{ same_cell('p', 'f') }})
    union all
    select
        'summed' as basis,
        t.region_code as region_code,
        t.year as year,
        t.stage as stage,
        t.segment as segment,
        t.measure_code as measure_code,
        t.value as value,
        d.base_unit as base_unit,
        'only' as chosen_by,
        s.source_id as source_id,
        t.source_file as source_file,
        cast(null as bigint) as source_row,
        t.unit_count as unit_count
    from {{ ref('int_school_total') }} as t
    inner join {{ ref('dim_measure') }} as d on t.measure_code = d.measure_code
    inner join {{ source('meta', 'input_file') }} as i on t.source_file = i.file
    left join sources as s on i.title = s.source_zh and i.issuer = s.publisher_zh
    where not exists (select 1 from printed as p where {{ same_cell('p', 't') }})
        and not exists (select 1 from {{ ref('stg_county_facts') }} as f where {{ same_cell('f', 't') }})
),

{% set columns = ['basis', 'region_code', 'year', 'stage', 'segment', 'measure_code', 'value', 'base_unit', 'chosen_by', 'source_id', 'source_file', 'source_row', 'unit_count'] %}
-- Neither has an interval or a correction, and both are read from their files.
found as (
    select
        {% for column in columns %}
        {% if column == 'basis' %}
        case
            when m.value_low <> m.value or m.value_high <> m.value or m.uncorrected_value is not null or m.confidence <> 'A' then 'altered'
            else m.basis
        end as basis,
        {% else %}
        m.{{ column }} as {{ column }}{% if not loop.last %},{% endif %}

        {% endif %}
        {% endfor %}
    from {{ ref('fct_measure') }} as m
    where m.basis <> 'reported'
)

{% for one, other in [('expected', 'found'), ('found', 'expected')] %}
select
    '{{ one }}' as only_in,
    {% for column in columns %}d.{{ column }} as {{ column }}{% if not loop.last %}, {% endif %}{% endfor %}

from (
    select {% for column in columns %}a.{{ column }} as {{ column }}{% if not loop.last %}, {% endif %}{% endfor %} from {{ one }} as a
    except
    select {% for column in columns %}b.{{ column }} as {{ column }}{% if not loop.last %}, {% endif %}{% endfor %} from {{ other }} as b
) as d
{% if not loop.last %}union all{% endif %}
{% endfor %}
