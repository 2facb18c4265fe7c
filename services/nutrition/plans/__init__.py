"""Menu plans: the staff ask the planner, a run computes, its answers wait to be taken."""
