{{ plan_rows('goals', [
    'goal_code', 'statement', 'explanation'
]) }}
