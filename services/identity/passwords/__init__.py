"""Passwords: set by their owner through a one-time link, kept as argon2id hashes."""
