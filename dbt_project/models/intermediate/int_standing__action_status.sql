{{ standing_rows('action_status', [
    'action_code', 'status', 'percent_complete', 'completed_on', 'spent_to_date',
    'outputs_finished', 'cause', 'adjustment'
]) }}
