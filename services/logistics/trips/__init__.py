"""Trips: a vehicle's way from cooperatives to schools, loaded, departed, arrived."""
