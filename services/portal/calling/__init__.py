"""Calling: by which number a school's gate, a cooperative or a driver is called on delivery days."""
