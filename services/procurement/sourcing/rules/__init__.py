"""The rules a county buys by: dated data."""
