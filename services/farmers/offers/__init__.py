"""Offers: what a cooperative can deliver, and what of it is promised."""
