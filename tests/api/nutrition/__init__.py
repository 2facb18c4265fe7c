"""Nutrition through its REST API."""
