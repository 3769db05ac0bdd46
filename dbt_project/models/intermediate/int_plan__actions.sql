{{ plan_rows('actions', [
    'action_code', 'description', 'anticipated_outputs', 'start_on', 'due_on', 'budget',
    'fund_source', 'person_responsible', 'collaborators'
]) }}
