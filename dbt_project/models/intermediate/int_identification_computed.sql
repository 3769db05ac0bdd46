-- What the state's rules make of each school that had a status the year before, or meets a rule now:
-- identified, stays, exits, or becomes CSI because its ATSI was not exited.
with before as (
    select
        status.org_id,
        status.category,
        status.reason,
        {{ school_year_from_start('(status.start_year + 1)') }} as school_year,
        status.first_year,
        status.years_in_status
    from {{ ref('int_status_years') }} as status
),

keys as (
    select
        found.org_id,
        found.school_year,
        found.category,
        found.reason
    from {{ ref('int_identification_findings') }} as found
    inner join {{ ref('int_identification_runs') }} as run
        on found.school_year = run.school_year and found.category = run.category and found.reason = run.reason
    where found.is_met and run.not_computed_as is null
    union
    select
        org_id,
        school_year,
        category,
        reason
    from before
),

judged as (
    select
        keys.org_id,
        keys.school_year,
        keys.category,
        keys.reason,
        run.rank,
        run.not_computed_as,
        school.is_title1,
        school.not_judged_as = 'closed' as is_closed,
        before.org_id is not null as was_in_status,
        before.years_in_status as years_before,
        before.first_year,
        coalesce(found.is_met, false) as is_met,
        found.figure_units,
        found.not_judged_as is not null or found.figure_units is null as is_without_figure,
        at_first.figure_units as first_figure_units,
        years.exit_form,
        years.exit_improvement_units,
        years.exit_after_years,
        years.atsi_escalates_after
    from keys
    inner join {{ ref('int_identification_runs') }} as run
        on keys.school_year = run.school_year and keys.category = run.category and keys.reason = run.reason
    inner join {{ ref('int_identification_years') }} as years on keys.school_year = years.school_year
    left join {{ ref('int_identification_schools') }} as school
        on keys.org_id = school.org_id and keys.school_year = school.school_year
    left join before
        on
            keys.org_id = before.org_id and keys.school_year = before.school_year
            and keys.category = before.category and keys.reason = before.reason
    -- what was ATSI is left by the same figures after it became CSI
    left join {{ ref('int_identification_findings') }} as found
        on
            keys.org_id = found.org_id
            and keys.school_year = found.school_year
            and found.reason
            = case keys.reason when 'atsi_not_exiting' then 'low_subgroup' else keys.reason end
    left join {{ ref('int_identification_findings') }} as at_first
        on
            keys.org_id = at_first.org_id
            and before.first_year = at_first.school_year
            and case keys.reason when 'atsi_not_exiting' then 'low_subgroup' else keys.reason end
            = at_first.reason
),

decided as (
    select
        *,
        case
            when is_closed then 'closed'
            when not_computed_as in ('frozen', 'between_cycles') then 'stays'
            when not_computed_as is not null then 'not_computed'
            when is_met and not was_in_status then 'identified'
            when is_met then 'stays'
            when is_without_figure then 'stays_without_figure'
            when years_before < exit_after_years then 'stays_too_early'
            when
                exit_form = 'no_longer_meets_and_improved'
                and not coalesce(figure_units - first_figure_units >= exit_improvement_units, false)
                then 'stays_not_improved'
            else 'exits'
        end as outcome
    from judged
),

escalated as (
    select
        *,
        reason = 'low_subgroup'
        and was_in_status
        and coalesce(is_title1, false)
        and years_before >= atsi_escalates_after
        and not_computed_as is null
        and outcome like 'stays%' as is_escalated
    from decided
),

-- a school escalated may stand on the official list under that reason already
outcomes as (
    select
        org_id,
        school_year,
        category,
        reason,
        case when is_escalated then 'escalates' else outcome end as outcome,
        years_before,
        first_year
    from escalated
    union all
    select
        org_id,
        school_year,
        'CSI' as category,
        'atsi_not_exiting' as reason,
        'escalated' as outcome,
        years_before,
        first_year
    from escalated
    where is_escalated
)

select
    org_id,
    school_year,
    category,
    reason,
    outcome,
    case
        when outcome = 'not_computed' then null
        else outcome like 'stays%' or outcome in ('identified', 'escalated')
    end as is_computed,
    years_before,
    first_year
from outcomes
