"""Meal patterns: which kinds of dish make a breakfast, a lunch, a dinner."""
