"""Figures: how many deliveries came in time and cold, by county."""
