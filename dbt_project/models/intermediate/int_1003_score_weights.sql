-- Points of each component of the score in a fiscal year, in hundredths, as the policy has them. Weights that
-- do not sum to 100, or of a component that there is none of, stop the night.
with stated as (
    select
        fiscal_year,
        {{ split_codes('score_weights') }} as stated
    from {{ ref('int_1003_settings') }}
),

parted as (
    select
        fiscal_year,
        trim(split_part(stated, '=', 1)) as component,
        cast(round(cast(split_part(stated, '=', 2) as decimal(9, 2)) * 100) as bigint) as weight_hundredths
    from stated
),

checked as (
    select
        parted.fiscal_year,
        parted.component,
        parted.weight_hundredths,
        known.component is not null as is_known,
        sum(parted.weight_hundredths) over (partition by parted.fiscal_year) as sum_hundredths
    from parted
    left join {{ ref('score_components') }} as known on parted.component = known.component
)

select
    fiscal_year,
    component,
    case
        when not is_known
            then
                {{ stop_with("
                    'Policy score_weights for fiscal year ' || cast(fiscal_year as string)
                    || ': there is no component ' || component || '; seeds/score_components.csv has them all.'
                ") }}
        when sum_hundredths <> 10000
            then
                {{ stop_with("
                    'Policy score_weights for fiscal year ' || cast(fiscal_year as string)
                    || ': the points sum to ' || cast(sum_hundredths / 100.0 as string) || ', not to 100.'
                ") }}
        else weight_hundredths
    end as weight_hundredths
from checked
