"""The driver's run sheet: the day's stops, with or without a network."""
