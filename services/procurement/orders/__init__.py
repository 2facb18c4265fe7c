"""Purchase orders: one school, one cooperative, one delivery day."""
