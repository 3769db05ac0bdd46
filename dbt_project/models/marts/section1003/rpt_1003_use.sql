-- What is awarded, planned and spent of §1003 money, for each organization and for each LEA with its
-- schools, and what there is to ask about it. Services that the state provides in an LEA's place are not
-- the LEA's to spend; what it keeps of a school's award is its own.
with schools as (
    select
        fiscal_year,
        lea_id,
        org_id,
        {{ to_cents('greatest(at_school - direct_services, 0)') }} as award_cents
    from {{ ref('fct_1003_award_school') }}
),

school_sums as (
    select
        fiscal_year,
        lea_id,
        sum(award_cents) as award_cents
    from schools
    group by fiscal_year, lea_id
),

awards as (
    select
        fiscal_year,
        lea_id,
        org_id,
        award_cents
    from schools
    union all
    select
        award.fiscal_year,
        award.lea_id,
        award.lea_id as org_id,
        {{ to_cents('award.award - award.direct_services') }} - coalesce(school_sums.award_cents, 0)
            as award_cents
    from {{ ref('fct_1003_award') }} as award
    left join school_sums
        on award.fiscal_year = school_sums.fiscal_year and award.lea_id = school_sums.lea_id
),

plans as (
    select
        choice.fiscal_year,
        plan.lea_id,
        plan.org_id,
        sum(plan.planned_cents) as planned_cents,
        {{ joined_codes(
            "case when coalesce(plan.evidence_tier, 'none') not in ('1', '2', '3') then plan.strategy_code end",
            separator=', '
        ) }} as weak_strategies
    from {{ ref('int_1003_use_settings') }} as choice
    inner join {{ ref('int_1003_strategies') }} as plan on choice.school_year = plan.school_year
    group by choice.fiscal_year, plan.lea_id, plan.org_id
),

reports as (
    select
        choice.fiscal_year,
        report.lea_id,
        report.org_id,
        sum(report.spent_cents) as spent_cents,
        max(report.period) as reported_period
    from {{ ref('int_1003_use_settings') }} as choice
    inner join {{ ref('int_1003_spending') }} as report on choice.school_year = report.school_year
    group by choice.fiscal_year, report.lea_id, report.org_id
),

-- whoever spoke for an organization, its LEA of the year is the one that the award names
lined as (
    {% for source, own in [
        ('awards', ['award_cents']),
        ('plans', ['planned_cents', 'weak_strategies']),
        ('reports', ['spent_cents', 'reported_period']),
    ] %}
        select
            fiscal_year,
            lea_id,
            org_id,
            {% for column in [
                'award_cents', 'planned_cents', 'weak_strategies', 'spent_cents', 'reported_period'
            ] %}
                {% set blank = '0' if column.endswith('_cents') else 'null' %}
                {{ column if column in own else blank }} as {{ column }},
            {% endfor %}
            {{ loop.index }} as source_no
        from {{ source }}
        {{ 'union all' if not loop.last }}
    {% endfor %}
),

organizations as (
    select
        fiscal_year,
        org_id,
        min_by(lea_id, cast(source_no as string) || lea_id) as lea_id,
        sum(award_cents) as award_cents,
        sum(planned_cents) as planned_cents,
        {{ joined_codes('weak_strategies', separator=', ') }} as weak_strategies,
        sum(spent_cents) as spent_cents,
        max(reported_period) as reported_period
    from lined
    group by fiscal_year, org_id
),

scoped as (
    select
        fiscal_year,
        'organization' as scope_level,
        org_id as scope_id,
        lea_id,
        award_cents,
        planned_cents,
        weak_strategies,
        spent_cents,
        reported_period
    from organizations
    union all
    select
        fiscal_year,
        'lea' as scope_level,
        lea_id as scope_id,
        lea_id,
        sum(award_cents) as award_cents,
        sum(planned_cents) as planned_cents,
        {{ joined_texts("org_id || ' ' || weak_strategies", '; ', 'org_id') }} as weak_strategies,
        sum(spent_cents) as spent_cents,
        max(reported_period) as reported_period
    from organizations
    group by fiscal_year, lea_id
),

