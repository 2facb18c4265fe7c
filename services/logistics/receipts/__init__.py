"""Receipts: two people weigh, look and sign at the school."""
