"""Trip plans: the request to make a day's trips of a county, and the job that computes them."""
