"""Demand lines: school × food × delivery day, and where their grams are."""
