"""Backing up everything as of one moment while it runs, and putting it back (docs/backup.md, decision 54)."""
