{# What school records hold and what they add up to: the lists that the models of `schools` are written from. #}

{# Columns with a whole number. #}
{% macro school_counts() %}
    {% set names = ['pupils', 'pupils_female', 'pupils_age_3_5', 'pupils_school_age', 'entrants', 'graduates', 'graduates_certified', 'graduates_progressing', 'pupils_year_start', 'pupils_year_end', 'suspended', 'left_school', 'transfers_not_arrived', 'other_out', 'other_in', 'migrant_children', 'left_behind_children', 'boarders', 'disabled_pupils', 'places_usable', 'funded_pupils', 'classes', 'classes_two_one_staffed', 'staff', 'teachers_fulltime', 'visiting_arts_pe', 'heads', 'heads_certified', 'heads_college_plus', 'care_nurses', 'fitness_tested', 'fitness_pass', 'fitness_good', 'pupils_screened', 'pupils_myopic'] %}
    {% for age in ['nursery', 'small', 'middle', 'large', 'mixed'] %}{% do names.append('children_' ~ age) %}{% endfor %}
    {% for grade in range(1, 13) %}{% do names.append('pupils_grade_' ~ grade) %}{% endfor %}
    {% for change in ['transfers_in', 'transfers_out', 'deaths'] %}{% for grade in range(1, 10) %}{% do names.append(change ~ '_grade_' ~ grade) %}{% endfor %}{% endfor %}
    {% for band in ['le_25', '26_30', '31_35', '36_45', '46_50', '51_55', '56_65', '66_plus', 'small', 'small_within', 'middle', 'middle_within', 'large', 'large_within', 'mixed', 'mixed_within'] %}{% do names.append('classes_' ~ band) %}{% endfor %}
    {% for sort in ['postgraduate', 'bachelor', 'college', 'senior_secondary', 'below', 'qualified', 'certified', 'backbone', 'mid_title', 'pe', 'music', 'art', 'arts', 'dual', 'specialised'] %}{% do names.append('teachers_' ~ sort) %}{% endfor %}
    {{ return(names) }}
{% endmacro %}

{# What the sections of a split school share: divided among them, so it may be a fraction. #}
{% macro school_shared() %}
    {{ return(['land_area_sqm', 'floor_area_sqm', 'teaching_area_sqm', 'sports_area_sqm', 'music_rooms', 'art_rooms', 'equipment_value_yuan', 'networked_classrooms', 'terminals', 'books', 'operating_budget_yuan', 'training_spending_yuan', 'operating_funds_yuan', 'budget_funds_yuan']) }}
{% endmacro %}

{# Amounts and sizes of one school or section that are never divided. #}
{% macro school_amounts() %}
    {{ return(['outdoor_play_area_sqm', 'activity_area_sqm', 'music_room_smallest_sqm', 'art_room_smallest_sqm', 'operating_grant_yuan', 'subsidy_yuan']) }}
{% endmacro %}

{# Yes or no of a whole school. #}
{% macro school_flags() %}
    {{ return(['is_boarding', 'is_standardised', 'is_prov_quality', 'is_quality', 'is_law_standard', 'has_broadband', 'in_group']) }}
{% endmacro %}

{# Kinds of school that are split into sections before anything is computed. #}
{% macro split_kinds() -%} ('nine_year', 'complete_secondary', 'twelve_year') {%- endmacro %}

{# How many primary pupils a pupil counts for where stages share what a school has: 1, 1.1 and 1.1 x 1.2 for senior
   (guide to the measure of 2012). #}
{% macro shared_weight(stage) -%}
    case {{ stage }} when 'primary' then 1.0 when 'junior' then 1.1 when 'senior' then 1.32 end
{%- endmacro %}

{# Teachers of classes attached to a school are no kindergarten's: counts of all full-time teachers leave them out, as
   the statistics do, unless a measure says that they are in. #}
{% macro own_teachers(teachers) -%}
    case when u.stage = 'preschool' and u.parent_id is not null then 0 else {{ teachers }} end
{%- endmacro %}

{# A change of all grades of a stage together. #}
{% macro grades(change, first, last) -%}
    {% for grade in range(first, last + 1) %}u.{{ change }}_grade_{{ grade }}{% if not loop.last %} + {% endif %}{% endfor %}
{%- endmacro %}

{# The measures that a unit adds to, with the stages they exist at (none: all of them). `by`: what they are also summed
   by, ownership or area; `compulsory`: whether primary and junior are added up as well. #}
{% macro unit_measures() %}
    {% set all = [
        {'code': 'enrolment', 'from': 'u.pupils', 'by': ['ownership', 'area'], 'compulsory': true},
        {'code': 'enrolment_age_3_5', 'from': 'u.pupils_age_3_5', 'stages': ['preschool']},
        {'code': 'enrolment_final_year', 'from': 'u.children_large', 'stages': ['preschool']},
        {'code': 'enrolment_quality', 'from': "case u.is_quality when true then u.pupils when false then 0 end", 'stages': ['preschool']},
        {'code': 'enrolment_school_age', 'from': 'u.pupils_school_age', 'stages': ['primary']},
        {'code': 'enrolment_grade_1', 'from': 'u.pupils_grade_1', 'stages': ['primary']},
        {'code': 'enrolment_grade_7', 'from': 'u.pupils_grade_7', 'stages': ['junior']},
        {'code': 'enrolment_grade_9', 'from': 'u.pupils_grade_9', 'stages': ['junior']},
        {'code': 'entrants', 'from': 'u.entrants'},
        {'code': 'graduates', 'from': 'u.graduates'},
        {'code': 'graduates_certified', 'from': 'u.graduates_certified', 'stages': ['vocational']},
        {'code': 'graduates_progressing', 'from': 'u.graduates_progressing', 'stages': ['vocational']},
        {'code': 'pupils_year_start', 'from': 'u.pupils_year_start'},
        {'code': 'pupils_year_end', 'from': 'u.pupils_year_end'},
        {'code': 'dropouts', 'from': 'u.suspended + u.left_school + u.transfers_not_arrived', 'stages': ['primary', 'junior']},
        {'code': 'suspended', 'from': 'u.suspended', 'stages': ['primary', 'junior']},
        {'code': 'left_school', 'from': 'u.left_school', 'stages': ['primary', 'junior']},
        {'code': 'other_decreases', 'from': 'u.other_out', 'stages': ['primary', 'junior']},
        {'code': 'other_increases', 'from': 'u.other_in', 'stages': ['primary', 'junior']},
        {'code': 'migrant_children', 'from': 'u.migrant_children', 'by': ['ownership'], 'compulsory': true},
        {'code': 'left_behind_children', 'from': 'u.left_behind_children', 'compulsory': true},
        {'code': 'places_usable', 'from': 'u.places_usable'},
        {'code': 'classes', 'from': 'u.classes', 'by': ['area'], 'compulsory': true},
        {'code': 'classes_56_65', 'from': 'u.classes_56_65', 'compulsory': true},
        {'code': 'classes_56_plus', 'from': 'u.classes_56_65 + u.classes_66_plus', 'by': ['area'], 'compulsory': true},
        {'code': 'classes_66_plus', 'from': 'u.classes_66_plus', 'by': ['area'], 'compulsory': true},
        {'code': 'classes_le_45', 'from': 'u.classes_le_25 + u.classes_26_30 + u.classes_31_35 + u.classes_36_45', 'stages': ['primary']},
        {'code': 'classes_le_50', 'from': 'u.classes_le_25 + u.classes_26_30 + u.classes_31_35 + u.classes_36_45 + u.classes_46_50', 'stages': ['junior']},
        {'code': 'classes_compliant', 'from': 'u.classes_small_within + u.classes_middle_within + u.classes_large_within + u.classes_mixed_within', 'stages': ['preschool']},
        {'code': 'classes_two_one_staffed', 'from': 'u.classes_two_one_staffed', 'stages': ['preschool']},
        {'code': 'staff', 'from': 'u.staff', 'compulsory': true},
        {'code': 'teachers_fulltime', 'from': own_teachers('u.teachers_fulltime'), 'by': ['area'], 'compulsory': true},
        {'code': 'teachers_fulltime_incl_attached', 'from': 'u.teachers_fulltime', 'stages': ['preschool']},
        {'code': 'care_nurses', 'from': 'u.care_nurses', 'stages': ['preschool']},
        {'code': 'care_staff', 'from': 'u.teachers_fulltime + u.care_nurses', 'stages': ['preschool']},
        {'code': 'principals', 'from': 'u.heads'},
        {'code': 'heads_and_teachers', 'from': 'u.heads + u.teachers_fulltime', 'stages': ['preschool']},
        {'code': 'heads_teachers_certified', 'from': 'u.heads_certified + u.teachers_certified', 'stages': ['preschool']},
        {'code': 'heads_teachers_college_plus', 'from': 'u.heads_college_plus + u.teachers_postgraduate + u.teachers_bachelor + u.teachers_college', 'stages': ['preschool']},
        {'code': 'teachers_postgraduate', 'from': own_teachers('u.teachers_postgraduate')},
        {'code': 'teachers_bachelor_plus', 'from': own_teachers('u.teachers_postgraduate + u.teachers_bachelor'), 'by': ['area']},
        {'code': 'teachers_college_plus', 'from': own_teachers('u.teachers_postgraduate + u.teachers_bachelor + u.teachers_college')},
        {'code': 'teachers_qualified', 'from': own_teachers('u.teachers_qualified')},
        {'code': 'teachers_certified', 'from': own_teachers('u.teachers_certified'), 'compulsory': true},
        {'code': 'teachers_backbone', 'from': own_teachers('u.teachers_backbone')},
        {'code': 'teachers_dual', 'from': 'u.teachers_dual', 'stages': ['vocational']},
        {'code': 'teachers_specialised', 'from': 'u.teachers_specialised', 'stages': ['vocational']},
        {'code': 'floor_area', 'from': 'u.floor_area_sqm'},
        {'code': 'activity_area', 'from': 'u.activity_area_sqm', 'stages': ['preschool']},
        {'code': 'outdoor_play_area', 'from': 'u.outdoor_play_area_sqm', 'stages': ['preschool']},
        {'code': 'music_rooms', 'from': 'u.music_rooms', 'stages': ['primary', 'junior'], 'compulsory': true},
        {'code': 'art_rooms', 'from': 'u.art_rooms', 'stages': ['primary', 'junior'], 'compulsory': true},
        {'code': 'computers', 'from': 'u.terminals'},
        {'code': 'operating_budget', 'from': 'u.operating_budget_yuan', 'compulsory': true},
        {'code': 'training_spending', 'from': 'u.training_spending_yuan', 'compulsory': true},
        {'code': 'operating_funds', 'from': 'u.operating_funds_yuan'},
        {'code': 'budget_education_funds', 'from': 'u.budget_funds_yuan'},
        {'code': 'operating_grant', 'from': 'u.operating_grant_yuan', 'stages': ['preschool'], 'by': ['ownership']},
        {'code': 'government_subsidy', 'from': 'u.subsidy_yuan', 'stages': ['preschool'], 'by': ['ownership']},
        {'code': 'fitness_tested', 'from': 'u.fitness_tested'},
        {'code': 'fitness_pass', 'from': 'u.fitness_pass'},
        {'code': 'fitness_good', 'from': 'u.fitness_good'},
        {'code': 'pupils_screened', 'from': 'u.pupils_screened'},
        {'code': 'pupils_myopic', 'from': 'u.pupils_myopic'},
    ] %}
    {% for change in ['transfers_in', 'transfers_out', 'deaths'] %}
        {% do all.append({'code': change, 'from': 'case u.stage when \'primary\' then ' ~ grades(change, 1, 6) ~ ' when \'junior\' then ' ~ grades(change, 7, 9) ~ ' end', 'stages': ['primary', 'junior']}) %}
        {% for stage, first, last in [('primary', 1, 6), ('junior', 7, 9)] %}
            {% for grade in range(first, last + 1) %}
                {% do all.append({'code': change ~ '_grade_' ~ grade, 'from': 'u.' ~ change ~ '_grade_' ~ grade, 'stages': [stage]}) %}
            {% endfor %}
        {% endfor %}
    {% endfor %}
    {{ return(all) }}
{% endmacro %}

{# The measures that a whole school adds to, at the stage the statistics count it in. #}
{% macro site_measures() %}
    {{ return([
        {'code': 'schools', 'from': "case when s.kind = 'teaching_point' then 0 else 1 end", 'by': ['ownership', 'area'], 'compulsory': true},
        {'code': 'teaching_points', 'from': "case when s.kind = 'teaching_point' then 1 else 0 end", 'stages': ['primary']},
        {'code': 'schools_standardised', 'from': "case s.is_standardised when true then 1 when false then 0 end", 'stages': ['preschool']},
        {'code': 'schools_prov_quality', 'from': "case s.is_prov_quality when true then 1 when false then 0 end", 'stages': ['preschool']},
        {'code': 'schools_law_standard', 'from': "case when s.kind = 'teaching_point' then 0 when s.is_law_standard then 1 when not s.is_law_standard then 0 end", 'compulsory': true},
        {'code': 'schools_broadband', 'from': "case when s.kind = 'teaching_point' then 0 when s.has_broadband then 1 when not s.has_broadband then 0 end", 'compulsory': true},
        {'code': 'schools_in_group', 'from': "case when s.kind = 'teaching_point' then 0 when s.in_group then 1 when not s.in_group then 0 end", 'compulsory': true},
    ]) }}
{% endmacro %}

{# Sums by region, year, stage and segment of the rows of `model`: a column a measure with its sum, and one with how
   many rows reported it. `row`: the letter the measures call a row of it. #}
{% macro school_sums(model, row, measures) %}
    {% set ownership = {'public': "= 'public'", 'private': "<> 'public'", 'inclusive': "in ('public', 'private_inclusive')", 'inclusive_private': "= 'private_inclusive'"} %}
    {% set area = {'urban': "= 'urban'", 'town': "= 'town'", 'village': "= 'village'", 'rural': "<> 'urban'"} %}
    {% set stages = {'own': row ~ '.stage', 'compulsory': "'compulsory'"} %}
    {% for span in ['own', 'compulsory'] %}
        {% for segments in [{'all': none}, ownership, area] %}
            {% set asked = 'all' if 'all' in segments else ('ownership' if 'public' in segments else 'area') %}
select
    {{ row }}.region_code as region_code,
    {{ row }}.year as year,
    {{ stages[span] }} as stage,
    {% if asked == 'all' %}'all'{% else %}g.segment{% endif %} as segment,
    cast(count(*) as bigint) as unit_count,
    min({{ row }}.source_file) as source_file
            {%- for m in measures -%}
                {% set kept = (span == 'own' or m.get('compulsory')) and (asked == 'all' or asked in m.get('by', [])) %}
                {% set term %}{% if m.get('stages') and span == 'own' %}case when {{ row }}.stage in ('{{ m.stages | join("', '") }}') then {{ m.from }} end{% else %}{{ m.from }}{% endif %}{% endset %}
    ,
    {% if kept %}cast(sum({{ term }}) as {{ dbl() }}){% else %}cast(null as {{ dbl() }}){% endif %} as {{ m.code }}_sum,
    {% if kept %}cast(count({{ term }}) as bigint){% else %}cast(0 as bigint){% endif %} as {{ m.code }}_reported
            {%- endfor %}
from {{ ref(model) }} as {{ row }}
            {% if asked != 'all' %}
inner join (
    {% for segment in segments %}select '{{ segment }}' as segment{% if not loop.last %} union all {% endif %}{% endfor %}
) as g on {% for segment, holds in segments.items() %}(g.segment = '{{ segment }}' and {{ row }}.{{ 'ownership' if asked == 'ownership' else 'area_type' }} {{ holds }}){% if not loop.last %} or {% endif %}{% endfor %}
            {% endif %}
where {{ row }}.stage {% if span == 'own' %}is not null{% else %}in ('primary', 'junior'){% endif %}
group by {{ row }}.region_code, {{ row }}.year{% if span == 'own' %}, {{ row }}.stage{% endif %}{% if asked != 'all' %}, g.segment{% endif %}
            {% if not (span == 'compulsory' and asked == 'area') %}
union all
            {% endif %}
        {% endfor %}
    {% endfor %}
{% endmacro %}

{# Resources that are compared among assessed units, each over their pupils: the seven of the measure of 2017 and the
   others of the eight of 2012. `set`: which of the two (quality, basic, both); `amount`: what a unit of `u` has. #}
{% macro school_resources() %}
    {{ return([
        {'code': 'eq_highqual_teachers', 'set': 'both', 'measure': 'assessed_teachers_above_qualification', 'scale': 100, 'amount': "u.teachers_postgraduate + u.teachers_bachelor + case when u.stage = 'primary' then u.teachers_college else 0 end"},
        {'code': 'eq_backbone_teachers', 'set': 'quality', 'measure': 'assessed_teachers_backbone', 'scale': 100, 'amount': 'u.teachers_backbone'},
        {'code': 'eq_arts_pe_teachers', 'set': 'quality', 'measure': 'assessed_teachers_arts_pe', 'scale': 100, 'amount': 'u.teachers_pe + u.teachers_music + u.teachers_art + u.teachers_arts + case when u.pupils between 50 and 99 then coalesce(u.visiting_arts_pe, 0) else 0 end'},
        {'code': 'eq_teaching_area', 'set': 'both', 'measure': 'assessed_teaching_area', 'scale': 1, 'amount': 'u.teaching_area_sqm'},
        {'code': 'eq_sports_area', 'set': 'both', 'measure': 'assessed_sports_area', 'scale': 1, 'amount': 'u.sports_area_sqm'},
        {'code': 'eq_equipment_value', 'set': 'both', 'measure': 'assessed_equipment_value', 'scale': 1, 'amount': 'u.equipment_value_yuan'},
        {'code': 'eq_multimedia_rooms', 'set': 'quality', 'measure': 'assessed_multimedia_rooms', 'scale': 100, 'amount': 'u.networked_classrooms'},
        {'code': 'eq_books', 'set': 'basic', 'measure': 'assessed_books', 'scale': 1, 'amount': 'u.books'},
        {'code': 'eq_computers', 'set': 'basic', 'measure': 'assessed_computers', 'scale': 100, 'amount': 'u.terminals'},
        {'code': 'eq_teachers', 'set': 'basic', 'measure': 'assessed_teachers', 'scale': 100, 'amount': 'u.teachers_fulltime'},
        {'code': 'eq_mid_title_teachers', 'set': 'basic', 'measure': 'assessed_teachers_mid_title', 'scale': 100, 'amount': 'u.teachers_mid_title'},
    ]) }}
{% endmacro %}

{# The end of an indicator's code at a stage. #}
{% macro stage_ending(stage) -%} case {{ stage }} when 'primary' then '_pri' else '_jun' end {%- endmacro %}
