"""Settlement: receipts matched with orders, booked in an append-only ledger, told in statements."""
