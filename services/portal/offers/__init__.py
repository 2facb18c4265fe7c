"""Offers: what a cooperative can deliver, what keeps it from being ordered, and the certificates that are missing."""
