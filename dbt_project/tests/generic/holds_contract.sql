{# What the contract promises of a staging row, in one pass: required columns are filled and the key
   is unique. Returns the keys that break it, with the reason. #}
{% test holds_contract(model, key, required) %}

select
    {% for column in key %}{{ column }}, {% endfor %}
    count(*) as rows_of_key,
    case when count(*) > 1 then 'key stands more than once' else 'a required column is empty' end as broken
from {{ model }}
group by {% for column in key %}{{ column }}{{ ', ' if not loop.last }}{% endfor %}

having
    count(*) > 1
    {% for column in required %}or count({{ column }}) < count(*)
    {% endfor %}

{% endtest %}
