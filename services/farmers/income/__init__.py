"""Income: what orders brought to cooperatives and households."""
