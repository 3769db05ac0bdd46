-- What comes after the parts of a claim: the planning year, the share, the ends, the cent, and the whole
-- taken away where nothing is paid. Each change is the difference of two stages of int_1003_new_awards, so
-- that all of them sum to the award.
with made as (
    select *
    from {{ ref('int_1003_new_awards') }}
    where standing in ('paid', 'dropped', 'list_ended', 'below_minimum', 'no_cent', 'cap_below_minimum')
),

changes as (
    select
        fiscal_year,
        lea_id,
        org_id,
        'planning' as step,
        fixed_cents - gross_cents as change_cents,
        {{ plain_number('level_millionths / 10000') }} as rate,
        cast(null as string) as of_what,
        cast(null as string) as other,
        cast(null as string) as reason
    from made
    where fixed_cents <> gross_cents or (is_planning_year and level_millionths <> 1000000)
    union all
    select
        fiscal_year,
        lea_id,
        org_id,
        case when is_ratable then 'ratable' else 'share' end
        || case when is_at_an_end then '_of_others' else '' end as step,
        level_cents - fixed_cents as change_cents,
        case
            when is_ratable then cast({{ from_cents('slope') }} as string)
            else {{ plain_number('slope / 1000000') }}
        end as rate,
        case
            when is_ratable then cast({{ from_cents('open_slope') }} as string)
            else {{ plain_number('open_slope / 1000000') }}
        end as of_what,
        cast({{ from_cents('rest_cents') }} as string) as other,
        cast(null as string) as reason
    from made
    where level_cents <> fixed_cents
    union all
    select
        fiscal_year,
        lea_id,
        org_id,
        case
            when ended_cents > level_cents and is_at_high then replace(cap_basis, 'cap_', 'enough_')
            when ended_cents > level_cents then 'minimum'
            else coalesce(cap_basis, 'least')
        end as step,
        ended_cents - level_cents as change_cents,
        cast({{ from_cents('ended_cents') }} as string) as rate,
        cast(null as string) as of_what,
        cast(null as string) as other,
        cast(null as string) as reason
    from made
    where ended_cents <> level_cents
    union all
    select
        fiscal_year,
        lea_id,
        org_id,
        'cent' as step,
        extra_cent as change_cents,
        cast(null as string) as rate,
        cast(null as string) as of_what,
        cast(null as string) as other,
        cast(null as string) as reason
    from made
    where extra_cent > 0
    union all
    select
        made.fiscal_year,
        made.lea_id,
        made.org_id,
        case when made.award_cents > 0 then 'list_end' else 'not_paid' end as step,
        made.award_cents - made.ended_cents - made.extra_cent as change_cents,
        cast({{ from_cents('made.award_cents') }} as string) as rate,
        cast(null as string) as of_what,
        cast(null as string) as other,
        why.sentence as reason
    from made
    left join {{ ref('award_standings') }} as why on made.standing = why.standing
    where made.award_cents <> made.ended_cents + made.extra_cent
)

select
    fiscal_year,
    lea_id,
    org_id,
    step,
    '' as detail,
    cast(change_cents as bigint) as change_cents,
    cast(null as string) as label_text,
    cast(null as string) as n,
    of_what,
    rate,
    other,
    reason
from changes
