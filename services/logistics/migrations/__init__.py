"""Migrations of logistics."""
