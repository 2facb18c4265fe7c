"""Menus: one school, one week, and the demand it makes."""
