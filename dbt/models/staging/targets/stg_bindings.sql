-- One row per hidden place or year that somebody named.
select
    b.document_id as document_id,
    b.article as article,
    b.hidden as hidden,
    b.bound_to as bound_to,
    b.decided_by as decided_by,
    b.reason as reason
from {{ source('raw', 'bindings') }} as b
