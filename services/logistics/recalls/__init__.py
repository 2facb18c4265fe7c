"""Recalls: a lot that must not be loaded, received, cooked or eaten any more."""
