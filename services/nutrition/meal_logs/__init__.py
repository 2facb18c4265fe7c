"""Meal logs: a school leader eats with the pupils and writes down what it was like."""
