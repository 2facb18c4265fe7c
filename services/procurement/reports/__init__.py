"""The reports of a week and of a month."""
