-- One row per method and rule: the status and the reason it gives.
select
    r.method as method,
    r.rule as rule,
    r.status as status,
    r.reason_code as reason_code,
    r.confidence as confidence,
    r.name_zh as name_zh,
    r.name_en as name_en
from {{ source('raw', 'verdict_rules') }} as r
