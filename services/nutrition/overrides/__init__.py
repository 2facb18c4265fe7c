"""Overrides: the values of foods in which a county knows better than the shared table, each with its source."""
