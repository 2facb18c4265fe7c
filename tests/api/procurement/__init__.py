"""Procurement through its routes and its handlers."""
