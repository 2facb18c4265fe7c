"""Attendance: how many will come to a meal, from how many came, how many are enrolled, and the calendar."""
