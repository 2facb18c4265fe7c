"""Trace: where a meal came from, for everybody who reads the paper at the serving hatch."""
