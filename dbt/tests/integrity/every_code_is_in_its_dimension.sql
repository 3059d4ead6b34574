-- zh: 每个代码都在它的维表中；每个数字的地区在当年恰有一个；地区的上级、后继、沿革都指向存在的地区
-- en: every code stands in its dimension; the region of every figure is in force in the figure's year, exactly once;
--     above a region, after it and at the end of its series stand regions that exist.
-- when: a region was renamed, merged or added, or a line of the catalogue, the crosswalk or the formulas was.
-- fix: use the code in force in that year, or enter what is missing in raw/local (regions) or raw/reference.
{% set codes = [
    ('fct_measure', 'measure_code', 'dim_measure', 'measure_code'),
    ('fct_measure', 'source_id', 'dim_source', 'source_id'),
    ('fct_indicator', 'indicator_code', 'dim_indicator', 'indicator_code'),
    ('fct_indicator', 'base_indicator', 'dim_indicator', 'indicator_code'),
    ('fct_indicator', 'source_id', 'dim_source', 'source_id'),
    ('fct_target', 'document_id', 'dim_document', 'document_id'),
    ('fct_target', 'indicator_code', 'dim_indicator', 'indicator_code'),
    ('fct_target', 'region_code', 'dim_region', 'region_code'),
    ('target_candidate', 'document_id', 'dim_document', 'document_id'),
    ('measure_conflict', 'chosen_source_id', 'dim_source', 'source_id'),
    ('measure_conflict', 'other_source_id', 'dim_source', 'source_id'),
    ('stg_crosswalk', 'measure_code', 'dim_measure', 'measure_code'),
    ('stg_crosswalk', 'indicator_code', 'dim_indicator', 'indicator_code'),
    ('stg_basis_differences', 'indicator_code', 'dim_indicator', 'indicator_code'),
    ('stg_part_of', 'part_measure_code', 'dim_measure', 'measure_code'),
    ('stg_part_of', 'whole_measure_code', 'dim_measure', 'measure_code'),
    ('assessment_condition', 'base_indicator', 'dim_indicator', 'indicator_code'),
    ('indicator_alias', 'indicator_code', 'dim_indicator', 'indicator_code'),
    ('indicator_break', 'indicator_code', 'dim_indicator', 'indicator_code'),
    ('indicator_break', 'region_code', 'dim_region', 'region_code'),
    ('indicator_formula', 'indicator_code', 'dim_indicator', 'indicator_code'),
    ('indicator_term', 'indicator_code', 'indicator_formula', 'indicator_code'),
    ('indicator_term', 'input_indicator_code', 'dim_indicator', 'indicator_code'),
    ('indicator_term', 'measure_code', 'dim_measure', 'measure_code'),
    ('dim_region', 'parent_code', 'dim_region', 'region_code'),
    ('dim_region', 'successor_code', 'dim_region', 'region_code'),
] %}
{% for table, column, dimension, key in codes %}
select
    '{{ table }}' as table_name,
    '{{ column }}' as column_name,
    t.{{ column }} as code,
    cast(null as integer) as year,
    cast(0 as bigint) as found
from {{ ref(table) }} as t
left join {{ ref(dimension) }} as d on t.{{ column }} = d.{{ key }}
where t.{{ column }} is not null and d.{{ key }} is null
union all
{% endfor %}
{% for table in ['fct_measure', 'fct_indicator', 'mart_county_assessment'] %}
select
    '{{ table }}' as table_name,
    'region_code' as column_name,
    f.region_code as code,
    f.year as year,
    count(r.region_code) as found
from (select distinct g.region_code as region_code, g.year as year from {{ ref(table) }} as g) as f
left join {{ ref('dim_region') }} as r
    on f.region_code = r.region_code and {{ holds_in('f.year', 'r.valid_from', 'r.valid_to') }}
group by f.region_code, f.year
having count(r.region_code) <> 1
union all
{% endfor %}
-- A series runs on under the code that follows; where none does, it ends under its own.
select
    'dim_region' as table_name,
    'series_code' as column_name,
    r.region_code as code,
    r.valid_from as year,
    cast(0 as bigint) as found
from {{ ref('dim_region') }} as r
left join {{ ref('dim_region') }} as n
    on r.successor_code = n.region_code and {{ holds_in('r.valid_to + 1', 'n.valid_from', 'n.valid_to') }}
where coalesce(r.series_code, '-') <> coalesce(n.series_code, r.region_code)
