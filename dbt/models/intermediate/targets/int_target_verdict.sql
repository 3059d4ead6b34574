-- One row per target and method: the rule that applied first, and the numbers it looked at.
-- The ladder judges level and date; the two growth methods judge speed where growth is defined at all.
with facts as (
    select
        t.target_id as target_id,
        t.comparator as comparator,
        t.value as value,
        t.value_high as value_high,
        t.tolerance as tolerance,
        t.half_digit as half_digit,
        t.direction as direction,
        t.printed_unit as printed_unit,
        t.indicator_unit as indicator_unit,
        t.measures_growth as measures_growth,
        t.grows_from_base as grows_from_base,
        t.target_year as target_year,
        case when t.totals_a_plan then t.target_year else t.first_year end as first_year,
        t.is_past as is_past,
        t.hold as hold,
        t.counted as counted,
        t.undecidable as undecidable,
        e.target_id is not null as has_value,
        e.deciding_year as deciding_year,
        e.deciding_value as deciding_value,
        e.deciding_holds as deciding_holds,
        e.later_holds_year as later_holds_year,
        e.not_held_year as not_held_year,
        -- The printed total of a plan stands in its last year and is added to nothing.
        case when t.totals_a_plan then e.deciding_value else e.flow end as flow,
        case when not t.totals_a_plan then e.flow_years when e.deciding_value is not null then 1 end as flow_years,
        -- Speed is measured from here on, and never across a break.
        case when e.break_year is null then e.base_year end as base_year,
        e.base_value as base_value,
        e.year_before_value as year_before_value,
        e.break_year as break_year,
        -- The end of the target that counts: the nearer one of a range.
        case
            when t.comparator = 'range' and e.deciding_value > t.value_high then t.value_high
            else t.value
        end as aim
    from {{ ref('int_target') }} as t
    left join {{ ref('int_target_evidence') }} as e on t.target_id = e.target_id
),

paced as (
    select
        f.target_id as target_id,
        case when f.direction <> 0 then f.direction when f.aim < f.deciding_value then -1 else 1 end as toward,
        -- Without a stated base growth is on the year before; a growth rate is itself the growth.
        case
            when f.measures_growth then f.deciding_value
            when f.printed_unit = '%' then 100 * ({{ ratio('f.deciding_value', 'f.year_before_value') }} - 1)
            else f.deciding_value - f.year_before_value
        end as growth,
        -- Base and target not zero, no sign differs, two years: only then has growth a meaning.
        case
            when f.base_value * f.deciding_value >= 0 and f.base_value * f.aim > 0 and f.deciding_year > f.base_year
                then power({{ ratio('f.deciding_value', 'f.base_value') }}, {{ ratio('1', 'f.deciding_year - f.base_year') }}) - 1
        end as growth_a_year,
        case
            when f.base_value * f.deciding_value >= 0 and f.base_value * f.aim > 0 and f.target_year > f.base_year
                then power({{ ratio('f.aim', 'f.base_value') }}, {{ ratio('1', 'f.target_year - f.base_year') }}) - 1
        end as growth_needed
    from facts as f
),

speeds as (
    select
        f.target_id as target_id,
        case when f.deciding_year > f.base_year then p.toward * {{ ratio('f.deciding_value - f.base_value', 'f.deciding_year - f.base_year') }} end as actual_pace,
        case when f.target_year > f.deciding_year and not f.deciding_holds then p.toward * {{ ratio('f.aim - f.deciding_value', 'f.target_year - f.deciding_year') }} end as required_pace,
        case when f.base_value < 0 then -1 else 1 end * p.toward * {{ ratio('p.growth_a_year', 'abs(p.growth_needed)') }} as growth_ratio,
        {{ ratio('f.deciding_value * power(1 + p.growth_a_year, f.target_year - f.deciding_year) - f.base_value', 'f.aim - f.base_value') }} as path_ratio
    from facts as f
    inner join paced as p on f.target_id = p.target_id
),

