"""Closures: school days on which one canteen serves fewer meals than usual, or none."""
