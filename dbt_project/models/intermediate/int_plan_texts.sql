-- Words by which texts are judged, as one row: a regular expression for each rule.
{% set rules = ['student', 'adult_opening', 'measure_inside', 'if_part', 'then_part', 'and_part'] %}
select
    {% for rule in rules %}
        {{ joined_texts("case when rule = '" ~ rule ~ "' then pattern end", '|', 'pattern') }} as {{ rule }},
    {% endfor %}
    count(*) as n_patterns
from {{ ref('plan_text_rules') }}
