"""The week's report."""
