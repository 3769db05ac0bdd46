-- What a whole school year raises, in its last counted quarter: measures that cannot be read, practices done
-- on time whose goals do not move, and what the plan does not hold.
with quarters as (
    select * from {{ ref('int_coaching_quarters') }}
    where is_last_of_year
),

reasons_of_measures as (
    select
        org_id,
        school_year,
        parent_code,
        measure_no,
        part,
        plan_submission_id,
        plan_source_sheet,
        plan_source_row,
        {{ split_codes('reasons') }} as reason
    from {{ ref('fct_measure_year') }}
    where reasons is not null
),

unreadable as (
    select
        measured.org_id,
        measured.school_year,
        measured.parent_code,
        measured.measure_no,
        measured.reason,
        count(distinct measured.part) as n_parts,
        min(reasons.reason_title) as reason_title,
        min(measured.plan_submission_id) as submission_id,
        min(measured.plan_source_sheet) as source_sheet,
        min(measured.plan_source_row) as source_row
    from reasons_of_measures as measured
    inner join {{ ref('measure_reasons') }} as reasons
        on measured.reason = reasons.reason and reasons.is_about_wording
    group by
        measured.org_id, measured.school_year, measured.parent_code, measured.measure_no, measured.reason
),

unreadable_measures as (
    select
        org_id,
        school_year,
        parent_code,
        measure_no,
        max(n_parts) as n_parts,
        count(*) as n_reasons,
        {{ joined_texts('reason_title', '; ', 'reason') }} as titles,
        min(submission_id) as submission_id,
        min(source_sheet) as source_sheet,
        min(source_row) as source_row
    from unreadable
    group by org_id, school_year, parent_code, measure_no
),

parts as (
    select
        org_id,
        school_year,
        parent_code,
        measure_no,
        count(*) as n_parts
    from {{ ref('fct_measure_year') }}
    group by org_id, school_year, parent_code, measure_no
)

select
    {{ raised_item("'measure_unreadable'", "'measure'",
        "unread.parent_code || ' measure ' || cast(unread.measure_no as string)",
        'unread.n_reasons', n='unread.n_parts', of='parts.n_parts', list='unread.titles', lineage='unread') }}
from quarters as at_quarter
inner join unreadable_measures as unread
    on at_quarter.org_id = unread.org_id and at_quarter.school_year = unread.school_year
inner join parts
    on
        unread.org_id = parts.org_id
        and unread.school_year = parts.school_year
        and unread.parent_code = parts.parent_code
        and unread.measure_no = parts.measure_no

union all

select
    {{ raised_item("'done_not_working'", "'practice'", 'placed.code',
        'placed.outcome_high - placed.median_progress', n='placed.n_due_on_time', of='placed.n_due', other='placed.n_with_progress',
        pct='100 * placed.on_time_rate', other_pct='100 * placed.median_progress') }}
from quarters as at_quarter
inner join {{ ref('rpt_interlaced') }} as placed
    on at_quarter.org_id = placed.org_id and at_quarter.school_year = placed.school_year
where placed.code_level = 'practice' and placed.quadrant = 'done_not_working'

union all

-- among criteria of one weight, the one that most of its items fail
select
    {{ raised_item(
        "case
            when judged.part = 'direction' then 'plan_direction_gap'
            when judged.part in ('needs', 'priorities') then 'plan_needs_gap'
            else 'plan_work_gap'
        end",
        "'criterion'", 'judged.criterion_id', 'judged.weight + ' ~ rate('judged.n_failing', 'judged.n_items + 1'),
        n='judged.n_failing', of='judged.n_items', detail='judged.asks', list='judged.failing_items',
        lineage='judged') }}
from quarters as at_quarter
inner join {{ ref('rpt_plan_quality') }} as judged
    on at_quarter.org_id = judged.org_id and at_quarter.school_year = judged.school_year
where judged.outcome = 'not_met'
