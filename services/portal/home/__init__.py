"""Home: where somebody begins, and what is next for each role."""
