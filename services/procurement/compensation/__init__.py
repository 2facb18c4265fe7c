"""What suppliers are owed for orders that were called off late, out of the county's operating fund."""
