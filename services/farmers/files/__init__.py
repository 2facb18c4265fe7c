"""Files: scans and photos attached to certificates and applications."""
