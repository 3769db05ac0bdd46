{{ standing_rows('self_reflection_notes', [
    'domain_code', 'strengths', 'weaknesses'
]) }}
