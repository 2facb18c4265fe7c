"""Tokens: access tokens, id tokens, and refresh tokens that are good for one time."""
