"""Sourcing: demand lines against offers, in runs and at once."""
