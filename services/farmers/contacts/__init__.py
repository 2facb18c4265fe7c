"""Contacts: whom to call at a cooperative, and the bank account its money goes to."""
