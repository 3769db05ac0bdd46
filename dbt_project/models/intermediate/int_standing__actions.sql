{{ standing_rows('actions', ['action_code', 'due_on', 'budget']) }}
