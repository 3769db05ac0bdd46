{# What the contract promises of a staging row, in one pass: required columns are filled and the key
   is unique. Returns the keys that break it, with the reason. A key that names the organization or the LEA, or a submission and
   what is in it, stands in rows of one LEA alone: such a test asks each LEA by itself (macros/by_lea.sql). #}
{% test holds_contract(model, key, required) %}
    {% set within = 'submission_id' in key and key | length > 1 %}
    {{ config(meta={'by_lea': 'org_id' in key or 'lea_id' in key or within}) }}

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
