"""Groups of canteens of one county that a nutritionist looks after together."""
