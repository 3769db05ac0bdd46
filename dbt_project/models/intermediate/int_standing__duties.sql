{{ standing_rows('duties', [
    'duty_code', 'done_on', 'approved_by', 'approved_on', 'evidence'
]) }}
