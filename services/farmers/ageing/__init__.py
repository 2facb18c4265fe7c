"""Ageing: households whose cooperative was paid and did not pass it on, by how long they wait."""
