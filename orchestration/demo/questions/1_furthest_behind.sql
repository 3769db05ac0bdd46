-- On which practices was the state furthest behind at the end of May 2024?
select
    implementation.code || ' ' || practice.practice_title as practice,
    implementation.n_behind || ' of ' || (implementation.n_planned - implementation.n_not_reported)
    || ' actions (' || round(100 * implementation.behind_rate, 1) || ' %)' as behind
from rpt_implementation_by_practice as implementation
inner join dim_practice as practice on implementation.code = practice.practice_code
where
    implementation.scope_level = 'state'
    and implementation.code_level = 'practice'
    and implementation.period = '2024-05'
order by implementation.behind_rate desc nulls last, implementation.code asc
limit 3
