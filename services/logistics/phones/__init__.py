"""Phones: whom drivers call at a stop, and whom dispatchers call on the way."""
