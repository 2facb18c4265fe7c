"""Photos of what stood at the gate, kept in a store outside the database."""
