"""Memberships: which cooperative a household belongs to, from which day until which."""
