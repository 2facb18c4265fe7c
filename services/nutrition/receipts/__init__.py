"""Receipts: what came in at the gate, booked into store and demand."""
