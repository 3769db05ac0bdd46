{{ plan_rows('organizations', [
    'org_level', 'vision', 'mission', 'purpose', 'plan_date', 'update_date', 'update_summary'
]) }}
