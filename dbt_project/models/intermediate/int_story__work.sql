-- What a story tells of the year's work: actions and milestones as of the organization's last counted month,
-- supports, months not reported, the year before, and what to talk about next.
with years as (
    select
        org_id,
        school_year,
        as_of_period
    from {{ ref('int_organization_spans') }}
    where span_kind = 'year'
),

implemented as (
    select
        *,
        scope_id as org_id,
        n_planned - n_not_reported as n_known
    from {{ ref('rpt_implementation_by_span') }}
    where scope_level = 'organization' and code_level = 'all' and span_kind = 'year'
),

months as (
    select
        org_id,
        school_year,
        count(*) as n_periods,
        count(*) filter (where not is_reported) as n_silent
    from {{ ref('int_organization_periods') }}
    group by org_id, school_year
),

stated_supports as (
    select
        stated.*,
        periods.school_year,
        row_number() over (
            partition by stated.org_id, periods.school_year, stated.support_no order by stated.period desc
        ) as recency
    from {{ ref('int_standing__supports') }} as stated
    inner join {{ ref('dim_period') }} as periods on stated.period = periods.period
),

supports as (
    select
        org_id,
        school_year,
        count(*) as n_asked,
        count(provided_on) as n_given
    from stated_supports
    where recency = 1 and needed_on is not null
    group by org_id, school_year
),

agenda as (
    select
        agenda.*,
        raised.is_about_students
    from {{ ref('rpt_coaching_agenda') }} as agenda
    inner join {{ ref('coaching_triggers') }} as raised on agenda.trigger_id = raised.trigger_id
    inner join {{ ref('int_coaching_quarters') }} as quarters
        on agenda.org_id = quarters.org_id and agenda.quarter_id = quarters.quarter_id
    inner join {{ ref('story_sentences') }} as told
        on told.sentence_id = 'question' and agenda.agenda_rank <= told.max_items
    where quarters.is_last_of_year
)

{% for cte, counted in [
    ('implemented', [
        ('actions_completed', 'n_completed', 'n_known'), ('actions_on_time', 'n_due_on_time', 'n_due'),
        ('actions_behind', 'n_behind', 'n_known'),
        ('actions_open', 'n_known - n_completed - n_behind', 'n_known'),
        ('actions_unknown', 'n_not_reported', 'n_planned'),
        ('milestones_completed', 'case when n_organizations_reporting > 0 then n_milestones_completed end',
            'case when n_organizations_reporting > 0 then n_milestones end'),
        ('milestones_behind', 'n_milestones_behind', 'n_milestones'),
    ]),
    ('months', [('months_not_reported', 'n_silent', 'n_periods')]),
    ('supports', [('supports_given', 'n_given', 'n_asked'), ('supports_waited_for', 'n_asked - n_given', 'n_asked')]),
] %}
    {% for sentence, n, of in counted %}
        select
            years.org_id,
            years.school_year,
            '{{ sentence }}' as sentence_id,
            'year' as item_key,
            {{ n }} as numerator,
            {{ of }} as denominator,
            cast(null as double) as figure,
            cast(null as double) as baseline,
            cast(null as string) as quoted,
            cast(null as string) as detail
        from years
        inner join {{ cte }} on years.org_id = {{ cte }}.org_id and years.school_year = {{ cte }}.school_year
        union all
    {% endfor %}
{% endfor %}
select
    org_id,
    school_year,
    'on_time_beside_year_before' as sentence_id,
    'year' as item_key,
    n_due_on_time as numerator,
    n_due as denominator,
    on_time_rate as figure,
    prior_on_time_rate as baseline,
    cast(null as string) as quoted,
    cast(null as string) as detail
from {{ ref('rpt_interlaced') }}
where code_level = 'all' and on_time_rate is not null and prior_on_time_rate is not null
union all
select
    org_id,
    school_year,
    'question' as sentence_id,
    quarter_id || ' ' || question_id || ' ' || item_code as item_key,
    cast(null as bigint) as numerator,
    cast(null as bigint) as denominator,
    cast(agenda_rank as double) as figure,
    cast(null as double) as baseline,
    question as quoted,
    case when is_about_students then '(' || item_kind || ' ' || item_code || ')' else figures end as detail
from agenda
