"""Photos of harvests: one to a lot, for everybody who asks where a meal came from."""
