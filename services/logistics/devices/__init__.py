"""Devices that tell where a vehicle is and how cold its load space."""
