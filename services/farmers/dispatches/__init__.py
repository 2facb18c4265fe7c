"""Dispatches: what was packed for an order, and from which lots."""
