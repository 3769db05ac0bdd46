{{ plan_rows('self_reflection', [
    'respondent_no', 'element_code', 'level'
]) }}
