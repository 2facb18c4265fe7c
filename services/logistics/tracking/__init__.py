"""Positions and temperatures of trips, and the cold chain."""
