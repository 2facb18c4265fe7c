"""The registry of pupils in need, kept by others: counts by canteen and funding class are fetched, never names."""
