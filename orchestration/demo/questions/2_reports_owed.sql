-- How many of the monthly reports that LEAs owed came on time?
select
    status,
    count(*) || ' of ' || sum(count(*)) over () || ' reports' as reports
from rpt_submission_completeness
where is_expected and is_designated
group by status
order by count(*) desc
