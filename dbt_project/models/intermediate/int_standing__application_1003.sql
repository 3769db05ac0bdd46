{{ standing_rows('application_1003', [
    'school_year', 'assures_csi_plans', 'assures_tsi_support', 'assures_monitoring',
    'assures_partner_review', 'assures_alignment', 'assures_flexibility', 'assures_state_local_funds',
    'narrative'
]) }}
