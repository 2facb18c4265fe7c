"""Forecasts: what a cooperative expects to harvest in a week. They are seen by all and promised to nobody."""
