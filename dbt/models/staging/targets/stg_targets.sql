-- One row per target of the ledger, or proposed from a text: typed, in the unit of its indicator, with what was printed
-- beside it.
{% set columns = [
    'target_id', 'document_id', 'article', 'ordinal', 'indicator_zh', 'subject_zh', 'indicator_code', 'indicator_note',
    'stage', 'segment', 'region_code', 'region_zh', 'comparator', 'value', 'value_high', 'unit', 'baseline',
    'baseline_year', 'target_year', 'year_hidden', 'deadline', 'recurs', 'hold', 'per_county', 'counted', 'kind', 'level',
    'responsible_units', 'evidence_kind', 'evidence', 'disputable', 'confidence', 'milestone_of', 'review_status',
    'reviewed_by', 'reviewed_on', 'review_reason', 'note', '_file', '_row',
] %}
with received as (
    {% for table in ['targets', 'proposed_targets'] %}
    select
        {% for column in columns %}
        r.{{ column }} as {{ column }}{% if not loop.last %},{% endif %}

        {% endfor %}
    from {{ source('raw', table) }} as r
    {% if not loop.last %}union all{% endif %}
    {% endfor %}
),

units as (
    select
        t.target_id as target_id,
        i.unit as indicator_unit,
        -- A target without an indicator, or printed without a unit, keeps its own.
        coalesce(cast(u.factor as decimal(11, 1)), cast(1 as decimal(11, 1))) as factor,
        coalesce(cast(n.base_units as {{ dbl() }}), 1) as base_units
    from received as t
    left join {{ source('raw', 'indicators') }} as i on t.indicator_code = i.indicator_code
    left join {{ source('raw', 'units') }} as u on t.unit = u.unit
    left join {{ source('raw', 'indicator_units') }} as n
        on i.unit = n.indicator_unit and u.base_unit = n.base_unit
)

select
    t.target_id as target_id,
    t.document_id as document_id,
    nullif(t.article, '') as article,
    cast(t.ordinal as integer) as ordinal,
    t.indicator_zh as indicator_zh,
    nullif(t.subject_zh, '') as subject_zh,
    nullif(t.indicator_code, '') as indicator_code,
    nullif(t.indicator_note, '') as indicator_note,
    t.stage as stage,
    t.segment as segment,
    nullif(t.region_code, '') as region_code,
    t.region_zh as region_zh,
    t.comparator as comparator,
    -- Growth in per cent is of whatever grows, and no amount to convert.
    case
        when t.comparator = 'grow' and t.unit = '%' then {{ typed('t.value', dbl()) }}
        else {{ in_indicator_unit('t.value', 'w.factor', 'w.base_units') }}
    end as value,
    {{ in_indicator_unit('t.value_high', 'w.factor', 'w.base_units') }} as value_high,
    case
        when t.comparator = 'grow' and t.unit = '%' then {{ typed('t.baseline', dbl()) }}
        else {{ in_indicator_unit('t.baseline', 'w.factor', 'w.base_units') }}
    end as baseline,
    {{ typed('t.baseline_year', 'integer') }} as baseline_year,
    w.indicator_unit as indicator_unit,
    -- Indicator units in one printed unit: a figure divided by it stands as the target was printed.
    {{ ratio('w.factor', 'w.base_units') }} as unit_factor,
    nullif(t.value, '') as printed_value,
    nullif(t.value_high, '') as printed_value_high,
    nullif(t.unit, '') as printed_unit,
    case when t.value = '' then null else {{ printed_decimals('t.value') }} end as printed_decimals,
    {{ typed('t.target_year', 'integer') }} as target_year,
    t.year_hidden = 'yes' as year_hidden,
    nullif(t.deadline, '') as deadline,
    t.recurs = 'yes' as recurs,
    t.hold = 'yes' as hold,
    t.per_county = 'yes' as per_county,
    t.counted = 'yes' as counted,
    t.kind as kind,
    nullif(t.level, '') as level,
    nullif(t.responsible_units, '') as responsible_units,
    t.evidence_kind as evidence_kind,
    nullif(t.evidence, '') as evidence,
    t.disputable = 'yes' as disputable,
    t.confidence as confidence,
    nullif(t.milestone_of, '') as milestone_of,
    t.review_status as review_status,
    nullif(t.reviewed_by, '') as reviewed_by,
    {{ typed('t.reviewed_on', 'date') }} as reviewed_on,
    nullif(t.review_reason, '') as review_reason,
    nullif(t.note, '') as note_zh,
    t._file as source_file,
    t._row as source_row
from received as t
inner join units as w on t.target_id = w.target_id
