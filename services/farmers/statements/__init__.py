"""Statements: what a household, a cooperative or a village earned, line by line, and how far its money has come."""
