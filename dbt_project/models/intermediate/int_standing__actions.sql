{{ config(materialized='view') }}
-- A view: the table is the lake's largest, and a join with the few files that stand costs less than a copy.
{{ standing_rows('actions', ['action_code', 'due_on', 'budget']) }}
