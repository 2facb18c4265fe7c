"""What a county asks of orders: when ordering closes, what an official must approve, what late cancelling costs."""
