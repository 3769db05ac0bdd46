{{ plan_rows('measures', [
    'parent_code', 'measure_no', 'indicator', 'data_source', 'unit', 'direction', 'baseline_year',
    'baseline', 'target_y1', 'target_y2', 'target_y3'
]) }}
