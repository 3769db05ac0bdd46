-- What: two spans of one organization, category and reason that share a school year.
-- Why: a school counted twice in a year inflates duties and money.
-- Fix: look at the lists that int_designation_years took the years from.
select
    earlier.org_id,
    earlier.category,
    earlier.reason,
    earlier.valid_from_year,
    earlier.valid_to_year,
    later.valid_from_year as next_from_year
from {{ ref('dim_designation') }} as earlier
inner join {{ ref('dim_designation') }} as later
    on
        earlier.org_id = later.org_id
        and earlier.category = later.category
        and earlier.reason = later.reason
        and earlier.valid_from_year < later.valid_from_year
where earlier.valid_to_year is null or later.valid_from_year < earlier.valid_to_year
