"""Procurement: sourcing, orders, settlement."""
