"""Farmers: cooperatives, offers, orders, lots."""
