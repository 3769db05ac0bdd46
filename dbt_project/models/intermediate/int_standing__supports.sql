{{ standing_rows('supports', [
    'support_no', 'strategy_code', 'practice_code', 'description', 'needed_on', 'provided_on',
    'provider', 'provider_kind', 'how_used', 'effectiveness'
]) }}
