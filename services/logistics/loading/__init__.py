"""The loading check: the lots that are put on a vehicle, scanned against what was packed for its orders."""
