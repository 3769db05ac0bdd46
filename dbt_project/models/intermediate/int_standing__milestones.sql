{{ standing_rows('milestones', ['milestone_code', 'due_on']) }}
