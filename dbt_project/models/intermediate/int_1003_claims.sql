-- What each school and LEA claims of the year's new money, between which ends, and in which place; or why
-- it claims nothing. A planning year counts at its own level, minimum included; a request is for that year
-- as it is.
with parts as (
    select
        part.fiscal_year,
        part.org_id,
        max(part.unit) as unit,
        bool_or(part.is_requested) as is_requested,
        bool_and(part.is_count_known) as are_counts_known,
        sum(case when part.is_requested then part.gross_cents else 0 end) as asked_cents,
        sum(case when part.is_requested then 0 else part.gross_cents end) as full_cents,
        sum(part.gross_units) as full_units
    from {{ ref('int_1003_claim_parts') }} as part
    group by part.fiscal_year, part.org_id
),

broken_rules as (
    select distinct
        school.fiscal_year,
        school.org_id
    from {{ ref('int_1003_schools') }} as school
    inner join {{ ref('int_1003_methods') }} as ruling on school.fiscal_year = ruling.fiscal_year
    inner join {{ ref('stg_allocation__lines') }} as entry
        on ruling.method = entry.method and entry.used_for = 'eligible'
    left join {{ ref('int_1003_matches') }} as met
        on
            school.fiscal_year = met.fiscal_year
            and school.org_id = met.org_id
            and entry.used_for = met.used_for
            and entry.line_no = met.line_no
    where met.org_id is null
),

places as (
    select
        fiscal_year,
        org_id,
        min(line_no) as place
    from {{ ref('int_1003_matches') }}
    where used_for = 'order'
    group by fiscal_year, org_id
),

promised as (
    select distinct
        fiscal_year,
        org_id
    from {{ ref('int_1003_commitments') }}
    where standing = 'committed'
),

schools as (
    select
        school.fiscal_year,
        school.lea_id,
        school.org_id,
        school.category,
        school.is_eligible,
        school.requested_amount,
        {{ to_cents('school.requested_amount') }} as requested_cents,
        least(ruling.years, coalesce(school.requested_years, ruling.years)) as years,
        coalesce(school.has_planning_year, false) as is_planning_year,
        case
            when school.has_planning_year then ruling.planning_millionths
            else 1000000
        end as level_millionths,
        ruling.method,
        ruling.caps_requested,
        ruling.continuing_schools,
        cast(round(ruling.most_per_unit * 10000) as bigint) as most_per_unit,
        broken_rules.org_id is not null as is_outside_method,
        promised.org_id is not null as is_promised,
        places.place,
        score.points,
        score.score_rank,
        coalesce(score.is_scored, false) as is_scored,
        coalesce(parts.is_requested, false) as is_part_requested,
        coalesce(parts.are_counts_known, true) as are_counts_known,
        cast(coalesce(parts.asked_cents, 0) as bigint) as asked_cents,
        cast(coalesce(parts.full_cents, 0) as bigint) as full_cents,
        cast(coalesce(parts.full_units, 0) as bigint) as full_units
    from {{ ref('int_1003_schools') }} as school
    inner join {{ ref('int_1003_methods') }} as ruling on school.fiscal_year = ruling.fiscal_year
    left join parts on school.fiscal_year = parts.fiscal_year and school.org_id = parts.org_id
    left join broken_rules
        on school.fiscal_year = broken_rules.fiscal_year and school.org_id = broken_rules.org_id
    left join places on school.fiscal_year = places.fiscal_year and school.org_id = places.org_id
    left join promised on school.fiscal_year = promised.fiscal_year and school.org_id = promised.org_id
    left join {{ ref('int_1003_lea_scores') }} as score
        on school.fiscal_year = score.fiscal_year and school.lea_id = score.lea_id
),

