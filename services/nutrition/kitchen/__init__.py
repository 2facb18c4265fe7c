"""The kitchen's day: what is to be cooked, sampled and written down, in one answer."""
