{{ standing_rows('strategy_reports', [
    'strategy_code', 'milestones_completed_pct', 'milestones_behind', 'cause_and_adjustment'
]) }}
