"""Admissions: a cooperative applies, its county checks, asks for more, approves or refuses; each step has its clock."""
