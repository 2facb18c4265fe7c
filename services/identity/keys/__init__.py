"""Keys: what tokens are signed with, and how others come to know it."""
