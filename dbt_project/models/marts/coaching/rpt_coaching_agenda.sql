-- What a coach should ask each organization in each quarter: the worst items of every trigger, first the
-- worst of each, so that the first five rows are of five different kinds where there are as many.
with items as (
    {% for part in ['work', 'followed', 'year'] %}
        select * from {{ ref('int_coaching__' ~ part) }}
        {{ 'union all' if not loop.last }}
    {% endfor %}
),

ordered as (
    select
        *,
        row_number() over (
            partition by org_id, quarter_id, trigger_id
            -- the last digits of a double do not make one worse
            order by
                {{ rounded('coalesce(severity, 0)', 9) }} desc,
                item_code asc nulls last,
                detail asc nulls last
        ) as item_rank,
        count(*) over (partition by org_id, quarter_id, trigger_id) as n_raised
    from items
),

asked as (
    select
        ordered.*,
        raised.source_model,
        raised.priority,
        raised.figures_text,
        questions.question_id,
        questions.cycle_step,
        questions.question
    from ordered
    inner join {{ ref('coaching_triggers') }} as raised on ordered.trigger_id = raised.trigger_id
    inner join {{ ref('coaching_questions') }} as questions on ordered.trigger_id = questions.trigger_id
    where ordered.item_rank <= raised.max_items
)

select
    org_id,
    lea_id,
    school_year,
    quarter_id,
    as_of_period,
    cast(row_number() over (
        partition by org_id, quarter_id order by item_rank, priority, question_id, item_code nulls last
    ) as bigint) as agenda_rank,
    trigger_id,
    question_id,
    cycle_step,
    item_kind,
    item_code,
    question,
    {{ filled('figures_text', [
        ['n', 'numerator'],
        ['of', 'denominator'],
        ['other', 'other_count'],
        ['pct', 'cast(round(pct) as integer)'],
        ['other_pct', 'cast(round(other_pct) as integer)'],
        ['day', "coalesce(cast(on_day as string), 'a day not told')"],
        ['since', 'since_period'],
        ['kind', 'item_kind'],
        ['item', 'item_code'],
        ['detail', 'detail'],
        ['list', 'list_of'],
    ]) }} as figures,
    severity,
    cast(item_rank as bigint) as item_rank,
    n_raised,
    numerator,
    denominator,
    other_count,
    pct,
    other_pct,
    on_day,
    since_period,
    source_model,
    submission_id,
    source_sheet,
    source_row
from asked
