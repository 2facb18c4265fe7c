"""Nutrition: canteens, dishes, menus, servings."""
