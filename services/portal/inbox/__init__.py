"""The cooperative's inbox: orders to answer, to pack, on their way, done (page 4)."""