-- what earlier awards had left when the year began: never below nothing, for what one year spends too much
-- is not taken from the next
running as (
    select
        *,
        sum(award_cents - spent_cents) over so_far as net_cents
    from scoped
    window so_far as (partition by scope_level, scope_id order by fiscal_year rows unbounded preceding)
),

lowest as (
    select
        *,
        net_cents - least(0, min(net_cents) over so_far) as over_cents
    from running
    window so_far as (partition by scope_level, scope_id order by fiscal_year rows unbounded preceding)
),

dated as (
    select
        lowest.*,
        choice.school_year,
        lowest.award_cents + coalesce(
            lag(lowest.over_cents) over (
                partition by lowest.scope_level, lowest.scope_id order by lowest.fiscal_year
            ),
            0
        ) as available_cents,
        clock.today
        >= {{ add_months(
            'make_date(cast(lowest.fiscal_year as integer), cast(of_state.school_year_first_month as integer), 1)',
            'choice.use_after_months'
        ) }} as is_judged
    from lowest
    inner join {{ ref('int_1003_use_settings') }} as choice on lowest.fiscal_year = choice.fiscal_year
    cross join {{ ref('int_today') }} as clock
    cross join {{ ref('stg_calendar') }} as of_state
),

found as (
    select
        dated.*,
        words.finding,
        words.rank as finding_rank,
        words.sentence
    from dated
    cross join {{ ref('use_findings') }} as words
    where
        case words.finding
            when 'not_reported'
                then dated.is_judged and dated.award_cents > 0 and dated.reported_period is null
            when 'spends_nothing'
                then
                    dated.is_judged
                    and dated.award_cents > 0
                    and dated.reported_period is not null
                    and dated.spent_cents <= 0
            when 'spends_beyond' then dated.spent_cents > dated.available_cents
            when 'plans_nothing' then dated.is_judged and dated.award_cents > 0 and dated.planned_cents = 0
            when 'plans_beyond' then dated.planned_cents > dated.available_cents
            when 'weak_evidence' then dated.weak_strategies is not null
        end
),

told as (
    select
        fiscal_year,
        scope_level,
        scope_id,
        count(*) as n_findings,
        {{ joined_texts('finding', ',', 'finding_rank') }} as finding_codes,
        {{ joined_texts(
            filled('sentence', [
                ['award', from_cents('award_cents')],
                ['available', from_cents('available_cents')],
                ['planned', from_cents('planned_cents')],
                ['spent', from_cents('spent_cents')],
                ['strategies', 'weak_strategies'],
            ]),
            ' ',
            'finding_rank'
        ) }} as findings
    from found
    group by fiscal_year, scope_level, scope_id
)

select
    dated.fiscal_year,
    dated.school_year,
    dated.scope_level,
    dated.scope_id,
    dated.lea_id,
    {{ from_cents('dated.award_cents') }} as award,
    {{ from_cents('dated.available_cents') }} as available,
    {{ from_cents('dated.planned_cents') }} as planned,
    {{ from_cents('dated.spent_cents') }} as spent,
    {{ from_cents('dated.planned_cents - dated.available_cents') }} as planned_above,
    {{ from_cents('dated.spent_cents - dated.available_cents') }} as spent_above,
    {{ from_cents('dated.spent_cents - dated.planned_cents') }} as spent_above_plan,
    dated.reported_period,
    cast(coalesce(told.n_findings, 0) as bigint) as n_findings,
    told.finding_codes,
    told.findings
from dated
left join told
    on
        dated.fiscal_year = told.fiscal_year
        and dated.scope_level = told.scope_level
        and dated.scope_id = told.scope_id
where dated.award_cents > 0 or dated.planned_cents > 0 or dated.spent_cents <> 0
