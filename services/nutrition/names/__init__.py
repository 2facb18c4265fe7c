"""Names: what foods, dishes and canteens are called, for whoever has their codes."""
