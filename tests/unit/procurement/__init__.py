"""Procurement's rules by themselves."""
