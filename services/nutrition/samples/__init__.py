"""Samples: what is kept of every dish of every meal, so that a complaint can be tested."""
