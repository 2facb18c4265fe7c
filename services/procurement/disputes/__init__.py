"""Disputes: what of an order line was dispatched and not accepted, beyond tolerance; held until an official decides."""
