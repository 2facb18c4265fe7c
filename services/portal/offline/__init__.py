"""Without a network: what browsers show instead of a page they do not have, and what an outbox is answered."""
