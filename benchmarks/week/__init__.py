"""What the province's week runs on, and what is written down of it."""
