-- What each designated school gets in a fiscal year, new and promised, and why nothing where it gets
-- nothing.
with rows_of as (
    select
        fiscal_year,
        org_id
    from {{ ref('int_1003_new_awards') }}
    where claimant = 'school'
    union
    select
        promised.fiscal_year,
        promised.org_id
    from {{ ref('int_1003_promised') }} as promised
    inner join {{ ref('int_1003_pools') }} as pool on promised.fiscal_year = pool.fiscal_year
    where promised.org_id <> promised.lea_id
),

joined as (
    select
        rows_of.fiscal_year,
        pool.school_year,
        coalesce(nullif(school.lea_id, 'unknown'), promised.lea_id, school.lea_id) as lea_id,
        rows_of.org_id,
        coalesce(promised.recipient_id, school.recipient_id) as recipient_id,
        coalesce(
            promised.recipient_kind,
            kind_of_school.text_value,
            kind_of_lea.text_value,
            case when school.recipient_id = school.lea_id then 'lea' else 'other' end
        ) as recipient_kind,
        school.category,
        school.reason as designation_reason,
        pool.method,
        coalesce(school.is_eligible, false) as is_eligible,
        case
            when coalesce(made.award_cents, 0) > 0 then 'paid'
            when promised.paid_cents > 0 then 'committed'
            else coalesce(made.standing, 'not_eligible')
        end as standing,
        size.number_value as enrollment,
        school.requested_amount,
        made.low_cents,
        case when made.standing = 'paid' then made.high_cents end as high_cents,
        coalesce(promised.paid_cents, 0) as committed_cents,
        coalesce(promised.direct_cents, 0)
        + case when direct.text_value = 'true' then coalesce(made.award_cents, 0) else 0 end as direct_cents,
        coalesce(made.award_cents, 0) as new_cents,
        {{ share_floor(
            'coalesce(made.award_cents, 0)', 'coalesce(ruling.retained_millionths, 0)', '1000000'
        ) }} as retained_cents,
        case when made.award_cents > 0 then made.years end as new_years,
        case when made.award_cents > 0 then made.is_planning_year else promised.is_planning_year end
            as is_planning_year,
        case
            when made.award_cents > 0 then rows_of.fiscal_year + made.years - 1
            else promised.last_fiscal_year
        end as last_fiscal_year,
        case when made.award_cents > 0 then rows_of.fiscal_year else promised.first_fiscal_year end
            as first_fiscal_year,
        made.place,
        case
            when made.award_cents > 0 and made.is_planning_year
                then {{ share_floor('made.award_cents', '1000000', 'made.level_millionths') }}
            when made.award_cents > 0 then made.award_cents
        end as full_year_cents
    from rows_of
    inner join {{ ref('int_1003_pools') }} as pool on rows_of.fiscal_year = pool.fiscal_year
    left join {{ ref('int_1003_methods') }} as ruling on rows_of.fiscal_year = ruling.fiscal_year
    left join {{ ref('int_1003_new_awards') }} as made
        on rows_of.fiscal_year = made.fiscal_year and rows_of.org_id = made.org_id
    left join {{ ref('int_1003_promised') }} as promised
        on rows_of.fiscal_year = promised.fiscal_year and rows_of.org_id = promised.org_id
    left join {{ ref('int_1003_schools') }} as school
        on rows_of.fiscal_year = school.fiscal_year and rows_of.org_id = school.org_id
    left join {{ ref('int_1003_facts') }} as size
        on
            rows_of.fiscal_year = size.fiscal_year
            and rows_of.org_id = size.org_id
            and size.fact = 'enrollment'
    left join {{ ref('int_1003_facts') }} as direct
        on
            rows_of.fiscal_year = direct.fiscal_year
            and rows_of.org_id = direct.org_id
            and direct.fact = 'is_direct_service'
    left join {{ ref('int_1003_facts') }} as kind_of_school
        on
            rows_of.fiscal_year = kind_of_school.fiscal_year
            and rows_of.org_id = kind_of_school.org_id
            and kind_of_school.fact = 'recipient_kind'
    left join {{ ref('int_1003_facts') }} as kind_of_lea
        on
            school.fiscal_year = kind_of_lea.fiscal_year
            and school.lea_id = kind_of_lea.org_id
            and kind_of_lea.fact = 'recipient_kind'
)

select
    joined.fiscal_year,
    joined.school_year,
    joined.lea_id,
    joined.org_id,
    joined.recipient_id,
    joined.recipient_kind,
    joined.category,
    joined.designation_reason,
    joined.method,
    joined.is_eligible,
    joined.standing,
    why.sentence as reason,
    joined.place,
    joined.enrollment,
    joined.requested_amount,
    {{ from_cents('joined.low_cents') }} as smallest_award,
    {{ from_cents('joined.high_cents') }} as largest_award,
    {{ from_cents('joined.committed_cents') }} as promised,
    {{ from_cents('joined.new_cents') }} as new_award,
    {{ from_cents('joined.committed_cents + joined.new_cents') }} as award,
    {{ from_cents('joined.direct_cents') }} as direct_services,
    {{ from_cents('joined.retained_cents') }} as retained_by_lea,
    {{ from_cents('joined.committed_cents + joined.new_cents - joined.retained_cents') }} as at_school,
    {{ from_cents(share_floor(
        '20000 * (joined.committed_cents + joined.new_cents) + ' ~ to_units('joined.enrollment'), '1',
        '2 * ' ~ to_units('joined.enrollment')
    )) }} as per_pupil,
    joined.first_fiscal_year,
    joined.last_fiscal_year,
    coalesce(joined.is_planning_year, false) as is_planning_year,
    {{ from_cents('joined.full_year_cents') }} as full_year_award,
    {{ from_cents('joined.full_year_cents * (joined.new_years - 1)') }} as planned_later
from joined
left join {{ ref('award_standings') }} as why on joined.standing = why.standing
