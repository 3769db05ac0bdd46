{{ standing_rows('milestone_reports', [
    'milestone_code', 'actions_completed_pct', 'actions_on_time_pct', 'actions_behind_pct',
    'cause_and_adjustment'
]) }}
