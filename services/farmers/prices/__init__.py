"""Reference prices: what food costs on the public market, kept from what procurement tells."""
