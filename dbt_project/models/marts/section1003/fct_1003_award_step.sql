-- From the pool to the cent: for the state, each LEA and each school, what each step changes and what it
-- comes to after.
with state_steps as (
    {% for step, change, other in [
        ('reserved', 'reserved', 'reserved'),
        ('state_share', '-state_share', 'lea_pool'),
        ('promised', '-promised', 'promised'),
        ('awarded', '-new_awards', 'new_awards'),
    ] %}
        select
            fiscal_year,
            'state' as scope_level,
            'state' as scope_id,
            cast(null as string) as lea_id,
            '{{ step }}' as step,
            '' as detail,
            cast({{ change }} as decimal(18, 2)) as changed_by,
            method_title as label_text,
            cast(null as string) as n,
            cast(null as string) as of_what,
            cast(null as string) as rate,
            cast({{ other }} as string) as other,
            cast(null as string) as reason
        from {{ ref('fct_1003_award_year') }}
        {{ "union all" if not loop.last }}
    {% endfor %}
),

organization_steps as (
    select *
    from {{ ref('int_1003_step_parts') }}
    union all
    select *
    from {{ ref('int_1003_step_changes') }}
),

steps as (
    select *
    from state_steps
    union all
    select
        fiscal_year,
        case when org_id = lea_id then 'lea' else 'school' end as scope_level,
        org_id as scope_id,
        lea_id,
        step,
        detail,
        {{ from_cents('change_cents') }} as changed_by,
        label_text,
        n,
        of_what,
        rate,
        other,
        reason
    from organization_steps
    union all
    select
        fiscal_year,
        'lea' as scope_level,
        lea_id as scope_id,
        lea_id,
        'schools' as step,
        '' as detail,
        to_schools as changed_by,
        cast(null as string) as label_text,
        cast(n_paid as string) as n,
        cast(null as string) as of_what,
        cast(null as string) as rate,
        cast(null as string) as other,
        cast(null as string) as reason
    from {{ ref('fct_1003_award') }}
),

ordered as (
    select
        steps.*,
        words.sentence,
        row_number() over (
            partition by steps.fiscal_year, steps.scope_level, steps.scope_id
            order by words.step_order asc nulls last, steps.step asc, steps.detail asc nulls last
        ) as step_no
    from steps
    left join {{ ref('award_steps') }} as words on steps.step = words.step
)

select
    fiscal_year,
    scope_level,
    scope_id,
    lea_id,
    cast(step_no as bigint) as step_no,
    step,
    changed_by,
    cast(
        sum(changed_by) over (
            partition by fiscal_year, scope_level, scope_id
            order by step_no rows between unbounded preceding and current row
        ) as decimal(18, 2)
    ) as amount,
    {{ filled('sentence', [
        ['rate', 'rate'], ['of', 'of_what'], ['other', 'other'], ['n', 'n'],
        ['amount', 'cast(abs(changed_by) as string)'], ['reason', 'reason'], ['label', 'label_text'],
    ]) }} as sentence
from ordered
