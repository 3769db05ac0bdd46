-- Who owes what in a school year: the law's table, with a state's own rows beside it or in place of its rows.
{% set dues = ['due_years', 'due_days', 'due_month', 'due_day'] %}
with years as (
    select distinct school_year
    from {{ ref('dim_period') }}
),

own_rows as (
    select
        years.school_year,
        stated.*,
        row_number() over (
            partition by years.school_year, stated.duty_code, stated.category
            order by
                stated.from_year desc, stated.received_at desc, stated.source_file asc, stated.source_row asc
        ) as preference
    from {{ ref('stg_feed__state_duties') }} as stated
    inner join years
        on
            stated.from_year <= years.school_year
            and coalesce(stated.until_year, '9999-00') > years.school_year
),

owed as (
    select
        school_year,
        duty_code,
        category,
        'any' as title1,
        owed_by,
        recurs,
        coalesce(needs_approval, false) as needs_approval,
        duty_title,
        asks,
        citation,
        {% for due in dues %}
            cast({{ due }} as integer) as {{ due }},
        {% endfor %}
        true as is_states_own
    from own_rows
    where preference = 1
    union all
    select
        years.school_year,
        duty_rule.duty_code,
        duty_rule.category,
        duty_rule.title1,
        duty_rule.owed_by,
        duty_rule.recurs,
        false as needs_approval,
        null as duty_title,
        null as asks,
        duty_rule.citation,
        {% for due in dues %}
            null as {{ due }},
        {% endfor %}
        false as is_states_own
    from {{ ref('duty_rules') }} as duty_rule
    cross join years
    left join own_rows
        on
            years.school_year = own_rows.school_year
            and duty_rule.duty_code = own_rows.duty_code
            and duty_rule.category = own_rows.category
    where own_rows.duty_code is null
),

of_any as (
    select *
    from {{ ref('int_duty_dues') }}
    where category = 'any'
),

of_policy as (
    select
        owed.*,
        {% for due in dues %}
            case
                when of_category.duty_code is not null then of_category.{{ due }} else of_any.{{ due }}
            end as policy_{{ due }},
        {% endfor %}
        coalesce(owed.due_years, owed.due_days, owed.due_month) is not null as has_own_due,
        coalesce(of_category.duty_code, of_any.duty_code) is not null as has_policy_due
    from owed
    left join {{ ref('int_duty_dues') }} as of_category
        on
            owed.school_year = of_category.school_year
            and owed.duty_code = of_category.duty_code
            and owed.category = of_category.category
    left join of_any
        on
            owed.school_year = of_any.school_year
            and owed.duty_code = of_any.duty_code
)

select
    of_policy.school_year,
    of_policy.duty_code,
    of_policy.category,
    coalesce(of_policy.duty_title, duty.duty_title, of_policy.duty_code) as duty_title,
    coalesce(of_policy.asks, duty.asks) as asks,
    of_policy.title1,
    of_policy.owed_by,
    of_policy.recurs,
    case
        when of_policy.needs_approval then 'done_and_approved' else coalesce(duty.counts_from, 'done')
    end as counts_from,
    nullif(duty.plan_criterion, '') as plan_criterion,
    of_policy.has_own_due or of_policy.has_policy_due as has_due,
    {% for due in dues %}
        case
            when of_policy.has_own_due then of_policy.{{ due }} else of_policy.policy_{{ due }}
        end as {{ due }},
    {% endfor %}
    of_policy.citation,
    of_policy.is_states_own
from of_policy
left join {{ ref('duties') }} as duty on of_policy.duty_code = duty.duty_code
