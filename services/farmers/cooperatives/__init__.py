"""Cooperatives: who sells to the schools."""
