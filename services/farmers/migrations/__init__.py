"""Migrations of farmers."""
