"""Depots, their vehicles and drivers."""
