"""Lots: what was harvested, and who brought it."""
