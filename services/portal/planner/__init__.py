"""The canteen's week planner."""
