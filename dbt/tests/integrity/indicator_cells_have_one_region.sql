-- zh: 每个指标单元的地区在当年恰有一个，指标在目录中
-- en: the region of every indicator cell is in force in the cell's year, exactly once, and its indicator is in the
--       catalogue.
-- when: a region was renamed, merged or added, or figures came in for a year before or after a code.
-- fix: use the code in force in that year, or enter the region's period in raw/local/regions.csv.
select
    f.region_code as region_code,
    f.year as year,
    f.indicator_code as indicator_code,
    count(r.region_code) as regions,
    count(i.indicator_code) as catalogue_entries
from {{ ref('fct_indicator') }} as f
left join {{ ref('dim_region') }} as r
    on f.region_code = r.region_code and {{ holds_in('f.year', 'r.valid_from', 'r.valid_to') }}
left join {{ ref('dim_indicator') }} as i on f.indicator_code = i.indicator_code
group by f.region_code, f.year, f.indicator_code, f.base_indicator, f.stage, f.segment, f.basis
having count(r.region_code) <> 1 or count(i.indicator_code) <> 1
