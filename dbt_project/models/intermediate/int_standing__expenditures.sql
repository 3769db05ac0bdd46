{{ standing_rows('expenditures', [
    'fund_source', 'spent_to_date', 'comment'
]) }}
