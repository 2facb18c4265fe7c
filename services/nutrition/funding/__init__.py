"""Funding: what may be spent on a pupil's meals, by whom it is paid, and what that makes a day's budget."""
