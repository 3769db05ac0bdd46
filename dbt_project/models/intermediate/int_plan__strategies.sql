{{ plan_rows('strategies', [
    'strategy_code', 'if_we', 'then_adults', 'and_students', 'goal_code', 'practice_codes',
    'evidence_tier', 'fund_sources', 'start_on', 'end_on'
]) }}
