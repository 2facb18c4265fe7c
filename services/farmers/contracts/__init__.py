"""Contracts: what a cooperative and the canteens agreed on for a season, and what of it is still to be offered."""
