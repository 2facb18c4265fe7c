"""Servings: meals served and what they took from the store."""
