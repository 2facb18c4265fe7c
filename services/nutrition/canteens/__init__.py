"""Canteens: who eats there, which meals, and the county's school calendar."""
