"""Webhooks: a cooperative's own system is told what concerns it."""
