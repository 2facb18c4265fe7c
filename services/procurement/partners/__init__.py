"""Procurement's read copies of what others own: canteens, cooperatives, offers, lots."""
