-- Where help should go next, and who could give it: every organization that wants help in a practice, with a
-- peer of its region that is strong in it; the LEAs of which several schools want it; and the state, where
-- several LEAs do.
with numbered as (
    select
        *,
        row_number() over (
            partition by school_year, code_level, code, region, org_level
            order by n_reasons desc, coalesce(waning_since, '9999') asc, org_id asc
        ) as want_no
    from {{ ref('int_support_wants') }}
),

-- the strong of a region are given out in turn, so that not everyone is sent to the same one
turns as (
    select
        numbered.*,
        (numbered.want_no - 1) % strong.n_strong + 1 as turn_no
    from numbered
    left join {{ ref('int_support_strong') }} as strong
        on
            numbered.school_year = strong.school_year
            and numbered.code_level = strong.code_level
            and numbered.code = strong.code
            and numbered.region = strong.region
            and numbered.org_level = strong.org_level
            and strong.strong_no = 1
),

organizations as (
    select
        turns.school_year,
        turns.code_level,
        turns.code,
        'organization' as for_level,
        turns.org_id as for_id,
        case when strong.org_id is null then 'none_found' else 'peer' end as helper_kind,
        strong.org_id as helper_id,
        strong.n_due as helper_n_due,
        strong.n_due_on_time as helper_n_due_on_time,
        strong.on_time_rate as helper_on_time_rate,
        1 as n_organizations,
        1 as n_leas,
        turns.n_waning,
        turns.n_needed_not_provided,
        turns.n_provided_not_used,
        turns.n_used_not_effective,
        turns.n_reasons,
        turns.waning_since
    from turns
    left join {{ ref('int_support_strong') }} as strong
        on
            turns.school_year = strong.school_year
            and turns.code_level = strong.code_level
            and turns.code = strong.code
            and turns.region = strong.region
            and turns.org_level = strong.org_level
            and turns.turn_no = strong.strong_no
),

scoped as (
    select
        'lea' as for_level,
        numbered.lea_id as for_id,
        numbered.*
    from numbered
    where numbered.org_level = 'school'
    union all
    select
        'region' as for_level,
        numbered.region as for_id,
        numbered.*
    from numbered
    where numbered.region is not null
    union all
    select
        'state' as for_level,
        'state' as for_id,
        numbered.*
    from numbered
),

summed as (
    select
        school_year,
        code_level,
        code,
        for_level,
        for_id,
        count(*) as n_organizations,
        count(distinct lea_id) as n_leas,
        sum(n_waning) as n_waning,
        sum(n_needed_not_provided) as n_needed_not_provided,
        sum(n_provided_not_used) as n_provided_not_used,
        sum(n_used_not_effective) as n_used_not_effective,
        sum(n_reasons) as n_reasons,
        min(waning_since) as waning_since
    from scoped
    group by school_year, code_level, code, for_level, for_id
),

-- a whole state is named only where no region has enough LEAs of its own
largest_regions as (
    select
        school_year,
        code_level,
        code,
        max(n_leas) as n_leas
    from summed
    where for_level = 'region'
    group by school_year, code_level, code
),

several as (
    select
        summed.school_year,
        summed.code_level,
        summed.code,
        summed.for_level,
        summed.for_id,
        case summed.for_level when 'lea' then 'lea' else 'state' end as helper_kind,
        case summed.for_level when 'lea' then summed.for_id else 'state' end as helper_id,
        cast(null as bigint) as helper_n_due,
        cast(null as bigint) as helper_n_due_on_time,
        cast(null as double) as helper_on_time_rate,
        summed.n_organizations,
        summed.n_leas,
        summed.n_waning,
        summed.n_needed_not_provided,
        summed.n_provided_not_used,
        summed.n_used_not_effective,
        summed.n_reasons,
        summed.waning_since
    from summed
    inner join {{ ref('int_support_settings') }} as setting on summed.school_year = setting.school_year
    left join largest_regions
        on
            summed.school_year = largest_regions.school_year
            and summed.code_level = largest_regions.code_level
            and summed.code = largest_regions.code
    where
        (summed.for_level = 'lea' and summed.n_organizations >= setting.min_schools)
        or (summed.for_level = 'region' and summed.n_leas >= setting.min_leas)
        or (
            summed.for_level = 'state'
            and summed.n_leas >= setting.min_leas
            and coalesce(largest_regions.n_leas, 0) < setting.min_leas
        )
),

every_row as (
    select * from organizations
    union all
    select * from several
),

worded as (
    select
        *,
        row_number() over (
            partition by school_year
            order by
                n_reasons desc, n_organizations desc, coalesce(waning_since, '9999') asc, code_level desc,
                code asc, for_level asc, for_id asc
        ) as place,
        case code when 'all' then 'Over all practices' else 'In practice ' || code end as words_of_code,
        -- a reason that does not hold is null, and concat_ws passes over it
        concat_ws(
            '; ',
            case
                when n_waning > 0 and for_level = 'organization' then 'waning since ' || waning_since
                when n_waning > 0
                    then cast(n_waning as string) || ' waning, the first since ' || waning_since
            end,
            {% for column, reason in [
                ('n_needed_not_provided', 'support needed but not provided'),
                ('n_provided_not_used', 'support provided but not used'),
                ('n_used_not_effective', 'support used but not effective'),
            ] -%}
                case
                    when {{ column }} > 0 and for_level = 'organization' then '{{ reason }}'
                    when {{ column }} > 0 then cast({{ column }} as string) || ' with {{ reason }}'
                end{{ "," if not loop.last }}
            {% endfor -%}
        ) as words_of_reasons
    from every_row
)

select
    school_year,
    cast(place as bigint) as place,
    code_level,
    code,
    for_level,
    for_id,
    helper_kind,
    helper_id,
    helper_n_due,
    helper_n_due_on_time,
    helper_on_time_rate,
    cast(n_organizations as bigint) as n_organizations,
    cast(n_leas as bigint) as n_leas,
    cast(n_waning as bigint) as n_waning,
    cast(n_needed_not_provided as bigint) as n_needed_not_provided,
    cast(n_provided_not_used as bigint) as n_provided_not_used,
    cast(n_used_not_effective as bigint) as n_used_not_effective,
    cast(n_reasons as bigint) as n_reasons,
    waning_since,
    words_of_code || ': ' || case for_level
        when 'organization' then words_of_reasons
        when 'lea'
            then cast(n_organizations as string) || ' schools of the LEA (' || words_of_reasons || ')'
        when 'region'
            then
                cast(n_organizations as string) || ' organizations of ' || cast(n_leas as string)
                || ' LEAs of the region (' || words_of_reasons || ')'
        else
            cast(n_organizations as string) || ' organizations of ' || cast(n_leas as string)
            || ' LEAs (' || words_of_reasons || ')'
    end || '. ' || case helper_kind
        when 'peer'
            then
                'Strong in it in the same region: ' || helper_id || ', '
                || cast(helper_n_due_on_time as string) || ' of ' || cast(helper_n_due as string)
                || ' due actions on time (' || {{ whole_percent('helper_on_time_rate') }} || ' %).'
        when 'lea' then 'The LEA could help them together.'
        when 'state' then 'The state could help them together.'
        else 'Nobody of its level in the region is found strong in it.'
    end as in_words
from worded
