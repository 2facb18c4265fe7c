"""Temperatures: how hot dishes were when they were served."""
