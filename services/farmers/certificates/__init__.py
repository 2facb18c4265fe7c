"""Certificates: what a cooperative may sell, and until when."""
