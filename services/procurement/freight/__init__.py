"""Freight: what carriers are due out of the freight fund; the meal subsidy may not pay it."""
