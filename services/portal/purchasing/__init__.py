"""Purchasing: what a county's schools need, who supplies it and why, and the orders an official decides on."""