ladder as (
    select
        f.target_id as target_id,
        'ladder' as method,
        case
            when f.undecidable is not null then f.undecidable
            when not f.has_value then 'no_value_in_any_year'
            when f.is_past and f.comparator = 'add' then
                case
                    when f.flow_years > 0 and {{ reaches('f', 'f.flow') }} then 'flow_reached'
                    when coalesce(f.flow_years, 0) = 0 then 'no_value_for_target_year'
                    when f.flow_years < f.target_year - f.first_year + 1 then 'flow_years_missing'
                    else 'flow_short'
                end
            when f.deciding_year is null then 'no_value_for_target_year'
            when f.grows_from_base and f.break_year is not null then 'series_break'
            when f.is_past and f.comparator = 'grow' then
                case
                    when p.growth is null then 'no_base_value'
                    when f.break_year = f.deciding_year then 'series_break'
                    when {{ reaches('f', 'p.growth') }} then 'growth_reached'
                    else 'growth_short'
                end
            when f.is_past and f.hold then case when f.not_held_year is null then 'held' else 'not_held' end
            when f.is_past and f.deciding_holds then 'met_in_target_year'
            when f.is_past and f.later_holds_year is not null then 'met_late'
            when f.is_past then 'missed_in_target_year'
            when f.counted or f.comparator in ('add', 'grow') then 'counted_at_the_end'
            when f.hold and f.not_held_year is not null then 'not_held'
            when f.deciding_holds then case when f.target_year is null then 'standing_level_holds' else 'ahead_of_year' end
            when f.indicator_unit = 'flag' then 'yes_or_no'
            when f.target_year is null then 'no_target_year'
            when f.deciding_year = f.target_year then 'target_year_value_short'
            when f.break_year is not null then 'series_break'
            when s.actual_pace is null then 'one_value_only'
            when s.actual_pace < 0 then 'pace_regressing'
            -- Nothing more is needed than to pass the number, and it moves.
            when s.required_pace = 0 and s.actual_pace > 0 then 'pace_on_track'
            when s.actual_pace < m.fair_from * s.required_pace - f.tolerance or s.actual_pace = 0 then 'pace_behind'
            when s.actual_pace < m.on_track_from * s.required_pace - f.tolerance then 'pace_slightly_behind'
            else 'pace_on_track'
        end as rule,
        {{ ratio('s.actual_pace', 's.required_pace') }} as progress_ratio
    from facts as f
    inner join paced as p on f.target_id = p.target_id
    inner join speeds as s on f.target_id = s.target_id
    inner join {{ ref('stg_verdict_methods') }} as m on m.method = 'ladder'
),

-- What the two growth methods have in common: the level first, then why growth would mean nothing.
growth as (
    select
        f.target_id as target_id,
        m.method as method,
        case
            when f.undecidable is not null then f.undecidable
            when not f.has_value then 'no_value_in_any_year'
            when f.comparator in ('add', 'grow') then 'not_a_level'
            when f.deciding_year is null then 'no_value_for_target_year'
            when f.grows_from_base and f.break_year is not null then 'series_break'
            when f.deciding_holds then 'achieved'
            when f.comparator = 'range' then 'range_target'
            when f.indicator_unit = 'flag' then case when m.method = 'un_2023' then 'no_is_stagnation' else 'yes_or_no' end
            when f.direction = 0 then 'no_direction'
            when f.target_year is null then 'no_target_year'
            when f.break_year is not null then 'series_break'
            when f.base_year >= f.deciding_year then 'one_value_only'
            when f.aim = 0 then 'zero_target'
            when f.base_value = 0 then 'zero_base'
            when f.base_value * f.deciding_value < 0 or f.base_value * f.aim < 0 then 'signs_differ'
            when m.method = 'un_2023' and f.aim = f.base_value then 'required_change_zero'
            when m.method = 'un_2023' and p.toward * (f.aim - f.base_value) < 0 then 'base_past_target'
            when m.method = 'un_2023' and s.path_ratio >= m.on_track_from then 'on_track'
            when m.method = 'un_2023' and s.path_ratio >= m.fair_from then 'fair'
            when m.method = 'un_2023' then 'stagnation'
            -- Base at the target and no growth required: any change away is deterioration, any other is short of it.
            when f.aim = f.base_value and p.toward * (f.deciding_value - f.base_value) < 0 then 'deterioration'
            when f.aim = f.base_value then 'limited'
            when s.growth_ratio >= m.on_track_from then 'on_track'
            when s.growth_ratio >= m.fair_from then 'moderate'
            when s.growth_ratio >= 0 then 'limited'
            else 'deterioration'
        end as rule,
        case when m.method = 'un_2023' then s.path_ratio else s.growth_ratio end as progress_ratio
    from facts as f
    inner join paced as p on f.target_id = p.target_id
    inner join speeds as s on f.target_id = s.target_id
    inner join {{ ref('stg_verdict_methods') }} as m on m.method in ('open_sdg', 'un_2023')
),

verdicts as (
    select
        l.target_id as target_id,
        l.method as method,
        l.rule as rule,
        l.progress_ratio as progress_ratio
    from ladder as l
    union all
    select
        g.target_id as target_id,
        g.method as method,
        g.rule as rule,
        g.progress_ratio as progress_ratio
    from growth as g
)

select
    v.target_id as target_id,
    v.method as method,
    v.rule as rule,
    case when f.comparator not in ('add', 'grow') then v.progress_ratio end as progress_ratio,
    case when f.comparator not in ('add', 'grow') then s.actual_pace end as actual_pace,
    case when f.comparator not in ('add', 'grow') then s.required_pace end as required_pace,
    -- What counts against the target: a sum, a growth, or the value of the deciding year.
    case
        when f.undecidable is not null then null
        when f.comparator = 'add' then f.flow
        when f.comparator = 'grow' then p.growth
        else f.deciding_value
    end as judged_value,
    case
        when f.undecidable is not null then null
        when f.comparator = 'add' then f.value - f.flow
        when f.comparator = 'grow' then f.value - p.growth
        else {{ shortfall('f', 'f.deciding_value') }}
    end as gap
from verdicts as v
inner join facts as f on v.target_id = f.target_id
inner join paced as p on v.target_id = p.target_id
inner join speeds as s on v.target_id = s.target_id
