"""Logistics: fleet, trips, receipts, tracing."""
