"""What reports are made of, kept added up: sums of a county's day, and what households earned in a month."""
