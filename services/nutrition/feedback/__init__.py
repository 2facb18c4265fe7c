"""Feedback: how eaters like dishes, and what they leave on their plates."""
