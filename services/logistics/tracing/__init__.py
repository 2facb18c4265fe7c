"""The trace graph: from a served meal back to its lots, from a lot forward to meals."""
