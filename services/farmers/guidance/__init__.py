"""Planting guidance: what canteens will need and nobody will bring yet, as quantities, sowing weeks and areas."""
