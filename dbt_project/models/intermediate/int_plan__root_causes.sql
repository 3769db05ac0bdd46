{{ plan_rows('root_causes', [
    'chain_no', 'why_no', 'need_item_no', 'cause', 'category', 'is_actionable', 'evidence'
]) }}
