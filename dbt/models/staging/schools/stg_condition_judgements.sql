-- One row per condition of an assessment that people decided for a county and year.
select
    j.region_code as region_code,
    cast(j.year as integer) as year,
    j.assessment as assessment,
    j.condition_no as condition_no,
    j.decision as decision,
    j.decided_by as decided_by,
    cast(j.decided_on as date) as decided_on,
    j.evidence as evidence
from {{ source('raw', 'condition_judgements') }} as j
