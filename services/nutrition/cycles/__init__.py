"""Cycle menus: some weeks of meals that come round again and again, and the food they will need."""
