"""Weeks without a date: meals by weekday, and the drafts canteens make of them."""
