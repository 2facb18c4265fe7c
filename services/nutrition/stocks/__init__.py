"""Stocks: what a canteen has in its store, by lot."""
