"""Dishes: the library a canteen cooks from, with what each dish gives and costs, and one's own dishes in it."""
