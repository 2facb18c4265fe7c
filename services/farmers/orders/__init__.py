"""Orders: the inbox of a cooperative and its answers."""
