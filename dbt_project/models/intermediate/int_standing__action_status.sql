{{ config(materialized='view') }}
-- A view: the table is the lake's largest, and a join with the few files that stand costs less than a copy.
{{ standing_rows('action_status', [
    'action_code', 'status', 'percent_complete', 'completed_on', 'spent_to_date',
    'outputs_finished', 'cause', 'adjustment'
]) }}
