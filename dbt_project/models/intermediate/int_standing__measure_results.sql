{{ standing_rows('measure_results', [
    'parent_code', 'measure_no', 'school_year', 'actual', 'n_students', 'explanation',
    'adjustment'
]) }}
