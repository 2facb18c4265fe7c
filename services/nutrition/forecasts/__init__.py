"""What a county's canteens will need in the weeks to come, told to whoever guides planting."""
