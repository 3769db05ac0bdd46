{{ standing_rows('requests_1003', [
    'amount', 'years', 'has_planning_year', 'strategy_types', 'evidence_tiers'
]) }}
