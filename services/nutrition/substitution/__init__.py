"""Dishes to serve instead of those that need a food nobody has."""
