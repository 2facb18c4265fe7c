"""Capacities: what a cooperative's land or stables can bring of a food in a season; no offer goes beyond it."""
