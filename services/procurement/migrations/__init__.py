"""Migrations of procurement."""
