"""Payments: what was paid to cooperatives of what they are due, as officials confirm it."""