levelled as (
    select
        schools.*,
        schools.asked_cents
        + {{ share_floor('schools.full_cents', 'schools.level_millionths', '1000000') }} as fixed_cents,
        {{ share_floor('schools.full_units', 'schools.level_millionths', '1000000') }} as weight_units,
        {{ share_floor(
            to_cents('coalesce(own_minimum.amount, any_minimum.amount, 0)'),
            'schools.level_millionths',
            '1000000'
        ) }} as low_cents,
        {{ to_cents('coalesce(own_cap.amount, any_cap.amount)') }} as school_cap_cents
    from schools
    left join {{ ref('stg_allocation__limits') }} as own_minimum
        on
            schools.method = own_minimum.method
            and schools.category = own_minimum.category
            and own_minimum.limit_kind = 'minimum'
    left join {{ ref('stg_allocation__limits') }} as any_minimum
        on
            schools.method = any_minimum.method
            and any_minimum.category = 'all'
            and any_minimum.limit_kind = 'minimum'
    left join {{ ref('stg_allocation__limits') }} as own_cap
        on
            schools.method = own_cap.method
            and schools.category = own_cap.category
            and own_cap.limit_kind = 'school_cap'
    left join {{ ref('stg_allocation__limits') }} as any_cap
        on
            schools.method = any_cap.method
            and any_cap.category = 'all'
            and any_cap.limit_kind = 'school_cap'
),

capped as (
    select
        *,
        case when caps_requested then requested_cents end as request_cap,
        fixed_cents + {{ share_floor('weight_units', 'most_per_unit', '100000000') }} as unit_cap
    from levelled
),

ended as (
    select
        *,
        -- least() of the caps there are; nulls are passed over
        case
            when coalesce(request_cap, school_cap_cents, unit_cap) is not null
                then least(
                    coalesce(request_cap, school_cap_cents, unit_cap),
                    coalesce(school_cap_cents, request_cap, unit_cap),
                    coalesce(unit_cap, request_cap, school_cap_cents)
                )
        end as high_cents
    from capped
),

judged as (
    select
        *,
        case
            when not is_eligible then 'not_eligible'
            when is_outside_method then 'outside_method'
            when is_promised and continuing_schools = 'once' then 'committed'
            when (caps_requested or is_part_requested) and requested_amount is null then 'not_asked'
            when fixed_cents + weight_units = 0 and not are_counts_known then 'count_unknown'
            when fixed_cents + weight_units = 0 then 'no_part'
            when high_cents < low_cents then 'cap_below_minimum'
            else 'claims'
        end as standing,
        case
            when high_cents = request_cap then 'cap_requested'
            when high_cents = school_cap_cents then 'cap_school'
            when high_cents = unit_cap then 'cap_unit'
        end as cap_basis
    from ended
),

lea_parts as (
    select
        parts.fiscal_year,
        parts.org_id,
        cast(parts.asked_cents + parts.full_cents as bigint) as fixed_cents,
        cast(parts.full_units as bigint) as weight_units
    from parts
    where
        parts.unit = 'lea'
        and parts.full_cents + parts.full_units > 0
        and exists (
            select 1
            from judged
            where
                judged.fiscal_year = parts.fiscal_year
                and judged.lea_id = parts.org_id
                and judged.standing = 'claims'
        )
)

select
    fiscal_year,
    lea_id,
    org_id,
    'school' as claimant,
    category,
    standing,
    requested_cents,
    years,
    is_planning_year,
    level_millionths,
    place,
    score_rank,
    asked_cents + full_cents as gross_cents,
    fixed_cents,
    weight_units,
    low_cents,
    high_cents,
    school_cap_cents,
    cap_basis,
    are_counts_known,
    cast(row_number() over (
        partition by fiscal_year
        order by place asc nulls last, is_scored desc, score_rank asc nulls last, org_id asc
    ) as bigint) as priority
from judged
union all
select
    fiscal_year,
    org_id as lea_id,
    org_id,
    'lea' as claimant,
    cast(null as string) as category,
    'claims' as standing,
    cast(null as bigint) as requested_cents,
    cast(1 as bigint) as years,
    false as is_planning_year,
    1000000 as level_millionths,
    cast(null as bigint) as place,
    cast(null as bigint) as score_rank,
    fixed_cents as gross_cents,
    fixed_cents,
    weight_units,
    cast(0 as bigint) as low_cents,
    cast(null as bigint) as high_cents,
    cast(null as bigint) as school_cap_cents,
    cast(null as string) as cap_basis,
    true as are_counts_known,
    0 as priority
from lea_parts
