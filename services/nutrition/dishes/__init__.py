"""Dishes: recipes in milligrams of raw edible food."""
