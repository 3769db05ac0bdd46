{{ plan_rows('milestones', [
    'milestone_code', 'description', 'due_on'
]) }}
