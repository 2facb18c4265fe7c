"""Households: who belongs to a cooperative, and who counts as poor on which day."""
