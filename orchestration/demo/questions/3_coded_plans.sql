-- How many schools identified in 2023-24 have a plan whose strategies are coded?
select
    designation.category,
    count(distinct strategy.org_id) || ' of ' || count(distinct designation.org_id) || ' schools'
        as with_coded_plan
from dim_designation as designation
left join dim_strategy as strategy
    on
        designation.org_id = strategy.org_id
        and strategy.school_year = '2023-24'
where
    designation.valid_from_year <= '2023-24'
    and (designation.valid_to_year is null or '2023-24' < designation.valid_to_year)
group by designation.category
order by designation.category
