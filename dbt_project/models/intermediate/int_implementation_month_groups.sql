{{ implementation_groups(is_by_lea=false) }}
