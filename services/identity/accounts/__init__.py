"""Accounts: who signs in, as what, and whose things are theirs."""
