"""Needs: what is wanted of each food on each delivery day, what is ordered and on offer of it, and who supplies it."""
