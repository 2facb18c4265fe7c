"""Feedback: what is wrong or could be better on a page, and what was done about it."""
