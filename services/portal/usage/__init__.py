"""Usage: how often each page is seen, by role; nothing of anybody."""
