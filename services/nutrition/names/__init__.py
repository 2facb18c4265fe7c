"""Names: what foods and dishes are called, for whoever has their codes."""
