"""Leftovers: what stayed in the pots, kept or destroyed."""
