-- What the score's commitment looks at, by LEA with an identified school: the network's own record of the
-- school year before that of the money, and the reviewers' scores. Nothing to look at has no row.
with years as (
    select
        fiscal_year,
        record_year
    from {{ ref('int_1003_years') }}
),

plans as (
    select
        scope_id as lea_id,
        school_year,
        weight_met as numerator,
        weight_applicable as denominator
    from {{ ref('rpt_plan_quality_by_level') }}
    where scope_level = 'lea' and plan_level = 'all' and designation = 'all' and criterion_id = 'all'
),

submissions as (
    select
        lea_id,
        school_year,
        count(*) filter (where status = 'on_time') as numerator,
        count(*) as denominator
    from {{ ref('rpt_submission_completeness') }}
    where is_expected and status <> 'not_yet_due'
    group by lea_id, school_year
),

implementation as (
    select
        scope_id as lea_id,
        school_year,
        n_due_on_time as numerator,
        n_due as denominator
    from {{ ref('rpt_implementation_by_span') }}
    where scope_level = 'lea' and code_level = 'all' and span_kind = 'year'
),

last_statuses as (
    select
        org_id,
        lea_id,
        school_year,
        budget,
        spent_to_date,
        is_due,
        row_number() over (
            partition by org_id, school_year, strategy_code, milestone_code, action_code order by period desc
        ) as recency
    from {{ ref('fct_action_status') }}
),

spending as (
    select
        lea_id,
        school_year,
        sum(least(coalesce(spent_to_date, 0), budget)) as numerator,
        sum(budget) as denominator
    from last_statuses
    where recency = 1 and is_due and budget > 0
    group by lea_id, school_year
),

reported as (
    select
        org_id,
        max(case when duty_code = 'resource_inequities' then done_on end) as done_on
    from {{ ref('int_standing__duties') }}
    group by org_id
),

inequities as (
    select
        listed.fiscal_year,
        listed.lea_id,
        count(*) filter (where reported.done_on >= listed.identified_from) as numerator,
        count(*) as denominator
    from {{ ref('int_1003_designated') }} as listed
    left join reported on listed.org_id = reported.org_id
    where listed.category in ('CSI', 'ATSI') and listed.lea_id is not null
    group by listed.fiscal_year, listed.lea_id
    having count(reported.org_id) > 0
),

judged as (
    select
        *,
        row_number() over (
            partition by fiscal_year, lea_id, reviewer, criterion
            order by received_at desc, source_file desc, source_row desc
        ) as recency
    from {{ ref('stg_feed__reviewer_scores') }}
),

reviewers as (
    select
        fiscal_year,
        lea_id,
        sum(points) as numerator,
        sum(points_possible) as denominator
    from judged
    where recency = 1
    group by fiscal_year, lea_id
),

found as (
    {% for component, source in [
        ('commitment_plan', 'plans'),
        ('commitment_on_time', 'submissions'),
        ('commitment_implementation', 'implementation'),
        ('commitment_spending', 'spending'),
    ] %}
        select
            years.fiscal_year,
            record.lea_id,
            '{{ component }}' as component,
            cast(record.numerator as decimal(18, 4)) as numerator,
            cast(record.denominator as decimal(18, 4)) as denominator
        from years
        inner join {{ source }} as record on years.record_year = record.school_year
        union all
    {% endfor %}
    select
        fiscal_year,
        lea_id,
        'commitment_inequities' as component,
        cast(numerator as decimal(18, 4)) as numerator,
        cast(denominator as decimal(18, 4)) as denominator
    from inequities
    union all
    select
        fiscal_year,
        lea_id,
        'commitment_reviewers' as component,
        cast(numerator as decimal(18, 4)) as numerator,
        cast(denominator as decimal(18, 4)) as denominator
    from reviewers
)

select
    fiscal_year,
    lea_id,
    component,
    numerator,
    denominator
from found
where denominator > 0
