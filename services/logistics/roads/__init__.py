"""The roads between places: from a server that knows them, or estimated."""
