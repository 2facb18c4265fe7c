"""Clients: programs that sign people in, and programs that act by themselves."""
