-- One row per target on which people decided; it stands beside the computed status.
select
    j.target_id as target_id,
    j.decision as decision,
    j.decided_by as decided_by,
    j.reason as reason,
    cast(j.valid_until as date) as valid_until
from {{ source('raw', 'judgements') }} as j
