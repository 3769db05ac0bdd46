{{ plan_rows('needs', [
    'item_no', 'kind', 'statement', 'evidence', 'practice_code'
]) }}
