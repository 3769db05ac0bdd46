{# Rows of a CTE under each scope (LEA, region, state) and each code (element, practice, domain, all) that they
   belong to, with the columns scope_level, scope_id, code_level and code before their own. #}
{% macro under_scopes_and_codes(cte, code_levels=['element', 'practice', 'domain', 'all']) %}
    {% for scope_level, scope_id in [('lea', 'lea_id'), ('region', 'region'), ('state', "'state'")] %}
        {% set last_scope = loop.last %}
        {% for code_level in code_levels %}
            select
                '{{ scope_level }}' as scope_level,
                {{ scope_id }} as scope_id,
                '{{ code_level }}' as code_level,
                {{ "'all'" if code_level == 'all' else code_level ~ '_code' }} as code,
                {{ cte }}.*
            from {{ cte }}
            {{ 'union all' if not (last_scope and loop.last) }}
        {% endfor %}
    {% endfor %}
{% endmacro %}
