"""Counts: what somebody found in the store, lot by lot, where the books said otherwise."""
