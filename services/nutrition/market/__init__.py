"""Market: what food costs a county's canteens in a week, from whom it comes, and how much of it there is."""
