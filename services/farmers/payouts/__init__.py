"""Payouts: cooperatives pass on to their households what they were paid for their harvest."""
