"""Reference prices: what food costs on the public market, shown to both sides beside every offer and order."""
