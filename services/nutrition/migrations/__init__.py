"""Migrations of nutrition."""
