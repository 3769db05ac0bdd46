{{ plan_rows('priorities', [
    'priority_no', 'area', 'root_cause'
]) }}
